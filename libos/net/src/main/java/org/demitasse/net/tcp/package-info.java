/**
 * TCP (RFC 9293). {@link org.demitasse.net.tcp.TcpLayer} finds the connection of a segment; {@code
 * TcpInput} and {@code TcpOutput} are the state machine's two halves over {@code TcpConnection},
 * which holds one connection's state; {@code LossRecovery} decides what was lost (RFC 8985, 6675,
 * 6582), {@code Cubic} how much may be in flight (RFC 9438); {@code TcpStream} and {@code
 * TcpAcceptor} are the sockets. All of it runs under the stack's lock; only the sockets' methods
 * may be called by anyone.
 */
package org.demitasse.net.tcp;
