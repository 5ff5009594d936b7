package org.demitasse.gateway;

import java.nio.ByteBuffer;
import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;
import org.demitasse.net.engine.Engine;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.IpPacket;
import org.demitasse.net.ip.Reassembly;

/**
 * Puts fragmented UDP datagrams and ICMP messages of the guest together. Used under the gateway's
 * lock.
 */
final class Fragments {
  private static final int DATAGRAMS = 16;

  private final Engine engine;
  private final Reassembly reassembly;
  private final PacketPool pieces = PacketPool.heap(Network.MTU, 1);
  private final IpPacket packet = new IpPacket();
  private final ByteBuffer whole = ByteBuffer.allocate(65_535);

  Fragments(Clock clock, Entropy entropy) {
    engine = new Engine(clock, entropy, Fragments::nothing);
    engine.onLeave(Fragments::nothing);
    int size = PacketPool.sizeFor(65_535 + 60);
    PacketPool pool = new PacketPool(PacketMemory.heap(), size, DATAGRAMS);
    reassembly = new Reassembly(engine, pool, incomplete -> incomplete.buffer.release());
  }

  private static void nothing() {}

  /**
   * Takes a fragment whose IPv4 header, checked, is at {@code ip}.
   *
   * @return the datagram that it completed, valid until the next call, or null
   */
  ByteBuffer add(ByteBuffer frame, int ip) {
    int header = Packets.headerLength(frame, ip);
    int total = Packets.unsignedShort(frame, ip + 2);
    if (total > Network.MTU) {
      return null;
    }
    engine.enter();
    try {
      engine.runTimers();
      PacketBuffer piece = pieces.allocate();
      piece.append(total);
      for (int i = 0; i < total; i++) {
        piece.putByte(i, frame.get(ip + i));
      }
      packet.buffer = piece;
      packet.protocol = frame.get(ip + 9) & 0xff;
      packet.headerOffset = piece.start();
      packet.sourceHigh = 0;
      packet.sourceLow = IpAddress.v4(frame.getInt(ip + 12));
      packet.destinationHigh = 0;
      packet.destinationLow = IpAddress.v4(frame.getInt(ip + 16));
      piece.strip(header);
      int fragment = Packets.unsignedShort(frame, ip + 6);
      PacketBuffer datagram =
          reassembly.add(
              packet,
              Packets.unsignedShort(frame, ip + 4),
              (fragment & Packets.FRAGMENT_OFFSET) * 8,
              (fragment & Packets.MORE_FRAGMENTS) != 0);
      piece.release();
      if (datagram == null) {
        return null;
      }
      whole.clear();
      datagram.get(0, whole, datagram.length());
      datagram.release();
      return whole.flip();
    } finally {
      engine.leave();
    }
  }
}
