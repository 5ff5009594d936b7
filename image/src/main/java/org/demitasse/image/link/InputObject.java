package org.demitasse.image.link;

import java.io.IOException;
import java.nio.file.Path;
import org.demitasse.image.ImageFormat;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.ElfFile;
import org.demitasse.image.elf.ElfFormatException;
import org.demitasse.image.elf.ElfSection;

/** A relocatable object with the place of each of its sections and the value of each symbol. */
final class InputObject {
  static final byte UNDEFINED = 0;
  static final byte DEFINED = 1;

  /** Lies in a section that does not reach the image. */
  static final byte DISCARDED = 2;

  final String label;
  final ElfFile file;

  /** By section index. */
  final Part[] parts;

  /** By section index: virtual address; for debug sections the offset in the output section. */
  final long[] addresses;

  /** By section index: where the contents go in the image's or the debug section's bytes. */
  final int[] positions;

  /** By symbol index. */
  final long[] values;

  /** By symbol index: UNDEFINED, DEFINED or DISCARDED. */
  final byte[] states;

  private InputObject(String label, ElfFile file) throws LinkException {
    this.label = label;
    this.file = file;
    int sections = file.sections().size();
    this.parts = new Part[sections];
    this.addresses = new long[sections];
    this.positions = new int[sections];
    this.values = new long[file.symbols().count()];
    this.states = new byte[file.symbols().count()];
    for (var section : file.sections()) {
      parts[section.index()] = classify(section);
    }
  }

  static InputObject read(Path path) throws IOException, LinkException {
    String label = String.valueOf(path.getFileName());
    ElfFile file;
    try {
      file = ElfFile.read(path);
    } catch (ElfFormatException e) {
      throw new LinkException(label + ": " + e.getMessage());
    }
    return of(label, file);
  }

  static InputObject of(String label, ElfFile file) throws LinkException {
    if (file.type() != Elf.ET_REL) {
      throw new LinkException(label + " is an executable; a relocatable object is needed");
    }
    return new InputObject(label, file);
  }

  private Part classify(ElfSection section) throws LinkException {
    String name = section.name();
    switch (section.type()) {
      case Elf.SHT_INIT_ARRAY, Elf.SHT_FINI_ARRAY, Elf.SHT_PREINIT_ARRAY ->
          throw refuse(section, "constructors and destructors are never called in an image");
      case Elf.SHT_GROUP -> throw refuse(section, "section groups are not supported");
      case Elf.SHT_REL -> throw refuse(section, "relocations without addend are not supported");
      // The builder marks its symbol table as loaded; nothing at run time reads it.
      case Elf.SHT_NULL, Elf.SHT_SYMTAB, Elf.SHT_STRTAB, Elf.SHT_RELA -> {
        return Part.DROPPED;
      }
      default -> {}
    }
    if (!section.has(Elf.SHF_ALLOC)) {
      if (section.type() != Elf.SHT_PROGBITS || !name.startsWith(".debug_")) {
        return Part.DROPPED;
      }
      if (section.has(Elf.SHF_COMPRESSED)) {
        throw refuse(section, "compressed debug sections are not supported (gcc -gz=none)");
      }
      return Part.DEBUG;
    }
    if (section.has(Elf.SHF_TLS)) {
      throw refuse(section, "thread-local variables of the C kind are not supported");
    }
    if (section.type() == Elf.SHT_NOTE) {
      return name.equals(".note.Xen") ? Part.NOTE : Part.DROPPED;
    }
    boolean nobits = section.isNobits();
    if (name.equals(ImageFormat.HEAP_SECTION)) {
      if (nobits || section.has(Elf.SHF_EXECINSTR)) {
        throw refuse(section, "an image heap has contents and no code");
      }
      return Part.HEAP;
    }
    if (section.type() != Elf.SHT_PROGBITS && section.type() != Elf.SHT_X86_64_UNWIND && !nobits) {
      throw refuse(section, "its type " + section.type() + " is not supported in an image");
    }
    boolean writable = section.has(Elf.SHF_WRITE);
    if (section.has(Elf.SHF_EXECINSTR)) {
      if (writable || nobits) {
        throw refuse(section, "code must be neither writable nor without contents");
      }
      return Part.TEXT;
    }
    if (nobits) {
      return Part.BSS;
    }
    return writable ? Part.DATA : Part.RODATA;
  }

  private LinkException refuse(ElfSection section, String why) {
    return new LinkException(label + ": section " + section.name() + ": " + why);
  }

  /**
   * True for symbols that stand for a whole section and name nothing: those of type SECTION, and
   * the builder's of the same purpose, which are named like the section.
   */
  boolean standsForSection(int symbol) {
    var symbols = file.symbols();
    int section = symbols.section(symbol);
    return symbols.type(symbol) == Elf.STT_SECTION
        || section != Elf.SHN_UNDEF
            && section < Elf.SHN_LORESERVE
            && symbols.size(symbol) == 0
            && symbols.name(symbol).equals(file.sections().get(section).name());
  }

  /** Where a place in a section is, in the user's words: the function around it, or the section. */
  String describe(int section, long offset) {
    var symbols = file.symbols();
    int best = -1;
    for (int i = 1; i < symbols.count(); i++) {
      if (symbols.section(i) != section || standsForSection(i)) {
        continue;
      }
      long begin = symbols.value(i);
      long size = symbols.size(i);
      boolean inside = begin <= offset && (size == 0 || offset - begin < size);
      if (inside && (best < 0 || begin > symbols.value(best))) {
        best = i;
      }
    }
    String name = best < 0 ? "" : symbols.name(best);
    if (name.isEmpty()) {
      return file.sections().get(section).name()
          + "+0x"
          + Long.toHexString(offset)
          + " ("
          + label
          + ")";
    }
    return name + " (" + label + ")";
  }
}
