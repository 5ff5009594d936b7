package org.demitasse.net.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;

/** A device on the simulated wire. */
public final class SimDevice implements NetDevice {
  private final SimNetwork network;
  private final long mac;
  private final int mtu;
  private final PacketPool pool;
  private final ArrayDeque<byte[]> inbox = new ArrayDeque<>();
  private final List<byte[]> trace = new ArrayList<>();
  private boolean tracing;
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

  @Override
  public int offloads() {
    return 0;
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
  public boolean transmit(PacketBuffer buffer) {
    byte[] frame = new byte[buffer.length()];
    buffer.get(0, frame, 0, frame.length);
    buffer.release();
    if (tracing) {
      trace.add(frame);
    }
    network.transmit(this, frame);
    return true;
  }
}
