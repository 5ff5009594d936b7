package org.demitasse.fs;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * A tree of files as one run of bytes: the format, and how it is looked into without unpacking it.
 * All numbers are little endian.
 *
 * <pre>
 *   header  0  magic "DEMITREE"            8  version, 1 (u32)     12  entries (u32)
 *          16  bytes of the whole (u64)   24  bytes of names (u32)
 *          28  CRC-32 of all before the data, without these four bytes
 *          32  where the data starts (u64)                         40  zeros to 64
 *   entry   0  name: offset (u32)          4  length (u16)          6  kind (u8)   7  zero
 *           8  permissions (u32)          12  parent (u32)         16  modified, ns of 1970 (i64)
 *          24  data: offset (u64); of a directory its first entry
 *          32  size (u64); of a directory how many entries         40  CRC-32 of the data
 *          44  zero
 * </pre>
 *
 * Entries follow the header, then names (UTF-8), then data. Entry 0 is the root. The entries of a
 * directory stand together, behind the directory, sorted by their names' bytes. The data of a link
 * is its target.
 *
 * <p>Opening checks header and index; whatever an entry says is checked when it is looked at.
 */
public final class PackedTree {
  static final long MAGIC = 0x45455254494D4544L;
  static final int VERSION = 1;
  static final int HEADER_BYTES = 64;
  static final int ENTRY_BYTES = 48;
  static final int CRC_AT = 28;
  static final int FILE = 1;
  static final int DIRECTORY = 2;
  static final int LINK = 3;

  private final ByteBuffer bytes;
  private final int entries;
  private final int namesStart;
  private final int namesBytes;
  private final int dataStart;
  private final int dataBytes;

  private PackedTree(ByteBuffer bytes, int entries, int namesBytes, int dataStart) {
    this.bytes = bytes;
    this.entries = entries;
    this.namesStart = HEADER_BYTES + entries * ENTRY_BYTES;
    this.namesBytes = namesBytes;
    this.dataStart = dataStart;
    this.dataBytes = bytes.capacity() - dataStart;
  }

  /**
   * Opens the tree in what remains of {@code source}, which must not change from then on.
   *
   * @throws IllegalArgumentException saying what is wrong with the bytes
   */
  public static PackedTree open(ByteBuffer source) {
    ByteBuffer bytes = source.slice().order(ByteOrder.LITTLE_ENDIAN);
    int size = bytes.capacity();
    require(size >= HEADER_BYTES && bytes.getLong(0) == MAGIC, "it does not start as one");
    require(bytes.getInt(8) == VERSION, "its version is " + bytes.getInt(8) + ", not " + VERSION);
    require(
        bytes.getLong(16) == size,
        "it should have " + bytes.getLong(16) + " bytes and has " + size);
    long entries = bytes.getInt(12) & 0xffff_ffffL;
    long namesBytes = bytes.getInt(24) & 0xffff_ffffL;
    long dataStart = bytes.getLong(32);
    long indexEnd = HEADER_BYTES + entries * ENTRY_BYTES + namesBytes;
    require(
        entries > 0 && dataStart >= indexEnd && dataStart <= size,
        "its index does not fit into its bytes");
    require(crc(bytes, (int) dataStart) == bytes.getInt(CRC_AT), "its index has been changed");
    PackedTree tree = new PackedTree(bytes, (int) entries, (int) namesBytes, (int) dataStart);
    require(bytes.get(HEADER_BYTES + 6) == DIRECTORY, "its root is not a directory");
    return tree;
  }

