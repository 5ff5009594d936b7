package org.demitasse.image.elf;

import static org.demitasse.image.elf.LittleEndian.getInt;
import static org.demitasse.image.elf.LittleEndian.getLong;
import static org.demitasse.image.elf.LittleEndian.getShort;

import java.util.List;

/**
 * The symbol table of a file, read in place: objects carry a hundred thousand symbols, so there is
 * no Java object for each.
 */
public final class ElfSymbols {
  private final byte[] bytes;
  private final int table;
  private final int count;
  private final int names;
  private final int namesEnd;

  private ElfSymbols(byte[] bytes, int table, int count, int names, int namesEnd) {
    this.bytes = bytes;
    this.table = table;
    this.count = count;
    this.names = names;
    this.namesEnd = namesEnd;
  }

  static ElfSymbols parse(byte[] bytes, List<ElfSection> sections) throws ElfFormatException {
    ElfSection table = null;
    for (var section : sections) {
      if (section.type() == Elf.SHT_SYMTAB) {
        ElfFile.require(table == null, "there is more than one symbol table", section.offset());
        table = section;
      }
    }
    if (table == null) {
      return new ElfSymbols(bytes, 0, 0, 0, 0);
    }
    var strings = sections.get(table.link());
    int count = (int) (table.size() / Elf.SYMBOL_SIZE);
    for (int i = 0; i < count; i++) {
      int at = table.offset() + i * Elf.SYMBOL_SIZE;
      int name = getInt(bytes, at);
      // Offset 0 is the empty name, even where the string table has no bytes.
      if (name != 0 && (name < 0 || name >= strings.size())) {
        throw new ElfFormatException(
            "the name of symbol " + i + " lies outside its string table", at);
      }
      int section = getShort(bytes, at + 6);
      if (section >= sections.size() && section < Elf.SHN_LORESERVE) {
        throw new ElfFormatException(
            "symbol " + i + " lies in section " + section + ", which does not exist", at + 6);
      }
      if (section == Elf.SHN_XINDEX) {
        throw new ElfFormatException(
            "symbol " + i + " has an extended section number, which is not supported", at + 6);
      }
    }
    return new ElfSymbols(
        bytes, table.offset(), count, strings.offset(), strings.offset() + (int) strings.size());
  }

  /** Number of symbols, the null symbol included. */
  public int count() {
    return count;
  }

  public String name(int index) {
    int name = nameOffset(index);
    return name == names ? "" : ElfFile.string(bytes, name, namesEnd);
  }

  /** Where the symbol's NUL-terminated name starts, as an index into the file's bytes. */
  public int nameOffset(int index) {
    return names + getInt(bytes, at(index));
  }

  /** The bytes of the symbol's name, without the NUL. */
  public int nameLength(int index) {
    int from = nameOffset(index);
    if (from == names) {
      return 0;
    }
    int end = from;
    while (end < namesEnd && bytes[end] != 0) {
      end++;
    }
    return end - from;
  }

  /** One of {@code Elf.STT_}. */
  public int type(int index) {
    return bytes[at(index) + 4] & 0xf;
  }

  /** One of {@code Elf.STB_}. */
  public int binding(int index) {
    return (bytes[at(index) + 4] & 0xff) >>> 4;
  }

  /** Visibility bits, as stored. */
  public int other(int index) {
    return bytes[at(index) + 5] & 0xff;
  }

  /** The index of the section it lies in, or one of {@code Elf.SHN_}. */
  public int section(int index) {
    return getShort(bytes, at(index) + 6);
  }

  /** Offset in its section in relocatable objects, else a virtual address. */
  public long value(int index) {
    return getLong(bytes, at(index) + 8);
  }

  /** Bytes of the object that the symbol names, or 0. */
  public long size(int index) {
    return getLong(bytes, at(index) + 16);
  }

  private int at(int index) {
    return table + index * Elf.SYMBOL_SIZE;
  }
}
