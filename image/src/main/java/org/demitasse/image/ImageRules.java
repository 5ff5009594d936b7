package org.demitasse.image;

import static org.demitasse.image.ImageFormat.PAGE_SIZE;
import static org.demitasse.image.ImageFormat.alignUp;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.ElfFile;
import org.demitasse.image.elf.ElfFormatException;
import org.demitasse.image.elf.ElfNote;
import org.demitasse.image.elf.ElfSection;
import org.demitasse.image.elf.ElfSegment;
import org.demitasse.image.elf.LittleEndian;

/**
 * The rules of {@code docs/image-format.md} for the first page of an image, and what is read from
 * it. The sandbox loader checks the same rules; whoever changes one changes the other.
 */
final class ImageRules {
  private static final int PROGRAM_HEADERS_MAX = 16;

  private final Path path;
  private final byte[] page;
  private final long fileSize;

  int buildIdAt;
  byte[] buildId;
  int noteAt;
  ImageNote note;
  long notesEnd;
  long pvhEntry;
  ElfFile elf;
  ElfSection manifest;
  List<ElfSegment> segments;

  private ImageRules(Path path, byte[] page, long fileSize) {
    this.path = path;
    this.page = page;
    this.fileSize = fileSize;
  }

  /**
   * Checks all rules.
   *
   * @param page the first 4096 bytes of the file, or all of a shorter one
   * @param fileSize bytes of the whole file
   */
  static ImageRules check(Path path, byte[] page, long fileSize) throws ImageFormatException {
    var rules = new ImageRules(path, page, fileSize);
    try {
      rules.checkHeader();
      rules.checkNotes();
      rules.elf = ElfFile.parse(page, fileSize);
      rules.checkSegments();
      rules.checkSections();
      rules.checkImageNote();
      rules.checkPvhEntry();
    } catch (ElfFormatException e) {
      throw new ImageFormatException(path, e.getMessage());
    }
    return rules;
  }

  private void checkHeader() throws ImageFormatException {
    boolean magic = page.length >= 4 && LittleEndian.getInt(page, 0) == Elf.MAGIC;
    require(magic, "it is no ELF file, so demi build did not make it");
    require(
        page.length == PAGE_SIZE,
        "it is cut: it has " + fileSize + " bytes, less than the first page");
    boolean identification =
        page[4] == Elf.ELFCLASS64 && page[5] == Elf.ELFDATA2LSB && page[6] == Elf.EV_CURRENT;
    for (int i = 7; i < 16; i++) {
      identification &= page[i] == 0;
    }
    require(identification, "it is not a 64-bit little-endian ELF file of version 1");
    require(shortAt(16) == Elf.ET_EXEC, "its ELF type is not EXEC");
    require(shortAt(18) == Elf.EM_X86_64, "its machine is not x86-64");
    require(
        LittleEndian.getInt(page, 20) == Elf.EV_CURRENT && LittleEndian.getInt(page, 48) == 0,
        "its ELF version or flags are unknown");
    require(
        shortAt(52) == Elf.HEADER_SIZE && shortAt(54) == Elf.PROGRAM_HEADER_SIZE,
        "its ELF header sizes are wrong");
    require(
        LittleEndian.getLong(page, 32) == Elf.HEADER_SIZE,
        "its program headers do not follow the ELF header");
    int count = shortAt(56);
    require(
        count > 0 && count <= PROGRAM_HEADERS_MAX,
        "it has " + count + " program headers, not 1 to 16");
    long sections = LittleEndian.getLong(page, 40);
    require(
        sections >= 0
            && sections <= PAGE_SIZE
            && shortAt(60) * (long) Elf.SECTION_HEADER_SIZE <= PAGE_SIZE - sections,
        "its section headers are not inside the first page");
  }

