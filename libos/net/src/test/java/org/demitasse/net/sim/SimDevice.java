package org.demitasse.net.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;
import org.demitasse.net.ip.InternetChecksum;

/** A device on the simulated wire. */
public final class SimDevice implements NetDevice {
  private final SimNetwork network;
  private final long mac;
  private final int mtu;
  private final PacketPool pool;
  private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
  private final List<byte[]> trace = new ArrayList<>();
  private boolean tracing;
  private PacketPool largePool;
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

  /** Makes the device complete checksums and cut TCP packets, as virtio devices do. */
  public SimDevice offloading() {
    largePool = new PacketPool(PacketMemory.heap(), PacketPool.sizeFor(65535), 64);
    return this;
  }

  @Override
  public int offloads() {
    return largePool == null ? 0 : OFFLOAD_TX_CHECKSUM | OFFLOAD_TX_TCP4 | OFFLOAD_TX_GATHER;
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
    PacketBuffer buffer = pool.allocate();
    if (buffer == null || buffer.tailroom() < frame.length) {
      if (buffer != null) {
        buffer.release();
      }
      return receive();
    }
    buffer.append(frame.length);
    buffer.put(0, frame, 0, frame.length);
    return buffer;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    PacketBuffer buffer = frame;
    if (frame.tail() != null) {
      buffer = frame.copyTo(largePool);
      frame.release();
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

  /** Segments TCP over IPv4 (virtio 1.2, section 5.1.6.2). */
  private void cut(PacketBuffer large) {
    int header = large.segmentHeaderLength();
    int payload = large.length() - header;
    for (int done = 0; done < payload; done += large.segmentSize()) {
      int count = Math.min(large.segmentSize(), payload - done);
      PacketBuffer p = pool.allocate();
      p.append(header + count);
      p.put(0, large, 0, header);
      p.put(header, large, header + done, count);
      int total = header + count - 14;
      p.putShort(16, total);
      p.putShort(24, 0);
      p.putShort(24, InternetChecksum.finish(InternetChecksum.add(0, p, 14, 20)));
      p.putInt(38, large.getInt(38) + done);
      if (done + count < payload) {
        p.putByte(47, large.getByte(47) & ~8);
      }
      long pseudo = (p.getInt(26) & 0xffffffffL) + (p.getInt(30) & 0xffffffffL) + 6 + total - 20;
      p.putShort(50, InternetChecksum.fold(pseudo));
      p.setChecksumRequest(34, 16);
      send(p);
      p.release();
    }
  }
}
