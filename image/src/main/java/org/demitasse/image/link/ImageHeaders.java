package org.demitasse.image.link;

import static org.demitasse.image.ImageFormat.BASE_ADDRESS;
import static org.demitasse.image.ImageFormat.PAGE_SIZE;
import static org.demitasse.image.ImageFormat.alignUp;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.demitasse.image.ImageChecksums;
import org.demitasse.image.ImageFormat;
import org.demitasse.image.ImageNote;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.ElfEncoder;
import org.demitasse.image.elf.ElfNote;
import org.demitasse.image.elf.ElfSection;
import org.demitasse.image.elf.ElfSegment;
import org.demitasse.image.elf.LittleEndian;

/**
 * The first page of an image: ELF header, program headers, section headers, section names, notes,
 * in this order.
 */
final class ImageHeaders {
  static final String NUCLEUS_TEXT = ".text.nucleus";

  private static final String[] SECTION_NAMES = {
    "",
    ".note.Xen",
    ".note.gnu.build-id",
    ".note.demitasse",
    ".rodata",
    ImageFormat.FILES_SECTION,
    NUCLEUS_TEXT,
    ".text",
    ".data",
    ".bss",
    ImageFormat.HEAP_SECTION,
    ImageFormat.MANIFEST_SECTION,
    ".shstrtab"
  };

  /** At most: PT_LOAD of read-only parts, code, data, heap; PT_NOTE; PT_GNU_STACK. */
  private static final int SEGMENTS = 6;

  private static final int SECTION_HEADERS = Elf.HEADER_SIZE + SEGMENTS * Elf.PROGRAM_HEADER_SIZE;

  private static final int NAMES_OFFSET =
      SECTION_HEADERS + SECTION_NAMES.length * Elf.SECTION_HEADER_SIZE;

  private static final byte[] NAMES;
  private static final int[] NAME_OFFSETS = new int[SECTION_NAMES.length];