  /**
   * Finds the notes and believes the checksum before anything else: of a changed file that is the
   * one true thing to say.
   */
  private void checkNotes() throws ImageFormatException, ElfFormatException {
    int found = 0;
    List<ElfNote> notes = List.of();
    for (int i = 0; i < shortAt(56); i++) {
      int at = Elf.HEADER_SIZE + i * Elf.PROGRAM_HEADER_SIZE;
      if (LittleEndian.getInt(page, at) != Elf.PT_NOTE) {
        continue;
      }
      found++;
      long offset = LittleEndian.getLong(page, at + 8);
      long size = LittleEndian.getLong(page, at + 32);
      require(
          offset >= Elf.HEADER_SIZE
              && offset <= PAGE_SIZE
              && size > 0
              && size <= PAGE_SIZE - offset,
          "its notes are not inside the first page");
      notes = ElfNote.parse(page, (int) offset, (int) size);
      notesEnd = offset + size;
    }
    require(found == 1, "it has " + found + " lists of notes, not one");
    noteAt =
        find(notes, ImageFormat.IMAGE_OWNER, ImageFormat.IMAGE_NOTE, ImageNote.SIZE, "image note");
    note = ImageNote.decode(page, noteAt);
    require(
        note.checksum() == ImageChecksums.header(page, noteAt + ImageNote.CHECKSUM_OFFSET),
        "the checksum of its first page is wrong (the file was changed). Build it again");
    require(
        note.version() == ImageNote.VERSION && note.flags() == 0,
        "its image note has the version "
            + note.version()
            + " or unknown flags; this version of Demitasse knows version "
            + ImageNote.VERSION);
    require(
        note.fileSize() == fileSize,
        "it has "
            + fileSize
            + " bytes and was made with "
            + note.fileSize()
            + (fileSize < note.fileSize() ? " (the file was cut)" : " (something was appended)"));
    buildIdAt =
        find(
            notes,
            ImageFormat.GNU_OWNER,
            ImageFormat.GNU_BUILD_ID,
            ImageFormat.BUILD_ID_SIZE,
            "build id");
    buildId = Arrays.copyOfRange(page, buildIdAt, buildIdAt + ImageFormat.BUILD_ID_SIZE);
    var pvh = single(notes, ImageFormat.XEN_OWNER, ImageFormat.XEN_PHYS32_ENTRY, "PVH entry");
    require(pvh.size() == 4 || pvh.size() == 8, "its PVH entry has neither 4 nor 8 bytes");
    pvhEntry =
        pvh.size() == 8
            ? LittleEndian.getLong(page, pvh.offset())
            : LittleEndian.getInt(page, pvh.offset()) & 0xffffffffL;
  }

  private int find(List<ElfNote> notes, String owner, int type, int size, String what)
      throws ImageFormatException {
    var note = single(notes, owner, type, what);
    require(note.size() == size, "its " + what + " has " + note.size() + " bytes, not " + size);
    return note.offset();
  }

  private ElfNote single(List<ElfNote> notes, String owner, int type, String what)
      throws ImageFormatException {
    var found = notes.stream().filter(n -> n.owner().equals(owner) && n.type() == type).toList();
    require(!found.isEmpty(), "it has no " + what + ", so demi build did not make it");
    require(found.size() == 1, "it has more than one " + what);
    return found.getFirst();
  }

  private void checkSegments() throws ImageFormatException {
    var loads = new ArrayList<ElfSegment>();
    int stacks = 0;
    for (var segment : elf.segments()) {
      switch (segment.type()) {
        case Elf.PT_LOAD -> {
          checkSegment(segment, loads);
          loads.add(segment);
        }
        case Elf.PT_NOTE ->
            require(
                segment.address() == ImageFormat.BASE_ADDRESS + segment.offset(),
                "its notes are not linked where they are loaded");
        case Elf.PT_GNU_STACK -> {
          require(!segment.isExecutable(), "it wants an executable stack");
          stacks++;
        }
        default ->
            require(
                false,
                "it has a program header of the unknown type 0x"
                    + Integer.toHexString(segment.type()));
      }
    }
    require(stacks == 1, "it does not say that its stack is not executable");
    require(
        loads.size() >= 2 && loads.size() <= ImageFormat.SEGMENTS_MAX,
        "it has " + loads.size() + " segments, not 2 to " + ImageFormat.SEGMENTS_MAX);
    require(notesEnd <= loads.getFirst().fileSize(), "its notes are not inside the first segment");
    segments = List.copyOf(loads);
  }

