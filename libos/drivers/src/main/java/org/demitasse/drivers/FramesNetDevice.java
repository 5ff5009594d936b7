package org.demitasse.drivers;

import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;

/** The sandbox's network: whole frames through the nucleus, copied by the host. */
public final class FramesNetDevice implements NetDevice, Driver {
  private static final int ETHERNET_HEADER = 14;

  /** IPv4's smallest (RFC 791) and the largest that an IP packet's length can say. */
  private static final int MTU_MIN = 68;

  private static final int MTU_MAX = 65_535;

  /** Memory for received frames and, as much again, for those to be sent; bytes. */
  private static final int POOL_BYTES = 8 << 20;

  /** Errors without a frame between them after which the device counts as failed. */
  private static final int ERRORS_MAX = 1_000;

  /** Errors that one call of {@link #receive()} steps over. */
  private static final int ERRORS_AT_ONCE = 16;

  private final MachineAccess machine;
  private final DeviceInfo info;
  private final PacketPool received;
  private final PacketPool pool;
  private PacketBuffer spare;
  private int errors;
  private long framesReceived;
  private long framesSent;
  private long framesDropped;
  private DeviceException failure;

  /**
   * @throws DeviceException when the device says an MTU or an address that cannot be
   */
  public FramesNetDevice(MachineAccess machine, DeviceInfo info) throws DeviceException {
    this.machine = machine;
    this.info = info;
    if (info.mtu() < MTU_MIN || info.mtu() > MTU_MAX) {
      throw new DeviceException(info, "an MTU of " + info.mtu() + " bytes cannot be");
    }
    if (info.mac() == 0 || (info.mac() >>> 40 & 1) != 0) {
      throw new DeviceException(info, "its hardware address is not that of one station");
    }
    PacketMemory memory =
        size -> {
          long address = machine.allocate(size);
          return address == 0
              ? null
              : new PacketMemory.Slab(machine.view(address, size), address, 0);
        };
    int size = PacketPool.sizeFor(info.mtu());
    received = new PacketPool(memory, size, POOL_BYTES / size);
    pool = new PacketPool(memory, size, POOL_BYTES / size);
  }

  @Override
  public long macAddress() {
    return info.mac();
  }

  @Override
  public int mtu() {
    return info.mtu();
  }

  @Override
  public int offloads() {
    return 0;
  }

  @Override
  public boolean linkUp() {
    return failure == null;
  }

  @Override
  public PacketPool pool() {
    return pool;
  }

  @Override
  public PacketBuffer receive() {
    if (failure != null) {
      return null;
    }
    PacketBuffer buffer = spare;
    if (buffer == null) {
      buffer = received.allocate();
      if (buffer == null) {
        return null;
      }
    }
    spare = null;
    for (int i = 0; i < ERRORS_AT_ONCE; i++) {
      int room = buffer.tailroom();
      int length = machine.deviceRead(info.index(), buffer.address(), room);
      if (length >= ETHERNET_HEADER && length <= room) {
        buffer.append(length);
        framesReceived++;
        errors = 0;
        return buffer;
      }
      if (length == MachineAccess.ERROR_AGAIN) {
        errors = 0;
        break;
      }
      if (length == MachineAccess.ERROR_END) {
        fail("the other end of the wire is gone");
        break;
      }
      framesDropped++;
      if (length != MachineAccess.ERROR_IO && (length < 0 || length > room)) {
        fail("a read of " + room + " bytes answered " + length);
        break;
      }
      countError();
    }
    spare = buffer;
    return null;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    if (failure == null) {
      PacketBuffer source = frame;
      if (frame.address() == 0) {
        source = copy(frame);
        if (source == null) {
          return false;
        }
      }
      int length = source.length();
      int written = machine.deviceWrite(info.index(), source.address(), length);
      if (source != frame) {
        source.release();
      }
      if (written == MachineAccess.ERROR_AGAIN) {
        return false;
      }
      if (written == length) {
        framesSent++;
        errors = 0;
      } else {
        framesDropped++;
        if (written == MachineAccess.ERROR_END) {
          fail("the other end of the wire is gone");
        } else {
          countError();
        }
      }
    } else {
      framesDropped++;
    }
    frame.release();
    return true;
  }

  private PacketBuffer copy(PacketBuffer frame) {
    PacketBuffer copy = pool.allocate();
    if (copy == null) {
      return null;
    }
    if (frame.length() > copy.tailroom()) {
      copy.release();
      throw new IllegalArgumentException(
          "a frame of " + frame.length() + " bytes for an MTU of " + info.mtu());
    }
    copy.append(frame.length());
    copy.put(0, frame, 0, frame.length());
    return copy;
  }

  private void countError() {
    errors++;
    if (errors >= ERRORS_MAX) {
      fail(errors + " errors, and not one frame between them");
    }
  }

  private void fail(String what) {
    failure = new DeviceException(info, what);
  }

  @Override
  public void handleEvent() {
    // Frames are all there is; receive() takes them.
  }

  @Override
  public DeviceException failure() {
    return failure;
  }

  /** Frames handed out by {@link #receive()}. */
  public long framesReceived() {
    return framesReceived;
  }

  /** Frames that the host took. */
  public long framesSent() {
    return framesSent;
  }

  /** Frames lost in either direction: too long or too short, or refused by the host. */
  public long framesDropped() {
    return framesDropped;
  }
}
