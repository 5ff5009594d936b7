package org.demitasse.gateway;

import java.nio.ByteBuffer;
import org.demitasse.net.engine.Timer;
import org.demitasse.net.ip.IpAddress;

/**
 * What the gateway says as an IPv6 router (RFC 4861, section 6.2): the prefix of which the guest
 * makes its address (RFC 4862), the link's MTU, and the name server (RFC 8106). Answers who asks,
 * and from then on says it again before it expires. Used under the gateway's lock.
 */
final class RouterAdvertiser extends Timer {
  static final int SOLICITATION = 133;

  private static final int ADVERTISEMENT = 134;
  private static final int LENGTH = 16 + 8 + 8 + 32 + 24;
  private static final int HOP_LIMIT = 64;

  /** RFC 4861, section 6.2.1: MaxRtrAdvInterval, and three times as long. */
  private static final long INTERVAL_NANOS = 600_000_000_000L;

  private static final int LIFETIME_SECONDS = 1_800;

  /** On the link, and good to make addresses of. */
  private static final int PREFIX_FLAGS = 0xc0;

  /** Low half of ff02::1, all nodes, and where its frames go (RFC 2464, section 7). */
  private static final long ALL_NODES = 1;

  private static final long ALL_NODES_MAC = 0x3333_0000_0001L;

  private final Gateway gateway;
  private final ByteBuffer message = ByteBuffer.allocate(LENGTH);

  RouterAdvertiser(Gateway gateway) {
    this.gateway = gateway;
    message.put((byte) ADVERTISEMENT).put((byte) 0).putShort((short) 0);
    message.put((byte) HOP_LIMIT).put((byte) 0).putShort((short) LIFETIME_SECONDS).putLong(0);
    message.put((byte) 1).put((byte) 1);
    message.putShort((short) (Network.MAC >>> 32)).putInt((int) Network.MAC);
    message.put((byte) 5).put((byte) 1).putShort((short) 0).putInt(Network.MTU);
    message.put((byte) 3).put((byte) 4).put((byte) Network.PREFIX6_BITS);
    // Valid and preferred for ever.
    message.put((byte) PREFIX_FLAGS).putInt(-1).putInt(-1).putInt(0);
    message.putLong(Network.PREFIX6).putLong(0);
    message.put((byte) 25).put((byte) 3).putShort((short) 0).putInt(LIFETIME_SECONDS);
    message.putLong(Network.PREFIX6).putLong(Network.DNS6);
    message.flip();
  }

  /** Answers a router solicitation, whose checksum is right. */
  void solicited(GuestPacket packet) {
    if (IpAddress.isAny(packet.sourceHigh, packet.sourceLow)) {
      advertise();
    } else {
      advertise(packet.mac, packet.sourceHigh, packet.sourceLow);
    }
    if (!isArmed()) {
      gateway.schedule(this, INTERVAL_NANOS);
    }
  }

  /** Tells everybody, asked or not. */
  void advertise() {
    advertise(ALL_NODES_MAC, IpAddress.LINK_GROUPS, ALL_NODES);
  }

  @Override
  protected void expire(long now) {
    advertise();
    gateway.schedule(this, INTERVAL_NANOS);
  }

  private void advertise(long mac, long high, long low) {
    FlowKey flow = new FlowKey(high, low, 0, Network.LINK_LOCAL, Network.ROUTER6, 0);
    gateway.sendDiscovery(mac, flow, message);
  }
}
