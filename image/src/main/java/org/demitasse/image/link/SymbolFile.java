package org.demitasse.image.link;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.demitasse.image.ImageFormat;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.ElfWriter;

/**
 * The file of symbols beside an image: the same sections without their contents, the symbols of
 * both objects, and the debug sections. Debuggers match it by the build id.
 */
final class SymbolFile {
  private SymbolFile() {}

  static byte[] encode(
      byte[] image,
      ImageHeaders headers,
      long entry,
      InputObject nucleus,
      List<InputObject> objects,
      Map<String, Long> linkerDefined,
      Map<String, byte[]> debug) {
    var writer = new ElfWriter(Elf.ET_EXEC, entry);
    for (var section : headers.sections()) {
      if (!section.has(Elf.SHF_ALLOC)) {
        continue;
      }
      if (section.name().equals(".note.gnu.build-id")) {
        writer.section(
            section.name(),
            section.type(),
            section.flags(),
            section.address(),
            section.alignment(),
            headers.buildIdNote(image));
      } else {
        writer.nobits(
            section.name(),
            section.flags(),
            section.address(),
            section.alignment(),
            section.size());
      }
    }
    debug.forEach((name, data) -> writer.section(name, Elf.SHT_PROGBITS, 0, 0, 1, data));
    for (var object : objects) {
      addSymbols(writer, object, sectionIndices(object == nucleus));
    }
    linkerDefined.forEach(
        (name, address) ->
            writer.symbols().add(name, Elf.STB_GLOBAL, Elf.STT_NOTYPE, Elf.SHN_ABS, address, 0));
    return writer.toBytes();
  }

  private static Map<Part, Integer> sectionIndices(boolean nucleus) {
    // The allocated sections come first in the image, so their indices are the same here.
    var indices = new HashMap<Part, Integer>();
    indices.put(Part.NOTE, ImageHeaders.sectionIndex(".note.Xen"));
    indices.put(Part.RODATA, ImageHeaders.sectionIndex(".rodata"));
    indices.put(
        Part.TEXT, ImageHeaders.sectionIndex(nucleus ? ImageHeaders.NUCLEUS_TEXT : ".text"));
    indices.put(Part.DATA, ImageHeaders.sectionIndex(".data"));
    indices.put(Part.BSS, ImageHeaders.sectionIndex(".bss"));
    indices.put(Part.HEAP, ImageHeaders.sectionIndex(ImageFormat.HEAP_SECTION));
    return indices;
  }

  private static void addSymbols(
      ElfWriter writer, InputObject object, Map<Part, Integer> sectionIndices) {
    var symbols = object.file.symbols();
    byte[] bytes = object.file.bytes();
    for (int i = 1; i < symbols.count(); i++) {
      int section = symbols.section(i);
      int type = symbols.type(i);
      if (section == Elf.SHN_UNDEF || object.standsForSection(i)) {
        continue;
      }
      int output;
      if (section == Elf.SHN_ABS) {
        output = Elf.SHN_ABS;
      } else {
        var index = sectionIndices.get(object.parts[section]);
        if (index == null) {
          continue;
        }
        output = index;
      }
      writer
          .symbols()
          .add(
              bytes,
              symbols.nameOffset(i),
              symbols.nameLength(i),
              symbols.binding(i),
              type,
              symbols.other(i),
              output,
              symbols.section(i) == Elf.SHN_ABS
                  ? symbols.value(i)
                  : object.addresses[section] + symbols.value(i),
              symbols.size(i));
    }
  }
}