  static {
    var names = new ByteArrayOutputStream();
    for (int i = 0; i < SECTION_NAMES.length; i++) {
      NAME_OFFSETS[i] = names.size();
      names.writeBytes((SECTION_NAMES[i] + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    NAMES = names.toByteArray();
  }

  /** Where the PVH note starts, in bytes. */
  static final int SIZE = (int) alignUp(NAMES_OFFSET + NAMES.length, 8);

  private static final int BUILD_ID_NOTE_SIZE =
      ElfNote.encodedSize(ImageFormat.GNU_OWNER, ImageFormat.BUILD_ID_SIZE);

  private static final int IMAGE_NOTE_SIZE =
      ElfNote.encodedSize(ImageFormat.IMAGE_OWNER, ImageNote.SIZE);

  /** Bytes of the notes behind the PVH note. */
  static final int NOTES_SIZE = BUILD_ID_NOTE_SIZE + IMAGE_NOTE_SIZE;

  private final Layout layout;
  private final List<ElfSection> sections = new ArrayList<>();
  private final int buildIdNote;
  private final int imageNote;

  ImageHeaders(Layout layout) {
    this.layout = layout;
    this.imageNote = Math.toIntExact(layout.notes.offset() + layout.notes.size()) - IMAGE_NOTE_SIZE;
    this.buildIdNote = imageNote - BUILD_ID_NOTE_SIZE;
    describeSections();
  }

  /** All sections of the image by index. */
  List<ElfSection> sections() {
    return sections;
  }

  /** The index of a section of the image. */
  static int sectionIndex(String name) {
    return List.of(SECTION_NAMES).indexOf(name);
  }

  /** Writes everything but the PVH note and the two checksums. */
  void write(byte[] image, ImageNote note) {
    ElfEncoder.header(
        image,
        Elf.ET_EXEC,
        note.entry(),
        Elf.HEADER_SIZE,
        segments().size(),
        SECTION_HEADERS,
        sections.size(),
        sections.size() - 1);
    int at = Elf.HEADER_SIZE;
    for (var segment : segments()) {
      ElfEncoder.programHeader(image, at, segment);
      at += Elf.PROGRAM_HEADER_SIZE;
    }
    for (var section : sections) {
      ElfEncoder.sectionHeader(
          image,
          SECTION_HEADERS + section.index() * Elf.SECTION_HEADER_SIZE,
          NAME_OFFSETS[section.index()],
          section);
    }
    System.arraycopy(NAMES, 0, image, NAMES_OFFSET, NAMES.length);
    ElfNote.encode(
        image,
        buildIdNote,
        ImageFormat.GNU_OWNER,
        ImageFormat.GNU_BUILD_ID,
        ImageFormat.BUILD_ID_SIZE);
    note.encode(
        image,
        ElfNote.encode(
            image, imageNote, ImageFormat.IMAGE_OWNER, ImageFormat.IMAGE_NOTE, ImageNote.SIZE));
  }

  /**
   * Writes the build id, then the checksum of the first page.
   *
   * @return the build id
   */
  byte[] seal(byte[] image) {
    int buildIdAt = buildIdNote + BUILD_ID_NOTE_SIZE - ImageFormat.BUILD_ID_SIZE;
    int checksumAt = imageNote + IMAGE_NOTE_SIZE - ImageNote.SIZE + ImageNote.CHECKSUM_OFFSET;
    var digest = ImageChecksums.beginBuildId(image, buildIdAt, checksumAt);
    digest.update(image, PAGE_SIZE, image.length - PAGE_SIZE);
    byte[] buildId = ImageChecksums.endBuildId(digest);
    System.arraycopy(buildId, 0, image, buildIdAt, buildId.length);
    LittleEndian.putInt(image, checksumAt, ImageChecksums.header(image, checksumAt));
    return buildId;
  }

  /** The bytes of the build id note, for the symbol file. */
  byte[] buildIdNote(byte[] image) {
    return Arrays.copyOfRange(image, buildIdNote, buildIdNote + BUILD_ID_NOTE_SIZE);
  }

  private List<ElfSegment> segments() {
    long readOnlyEnd = layout.files.offset() + layout.files.size();
    long textBegin = layout.nucleusText.address();
    long dataBegin = layout.data.address();
    var segments = new ArrayList<ElfSegment>();
    segments.add(load(Elf.PF_R, 0, BASE_ADDRESS, BASE_ADDRESS, readOnlyEnd, readOnlyEnd));
    long textSize = layout.text.end() - textBegin;
    segments.add(
        load(
            Elf.PF_R | Elf.PF_X,
            layout.nucleusText.offset(),
            textBegin,
            textBegin,
            textSize,
            textSize));
    long dataSize = layout.bss.size() == 0 ? layout.data.size() : layout.bss.end() - dataBegin;
    if (dataSize > 0) {
      segments.add(
          load(
              Elf.PF_R | Elf.PF_W,
              layout.data.offset(),
              dataBegin,
              dataBegin,
              layout.data.size(),
              dataSize));
    }
    segments.add(
        load(
            Elf.PF_R | Elf.PF_W,
            layout.heap.offset(),
            layout.heap.address(),
            layout.heapPhysical(),
            layout.heap.size(),
            alignUp(layout.heap.size(), PAGE_SIZE)));
    segments.add(
        new ElfSegment(
            Elf.PT_NOTE,
            Elf.PF_R,
            layout.notes.offset(),
            layout.notes.address(),
            layout.notes.address(),
            layout.notes.size(),
            layout.notes.size(),
            4));
    segments.add(new ElfSegment(Elf.PT_GNU_STACK, Elf.PF_R | Elf.PF_W, 0, 0, 0, 0, 0, 16));
    return segments;
  }

  private static ElfSegment load(
      int flags, long offset, long address, long physical, long fileSize, long memorySize) {
    return new ElfSegment(
        Elf.PT_LOAD, flags, offset, address, physical, fileSize, memorySize, PAGE_SIZE);
  }

  private void describeSections() {
    long readOnly = Elf.SHF_ALLOC;
    long code = Elf.SHF_ALLOC | Elf.SHF_EXECINSTR;
    long writable = Elf.SHF_ALLOC | Elf.SHF_WRITE;
    sections.add(new ElfSection(0, "", Elf.SHT_NULL, 0, 0, 0, 0, 0, 0, 0, 0));
    long notes = layout.notes.offset();
    add(
        Elf.SHT_NOTE,
        readOnly,
        new Layout.Range(layout.notes.address(), notes, buildIdNote - notes));
    add(
        Elf.SHT_NOTE,
        readOnly,
        new Layout.Range(BASE_ADDRESS + buildIdNote, buildIdNote, BUILD_ID_NOTE_SIZE));
    add(
        Elf.SHT_NOTE,
        readOnly,
        new Layout.Range(BASE_ADDRESS + imageNote, imageNote, IMAGE_NOTE_SIZE));
    add(Elf.SHT_PROGBITS, readOnly, layout.rodata);
    add(Elf.SHT_PROGBITS, readOnly, layout.files);
    add(Elf.SHT_PROGBITS, code, layout.nucleusText);
    add(Elf.SHT_PROGBITS, code, layout.text);
    add(Elf.SHT_PROGBITS, writable, layout.data);
    add(Elf.SHT_NOBITS, writable, layout.bss);
    add(Elf.SHT_PROGBITS, writable, layout.heap);
    add(Elf.SHT_PROGBITS, 0, layout.manifest);
    add(Elf.SHT_STRTAB, 0, new Layout.Range(0, NAMES_OFFSET, NAMES.length));
  }

  private void add(int type, long flags, Layout.Range range) {
    int index = sections.size();
    // The largest alignment that the address has by itself: there is no other promise to keep.
    long alignment =
        type == Elf.SHT_NOTE
            ? 4
            : Math.min(PAGE_SIZE, Math.max(1, Long.lowestOneBit(range.address())));
    sections.add(
        new ElfSection(
            index,
            SECTION_NAMES[index],
            type,
            flags,
            range.address(),
            Math.toIntExact(range.offset()),
            range.size(),
            0,
            0,
            alignment,
            0));
  }
}
