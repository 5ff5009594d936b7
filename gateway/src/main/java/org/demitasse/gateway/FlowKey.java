package org.demitasse.gateway;

/** Two ends of a conversation with the guest, as packets name them. */
final class FlowKey {
  private final int guest;
  private final int far;
  private final int ports;

  /**
   * @param far the address that the guest sends to
   */
  FlowKey(int guest, int guestPort, int far, int farPort) {
    this.guest = guest;
    this.far = far;
    ports = guestPort << 16 | farPort;
  }

  int guest() {
    return guest;
  }

  int guestPort() {
    return ports >>> 16;
  }

  int far() {
    return far;
  }

  int farPort() {
    return ports & 0xffff;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FlowKey key
        && key.guest == guest
        && key.far == far
        && key.ports == ports;
  }

  @Override
  public int hashCode() {
    return (guest * 31 + far) * 0x9e3779b1 + ports * 0x85ebca6b;
  }
}
