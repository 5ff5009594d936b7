package org.demitasse.drivers;

import java.nio.ByteBuffer;
import org.demitasse.core.GatherList;

/**
 * The machine as drivers see it: device registers and DMA memory by address, and the nucleus'
 * device functions. An image has exactly one implementation, so that the compiler turns each access
 * into a plain move; tests have another one, with simulated devices behind the addresses.
 *
 * <p>Names carry the memory rule, as in JCTools:
 *
 * <ul>
 *   <li>{@code lp}, {@code sp}: plain load and store. Memory that only one side touches at that
 *       time.
 *   <li>{@code lv}: volatile load. It happens once, and no later access moves before it (acquire).
 *   <li>{@code sv}: volatile store. It happens once, in the order of the program among volatile
 *       accesses.
 *   <li>{@code so}: ordered store. No earlier access moves after it (release).
 * </ul>
 *
 * Device registers are accessed with {@code lv} and {@code sv} only. Values are little endian, as
 * virtio 1.2 and PCI have them. Addresses are aligned to the width of the access but for {@code lp}
 * and {@code sp}. Addresses that are neither registers of a device nor inside an allocation are a
 * broken contract: a fault in the image.
 */
public interface MachineAccess {
  /** Nothing there now: wait for the device's event and call again. */
  int ERROR_AGAIN = -1;

  /** The device failed, or dropped a frame. */
  int ERROR_IO = -3;

  /** The other end is gone. */
  int ERROR_END = -5;

  byte lpByte(long address);

  short lpShort(long address);

  int lpInt(long address);

  long lpLong(long address);

  void spByte(long address, byte value);

  void spShort(long address, short value);

  void spInt(long address, int value);

  void spLong(long address, long value);

  byte lvByte(long address);

  short lvShort(long address);

  int lvInt(long address);

  long lvLong(long address);

  void svByte(long address, byte value);

  void svShort(long address, short value);

  void svInt(long address, int value);

  void svLong(long address, long value);

  void soShort(long address, short value);

  /** No access moves over this in either direction, loads after stores included (mfence). */
  void fullFence();

  /**
   * Returns the address of zeroed, page-aligned, physically contiguous memory that a device may
   * read and write, or 0 when there is none left. It is never given back.
   *
   * @param bytes above 0; rounded up to whole pages
   */
  long dmaAllocate(long bytes);

  /** Returns the physical address of memory from {@link #dmaAllocate}. */
  long dmaAddress(long address);

  /**
   * Returns the address of zeroed, page-aligned memory that only this machine reaches, or 0 when
   * there is none left. It is never given back. For frames that the nucleus copies.
   *
   * @param bytes above 0; rounded up to whole pages
   */
  long allocate(long bytes);

  /** Returns a direct buffer over memory from {@link #dmaAllocate} or {@link #allocate}. */
  ByteBuffer view(long address, int bytes);

  /** Nanoseconds since an arbitrary point; never goes back. */
  long monotonicNanos();

  /**
   * Reads one frame of a device with the frames transport into memory ({@code
   * nucleus_device_read}).
   *
   * @return its length in bytes, or {@link #ERROR_AGAIN} and so on
   */
  int deviceRead(int device, long address, int length);

  /**
   * Writes one frame to a device with the frames transport ({@code nucleus_device_write}).
   *
   * @param tail what follows the frame's first {@code length} bytes, or null
   * @return the bytes of both, or {@link #ERROR_AGAIN} and so on
   */
  int deviceWrite(int device, long address, int length, GatherList tail);

  /** Lets the interrupts of a virtio device set its event bit. */
  void deviceEnable(int device);

  /** Fills {@code target} from the machine's entropy source; false when it has none. */
  boolean entropy(byte[] target, int offset, int length);
}
