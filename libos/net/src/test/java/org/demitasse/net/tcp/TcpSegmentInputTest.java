package org.demitasse.net.tcp;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;

/** Segments with headers and options that nobody should send; run by {@code scripts/fuzz}. */
class TcpSegmentInputTest {
  @FuzzTest(maxDuration = "")
  void aSegmentIsReadOrRefused(byte[] bytes) {
    PacketBuffer packet = PacketPool.heap(1500, 1).allocate();
    int length = Math.min(bytes.length, packet.tailroom());
    packet.append(length);
    packet.put(0, bytes, 0, length);
    TcpSegment segment = new TcpSegment();
    if (!segment.decode(packet)) {
      return;
    }
    boolean sizes =
        segment.headerLength >= TcpSegment.HEADER
            && segment.payloadLength >= 0
            && segment.headerLength + segment.payloadLength == length;
    boolean options =
        segment.windowScale <= TcpSegment.MAX_WINDOW_SCALE
            && segment.sackCount >= 0
            && segment.sackCount <= TcpSegment.MAX_SACK_BLOCKS;
    if (!sizes || !options) {
      throw new AssertionError("a segment that cannot be was read");
    }
  }
}
