package org.demitasse.drivers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.GatherList;

/**
 * A machine in a byte array: DMA memory at {@link #BASE}, registers of simulated devices elsewhere.
 * Any access outside of what was allocated is an {@link AssertionError}.
 */
public final class SimulatedMachine implements MachineAccess {
  public static final long BASE = 0x5000_0000L;

  /** Physical addresses differ from virtual ones, so that mixing them up does not go unseen. */
  public static final long PHYSICAL = 0x1_2000_0000L;

  private static final int PAGE = 4096;

  /** Registers of a device. */
  public interface Registers {
    long read(long offset, int width);

    void write(long offset, int width, long value);
  }

  private record Window(long begin, long end, Registers registers) {}

  private final ByteBuffer memory;
  private final List<Window> windows = new ArrayList<>();
  private int allocated;
  public final List<Integer> enabled = new ArrayList<>();
  public boolean hasEntropy = true;
  public long nanos;

  public SimulatedMachine(int bytes) {
    memory = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  public void map(long address, long bytes, Registers registers) {
    windows.add(new Window(address, address + bytes, registers));
  }

  /** What a device sees: {@code bytes} at a physical address, or null when that is no memory. */
  public ByteBuffer physical(long address, long bytes) {
    long offset = address - PHYSICAL;
    if (offset < 0 || bytes < 0 || offset + bytes > allocated) {
      return null;
    }
    return memory.slice((int) offset, (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private int offset(long address, int width) {
    long offset = address - BASE;
    if (offset < 0 || offset + width > allocated) {
      throw new AssertionError("access outside of memory: 0x" + Long.toHexString(address));
    }
    return (int) offset;
  }

  private Window window(long address, int width) {
    for (Window window : windows) {
      if (address >= window.begin && address + width <= window.end) {
        if (address % width != 0) {
          throw new AssertionError("misaligned register 0x" + Long.toHexString(address));
        }
        return window;
      }
    }
    return null;
  }

  private long load(long address, int width) {
    Window window = window(address, width);
    if (window != null) {
      return window.registers.read(address - window.begin, width);
    }
    int offset = offset(address, width);
    return switch (width) {
      case 1 -> memory.get(offset);
      case 2 -> memory.getShort(offset);
      case 4 -> memory.getInt(offset);
      default -> memory.getLong(offset);
    };
  }

  private void store(long address, int width, long value) {
    Window window = window(address, width);
    if (window != null) {
      window.registers.write(address - window.begin, width, value);
      return;
    }
    int offset = offset(address, width);
    switch (width) {
      case 1 -> memory.put(offset, (byte) value);
      case 2 -> memory.putShort(offset, (short) value);
      case 4 -> memory.putInt(offset, (int) value);
      default -> memory.putLong(offset, value);
    }
  }

  @Override
  public byte lpByte(long address) {
    return (byte) load(address, 1);
  }

  @Override
  public short lpShort(long address) {
    return (short) load(address, 2);
  }

  @Override
  public int lpInt(long address) {
    return (int) load(address, 4);
  }

  @Override
  public long lpLong(long address) {
    return load(address, 8);
  }

  @Override
  public void spByte(long address, byte value) {
    store(address, 1, value);
  }

  @Override
  public void spShort(long address, short value) {
    store(address, 2, value);
  }

  @Override
  public void spInt(long address, int value) {
    store(address, 4, value);
  }

  @Override
  public void spLong(long address, long value) {
    store(address, 8, value);
  }

  @Override
  public byte lvByte(long address) {
    return (byte) load(address, 1);
  }

  @Override
  public short lvShort(long address) {
    return (short) load(aligned(address, 2), 2);
  }

  @Override
  public int lvInt(long address) {
    return (int) load(aligned(address, 4), 4);
  }

  @Override
  public long lvLong(long address) {
    return load(aligned(address, 8), 8);
  }

  @Override
  public void svByte(long address, byte value) {
    store(address, 1, value);
  }

  @Override
  public void svShort(long address, short value) {
    store(aligned(address, 2), 2, value);
  }

  @Override
  public void svInt(long address, int value) {
    store(aligned(address, 4), 4, value);
  }

  @Override
  public void svLong(long address, long value) {
    store(aligned(address, 8), 8, value);
  }

  @Override
  public void soShort(long address, short value) {
    store(aligned(address, 2), 2, value);
  }

  private static long aligned(long address, int width) {
    if (address % width != 0) {
      throw new AssertionError("misaligned access: 0x" + Long.toHexString(address));
    }
    return address;
  }

  @Override
  public void fullFence() {}

  @Override
  public long dmaAllocate(long bytes) {
    if (bytes <= 0) {
      throw new AssertionError("allocation of " + bytes);
    }
    long rounded = (bytes + PAGE - 1) / PAGE * PAGE;
    if (rounded > memory.capacity() - allocated) {
      return 0;
    }
    long address = BASE + allocated;
    allocated += (int) rounded;
    return address;
  }

  @Override
  public long dmaAddress(long address) {
    return offset(address, 1) + PHYSICAL;
  }

  @Override
  public long allocate(long bytes) {
    return dmaAllocate(bytes);
  }

  @Override
  public ByteBuffer view(long address, int bytes) {
    return memory.slice(offset(address, bytes), bytes);
  }

  @Override
  public long monotonicNanos() {
    nanos += 1_000;
    return nanos;
  }

  /** What {@link #deviceRead} and {@link #deviceWrite} reach. */
  public interface Frames {
    int read(ByteBuffer target);

    int write(ByteBuffer source);
  }

  public Frames frames;

  @Override
  public int deviceRead(int device, long address, int length) {
    return frames.read(memory.slice(offset(address, length), length));
  }

  @Override
  public int deviceWrite(int device, long address, int length, GatherList tail) {
    ByteBuffer head = memory.slice(offset(address, length), length);
    if (tail == null) {
      return frames.write(head);
    }
    ByteBuffer whole = ByteBuffer.allocate(length + tail.bytes()).put(head);
    for (int i = 0; i < tail.count(); i++) {
      whole.put(tail.arrays()[i], tail.offsets()[i], tail.lengths()[i]);
    }
    return frames.write(whole.flip());
  }

  @Override
  public void deviceEnable(int device) {
    enabled.add(device);
  }

  @Override
  public boolean entropy(byte[] target, int offset, int length) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = (byte) (i * 37 + 1);
    }
    return hasEntropy;
  }
}
