package org.demitasse.image.link;

import static org.demitasse.image.ImageFormat.BASE_ADDRESS;
import static org.demitasse.image.ImageFormat.PAGE_SIZE;
import static org.demitasse.image.ImageFormat.alignUp;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.demitasse.image.ImageFormat;
import org.demitasse.image.ImageNote;

/** Links an image. The same input gives the same bytes. */
public final class Linker {
  /** The nucleus' symbol that becomes the ELF entry: where the sandbox loader jumps to. */
  public static final String SANDBOX_ENTRY = "nucleus_sandbox_start";

  /** Room beside the parts of the image in the computed smallest memory: stack, first heap. */
  private static final long MEMORY_SLACK = 4 << 20;

  private static final long RANGE_ALIGNMENT = 1 << 30;

  private final LinkRequest request;
  private final InputObject nucleus;
  private final InputObject app;
  private final List<InputObject> objects;
  private final byte[] manifest;

  private Linker(LinkRequest request, InputObject nucleus, InputObject app) {
    this.request = request;
    this.nucleus = nucleus;
    this.app = app;
    this.objects = List.of(nucleus, app);
    this.manifest = request.manifestJson().getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Links the two objects and writes both files. Each file appears whole or not at all.
   *
   * @param outputImage the image
   * @param outputSymbols the symbol file, by custom {@code NAME.img.debug}; null: none
   * @throws LinkException if an object cannot be used or the link fails, with all reasons
   * @throws IOException if a file cannot be read or written
   */
  public static LinkResult link(LinkRequest request, Path outputImage, Path outputSymbols)
      throws IOException, LinkException {
    var linker =
        new Linker(
            request,
            InputObject.read(request.nucleusObject()),
            InputObject.read(request.appObject()));
    return linker.link(outputImage, outputSymbols);
  }

  private LinkResult link(Path outputImage, Path outputSymbols) throws IOException, LinkException {
    var layout =
        Layout.of(
            nucleus,
            app,
            ImageHeaders.SIZE,
            ImageHeaders.NOTES_SIZE,
            request.files().length,
            manifest.length);
    var linkerDefined = linkerDefined(layout);
    var resolver = SymbolResolver.resolve(objects, linkerDefined);
    long entry = resolver.address(SANDBOX_ENTRY);
    checkPvhNote();

    byte[] image = new byte[Math.toIntExact(layout.fileSize())];
    var debug = new LinkedHashMap<String, byte[]>();
    for (var size : layout.debugSizes.entrySet()) {
      if (size.getValue() > Integer.MAX_VALUE - 8) {
        throw new LinkException(size.getKey() + " has 2 GiB and more, which is not supported");
      }
      debug.put(size.getKey(), new byte[size.getValue().intValue()]);
    }
    copyContents(image, debug);
    System.arraycopy(
        request.files(), 0, image, (int) layout.files.offset(), request.files().length);
    System.arraycopy(manifest, 0, image, (int) layout.manifest.offset(), manifest.length);
    new Relocator(image, debug).relocate(objects);

    var headers = new ImageHeaders(layout);
    var note = note(layout, entry);
    headers.write(image, note);
    byte[] buildId = headers.seal(image);

    write(outputImage, image);
    if (outputSymbols != null) {
      write(
          outputSymbols,
          SymbolFile.encode(
              image, headers, entry, nucleus, List.of(app, nucleus), linkerDefined, debug));
    }
    return new LinkResult(
        HexFormat.of().formatHex(buildId), image.length, note.minimumMemoryMiB(), sizes(layout));
  }

  /** The symbols that objects may use without defining them. */
  private static Map<String, Long> linkerDefined(Layout layout) {
    var symbols = new TreeMap<String, Long>();
    symbols.put("__ehdr_start", BASE_ADDRESS);
    symbols.put("__demitasse_files_begin", layout.files.address());
    symbols.put("__demitasse_files_end", layout.files.end());
    return symbols;
  }

  private void checkPvhNote() throws LinkException {
    for (var section : nucleus.file.sections()) {
      if (nucleus.parts[section.index()] == Part.NOTE && section.size() > 0) {
        return;
      }
    }
    throw new LinkException(nucleus.label + " has no PVH entry (section .note.Xen)");
  }

  private void copyContents(byte[] image, Map<String, byte[]> debug) {
    for (var object : objects) {
      byte[] from = object.file.bytes();
      for (var section : object.file.sections()) {
        Part part = object.parts[section.index()];
        if (section.isNobits() || part == Part.DROPPED || section.size() == 0) {
          continue;
        }
        byte[] to = part == Part.DEBUG ? debug.get(section.name()) : image;
        System.arraycopy(
            from, section.offset(), to, object.positions[section.index()], (int) section.size());
      }
    }
  }

  private ImageNote note(Layout layout, long entry) throws LinkException {
    long heapBegin = layout.heap.address();
    long heapImageEnd = alignUp(layout.heap.end(), PAGE_SIZE);
    if (request.reservedHeapBytes() > ImageFormat.RANGES_LIMIT
        || request.reservedPagesBytes() > ImageFormat.RANGES_LIMIT) {
      throw new LinkException("the reserved ranges are larger than the address space");
    }
    long heapReservedEnd =
        Math.max(heapImageEnd, heapBegin + alignUp(request.reservedHeapBytes(), PAGE_SIZE));
    // A gap between the ranges: running out of one never reaches the other.
    long pagesBegin = alignUp(heapReservedEnd + PAGE_SIZE, RANGE_ALIGNMENT);
    long pagesEnd = pagesBegin + alignUp(request.reservedPagesBytes(), PAGE_SIZE);
    if (pagesEnd > ImageFormat.RANGES_LIMIT) {
      throw new LinkException(
          "the reserved ranges end at 0x"
              + Long.toHexString(pagesEnd)
              + ", above 0x"
              + Long.toHexString(ImageFormat.RANGES_LIMIT));
    }
    int memory = request.minimumMemoryMiB();
    if (memory == 0) {
      long top = layout.heapPhysical() + layout.heap.size() + MEMORY_SLACK;
      memory = Math.toIntExact(alignUp(top, 1 << 20) >> 20);
    }
    return new ImageNote(
        ImageNote.VERSION,
        0,
        entry,
        heapBegin,
        heapImageEnd,
        heapReservedEnd,
        pagesBegin,
        pagesEnd,
        layout.fileSize(),
        0,
        memory);
  }

  private static Map<String, Long> sizes(Layout layout) {
    var sizes = new LinkedHashMap<String, Long>();
    sizes.put("headers", layout.notes.offset() + layout.notes.size());
    sizes.put("rodata", layout.rodata.size());
    sizes.put("files", layout.files.size());
    sizes.put("nucleus text", layout.nucleusText.size());
    sizes.put("program text", layout.text.size());
    sizes.put("data", layout.data.size());
    sizes.put("heap", layout.heap.size());
    sizes.put("manifest", layout.manifest.size());
    long used = sizes.values().stream().mapToLong(Long::longValue).sum();
    sizes.put("padding", layout.fileSize() - used);
    sizes.put("bss", layout.bss.size());
    return Collections.unmodifiableMap(sizes);
  }

  private static void write(Path path, byte[] bytes) throws IOException {
    var absolute = path.toAbsolutePath();
    var part = absolute.resolveSibling(absolute.getFileName() + ".part");
    try {
      Files.write(part, bytes);
      Files.move(part, absolute, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
