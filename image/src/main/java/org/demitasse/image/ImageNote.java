package org.demitasse.image;

import static org.demitasse.image.elf.LittleEndian.getInt;
import static org.demitasse.image.elf.LittleEndian.getLong;
import static org.demitasse.image.elf.LittleEndian.putInt;
import static org.demitasse.image.elf.LittleEndian.putLong;

/**
 * The descriptor of the image note ({@code docs/image-format.md}): where the heap and the reserved
 * ranges lie and how large the file is. Addresses are virtual.
 *
 * @param version version of the note
 * @param flags none are defined
 * @param entry the sandbox's entry
 * @param heapBegin first byte of the image heap
 * @param heapImageEnd page-aligned end of the image heap
 * @param heapReservedEnd first address behind the range reserved for the heap
 * @param pagesBegin begin of the second reserved range
 * @param pagesEnd end of the second reserved range
 * @param fileSize bytes of the whole file
 * @param checksum CRC-32 of the first page with this field zero
 * @param minimumMemoryMiB smallest memory that the image boots with
 */
public record ImageNote(
    int version,
    int flags,
    long entry,
    long heapBegin,
    long heapImageEnd,
    long heapReservedEnd,
    long pagesBegin,
    long pagesEnd,
    long fileSize,
    int checksum,
    int minimumMemoryMiB) {
  public static final int VERSION = 1;

  /** Bytes of the descriptor. */
  public static final int SIZE = 72;

  /** Where in the descriptor the checksum lies. */
  public static final int CHECKSUM_OFFSET = 64;

  /** Reads a descriptor; {@link #SIZE} bytes must follow {@code at}. */
  public static ImageNote decode(byte[] bytes, int at) {
    return new ImageNote(
        getInt(bytes, at),
        getInt(bytes, at + 4),
        getLong(bytes, at + 8),
        getLong(bytes, at + 16),
        getLong(bytes, at + 24),
        getLong(bytes, at + 32),
        getLong(bytes, at + 40),
        getLong(bytes, at + 48),
        getLong(bytes, at + 56),
        getInt(bytes, at + CHECKSUM_OFFSET),
        getInt(bytes, at + 68));
  }

  /** Writes the descriptor. */
  public void encode(byte[] bytes, int at) {
    putInt(bytes, at, version);
    putInt(bytes, at + 4, flags);
    putLong(bytes, at + 8, entry);
    putLong(bytes, at + 16, heapBegin);
    putLong(bytes, at + 24, heapImageEnd);
    putLong(bytes, at + 32, heapReservedEnd);
    putLong(bytes, at + 40, pagesBegin);
    putLong(bytes, at + 48, pagesEnd);
    putLong(bytes, at + 56, fileSize);
    putInt(bytes, at + CHECKSUM_OFFSET, checksum);
    putInt(bytes, at + 68, minimumMemoryMiB);
  }
}
