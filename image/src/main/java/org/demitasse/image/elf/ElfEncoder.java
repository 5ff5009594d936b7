package org.demitasse.image.elf;

import static org.demitasse.image.elf.LittleEndian.putInt;
import static org.demitasse.image.elf.LittleEndian.putLong;
import static org.demitasse.image.elf.LittleEndian.putShort;

/** Writes single ELF structures into bytes that the caller has laid out. */
public final class ElfEncoder {
  private ElfEncoder() {}

  /**
   * The file header, at index 0.
   *
   * @param programHeaders file offset of the program headers, or 0
   * @param sectionHeaders file offset of the section headers
   * @param namesSection index of the section that holds the section names
   */
  public static void header(
      byte[] bytes,
      int type,
      long entry,
      long programHeaders,
      int programHeaderCount,
      long sectionHeaders,
      int sectionCount,
      int namesSection) {
    putInt(bytes, 0, Elf.MAGIC);
    bytes[4] = Elf.ELFCLASS64;
    bytes[5] = Elf.ELFDATA2LSB;
    bytes[6] = Elf.EV_CURRENT;
    putShort(bytes, 16, type);
    putShort(bytes, 18, Elf.EM_X86_64);
    putInt(bytes, 20, Elf.EV_CURRENT);
    putLong(bytes, 24, entry);
    putLong(bytes, 32, programHeaders);
    putLong(bytes, 40, sectionHeaders);
    putShort(bytes, 52, Elf.HEADER_SIZE);
    putShort(bytes, 54, programHeaderCount == 0 ? 0 : Elf.PROGRAM_HEADER_SIZE);
    putShort(bytes, 56, programHeaderCount);
    putShort(bytes, 58, Elf.SECTION_HEADER_SIZE);
    putShort(bytes, 60, sectionCount);
    putShort(bytes, 62, namesSection);
  }

  /** A program header at {@code at}. */
  public static void programHeader(byte[] bytes, int at, ElfSegment segment) {
    putInt(bytes, at, segment.type());
    putInt(bytes, at + 4, segment.flags());
    putLong(bytes, at + 8, segment.offset());
    putLong(bytes, at + 16, segment.address());
    putLong(bytes, at + 24, segment.physicalAddress());
    putLong(bytes, at + 32, segment.fileSize());
    putLong(bytes, at + 40, segment.memorySize());
    putLong(bytes, at + 48, segment.alignment());
  }

  /**
   * A section header at {@code at}.
   *
   * @param nameOffset where its name starts in the section names
   */
  public static void sectionHeader(byte[] bytes, int at, int nameOffset, ElfSection section) {
    putInt(bytes, at, nameOffset);
    putInt(bytes, at + 4, section.type());
    putLong(bytes, at + 8, section.flags());
    putLong(bytes, at + 16, section.address());
    putLong(bytes, at + 24, section.offset());
    putLong(bytes, at + 32, section.size());
    putInt(bytes, at + 40, section.link());
    putInt(bytes, at + 44, section.info());
    putLong(bytes, at + 48, section.alignment());
    putLong(bytes, at + 56, section.entrySize());
  }

  /** A relocation with addend at {@code at}. */
  public static void relocation(
      byte[] bytes, int at, long offset, int type, int symbol, long addend) {
    putLong(bytes, at, offset);
    putInt(bytes, at + 8, type);
    putInt(bytes, at + 12, symbol);
    putLong(bytes, at + 16, addend);
  }
}
