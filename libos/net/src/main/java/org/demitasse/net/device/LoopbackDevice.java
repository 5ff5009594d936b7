package org.demitasse.net.device;

import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;

/** A device whose frames come back to itself. Checksums are neither made nor looked at. */
public final class LoopbackDevice implements NetDevice {
  /** Large enough to make few packets of a transfer, small enough for the smallest machine. */
  public static final int MTU = 16384;

  private static final int BUFFERS = 256;

  private final PacketPool pool;
  private PacketBuffer head;
  private PacketBuffer tail;

  public LoopbackDevice(PacketMemory memory) {
    pool = new PacketPool(memory, PacketPool.sizeFor(MTU), BUFFERS);
  }

  @Override
  public long macAddress() {
    return 0;
  }

  @Override
  public int mtu() {
    return MTU;
  }

  @Override
  public int offloads() {
    return OFFLOAD_TX_CHECKSUM | OFFLOAD_RX_CHECKSUM;
  }

  @Override
  public PacketPool pool() {
    return pool;
  }

  @Override
  public PacketBuffer receive() {
    PacketBuffer frame = head;
    if (frame != null) {
      head = frame.next;
      if (head == null) {
        tail = null;
      }
      frame.next = null;
    }
    return frame;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    frame.clearChecksumRequest();
    frame.setChecksumGood(true);
    frame.next = null;
    if (tail == null) {
      head = frame;
    } else {
      tail.next = frame;
    }
    tail = frame;
    return true;
  }
}