  private void checkSegment(ElfSegment segment, List<ElfSegment> before)
      throws ImageFormatException {
    String which = "segment " + before.size();
    require(
        segment.offset() % PAGE_SIZE == 0
            && segment.address() % PAGE_SIZE == 0
            && segment.physicalAddress() % PAGE_SIZE == 0,
        which + " does not start on a page boundary");
    require(segment.memorySize() > 0, which + " is empty");
    require(
        Long.compareUnsigned(segment.address(), ImageFormat.LOWEST_ADDRESS) >= 0,
        which + " is inside the first 64 KiB");
    require(
        Long.compareUnsigned(segment.address(), ImageFormat.ADDRESS_LIMIT) < 0
            && Long.compareUnsigned(
                    segment.memorySize(), ImageFormat.ADDRESS_LIMIT - segment.address())
                <= 0,
        which + " reaches above 2 GiB");
    require(
        (segment.flags() & ~(Elf.PF_R | Elf.PF_W | Elf.PF_X)) == 0
            && (segment.flags() & Elf.PF_R) != 0,
        which + " has unknown permissions");
    require(
        !(segment.isWritable() && segment.isExecutable()), which + " is writable and executable");
    if (before.isEmpty()) {
      require(
          segment.offset() == 0
              && segment.flags() == Elf.PF_R
              && segment.address() == ImageFormat.BASE_ADDRESS
              && segment.physicalAddress() == ImageFormat.BASE_ADDRESS,
          which + " is not the read-only start of the file at its address");
      return;
    }
    var last = before.getLast();
    require(segment.address() >= alignUp(last.end(), PAGE_SIZE), which + " overlaps another one");
    require(
        segment.physicalAddress() >= alignUp(last.physicalAddress() + last.memorySize(), PAGE_SIZE),
        which + " overlaps another one in physical memory");
    require(
        segment.fileSize() == 0 || segment.offset() >= last.offset() + last.fileSize(),
        which + " overlaps another one in the file");
  }

  private void checkSections() throws ImageFormatException {
    var last = segments.getLast();
    long segmentsEnd = last.offset() + last.fileSize();
    for (var section : elf.sections()) {
      if (section.has(Elf.SHF_ALLOC) && section.size() > 0) {
        boolean inside =
            segments.stream()
                .anyMatch(
                    s ->
                        section.address() >= s.address()
                            && section.size() <= s.memorySize()
                            && section.address() - s.address() <= s.memorySize() - section.size());
        require(inside, "its section " + section.name() + " lies in no segment");
      }
      if (section.name().equals(ImageFormat.MANIFEST_SECTION)) {
        require(manifest == null, "it has more than one manifest");
        require(
            section.type() == Elf.SHT_PROGBITS && section.offset() >= segmentsEnd,
            "its manifest does not follow the last segment");
        manifest = section;
      }
    }
    require(manifest != null, "it has no manifest");
  }

  private void checkImageNote() throws ImageFormatException {
    require(note.entry() == elf.entry(), "its entry differs between ELF header and image note");
    require(inCode(note.entry(), false), "its sandbox entry is in no executable segment");
    var heap = segments.getLast();
    require(
        note.heapBegin() == heap.address() && heap.isWritable(),
        "its image heap is not its last segment");
    require(
        note.heapImageEnd() == alignUp(heap.end(), PAGE_SIZE),
        "the end of its image heap is not that of its last segment");
    require(
        heap.physicalAddress() % ImageFormat.HEAP_PHYSICAL_ALIGNMENT == 0,
        "its image heap does not start on a 2 MiB boundary in physical memory");
    for (var segment : segments.subList(0, segments.size() - 1)) {
      require(
          segment.physicalAddress() == segment.address(),
          "its segment at 0x"
              + Long.toHexString(segment.address())
              + " has another physical address");
    }
    long[] bounds = {
      note.heapImageEnd(), note.heapReservedEnd(), note.pagesBegin(), note.pagesEnd()
    };
    long previous = note.heapBegin();
    for (long bound : bounds) {
      require(bound % PAGE_SIZE == 0, "a bound of its reserved ranges is not page aligned");
      require(
          bound >= previous && bound <= ImageFormat.RANGES_LIMIT,
          "its reserved ranges are not in order or reach too high");
      previous = bound;
    }
    require(
        note.minimumMemoryMiB() >= 0 && note.minimumMemoryMiB() <= 1 << 20,
        "it wants more than 1 TiB of memory");
  }

  private void checkPvhEntry() throws ImageFormatException {
    require(inCode(pvhEntry, true), "its PVH entry is in no executable segment");
  }

  private boolean inCode(long address, boolean physical) {
    return segments.stream()
        .filter(ElfSegment::isExecutable)
        .anyMatch(
            s -> {
              long begin = physical ? s.physicalAddress() : s.address();
              return address >= begin && address - begin < s.fileSize();
            });
  }

  private int shortAt(int index) {
    return LittleEndian.getShort(page, index);
  }

  private void require(boolean holds, String rule) throws ImageFormatException {
    if (!holds) {
      throw new ImageFormatException(path, rule);
    }
  }
}
