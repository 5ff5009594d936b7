package org.demitasse.net.tcp;

/** The states of RFC 9293, section 3.3.2, in the order of a connection's life. */
public enum TcpState {
  CLOSED,
  SYN_SENT,
  SYN_RECEIVED,
  ESTABLISHED,
  CLOSE_WAIT,
  FIN_WAIT_1,
  FIN_WAIT_2,
  CLOSING,
  LAST_ACK,
  TIME_WAIT;

  /** Whether both sides know each other's initial sequence number. */
  boolean isSynchronized() {
    return ordinal() >= ESTABLISHED.ordinal();
  }

  /** Whether the application may still queue data. */
  boolean canSend() {
    return this == ESTABLISHED || this == CLOSE_WAIT;
  }

  /** Whether data of the peer may still arrive. */
  boolean canReceive() {
    return this == ESTABLISHED || this == FIN_WAIT_1 || this == FIN_WAIT_2;
  }
}
