package org.demitasse.image.elf;

import static org.demitasse.image.elf.LittleEndian.getInt;
import static org.demitasse.image.elf.LittleEndian.getLong;
import static org.demitasse.image.elf.LittleEndian.getShort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A checked ELF64 file for x86-64: a relocatable object or an executable. Everything reachable from
 * here lies inside the file's bytes.
 */
public final class ElfFile {
  private final byte[] bytes;
  private final int type;
  private final long entry;
  private final List<ElfSection> sections;
  private final List<ElfSegment> segments;
  private final ElfSymbols symbols;

  private ElfFile(
      byte[] bytes, List<ElfSection> sections, List<ElfSegment> segments, ElfSymbols symbols) {
    this.bytes = bytes;
    this.type = getShort(bytes, 16);
    this.entry = getLong(bytes, 24);
    this.sections = sections;
    this.segments = segments;
    this.symbols = symbols;
  }

  /**
   * Reads and checks a file.
   *
   * @throws ElfFormatException if the file is no such ELF file or breaks a rule
   * @throws IOException if the file cannot be read
   */
  public static ElfFile read(Path path) throws IOException {
    if (Files.size(path) > Integer.MAX_VALUE - 8) {
      throw new ElfFormatException("files of 2 GiB and more are not supported", 0);
    }
    return parse(Files.readAllBytes(path));
  }

  /** Checks a file given as bytes. The array is used, not copied. */
  public static ElfFile parse(byte[] bytes) throws ElfFormatException {
    return parse(bytes, bytes.length);
  }

  /**
   * Checks a file of which only the beginning is at hand. All headers and tables must lie in it;
   * contents of other sections and of segments need only lie in the file.
   *
   * @param bytes the beginning; used, not copied
   * @param fileSize bytes of the whole file
   */
  public static ElfFile parse(byte[] bytes, long fileSize) throws ElfFormatException {
    if (fileSize < bytes.length) {
      throw new IllegalArgumentException("the beginning is longer than the file");
    }
    require(fileSize <= Integer.MAX_VALUE, "files of 2 GiB and more are not supported", 0);
    checkHeader(bytes);
    var segments = parseSegments(bytes, fileSize);
    var sections = parseSections(bytes, fileSize);
    checkTables(bytes, sections);
    return new ElfFile(bytes, sections, segments, ElfSymbols.parse(bytes, sections));
  }

  /** The bytes that were given, not a copy. */
  public byte[] bytes() {
    return bytes;
  }

  /** {@code Elf.ET_REL} or {@code Elf.ET_EXEC}. */
  public int type() {
    return type;
  }

  /** Virtual address at which execution starts. */
  public long entry() {
    return entry;
  }

  /** All sections by index, the null section included; empty if there is no table. */
  public List<ElfSection> sections() {
    return sections;
  }

  /** The program headers in their order. */
  public List<ElfSegment> segments() {
    return segments;
  }

  /** The symbol table; empty if there is none. */
  public ElfSymbols symbols() {
    return symbols;
  }

  /** The first section of that name. */
  public Optional<ElfSection> section(String name) {
    return sections.stream().filter(s -> s.name().equals(name)).findFirst();
  }

  /** The entries of a section of type SHT_RELA of a relocatable object. */
  public ElfRelocations relocations(ElfSection section) throws ElfFormatException {
    if (type != Elf.ET_REL) {
      throw new IllegalStateException("only relocatable objects have relocations to apply");
    }
    return ElfRelocations.parse(bytes, section, sections.get(section.info()), symbols.count());
  }

  /** The notes in a section of type SHT_NOTE. */
  public List<ElfNote> notes(ElfSection section) throws ElfFormatException {
    return ElfNote.parse(bytes, section.offset(), (int) section.size());
  }

  /** The notes in a segment of type PT_NOTE. */
  public List<ElfNote> notes(ElfSegment segment) throws ElfFormatException {
    require(
        lies(bytes.length, segment.offset(), segment.fileSize()),
        "the notes lie outside the first " + bytes.length + " bytes",
        segment.offset());
    return ElfNote.parse(bytes, (int) segment.offset(), (int) segment.fileSize());
  }