  /** Returns a tree of an empty directory. */
  static PackedTree empty() {
    int size = HEADER_BYTES + ENTRY_BYTES;
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(0, MAGIC).putInt(8, VERSION).putInt(12, 1).putLong(16, size).putLong(32, size);
    bytes.put(HEADER_BYTES + 6, (byte) DIRECTORY).putInt(HEADER_BYTES + 8, 0555);
    bytes.putLong(HEADER_BYTES + 24, 1);
    bytes.putInt(CRC_AT, crc(bytes, size));
    return open(bytes);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException("This is not a usable packed tree: " + otherwise);
    }
  }

  /** The checksum of the index in the first {@code end} bytes. */
  static int crc(ByteBuffer bytes, int end) {
    CRC32 crc = new CRC32();
    crc.update(bytes.slice(0, CRC_AT));
    crc.update(bytes.slice(CRC_AT + 4, end - CRC_AT - 4));
    return (int) crc.getValue();
  }

  int entries() {
    return entries;
  }

  private static int at(int entry) {
    return HEADER_BYTES + entry * ENTRY_BYTES;
  }

  int kind(int entry) {
    return bytes.get(at(entry) + 6);
  }

  int permissions(int entry) {
    return bytes.getInt(at(entry) + 8) & 07777;
  }

  int parent(int entry) throws FsException {
    int parent = bytes.getInt(at(entry) + 12);
    check(parent >= 0 && parent < entries);
    return parent;
  }

  long modified(int entry) {
    return bytes.getLong(at(entry) + 16);
  }

  String name(int entry) throws FsException {
    int length = nameLength(entry);
    byte[] name = new byte[length];
    bytes.get(nameStart(entry, length), name);
    return new String(name, StandardCharsets.UTF_8);
  }

  private int nameLength(int entry) {
    return bytes.getShort(at(entry) + 4) & 0xffff;
  }

  private int nameStart(int entry, int length) throws FsException {
    int offset = bytes.getInt(at(entry));
    check(offset >= 0 && offset <= namesBytes - length);
    return namesStart + offset;
  }

  /** Bytes of content; of a directory 0. */
  long size(int entry) {
    return kind(entry) == DIRECTORY ? 0 : Math.max(0, bytes.getLong(at(entry) + 32));
  }

  /** Returns the content, read-only, from 0 to its capacity. */
  ByteBuffer data(int entry) throws FsException {
    long offset = bytes.getLong(at(entry) + 24);
    long size = bytes.getLong(at(entry) + 32);
    check(kind(entry) != DIRECTORY && size >= 0 && size <= dataBytes);
    check(offset >= 0 && offset <= dataBytes - size);
    return bytes.slice(dataStart + (int) offset, (int) size).asReadOnlyBuffer();
  }

  int firstChild(int directory) throws FsException {
    long first = bytes.getLong(at(directory) + 24);
    check(
        kind(directory) == DIRECTORY
            && first > directory
            && first <= entries - children(directory));
    return (int) first;
  }

  int children(int directory) throws FsException {
    long count = bytes.getLong(at(directory) + 32);
    check(count >= 0 && count < entries);
    return (int) count;
  }

  /** Returns the entry of that name in a directory, or -1. */
  int find(int directory, String name) throws FsException {
    byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
    int count = children(directory);
    if (count == 0) {
      return -1;
    }
    int low = firstChild(directory);
    int high = low + count - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      int order = compareName(middle, wanted);
      if (order == 0) {
        return middle;
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private int compareName(int entry, byte[] wanted) throws FsException {
    int length = nameLength(entry);
    int start = nameStart(entry, length);
    int common = Math.min(length, wanted.length);
    for (int i = 0; i < common; i++) {
      int difference = (bytes.get(start + i) & 0xff) - (wanted[i] & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return length - wanted.length;
  }

  /**
   * Looks at every entry and at all content; opening alone does not.
   *
   * @throws IllegalArgumentException saying what is wrong where
   */
  public void verify() {
    for (int entry = 0; entry < entries; entry++) {
      try {
        int kind = kind(entry);
        String name = name(entry);
        require(
            parent(entry) < entry || entry == 0, "entry " + entry + " stands before its directory");
        require(
            entry == 0
                || !name.isEmpty()
                    && !name.equals(".")
                    && !name.equals("..")
                    && name.indexOf('/') < 0
                    && name.indexOf(0) < 0,
            "entry " + entry + " has an impossible name");
        switch (kind) {
          case DIRECTORY -> verifyChildren(entry);
          case FILE, LINK -> {
            CRC32 crc = new CRC32();
            crc.update(data(entry));
            require(
                (int) crc.getValue() == bytes.getInt(at(entry) + 40),
                "the content of '" + name + "' has been changed");
          }
          default -> require(false, "entry " + entry + " is of unknown kind " + kind);
        }
      } catch (FsException e) {
        require(false, "entry " + entry + " points outside of it");
      }
    }
  }

  private void verifyChildren(int directory) throws FsException {
    int count = children(directory);
    int first = count == 0 ? 0 : firstChild(directory);
    for (int child = first; child < first + count; child++) {
      require(parent(child) == directory, "entry " + child + " is in two directories");
      if (child > first) {
        int length = nameLength(child);
        byte[] name = new byte[length];
        bytes.get(nameStart(child, length), name);
        require(compareName(child - 1, name) < 0, "entry " + child + " is out of order");
      }
    }
  }

  private static void check(boolean condition) throws FsException {
    if (!condition) {
      throw new FsException(FsError.IO);
    }
  }
}
