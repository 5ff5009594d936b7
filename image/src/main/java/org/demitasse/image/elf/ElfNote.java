package org.demitasse.image.elf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One note: who defines it, its type and where its descriptor lies.
 *
 * @param owner the name, without the closing NUL
 * @param type meaningful together with the owner
 * @param offset first byte of the descriptor in the file
 * @param size bytes of the descriptor
 */
public record ElfNote(String owner, int type, int offset, int size) {
  /** Bytes of a note before its name. */
  public static final int HEADER_SIZE = 12;

  /**
   * Reads the notes in a range of a file. The range must lie in the bytes.
   *
   * @throws ElfFormatException if a note does not fit into the range
   */
  public static List<ElfNote> parse(byte[] bytes, int offset, int size) throws ElfFormatException {
    var notes = new ArrayList<ElfNote>();
    int end = offset + size;
    int at = offset;
    while (at < end) {
      if (end - at < HEADER_SIZE) {
        throw new ElfFormatException("the header of a note is cut off", at);
      }
      long nameSize = LittleEndian.getInt(bytes, at) & 0xffffffffL;
      long descriptorSize = LittleEndian.getInt(bytes, at + 4) & 0xffffffffL;
      int type = LittleEndian.getInt(bytes, at + 8);
      long descriptor = at + HEADER_SIZE + padded(nameSize);
      if (descriptor + descriptorSize > end) {
        throw new ElfFormatException("a note reaches past the end of the notes", at);
      }
      int nameLength = (int) nameSize;
      if (nameLength > 0) {
        if (bytes[at + HEADER_SIZE + nameLength - 1] != 0) {
          throw new ElfFormatException("the owner of a note has no closing NUL", at);
        }
        nameLength--;
      }
      var owner = new String(bytes, at + HEADER_SIZE, nameLength, StandardCharsets.ISO_8859_1);
      notes.add(new ElfNote(owner, type, (int) descriptor, (int) descriptorSize));
      at = (int) Math.min(end, descriptor + padded(descriptorSize));
    }
    return List.copyOf(notes);
  }

  /** Bytes that a note with such an owner and descriptor takes. */
  public static int encodedSize(String owner, int descriptorSize) {
    return HEADER_SIZE + (int) padded(owner.length() + 1) + (int) padded(descriptorSize);
  }

  /**
   * Writes the header and owner of a note.
   *
   * @return the index at which the caller writes the descriptor
   */
  public static int encode(byte[] bytes, int offset, String owner, int type, int descriptorSize) {
    byte[] name = owner.getBytes(StandardCharsets.ISO_8859_1);
    LittleEndian.putInt(bytes, offset, name.length + 1);
    LittleEndian.putInt(bytes, offset + 4, descriptorSize);
    LittleEndian.putInt(bytes, offset + 8, type);
    System.arraycopy(name, 0, bytes, offset + HEADER_SIZE, name.length);
    return offset + HEADER_SIZE + (int) padded(name.length + 1);
  }

  private static long padded(long size) {
    return (size + 3) & ~3L;
  }
}