  private static void checkHeader(byte[] bytes) throws ElfFormatException {
    if (bytes.length < 4 || getInt(bytes, 0) != Elf.MAGIC) {
      throw new ElfFormatException("this is no ELF file: it does not start with 7f 45 4c 46", 0);
    }
    if (bytes.length < Elf.HEADER_SIZE) {
      throw new ElfFormatException(
          "the file is cut: it has " + bytes.length + " bytes, an ELF header has 64", bytes.length);
    }
    require(bytes[4] == Elf.ELFCLASS64, "the ELF class is not 64-bit", 4);
    require(bytes[5] == Elf.ELFDATA2LSB, "the byte order is not little endian", 5);
    require(bytes[6] == Elf.EV_CURRENT, "the version in the identification is not 1", 6);
    require(getInt(bytes, 20) == Elf.EV_CURRENT, "the ELF version is not 1", 20);
    require(getShort(bytes, 18) == Elf.EM_X86_64, "the machine is not x86-64", 18);
    int type = getShort(bytes, 16);
    require(
        type == Elf.ET_REL || type == Elf.ET_EXEC,
        "the file is neither a relocatable object nor an executable",
        16);
    require(getShort(bytes, 52) == Elf.HEADER_SIZE, "the ELF header's size is not 64 bytes", 52);
  }

  private static List<ElfSegment> parseSegments(byte[] bytes, long fileSize)
      throws ElfFormatException {
    int count = getShort(bytes, 56);
    if (count == 0) {
      return List.of();
    }
    require(getShort(bytes, 54) == Elf.PROGRAM_HEADER_SIZE, "a program header is not 56 bytes", 54);
    long table = getLong(bytes, 32);
    long tableSize = (long) count * Elf.PROGRAM_HEADER_SIZE;
    require(
        lies(bytes.length, table, tableSize),
        "the program headers reach past the end of the file",
        32);
    var segments = new ArrayList<ElfSegment>(count);
    for (int i = 0; i < count; i++) {
      int at = (int) table + i * Elf.PROGRAM_HEADER_SIZE;
      long alignment = getLong(bytes, at + 48);
      var segment =
          new ElfSegment(
              getInt(bytes, at),
              getInt(bytes, at + 4),
              getLong(bytes, at + 8),
              getLong(bytes, at + 16),
              getLong(bytes, at + 24),
              getLong(bytes, at + 32),
              getLong(bytes, at + 40),
              Math.max(1, alignment));
      String which = "program header " + i;
      require(
          lies(fileSize, segment.offset(), segment.fileSize()),
          which + " names bytes past the end of the file",
          at + 8);
      // Sizes are compared as unsigned numbers: all arithmetic below is then free of overflow.
      require(
          Long.compareUnsigned(segment.fileSize(), segment.memorySize()) <= 0
              || segment.type() != Elf.PT_LOAD,
          which + " has more bytes in the file than in memory",
          at + 40);
      require(
          noWrap(segment.address(), segment.memorySize()),
          which + " wraps around the end of the address space",
          at + 16);
      require(
          noWrap(segment.physicalAddress(), segment.memorySize()),
          which + " wraps around the end of the physical address space",
          at + 24);
      require(
          isPowerOfTwoOrZero(alignment),
          which + " has an alignment that is no power of 2",
          at + 48);
      if (segment.isLoad()) {
        require(
            ((segment.address() ^ segment.offset()) & (segment.alignment() - 1)) == 0,
            which + " has an address and a file offset that differ modulo its alignment",
            at + 16);
      }
      segments.add(segment);
    }
    return List.copyOf(segments);
  }

  private static List<ElfSection> parseSections(byte[] bytes, long fileSize)
      throws ElfFormatException {
    int count = getShort(bytes, 60);
    long table = getLong(bytes, 40);
    if (count == 0) {
      require(
          table == 0,
          "there is a section header table but no count (more than 65,279 sections are not"
              + " supported)",
          60);
      return List.of();
    }
    require(getShort(bytes, 58) == Elf.SECTION_HEADER_SIZE, "a section header is not 64 bytes", 58);
    require(
        lies(bytes.length, table, (long) count * Elf.SECTION_HEADER_SIZE),
        "the section headers reach past the end of the file",
        40);
    int names = getShort(bytes, 62);
    require(names != 0 && names < count, "the section of section names does not exist", 62);

    int namesHeader = (int) table + names * Elf.SECTION_HEADER_SIZE;
    require(
        getInt(bytes, namesHeader + 4) == Elf.SHT_STRTAB,
        "the section of section names is no string table",
        namesHeader + 4);
    long namesOffset = getLong(bytes, namesHeader + 24);
    long namesSize = getLong(bytes, namesHeader + 32);
    require(
        lies(bytes.length, namesOffset, namesSize),
        "the section names reach past the end of the file",
        namesHeader + 24);

    var sections = new ArrayList<ElfSection>(count);
    for (int i = 0; i < count; i++) {
      int at = (int) table + i * Elf.SECTION_HEADER_SIZE;
      sections.add(parseSection(bytes, fileSize, i, at, (int) namesOffset, (int) namesSize));
    }
    require(
        sections.getFirst().type() == Elf.SHT_NULL,
        "the first section is not the null section",
        table);
    return List.copyOf(sections);
  }

