package org.demitasse.net.dhcp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;

/** Answers of DHCP servers that nobody should send; run by {@code scripts/fuzz}. */
class DhcpMessageInputTest {
  private static final long MAC = 0x02_00_00_00_00_01L;

  @FuzzTest(maxDuration = "")
  void anAnswerIsReadOrRefused(byte[] bytes) {
    PacketBuffer packet = PacketPool.heap(1500, 1).allocate();
    int length = Math.min(bytes.length, packet.tailroom());
    packet.append(length);
    packet.put(0, bytes, 0, length);
    DhcpMessage.decode(packet, MAC);
    if (packet.length() != length) {
      throw new AssertionError("reading has changed the packet");
    }
  }
}
