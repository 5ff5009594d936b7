package org.demitasse.gateway;

import java.nio.ByteBuffer;
import org.demitasse.core.Clock;
import org.demitasse.core.Entropy;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;
import org.demitasse.net.engine.Engine;
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
    PacketPool pool = new PacketPool(PacketMemory.heap(), Reassembly.BUFFER_BYTES, DATAGRAMS);
    reassembly = new Reassembly(engine, pool, incomplete -> incomplete.buffer.release());
  }

  private static void nothing() {}

  /**
   * Takes a fragment; returns the datagram that it completed, valid until the next call, or null.
   */
  ByteBuffer add(GuestPacket p) {
    int total = p.end - p.ip;
    if (total > Network.MTU) {
      return null;
    }
    engine.enter();
    try {
      engine.runTimers();
      PacketBuffer piece = pieces.allocate();
      piece.append(total);
      for (int i = 0; i < total; i++) {
        piece.putByte(i, p.frame.get(p.ip + i));
      }
      packet.buffer = piece;
      packet.protocol = p.protocol;
      packet.headerOffset = piece.start();
      packet.sourceHigh = p.sourceHigh;
      packet.sourceLow = p.sourceLow;
      packet.destinationHigh = p.destinationHigh;
      packet.destinationLow = p.destinationLow;
      piece.strip(p.payload - p.ip);
      PacketBuffer datagram =
          reassembly.add(packet, p.identification, p.fragmentOffset, p.moreFragments);
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
