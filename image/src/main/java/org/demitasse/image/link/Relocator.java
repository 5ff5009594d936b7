package org.demitasse.image.link;

import static org.demitasse.image.elf.LittleEndian.putInt;
import static org.demitasse.image.elf.LittleEndian.putLong;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.ElfFormatException;
import org.demitasse.image.elf.ElfSection;

/**
 * Writes addresses into the copied contents (AMD64 supplement, section 4.4.1). A hello has a
 * hundred thousand relocations, so the loop makes no object for any of them.
 */
final class Relocator {
  /** After so many problems the rest would not help anybody. */
  private static final int PROBLEMS_MAX = 20;

  private static final int REFERRERS_MAX = 3;

  /** Naming a referrer searches the symbols, so only so many references are named. */
  private static final int REFERENCES_NAMED = 8;

  private static final class Undefined {
    final List<String> referrers = new ArrayList<>();
    int references;
  }

  private final byte[] image;
  private final Map<String, byte[]> debug;
  private final List<String> problems = new ArrayList<>();
  private final Map<String, Undefined> undefined = new TreeMap<>();

  /**
   * @param image bytes of the image with all contents copied
   * @param debug contents of the output's debug sections by name
   */
  Relocator(byte[] image, Map<String, byte[]> debug) {
    this.image = image;
    this.debug = debug;
  }

  /** Applies all relocations of the objects, or says everything that is wrong with them. */
  void relocate(List<InputObject> objects) throws LinkException {
    for (var object : objects) {
      for (var section : object.file.sections()) {
        if (section.type() == Elf.SHT_RELA) {
          relocate(object, section);
        }
      }
    }
    if (!problems.isEmpty() || !undefined.isEmpty()) {
      var symbols = new ArrayList<LinkException.UndefinedSymbol>();
      undefined.forEach(
          (name, use) ->
              symbols.add(new LinkException.UndefinedSymbol(name, use.referrers, use.references)));
      if (problems.size() == PROBLEMS_MAX) {
        problems.add("(further problems are not listed)");
      }
      throw new LinkException(problems, symbols);
    }
  }

  private void relocate(InputObject object, ElfSection table) throws LinkException {
    var target = object.file.sections().get(table.info());
    Part part = object.parts[target.index()];
    if (part == Part.DROPPED) {
      return;
    }
    if (target.isNobits()) {
      throw new LinkException(
          object.label + ": section " + target.name() + " has relocations but no contents");
    }
    boolean isDebug = part == Part.DEBUG;
    byte[] bytes = isDebug ? debug.get(target.name()) : image;
    int base = object.positions[target.index()];
    long address = object.addresses[target.index()];
    long limit = target.size();
    long[] values = object.values;
    byte[] states = object.states;
    try {
      var relocations = object.file.relocations(table);
      int count = relocations.count();
      for (int i = 0; i < count; i++) {
        int type = relocations.type(i);
        if (type == Elf.R_X86_64_NONE) {
          continue;
        }
        int symbol = relocations.symbol(i);
        long offset = relocations.offset(i);
        byte state = states[symbol];
        if (state != InputObject.DEFINED && !isDebug) {
          unresolved(object, target, offset, symbol, state);
          continue;
        }
        int width = type == Elf.R_X86_64_64 || type == Elf.R_X86_64_PC64 ? 8 : 4;
        if (offset > limit - width) {
          throw new ElfFormatException(
              "a relocation reaches past the end of " + target.name(), relocations.fileOffset(i));
        }
        // What a debugger reads about something that is not in the image gets the address 0.
        long value = state == InputObject.DEFINED ? values[symbol] + relocations.addend(i) : 0;
        int at = base + (int) offset;
        switch (type) {
          case Elf.R_X86_64_64 -> putLong(bytes, at, value);
          case Elf.R_X86_64_PC64 -> putLong(bytes, at, value - (address + offset));
          case Elf.R_X86_64_PC32, Elf.R_X86_64_PLT32 -> {
            long distance = value - (address + offset);
            if ((int) distance != distance) {
              overflow(object, target, offset, symbol, type, distance);
            }
            putInt(bytes, at, (int) distance);
          }
          case Elf.R_X86_64_32 -> {
            if (value >>> 32 != 0) {
              overflow(object, target, offset, symbol, type, value);
            }
            putInt(bytes, at, (int) value);
          }
          case Elf.R_X86_64_32S -> {
            if ((int) value != value) {
              overflow(object, target, offset, symbol, type, value);
            }
            putInt(bytes, at, (int) value);
          }
          default ->
              problem(
                  object.label
                      + ": "
                      + Elf.relocationName(type)
                      + " in "
                      + object.describe(target.index(), offset)
                      + " is not supported");
        }
      }
    } catch (ElfFormatException e) {
      throw new LinkException(object.label + ": " + e.getMessage());
    }
  }

  private void unresolved(
      InputObject object, ElfSection target, long offset, int symbol, byte state) {
    String name = object.file.symbols().name(symbol);
    if (state == InputObject.DISCARDED) {
      problem(
          object.label
              + ": "
              + object.describe(target.index(), offset)
              + " refers to "
              + (name.isEmpty() ? "a section" : name)
              + ", which does not reach the image");
      return;
    }
    var use = undefined.computeIfAbsent(name, n -> new Undefined());
    use.references++;
    if (use.referrers.size() < REFERRERS_MAX && use.references <= REFERENCES_NAMED) {
      String referrer = object.describe(target.index(), offset);
      if (!use.referrers.contains(referrer)) {
        use.referrers.add(referrer);
      }
    }
  }

  private void overflow(
      InputObject object, ElfSection target, long offset, int symbol, int type, long value) {
    problem(
        object.label
            + ": "
            + Elf.relocationName(type)
            + " in "
            + object.describe(target.index(), offset)
            + " against "
            + object.file.symbols().name(symbol)
            + " needs the value 0x"
            + Long.toHexString(value)
            + ", which does not fit into 32 bits");
  }

  private void problem(String text) {
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(text);
    }
  }
}
