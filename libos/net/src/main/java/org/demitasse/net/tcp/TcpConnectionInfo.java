package org.demitasse.net.tcp;

import java.net.InetSocketAddress;

/**
 * One connection as it is at one moment.
 *
 * @param roundTripNanos smoothed, 0 before the first measurement
 * @param timeoutNanos the retransmission timeout
 * @param congestionWindow bytes that may be in flight
 * @param slowStartThreshold bytes
 * @param inFlight bytes sent and not acknowledged
 * @param sendQueue bytes that the application has written and the peer has not acknowledged
 * @param receiveQueue bytes that the application has not read
 * @param segmentSize largest payload
 */
public record TcpConnectionInfo(
    InetSocketAddress local,
    InetSocketAddress remote,
    TcpState state,
    long roundTripNanos,
    long timeoutNanos,
    int congestionWindow,
    int slowStartThreshold,
    int inFlight,
    int sendQueue,
    int receiveQueue,
    int peerWindow,
    int segmentSize) {}
