package org.demitasse.drivers;

import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketMemory;
import org.demitasse.core.PacketPool;

/**
 * The sandbox's network: whole frames through the nucleus, copied by the host. Where the host's end
 * takes a {@link NetHeader} in front of each frame, checksums are left to it, and TCP goes in
 * packets of up to 64 KiB both ways.
 */
public final class FramesNetDevice implements NetDevice, Driver {
  private static final int ETHERNET_HEADER = 14;
  private static final int VLAN_TAG = 4;

  /** IPv4's smallest (RFC 791) and the largest that an IP packet's length can say. */
  private static final int MTU_MIN = 68;

  private static final int MTU_MAX = 65_535;

  /** Memory for received frames and, as much again, for those to be sent; bytes. */
  private static final int POOL_BYTES = 8 << 20;

  /** An IP packet of the largest size that its length field can say, to be cut by the host. */
  private static final int LARGE_BYTES = 65_535;

  /** Such packets that are under way in the stack at once, in each direction. */
  private static final int LARGE_BUFFERS = 64;

  private static final int OFFLOADS =
      OFFLOAD_TX_CHECKSUM
          | OFFLOAD_RX_CHECKSUM
          | OFFLOAD_TX_GATHER
          | OFFLOAD_TX_TCP4
          | OFFLOAD_TX_TCP6
          | OFFLOAD_RX_TCP;

  /** Errors without a frame between them after which the device counts as failed. */
  private static final int ERRORS_MAX = 1_000;

  /** Errors that one call of {@link #receive()} steps over. */
  private static final int ERRORS_AT_ONCE = 16;

  private final MachineAccess machine;
  private final DeviceInfo info;
  private final PacketPool received;
  private final PacketPool pool;
  private final PacketPool largeReceived;
  private final PacketPool largePool;
  private final int header;
  private final int offloads;
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
    if (info.header() != 0 && info.header() != NetHeader.BYTES) {
      throw new DeviceException(info, "a frame header of " + info.header() + " bytes is unknown");
    }
    header = info.header();
    offloads = header == 0 ? 0 : OFFLOADS;
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
    int large = PacketPool.sizeFor(LARGE_BYTES);
    largeReceived = header == 0 ? null : new PacketPool(memory, large, LARGE_BUFFERS);
    largePool = header == 0 ? null : new PacketPool(memory, large, LARGE_BUFFERS);
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
    return offloads;
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
  public PacketPool largePool() {
    return largePool;
  }

  @Override
  public PacketBuffer receive() {
    if (failure != null) {
      return null;
    }
    PacketBuffer buffer = spare;
    if (buffer == null) {
      buffer = (header == 0 ? received : largeReceived).allocate();
      if (buffer == null) {
        return null;
      }
    }
    spare = null;
    for (int i = 0; i < ERRORS_AT_ONCE; i++) {
      int room = header + buffer.tailroom();
      int length = machine.deviceRead(info.index(), buffer.address() - header, room);
      if (length >= header + ETHERNET_HEADER && length <= room) {
        if (header != 0 && !NetHeader.read(machine, buffer.address() - header, buffer, offloads)) {
          framesDropped++;
          countError();
          continue;
        }
        errors = 0;
        PacketBuffer frame = keep(buffer, length - header);
        if (frame != null) {
          framesReceived++;
          return frame;
        }
        framesDropped++;
        continue;
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

  /**
   * Makes a frame of what was read into the buffer; null when there is no memory for it. A frame
   * that fits a small buffer is moved there: large ones are few, and whoever holds a frame must not
   * hold 64 KiB for it.
   */
  private PacketBuffer keep(PacketBuffer buffer, int length) {
    if (header == 0 || length > info.mtu() + ETHERNET_HEADER + VLAN_TAG) {
      buffer.append(length);
      return buffer;
    }
    PacketBuffer small = received.allocate();
    if (small == null) {
      return null;
    }
    buffer.append(length);
    small.append(length);
    small.put(0, buffer, 0, length);
    small.setChecksumGood(buffer.checksumGood());
    buffer.truncate(0);
    spare = buffer;
    return small;
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    if (failure == null) {
      PacketBuffer source = frame;
      if (frame.address() == 0 || frame.start() < header) {
        source = copy(frame);
        if (source == null) {
          return false;
        }
      }
      if (header != 0) {
        NetHeader.write(machine, source.address() - header, frame, offloads);
      }
      int length = header + source.totalLength();
      int written =
          machine.deviceWrite(
              info.index(), source.address() - header, header + source.length(), source.tail());
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
    int length = frame.totalLength();
    PacketPool target = length <= pool.bufferSize() - PacketPool.HEADROOM ? pool : largePool;
    if (target == null || length > target.bufferSize() - PacketPool.HEADROOM) {
      throw new IllegalArgumentException(
          "a frame of " + length + " bytes for an MTU of " + info.mtu());
    }
    return frame.copyTo(target);
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
