package org.demitasse.net.device;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.demitasse.core.Clock;
import org.demitasse.core.PacketBuffer;

/**
 * Writes frames as pcapng (draft-ietf-opsawg-pcapng), which tcpdump and Wireshark read. Called
 * under the stack's lock, so the stream should take bytes quickly; when it fails, capturing ends.
 */
public final class PacketCapture {
  private static final int SECTION = 0x0a0d0d0a;
  private static final int INTERFACE = 1;
  private static final int PACKET = 6;
  private static final int ETHERNET = 1;
  private static final int OPTION_NAME = 2;
  private static final int OPTION_RESOLUTION = 9;
  private static final int OPTION_FLAGS = 2;
  private static final int RECEIVED = 1;
  private static final int SENT = 2;
  private static final int MAX_FRAME = 65_535 + 18;

  private final OutputStream out;
  private final Clock clock;
  private final int snapLength;
  private final ByteBuffer block =
      ByteBuffer.allocate(MAX_FRAME + 64).order(ByteOrder.LITTLE_ENDIAN);
  private IOException failure;
  private long frames;

  /**
   * @param snapLength bytes of each frame that are kept at most
   */
  public PacketCapture(OutputStream out, Clock clock, int snapLength, String interfaceName) {
    this.out = out;
    this.clock = clock;
    this.snapLength = Math.min(snapLength, MAX_FRAME);
    begin(SECTION);
    block.putInt(0x1a2b3c4d).putShort((short) 1).putShort((short) 0).putLong(-1);
    end();
    begin(INTERFACE);
    block.putShort((short) ETHERNET).putShort((short) 0).putInt(this.snapLength);
    byte[] name = interfaceName.getBytes(StandardCharsets.UTF_8);
    block.putShort((short) OPTION_NAME).putShort((short) name.length).put(name);
    pad();
    block.putShort((short) OPTION_RESOLUTION).putShort((short) 1).put((byte) 9);
    pad();
    block.putInt(0);
    end();
  }

  /** Why capturing has ended, or null. */
  public IOException failure() {
    return failure;
  }

  public long frames() {
    return frames;
  }

  void frame(PacketBuffer frame, boolean sent) {
    if (failure != null) {
      return;
    }
    frames++;
    int length = Math.min(frame.length(), snapLength);
    long time = clock.wallNanos();
    begin(PACKET);
    block.putInt(0).putInt((int) (time >>> 32)).putInt((int) time);
    block.putInt(length).putInt(frame.length());
    frame.get(0, block, length);
    pad();
    block.putShort((short) OPTION_FLAGS).putShort((short) 4).putInt(sent ? SENT : RECEIVED);
    block.putInt(0);
    end();
  }

  private void begin(int type) {
    block.clear();
    block.putInt(type).putInt(0);
  }

  private void pad() {
    while ((block.position() & 3) != 0) {
      block.put((byte) 0);
    }
  }

  private void end() {
    int length = block.position() + 4;
    block.putInt(length).putInt(4, length);
    try {
      out.write(block.array(), 0, length);
    } catch (IOException e) {
      failure = e;
    }
  }
}
