package org.demitasse.image.link;

import static org.demitasse.image.ImageFormat.BASE_ADDRESS;
import static org.demitasse.image.ImageFormat.HEAP_ADDRESS;
import static org.demitasse.image.ImageFormat.PAGE_SIZE;
import static org.demitasse.image.ImageFormat.alignUp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demitasse.image.ImageFormat;
import org.demitasse.image.elf.ElfSection;

/**
 * Gives every section its address and its place in the file. Below the heap a file offset is an
 * address less the base, so each segment costs less than a page of padding.
 */
final class Layout {
  /** A stretch of the image. Offsets are in the file, sizes in memory. */
  record Range(long address, long offset, long size) {
    long end() {
      return address + size;
    }
  }

  private final List<InputObject> objects;
  private long cursor;

  Range notes;
  Range rodata;
  Range files;
  Range nucleusText;
  Range text;
  Range data;
  Range bss;
  Range heap;
  Range manifest;

  /** Sizes of the output's debug sections by name. */
  final Map<String, Long> debugSizes = new LinkedHashMap<>();

  private Layout(List<InputObject> objects) {
    this.objects = objects;
  }

  /**
   * Lays the image out.
   *
   * @param nucleus the first object in the image
   * @param app the second one; in the debug sections the first: the compiler's offsets between them
   *     are not relocated
   * @param headersSize bytes at the beginning of the file up to the PVH note
   * @param notesSize bytes of all notes but the PVH note, which follow it
   */
  static Layout of(
      InputObject nucleus,
      InputObject app,
      long headersSize,
      long notesSize,
      long filesSize,
      long manifestSize)
      throws LinkException {
    var layout = new Layout(List.of(nucleus, app));
    layout.place(nucleus, app, headersSize, notesSize, filesSize, manifestSize);
    layout.placeDebug(app);
    layout.placeDebug(nucleus);
    return layout;
  }

  private void place(
      InputObject nucleus,
      InputObject app,
      long headersSize,
      long notesSize,
      long filesSize,
      long manifestSize)
      throws LinkException {
    cursor = BASE_ADDRESS + headersSize;
    Range xen = placeAll(Part.NOTE, 4);
    cursor += notesSize;
    notes = range(xen.address());
    if (notes.end() > BASE_ADDRESS + PAGE_SIZE) {
      throw new LinkException(
          "the headers and notes take "
              + (notes.end() - BASE_ADDRESS)
              + " bytes; they must fit into the first page ("
              + PAGE_SIZE
              + " bytes). Only the PVH note may be in .note.Xen");
    }
    rodata = placeAll(Part.RODATA, 1);
    cursor = alignUp(cursor, 16);
    files = new Range(cursor, cursor - BASE_ADDRESS, filesSize);
    // The first page belongs to the headers' checksum, so it exists whatever follows.
    cursor = Math.max(cursor + filesSize, BASE_ADDRESS + PAGE_SIZE);

    cursor = alignUp(cursor, PAGE_SIZE);
    long textBegin = cursor;
    placeAll(nucleus, Part.TEXT);
    nucleusText = range(textBegin);
    cursor = alignUp(cursor, strictest(List.of(app), Part.TEXT));
    long appTextBegin = cursor;
    placeAll(app, Part.TEXT);
    text = range(appTextBegin);

    cursor = alignUp(cursor, PAGE_SIZE);
    data = placeAll(Part.DATA, PAGE_SIZE);
    bss = placeAll(Part.BSS, 1);
    if (bss.end() > HEAP_ADDRESS) {
      throw new LinkException(
          "everything below the image heap takes "
              + (bss.end() - BASE_ADDRESS)
              + " bytes; it must end at address 0x"
              + Long.toHexString(HEAP_ADDRESS));
    }
    placeHeap(alignUp(data.end() - BASE_ADDRESS, PAGE_SIZE));
    long manifestOffset = alignUp(heap.offset() + heap.size(), 8);
    manifest = new Range(0, manifestOffset, manifestSize);
    if (fileSize() > Integer.MAX_VALUE - 8) {
      throw new LinkException("the image file would have 2 GiB and more, which is not supported");
    }
  }

  long fileSize() {
    return manifest.offset() + manifest.size();
  }

  /** Physical address of the image heap: the parts below it are loaded where they are linked. */
  long heapPhysical() {
    return alignUp(bss.end(), ImageFormat.HEAP_PHYSICAL_ALIGNMENT);
  }

  private void placeHeap(long offset) throws LinkException {
    ElfSection found = null;
    for (var object : objects) {
      for (var section : object.file.sections()) {
        if (object.parts[section.index()] != Part.HEAP) {
          continue;
        }
        if (found != null) {
          throw new LinkException("there is more than one section " + ImageFormat.HEAP_SECTION);
        }
        found = section;
        object.addresses[section.index()] = HEAP_ADDRESS;
        object.positions[section.index()] = Math.toIntExact(offset);
      }
    }
    if (found == null || found.size() == 0) {
      throw new LinkException(
          "no object has an image heap (section "
              + ImageFormat.HEAP_SECTION
              + "): the first one must come from the builder");
    }
    if (HEAP_ADDRESS % found.alignment() != 0) {
      throw new LinkException(
          "the image heap wants an alignment of " + found.alignment() + " bytes");
    }
    if (found.size() > ImageFormat.ADDRESS_LIMIT - HEAP_ADDRESS) {
      throw new LinkException(
          "the image heap has "
              + found.size()
              + " bytes; more than "
              + (ImageFormat.ADDRESS_LIMIT - HEAP_ADDRESS)
              + " cannot be addressed. Initialize large data at run time");
    }
    heap = new Range(HEAP_ADDRESS, offset, found.size());
  }

  private Range placeAll(Part part, long alignment) throws LinkException {
    cursor = alignUp(cursor, Math.max(alignment, strictest(objects, part)));
    long begin = cursor;
    for (var object : objects) {
      placeAll(object, part);
    }
    return range(begin);
  }

  private void placeAll(InputObject object, Part part) throws LinkException {
    for (var section : object.file.sections()) {
      if (object.parts[section.index()] != part) {
        continue;
      }
      cursor = alignUp(cursor, section.alignment());
      // Both sums stay far below overflow: a section in the file has less than 2 GiB, and what has
      // not is refused here.
      if (section.size() > HEAP_ADDRESS || cursor > 4 * HEAP_ADDRESS) {
        throw new LinkException(
            object.label + ": section " + section.name() + " is too large for an image");
      }
      object.addresses[section.index()] = cursor;
      object.positions[section.index()] = Math.toIntExact(cursor - BASE_ADDRESS);
      cursor += section.size();
    }
  }

  private void placeDebug(InputObject object) {
    for (var section : object.file.sections()) {
      if (object.parts[section.index()] != Part.DEBUG) {
        continue;
      }
      long begin = alignUp(debugSizes.getOrDefault(section.name(), 0L), section.alignment());
      object.addresses[section.index()] = begin;
      object.positions[section.index()] = Math.toIntExact(begin);
      debugSizes.put(section.name(), begin + section.size());
    }
  }

  private Range range(long begin) {
    return new Range(begin, begin - BASE_ADDRESS, cursor - begin);
  }

  private static long strictest(List<InputObject> objects, Part part) {
    long alignment = 1;
    for (var object : objects) {
      for (var section : object.file.sections()) {
        if (object.parts[section.index()] == part && section.size() > 0) {
          alignment = Math.max(alignment, section.alignment());
        }
      }
    }
    return alignment;
  }
}
