package org.demitasse.jdk.device;

import com.oracle.svm.core.Uninterruptible;
import java.nio.ByteBuffer;
import jdk.graal.compiler.word.Word;
import jdk.internal.access.SharedSecrets;
import jdk.internal.misc.Unsafe;
import org.demitasse.core.GatherList;
import org.demitasse.drivers.MachineAccess;
import org.demitasse.jdk.memory.Pages;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.nativeimage.StackValue;
import org.graalvm.word.Pointer;

/** The machine's registers and memory for the drivers: plain moves, and calls of the nucleus. */
public final class MachineRegisters implements MachineAccess {
  public static final MachineRegisters INSTANCE = new MachineRegisters();

  /** Bytes of {@code struct nucleus_piece}. */
  private static final int PIECE = 16;

  private static final Unsafe UNSAFE = Unsafe.getUnsafe();

  private MachineRegisters() {}

  @Override
  public byte lpByte(long address) {
    return UNSAFE.getByte(address);
  }

  @Override
  public short lpShort(long address) {
    return UNSAFE.getShort(address);
  }

  @Override
  public int lpInt(long address) {
    return UNSAFE.getInt(address);
  }

  @Override
  public long lpLong(long address) {
    return UNSAFE.getLong(address);
  }

  @Override
  public void spByte(long address, byte value) {
    UNSAFE.putByte(address, value);
  }

  @Override
  public void spShort(long address, short value) {
    UNSAFE.putShort(address, value);
  }

  @Override
  public void spInt(long address, int value) {
    UNSAFE.putInt(address, value);
  }

  @Override
  public void spLong(long address, long value) {
    UNSAFE.putLong(address, value);
  }

  @Override
  public byte lvByte(long address) {
    return UNSAFE.getByteVolatile(null, address);
  }

  @Override
  public short lvShort(long address) {
    return UNSAFE.getShortVolatile(null, address);
  }

  @Override
  public int lvInt(long address) {
    return UNSAFE.getIntVolatile(null, address);
  }

  @Override
  public long lvLong(long address) {
    return UNSAFE.getLongVolatile(null, address);
  }

  @Override
  public void svByte(long address, byte value) {
    UNSAFE.putByteVolatile(null, address, value);
  }

  @Override
  public void svShort(long address, short value) {
    UNSAFE.putShortVolatile(null, address, value);
  }

  @Override
  public void svInt(long address, int value) {
    UNSAFE.putIntVolatile(null, address, value);
  }

  @Override
  public void svLong(long address, long value) {
    UNSAFE.putLongVolatile(null, address, value);
  }

  @Override
  public void soShort(long address, short value) {
    UNSAFE.putShortRelease(null, address, value);
  }

  @Override
  public void fullFence() {
    UNSAFE.fullFence();
  }

  @Override
  public long dmaAllocate(long bytes) {
    return Nucleus.dmaAllocate(Pages.roundUp(Word.unsigned(bytes))).rawValue();
  }

  @Override
  public long dmaAddress(long address) {
    return Nucleus.dmaAddress(Word.<Pointer>pointer(address));
  }

  @Override
  public long allocate(long bytes) {
    return Pages.allocate(Pages.roundUp(Word.unsigned(bytes))).rawValue();
  }

  @Override
  public ByteBuffer view(long address, int bytes) {
    return SharedSecrets.getJavaNioAccess().newDirectByteBuffer(address, bytes, null, null);
  }

  @Override
  public long monotonicNanos() {
    return Nucleus.clockMonotonic();
  }

  @Override
  public int deviceRead(int device, long address, int length) {
    return (int) Nucleus.deviceRead(device, Word.<Pointer>pointer(address), Word.unsigned(length));
  }

  @Override
  public int deviceWrite(int device, long address, int length, GatherList tail) {
    if (tail == null) {
      return (int) write0(device, address, length, null, null, null, 0);
    }
    int count = tail.count();
    return (int)
        write0(device, address, length, tail.arrays(), tail.offsets(), tail.lengths(), count);
  }

  /** Lists the pieces as {@code struct nucleus_piece} and writes them. */
  @Uninterruptible(reason = "The arrays must not move while their addresses are used.")
  private static long write0(
      int device,
      long address,
      int length,
      byte[][] arrays,
      int[] offsets,
      int[] lengths,
      int count) {
    Pointer pieces = StackValue.get((GatherList.PIECES_MAX + 1) * PIECE);
    pieces.writeLong(0, address);
    pieces.writeLong(8, length);
    Pointer piece = pieces;
    for (int i = 0; i < count; i++) {
      piece = piece.add(PIECE);
      Pointer bytes = Word.objectToUntrackedPointer(arrays[i]).add(offsets[i]);
      piece.writeWord(0, bytes.add((int) Unsafe.ARRAY_BYTE_BASE_OFFSET));
      piece.writeLong(8, lengths[i]);
    }
    return Nucleus.deviceWrite(device, pieces, Word.unsigned(count + 1));
  }

  @Override
  public void deviceEnable(int device) {
    Nucleus.deviceEnable(device);
  }

  @Override
  public boolean entropy(byte[] target, int offset, int length) {
    return MachineEntropy.fromNucleus(target, offset, length);
  }
}
