package org.demitasse.image.elf;

import static org.demitasse.image.elf.LittleEndian.putInt;
import static org.demitasse.image.elf.LittleEndian.putLong;
import static org.demitasse.image.elf.LittleEndian.putShort;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Collects symbols for a file that is written. The ABI wants local symbols before the others, so
 * these are kept apart until the end, and a symbol's index is known only then.
 */
public final class ElfSymbolTableBuilder {
  private byte[] locals = new byte[64 * Elf.SYMBOL_SIZE];
  private int localCount = 1;
  private byte[] globals = new byte[64 * Elf.SYMBOL_SIZE];
  private int globalCount;
  private byte[] names = new byte[1024];
  private int namesSize = 1;

  /** A new table with the null symbol. */
  public ElfSymbolTableBuilder() {}

  /**
   * Adds a symbol.
   *
   * @return a handle for {@link #index}
   */
  public int add(String name, int binding, int type, int section, long value, long size) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return add(bytes, 0, bytes.length, binding, type, 0, section, value, size);
  }

  /**
   * Adds a symbol whose name is {@code nameLength} bytes of an array.
   *
   * @return a handle for {@link #index}
   */
  public int add(
      byte[] name,
      int nameFrom,
      int nameLength,
      int binding,
      int type,
      int other,
      int section,
      long value,
      long size) {
    int nameOffset = addName(name, nameFrom, nameLength);
    boolean local = binding == Elf.STB_LOCAL;
    int position = local ? localCount++ : globalCount++;
    int at = position * Elf.SYMBOL_SIZE;
    byte[] table = local ? locals : globals;
    if (at + Elf.SYMBOL_SIZE > table.length) {
      table = Arrays.copyOf(table, table.length * 2);
      if (local) {
        locals = table;
      } else {
        globals = table;
      }
    }
    putInt(table, at, nameOffset);
    table[at + 4] = (byte) (binding << 4 | type);
    table[at + 5] = (byte) other;
    putShort(table, at + 6, section);
    putLong(table, at + 8, value);
    putLong(table, at + 16, size);
    return local ? position : ~position;
  }

  /** The symbol's final index. All local symbols must have been added. */
  public int index(int handle) {
    return handle >= 0 ? handle : localCount + ~handle;
  }

  /** Index of the first symbol that is not local: the section header's {@code info}. */
  public int firstGlobal() {
    return localCount;
  }

  /** The contents of the symbol table section. */
  public byte[] table() {
    byte[] table = new byte[(localCount + globalCount) * Elf.SYMBOL_SIZE];
    int localBytes = localCount * Elf.SYMBOL_SIZE;
    System.arraycopy(locals, 0, table, 0, localBytes);
    System.arraycopy(globals, 0, table, localBytes, globalCount * Elf.SYMBOL_SIZE);
    return table;
  }

  /** The contents of the string table section. */
  public byte[] names() {
    return Arrays.copyOf(names, namesSize);
  }

  private int addName(byte[] name, int from, int length) {
    if (length == 0) {
      return 0;
    }
    if (namesSize + length + 1 > names.length) {
      names = Arrays.copyOf(names, Math.max(names.length * 2, namesSize + length + 1));
    }
    System.arraycopy(name, from, names, namesSize, length);
    int offset = namesSize;
    namesSize += length + 1;
    return offset;
  }
}
