package org.demitasse.image.elf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writes an ELF file section by section: a relocatable object, or a file of symbols. Sections lie
 * in the file in the order in which they were added. The same calls give the same bytes.
 *
 * <p>Program headers are not written: an executable's layout is its linker's affair ({@link
 * ElfEncoder}).
 */
public final class ElfWriter {
  private static final class Pending {
    final String name;
    final int type;
    final long flags;
    final long address;
    final long alignment;
    final byte[] data;
    final long size;
    byte[] relocations = new byte[0];
    int relocationCount;

    Pending(
        String name, int type, long flags, long address, long alignment, byte[] data, long size) {
      this.name = name;
      this.type = type;
      this.flags = flags;
      this.address = address;
      this.alignment = alignment;
      this.data = data;
      this.size = size;
    }
  }

  private final int type;
  private final long entry;
  private final List<Pending> sections = new ArrayList<>();
  private final ElfSymbolTableBuilder symbols = new ElfSymbolTableBuilder();

  /**
   * @param type {@code Elf.ET_REL} or {@code Elf.ET_EXEC}
   * @param entry virtual address of the entry, or 0
   */
  public ElfWriter(int type, long entry) {
    this.type = type;
    this.entry = entry;
  }

  /**
   * Adds a section with contents.
   *
   * @return its index
   */
  public int section(String name, int type, long flags, long address, long alignment, byte[] data) {
    sections.add(new Pending(name, type, flags, address, alignment, data, data.length));
    return sections.size();
  }

  /**
   * Adds a section that takes no bytes in the file.
   *
   * @return its index
   */
  public int nobits(String name, long flags, long address, long alignment, long size) {
    sections.add(new Pending(name, Elf.SHT_NOBITS, flags, address, alignment, new byte[0], size));
    return sections.size();
  }

  /** The symbols of the file. */
  public ElfSymbolTableBuilder symbols() {
    return symbols;
  }

  /**
   * Adds a relocation with addend.
   *
   * @param section index of the section to be relocated
   * @param symbol a handle from {@link #symbols()}
   */
  public void relocation(int section, long offset, int type, int symbol, long addend) {
    var target = sections.get(section - 1);
    int at = target.relocationCount++ * Elf.RELA_SIZE;
    if (at + Elf.RELA_SIZE > target.relocations.length) {
      target.relocations = Arrays.copyOf(target.relocations, Math.max(16 * Elf.RELA_SIZE, at * 2));
    }
    // The handle stands in for the index until all symbols are known.
    ElfEncoder.relocation(target.relocations, at, offset, type, symbol, addend);
  }

  /** The whole file. */
  public byte[] toBytes() {
    var headers = new ArrayList<ElfSection>();
    var contents = new ArrayList<byte[]>();
    headers.add(new ElfSection(0, "", Elf.SHT_NULL, 0, 0, 0, 0, 0, 0, 0, 0));
    contents.add(new byte[0]);
    int relocated = (int) sections.stream().filter(s -> s.relocationCount > 0).count();
    int symtab = sections.size() + relocated + 1;

    for (var s : sections) {
      headers.add(
          new ElfSection(
              headers.size(), s.name, s.type, s.flags, s.address, 0, s.size, 0, 0, s.alignment, 0));
      contents.add(s.data);
    }
    for (int i = 0; i < sections.size(); i++) {
      var s = sections.get(i);
      if (s.relocationCount > 0) {
        byte[] data = resolved(s);
        headers.add(
            table(
                headers.size(),
                ".rela" + s.name,
                Elf.SHT_RELA,
                data,
                symtab,
                i + 1,
                Elf.RELA_SIZE));
        contents.add(data);
      }
    }
    byte[] table = symbols.table();
    headers.add(
        table(
            symtab,
            ".symtab",
            Elf.SHT_SYMTAB,
            table,
            symtab + 1,
            symbols.firstGlobal(),
            Elf.SYMBOL_SIZE));
    contents.add(table);
    byte[] names = symbols.names();
    headers.add(table(symtab + 1, ".strtab", Elf.SHT_STRTAB, names, 0, 0, 0));
    contents.add(names);

    var sectionNames = new ByteArrayOutputStream();
    sectionNames.write(0);
    int[] nameOffsets = new int[headers.size() + 1];
    for (var header : headers.subList(1, headers.size())) {
      nameOffsets[header.index()] = sectionNames.size();
      sectionNames.writeBytes((header.name() + "\0").getBytes(StandardCharsets.UTF_8));
    }
    nameOffsets[symtab + 2] = sectionNames.size();
    sectionNames.writeBytes(".shstrtab\0".getBytes(StandardCharsets.UTF_8));
    headers.add(
        table(symtab + 2, ".shstrtab", Elf.SHT_STRTAB, sectionNames.toByteArray(), 0, 0, 0));
    contents.add(sectionNames.toByteArray());
    return encode(headers, contents, nameOffsets);
  }

  private byte[] encode(List<ElfSection> headers, List<byte[]> contents, int[] nameOffsets) {
    long[] offsets = new long[headers.size()];
    long size = Elf.HEADER_SIZE;
    for (int i = 1; i < headers.size(); i++) {
      // A page's alignment in memory means nothing in a file that nobody maps.
      size = align(size, Math.min(headers.get(i).alignment(), 16));
      offsets[i] = size;
      size += contents.get(i).length;
    }
    long sectionHeaders = align(size, 8);
    byte[] bytes =
        new byte[Math.toIntExact(sectionHeaders + (long) headers.size() * Elf.SECTION_HEADER_SIZE)];
    ElfEncoder.header(bytes, type, entry, 0, 0, sectionHeaders, headers.size(), headers.size() - 1);
    for (int i = 0; i < headers.size(); i++) {
      byte[] data = contents.get(i);
      System.arraycopy(data, 0, bytes, (int) offsets[i], data.length);
      ElfEncoder.sectionHeader(
          bytes,
          (int) sectionHeaders + i * Elf.SECTION_HEADER_SIZE,
          nameOffsets[i],
          withOffset(headers.get(i), (int) offsets[i]));
    }
    return bytes;
  }

  private byte[] resolved(Pending section) {
    byte[] data = Arrays.copyOf(section.relocations, section.relocationCount * Elf.RELA_SIZE);
    for (int at = 0; at < data.length; at += Elf.RELA_SIZE) {
      LittleEndian.putInt(data, at + 12, symbols.index(LittleEndian.getInt(data, at + 12)));
    }
    return data;
  }

  private static ElfSection table(
      int index, String name, int type, byte[] data, int link, int info, int entrySize) {
    return new ElfSection(index, name, type, 0, 0, 0, data.length, link, info, 8, entrySize);
  }

  private static ElfSection withOffset(ElfSection s, int offset) {
    return new ElfSection(
        s.index(),
        s.name(),
        s.type(),
        s.flags(),
        s.address(),
        offset,
        s.size(),
        s.link(),
        s.info(),
        s.alignment(),
        s.entrySize());
  }

  private static long align(long value, long alignment) {
    return (value + alignment - 1) & -alignment;
  }
}
