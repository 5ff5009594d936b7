package org.demitasse.net.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;
import org.demitasse.net.ip.InternetChecksum;

/**
 * A device on the simulated wire: a plain one, or one that does some of the stack's work, as virtio
 * devices and taps do.
 */
public final class SimDevice implements NetDevice {
  private final SimNetwork network;
  private final long mac;
  private final int mtu;
  private final PacketPool pool;
  private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
  private final List<byte[]> trace = new ArrayList<>();
  private boolean tracing;
  private PacketPool largePool;
  private int offloads;
  private Joining joining;

  /** Frames that are taken in a row; then there is no room for {@link #pause} nanoseconds. */
  private int burst = Integer.MAX_VALUE;

  private long pause;
  private int taken;
  long wireFreeAt;

  public SimDevice(SimNetwork network, long mac, int mtu) {
    this.network = network;
    this.mac = mac;
    this.mtu = mtu;
    pool = new PacketPool(PacketMemory.heap(), PacketPool.sizeFor(mtu), 4096);
  }

  /** Keeps what is sent, for tests that look at it. */
  public List<byte[]> trace() {
    tracing = true;
    return trace;
  }

  /** Puts a frame into the device's receive queue. */
  public void arrive(byte[] frame) {
    inbox.add(frame);
  }

  @Override
  public long macAddress() {
    return mac;
  }

  @Override
  public int mtu() {
    return mtu;
  }

  /** Makes the device complete checksums and cut TCP packets that it gathers. */
  SimDevice offloading() {
    offloads = OFFLOAD_TX_CHECKSUM | OFFLOAD_TX_TCP4 | OFFLOAD_TX_GATHER;
    largePool = new PacketPool(PacketMemory.heap(), PacketPool.sizeFor(65535), 64);
    return this;
  }

  /** Gives the device any of the abilities that devices have, or none, and little room or much. */
  SimDevice random(SplittableRandom random) {
    if (random.nextInt(3) > 0) {
      offloads = OFFLOAD_TX_CHECKSUM;
      offloads |= random.nextInt(4) > 0 ? OFFLOAD_TX_TCP4 : 0;
      offloads |= random.nextInt(2) > 0 ? OFFLOAD_TX_TCP6 : 0;
      offloads |= random.nextInt(3) > 0 ? OFFLOAD_TX_GATHER : 0;
      offloads |= random.nextInt(2) > 0 ? OFFLOAD_RX_TCP | OFFLOAD_RX_CHECKSUM : 0;
      largePool = new PacketPool(PacketMemory.heap(), PacketPool.sizeFor(65535), 64);
      joining = (offloads & OFFLOAD_RX_TCP) == 0 ? null : new Joining(random.split());
    }
    if (random.nextInt(3) == 0) {
      burst = random.nextInt(1, 40);
      pause = random.nextLong(1_000, 2_000_000);
    }
    return this;
  }

  @Override
  public int offloads() {
    return offloads;
  }

  @Override
  public PacketPool largePool() {
    return largePool;
  }

  @Override
  public PacketPool pool() {
    return pool;
  }

  @Override
  public PacketBuffer receive() {
    byte[] frame = inbox.poll();
    if (frame == null) {
      return null;
    }
    byte[] joined = joining == null ? frame : joining.join(frame, inbox);
    PacketBuffer buffer = (joined == frame ? pool : largePool).allocate();
    if (buffer == null || buffer.tailroom() < joined.length) {
      if (buffer != null) {
        buffer.release();
      }
      return receive();
    }
    buffer.append(joined.length);
    buffer.put(0, joined, 0, joined.length);
    buffer.setChecksumGood(joined != frame);
    return buffer;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    if (taken >= burst) {
      return false;
    }
    if (++taken == burst) {
      network.after(
          pause,
          () -> {
            taken = 0;
            network.wake(this);
          });
    }
    PacketBuffer buffer = frame;
    if (frame.tail() != null) {
      buffer = frame.copyTo(largePool);
      frame.release();
      if (buffer == null) {
        return true; // it is lost, as on a wire
      }
    }
    if (buffer.segmentKind() == PacketBuffer.SEGMENT_NONE) {
      send(buffer);
    } else {
      cut(buffer);
    }
    buffer.release();
    return true;
  }

  private void send(PacketBuffer buffer) {
    int from = buffer.checksumStart();
    if (from >= 0) {
      long sum = InternetChecksum.add(0, buffer, from, buffer.length() - from);
      buffer.putShort(from + buffer.checksumOffset(), InternetChecksum.finish(sum));
    }
    byte[] frame = new byte[buffer.length()];
    buffer.get(0, frame, 0, frame.length);
    if (tracing) {
      trace.add(frame);
    }
    network.transmit(this, frame);
  }

  /** Segments TCP (virtio 1.2, section 5.1.6.2). */
  private void cut(PacketBuffer large) {
    boolean v4 = large.segmentKind() == PacketBuffer.SEGMENT_TCP4;
    int tcp = v4 ? 34 : 54;
    int header = large.segmentHeaderLength();
    int payload = large.length() - header;
    for (int done = 0; done < payload; done += large.segmentSize()) {
      int count = Math.min(large.segmentSize(), payload - done);
      PacketBuffer p = pool.allocate();
      p.append(header + count);
      p.put(0, large, 0, header);
      p.put(header, large, header + done, count);
      int length = header + count - tcp;
      int addresses = v4 ? 26 : 22;
      if (v4) {
        p.putShort(16, 20 + length);
        p.putShort(24, 0);
        p.putShort(24, InternetChecksum.finish(InternetChecksum.add(0, p, 14, 20)));
      } else {
        p.putShort(18, length);
      }
      p.putInt(tcp + 4, large.getInt(tcp + 4) + done);
      if (done + count < payload) {
        p.putByte(tcp + 13, large.getByte(tcp + 13) & ~8);
      }
      long pseudo = InternetChecksum.add(6 + length, p, addresses, tcp - addresses);
      p.putShort(tcp + 16, InternetChecksum.fold(pseudo));
      p.setChecksumRequest(tcp, 16);
      send(p);
      p.release();
    }
  }
}
