package org.demitasse.net.link;

import org.demitasse.core.PacketBuffer;
import org.demitasse.net.device.NetInterface;

/** The Ethernet II header. */
public final class Ethernet {
  public static final int HEADER = 14;
  public static final long BROADCAST = 0xffff_ffff_ffffL;
  public static final int TYPE_IPV4 = 0x0800;
  public static final int TYPE_ARP = 0x0806;
  public static final int TYPE_IPV6 = 0x86dd;

  private Ethernet() {}

  public static long destination(PacketBuffer frame) {
    return frame.getMac(0);
  }

  public static long source(PacketBuffer frame) {
    return frame.getMac(6);
  }

  public static int type(PacketBuffer frame) {
    return frame.getShort(12);
  }

  /** Whether a hardware address names a group (the broadcast address among them). */
  public static boolean isGroup(long mac) {
    return (mac >>> 40 & 1) != 0;
  }

  /** Puts the header in front and sends. Takes the buffer. */
  public static void send(NetInterface out, PacketBuffer packet, long destination, int type) {
    packet.prepend(HEADER);
    packet.putMac(0, destination);
    packet.putMac(6, out.mac());
    packet.putShort(12, type);
    out.transmit(packet);
  }
}
