package org.demitasse.image.elf;

import static org.demitasse.image.elf.LittleEndian.getInt;
import static org.demitasse.image.elf.LittleEndian.getLong;

/**
 * The relocations for one section, read in place. Every symbol index is in the symbol table; every
 * offset is inside the relocated section, though not yet the width of what is written there.
 */
public final class ElfRelocations {
  private final byte[] bytes;
  private final int table;
  private final int count;

  private ElfRelocations(byte[] bytes, int table, int count) {
    this.bytes = bytes;
    this.table = table;
    this.count = count;
  }

  static ElfRelocations parse(byte[] bytes, ElfSection section, ElfSection target, int symbolCount)
      throws ElfFormatException {
    if (section.type() != Elf.SHT_RELA) {
      throw new IllegalArgumentException("section " + section.name() + " is not SHT_RELA");
    }
    int count = (int) (section.size() / Elf.RELA_SIZE);
    for (int i = 0; i < count; i++) {
      int at = section.offset() + i * Elf.RELA_SIZE;
      if (Long.compareUnsigned(getLong(bytes, at), target.size()) >= 0) {
        throw new ElfFormatException(
            "relocation " + i + " of " + target.name() + " lies outside that section", at);
      }
      if (Integer.compareUnsigned(getInt(bytes, at + 12), symbolCount) >= 0) {
        throw new ElfFormatException(
            "relocation " + i + " of " + target.name() + " names a symbol that does not exist",
            at + 8);
      }
    }
    return new ElfRelocations(bytes, section.offset(), count);
  }

  public int count() {
    return count;
  }

  /** Where in the relocated section to write, in bytes. */
  public long offset(int index) {
    return getLong(bytes, table + index * Elf.RELA_SIZE);
  }

  /** One of {@code Elf.R_X86_64_}. */
  public int type(int index) {
    return getInt(bytes, table + index * Elf.RELA_SIZE + 8);
  }

  public int symbol(int index) {
    return getInt(bytes, table + index * Elf.RELA_SIZE + 12);
  }

  public long addend(int index) {
    return getLong(bytes, table + index * Elf.RELA_SIZE + 16);
  }

  /** Where the entry itself lies in the file, for messages. */
  public int fileOffset(int index) {
    return table + index * Elf.RELA_SIZE;
  }
}