  private static ElfSection parseSection(
      byte[] bytes, long fileSize, int index, int at, int namesOffset, int namesSize)
      throws ElfFormatException {
    String which = "section " + index;
    int type = getInt(bytes, at + 4);
    long offset = getLong(bytes, at + 24);
    long size = getLong(bytes, at + 32);
    long alignment = getLong(bytes, at + 48);
    if (type == Elf.SHT_NULL) {
      offset = 0;
      size = 0;
    } else if (type == Elf.SHT_NOBITS) {
      require(size >= 0, which + " is larger than the address space", at + 32);
      offset = 0;
    } else {
      require(lies(fileSize, offset, size), which + " reaches past the end of the file", at + 24);
      require(
          !isTable(type) || lies(bytes.length, offset, size),
          which + " is a table outside the first " + bytes.length + " bytes",
          at + 24);
    }
    require(
        isPowerOfTwoOrZero(alignment), which + " has an alignment that is no power of 2", at + 48);
    long address = getLong(bytes, at + 16);
    require(noWrap(address, size), which + " wraps around the end of the address space", at + 16);
    int nameOffset = getInt(bytes, at);
    require(
        nameOffset >= 0 && nameOffset < namesSize,
        "the name of " + which + " lies outside the section names",
        at);
    return new ElfSection(
        index,
        string(bytes, namesOffset + nameOffset, namesOffset + namesSize),
        type,
        getLong(bytes, at + 8),
        address,
        (int) offset,
        size,
        getInt(bytes, at + 40),
        getInt(bytes, at + 44),
        Math.max(1, alignment),
        getLong(bytes, at + 56));
  }

  /** The rules that one section keeps because of its type, and about the sections it points to. */
  private static void checkTables(byte[] bytes, List<ElfSection> sections)
      throws ElfFormatException {
    int header = (int) getLong(bytes, 40);
    boolean relocatable = getShort(bytes, 16) == Elf.ET_REL;
    for (var section : sections) {
      String which = "section " + section.index() + " (" + section.name() + ")";
      int at = header + section.index() * Elf.SECTION_HEADER_SIZE;
      switch (section.type()) {
        case Elf.SHT_STRTAB ->
            require(
                section.size() == 0 || bytes[section.offset() + (int) section.size() - 1] == 0,
                which + " is a string table without a closing NUL",
                at + 32);
        case Elf.SHT_SYMTAB -> {
          require(
              section.entrySize() == Elf.SYMBOL_SIZE,
              which + " has entries that are not 24 bytes",
              at + 56);
          require(
              section.size() % Elf.SYMBOL_SIZE == 0,
              which + " is no whole number of symbols",
              at + 32);
          requireType(
              sections,
              section.link(),
              Elf.SHT_STRTAB,
              which + " links to no string table",
              at + 40);
        }
        case Elf.SHT_RELA -> {
          require(
              section.entrySize() == Elf.RELA_SIZE,
              which + " has entries that are not 24 bytes",
              at + 56);
          require(
              section.size() % Elf.RELA_SIZE == 0,
              which + " is no whole number of relocations",
              at + 32);
          if (relocatable) {
            requireType(
                sections,
                section.link(),
                Elf.SHT_SYMTAB,
                which + " links to no symbol table",
                at + 40);
            require(
                section.info() > 0 && section.info() < sections.size(),
                which + " relocates a section that does not exist",
                at + 44);
          }
        }
        case Elf.SHT_SYMTAB_SHNDX ->
            throw new ElfFormatException(
                which + ": extended section numbers are not supported", at + 4);
        default -> {}
      }
    }
  }

  private static void requireType(
      List<ElfSection> sections, int index, int type, String rule, int at)
      throws ElfFormatException {
    require(index >= 0 && index < sections.size() && sections.get(index).type() == type, rule, at);
  }

  static void require(boolean holds, String rule, long offset) throws ElfFormatException {
    if (!holds) {
      throw new ElfFormatException(rule, offset);
    }
  }

  /** The NUL-terminated string at {@code from}; its end is bounded by {@code limit}. */
  static String string(byte[] bytes, int from, int limit) {
    int end = from;
    while (end < limit && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  private static boolean lies(long limit, long offset, long size) {
    return offset >= 0 && size >= 0 && offset <= limit && size <= limit - offset;
  }

  private static boolean isTable(int type) {
    return type == Elf.SHT_STRTAB
        || type == Elf.SHT_SYMTAB
        || type == Elf.SHT_RELA
        || type == Elf.SHT_NOTE;
  }

  private static boolean noWrap(long address, long size) {
    return Long.compareUnsigned(address + size, address) >= 0;
  }

  private static boolean isPowerOfTwoOrZero(long value) {
    return (value & (value - 1)) == 0;
  }
}
