package org.demitasse.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.ElfFile;
import org.demitasse.image.elf.LittleEndian;
import org.demitasse.image.link.SampleObjects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything but a whole, unchanged image is refused, by the rule that it breaks. */
class ImageFileTest {
  @TempDir static Path folder;
  private static byte[] good;
  private static ImageRules rules;

  @BeforeAll
  static void link() throws Exception {
    new SampleObjects().link(folder);
    good = Files.readAllBytes(folder.resolve("sample.img"));
    rules = check(good);
  }

  private static ImageRules check(byte[] image) throws ImageFormatException {
    int page = Math.min(image.length, ImageFormat.PAGE_SIZE);
    return ImageRules.check(Path.of("x.img"), Arrays.copyOf(image, page), image.length);
  }

  @Test
  void everyChangedByteOfTheFirstPageIsRefused() {
    var random = new Random(1);
    for (int at = 0; at < ImageFormat.PAGE_SIZE; at++) {
      for (int bit = 0; bit < 10; bit++) {
        byte[] changed = good.clone();
        // Each single bit, and two arbitrary other values.
        changed[at] ^= (byte) (bit < 8 ? 1 << bit : 1 + random.nextInt(255));
        int where = at;
        assertThatThrownBy(() -> check(changed))
            .as("byte %d", where)
            .isInstanceOf(ImageFormatException.class)
            .hasMessageStartingWith("x.img is not a usable image: ");
      }
    }
  }

  @Test
  void everyTruncationIsRefused() {
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      var refused = assertThatThrownBy(() -> check(cut)).isInstanceOf(ImageFormatException.class);
      if (length >= 4) {
        refused.hasMessageContaining("cut");
      }
    }
  }

  @Test
  void anAppendedByteIsRefused() {
    assertThatThrownBy(() -> check(Arrays.copyOf(good, good.length + 1)))
        .hasMessageContaining("something was appended");
  }

  @Test
  void everyChangedByteOfTheContentsIsFound() throws Exception {
    var random = new Random(2);
    Path changed = folder.resolve("changed.img");
    for (int i = 0; i < 300; i++) {
      byte[] bytes = good.clone();
      int at = ImageFormat.PAGE_SIZE + random.nextInt(bytes.length - ImageFormat.PAGE_SIZE);
      bytes[at] ^= (byte) (1 + random.nextInt(255));
      Files.write(changed, bytes);
      var image = ImageFile.open(changed);
      assertThatThrownBy(image::verifyContents)
          .isInstanceOf(ImageFormatException.class)
          .hasMessageContaining("do not fit its build id");
    }
  }

  @Test
  void otherFilesAreNoImages() throws Exception {
    Path text = Files.writeString(folder.resolve("text.img"), "Hello, world\n".repeat(1000));
    assertThatThrownBy(() -> ImageFile.open(text))
        .isInstanceOf(ImageFormatException.class)
        .hasMessage(
            text + " is not a usable image: it is no ELF file, so demi build did not make it");
    Path empty = Files.write(folder.resolve("empty.img"), new byte[0]);
    assertThatThrownBy(() -> ImageFile.open(empty)).hasMessageContaining("no ELF file");
    assertThatThrownBy(() -> ImageFile.open(folder.resolve("app.o")))
        .isInstanceOf(ImageFormatException.class);
    assertThatThrownBy(() -> ImageFile.open(folder.resolve("sample.img.debug")))
        .isInstanceOf(ImageFormatException.class);
    assertThatThrownBy(() -> ImageFile.open(Path.of("/proc/self/exe")))
        .isInstanceOf(ImageFormatException.class);
  }

  /** Breaks one rule and mends the checksum, as only a wrong builder would. */
  private static void refused(String rule, Consumer<byte[]> change) {
    byte[] bytes = good.clone();
    change.accept(bytes);
    int at = rules.noteAt + ImageNote.CHECKSUM_OFFSET;
    LittleEndian.putInt(bytes, at, ImageChecksums.header(bytes, at));
    assertThatThrownBy(() -> check(bytes))
        .isInstanceOf(ImageFormatException.class)
        .hasMessageContaining(rule);
  }

  private static int header(int segment) {
    return Elf.HEADER_SIZE + segment * Elf.PROGRAM_HEADER_SIZE;
  }

  private static void segmentRefused(String rule, int segment, int field, long value) {
    int at = header(segment) + field;
    refused(
        rule,
        b -> {
          if (field < 8) {
            LittleEndian.putInt(b, at, (int) value);
          } else {
            LittleEndian.putLong(b, at, value);
          }
        });
  }

  private static void noteRefused(String rule, int field, long value) {
    refused(rule, b -> LittleEndian.putLong(b, rules.noteAt + field, value));
  }

  @Test
  void theHeaderIsThatOfAnImage() {
    refused("64-bit little-endian", b -> b[4] = 1);
    refused("64-bit little-endian", b -> b[9] = 1);
    refused("type is not EXEC", b -> b[16] = 1);
    refused("machine is not", b -> b[18] = 3);
    refused("version or flags", b -> b[48] = 1);
    refused("header sizes", b -> b[52] = 0);
    refused("program headers do not follow", b -> b[32] = 72);
    refused("17 program headers", b -> b[56] = 17);
    refused("0 program headers", b -> b[56] = 0);
    refused("section headers are not inside", b -> LittleEndian.putLong(b, 40, 4000));
    refused("section headers are not inside", b -> LittleEndian.putLong(b, 40, -4000));
  }

  @Test
  void theNotesAreThereOnce() {
    segmentRefused("0 lists of notes", 4, 0, Elf.PT_LOAD);
    refused("2 lists of notes", b -> System.arraycopy(b, header(4), b, header(5), 56));
    segmentRefused("not inside the first page", 4, 8, 4090);
    segmentRefused("not inside the first page", 4, 32, 1L << 40);
    segmentRefused("header of a note is cut off", 4, 32, 24);
    segmentRefused("past the end of the notes", 4, 32, 40);
    segmentRefused("no image note", 4, 32, 20);
    segmentRefused("not linked where", 4, 16, 0x300000);
    refused("has no PVH entry", b -> b[notes() + 8] = 17);
    refused("has no build id", b -> b[rules.buildIdAt - 8] = 4);
    refused("has no image note", b -> b[rules.noteAt - 16] = 2);
    refused("has no image note", b -> b[rules.noteAt - 12] = 'd');
    refused("PVH entry is in no executable segment", b -> b[notes() + 16 + 2] = 0);
  }

  private static int notes() {
    return (int) (rules.notesEnd - rules.elf.segments().get(4).fileSize());
  }

  @Test
  void segmentsKeepTheirRules() {
    segmentRefused("writable and executable", 1, 4, 7);
    segmentRefused("unknown permissions", 1, 4, 1);
    segmentRefused("unknown permissions", 2, 4, 14);
    segmentRefused("not the read-only start", 0, 4, 6);
    segmentRefused("differ modulo its alignment", 1, 16, 0x201010);
    segmentRefused("does not start on a page boundary", 1, 24, 0x201010);
    segmentRefused("does not start on a page boundary", 0, 24, 0x200010);
    segmentRefused("inside the first 64 KiB", 1, 16, 0);
    segmentRefused("above 2 GiB", 3, 16, 0x80000000L);
    segmentRefused("above 2 GiB", 3, 40, 0x40001000L);
    segmentRefused("wraps around", 3, 40, -1);
    segmentRefused("overlaps another one", 1, 16, 0x200000);
    segmentRefused("overlaps another one in physical", 3, 24, 0x200000);
    segmentRefused("overlaps another one in the file", 3, 8, 0x1000);
    segmentRefused("past the end of the file", 3, 32, good.length);
    segmentRefused("more bytes in the file than in memory", 3, 40, 1);
    segmentRefused("unknown type 0x7", 5, 0, 7);
    segmentRefused("executable stack", 5, 4, 7);
    segmentRefused("has another physical address", 2, 24, 0x300000);
    segmentRefused("2 MiB boundary", 3, 24, 0x500000);
    refused("does not say that its stack is not executable", b -> LittleEndian.putShort(b, 56, 5));
  }

  @Test
  void theImageNoteFitsTheFile() {
    noteRefused("version 2 or unknown flags", 0, 2);
    noteRefused("version 1 or unknown flags", 0, 1L << 32 | 1);
    noteRefused("entry differs", 8, 0x201000);
    noteRefused("image heap is not its last segment", 16, 0x40001000);
    noteRefused("end of its image heap", 24, 0x40003000);
    noteRefused("not in order", 32, 0x40000000);
    noteRefused("not page aligned", 32, 0x840000001L);
    noteRefused("not in order", 40, 0x40000000);
    noteRefused("not in order or reach too high", 48, 1L << 47);
    noteRefused("not in order or reach too high", 48, -4096);
    noteRefused("was made with", 56, 12);
    refused("more than 1 TiB", b -> LittleEndian.putInt(b, rules.noteAt + 68, Integer.MAX_VALUE));
    refused("more than 1 TiB", b -> LittleEndian.putInt(b, rules.noteAt + 68, -1));
    refused(
        "sandbox entry is in no executable segment",
        b -> {
          LittleEndian.putLong(b, 24, 0x200000);
          LittleEndian.putLong(b, rules.noteAt + 8, 0x200000);
        });
  }

  @Test
  void sectionsFitTheSegments() throws Exception {
    int table = (int) LittleEndian.getLong(good, 40);
    var elf = ElfFile.parse(good);
    int text = table + elf.section(".text").orElseThrow().index() * Elf.SECTION_HEADER_SIZE;
    refused(".text lies in no segment", b -> LittleEndian.putLong(b, text + 16, 0x30000000));
    refused(".text lies in no segment", b -> LittleEndian.putLong(b, text + 32, 5000));
    int manifest =
        table + elf.section(".demitasse.manifest").orElseThrow().index() * Elf.SECTION_HEADER_SIZE;
    refused("does not follow the last segment", b -> LittleEndian.putLong(b, manifest + 24, 4096));
    refused("has no manifest", b -> LittleEndian.putInt(b, manifest, 0));
    refused(
        "reaches past the end of the file", b -> LittleEndian.putLong(b, manifest + 32, 1 << 20));
  }

  @Test
  void aManifestThatIsNoneIsRefused() throws Exception {
    byte[] bytes = good.clone();
    bytes[rules.manifest.offset()] = '?';
    Path file = Files.write(folder.resolve("manifest.img"), bytes);
    var image = ImageFile.open(file);
    assertThatThrownBy(image::manifest)
        .isInstanceOf(ImageFormatException.class)
        .hasMessageContaining("its manifest cannot be read");
    bytes[rules.manifest.offset()] = (byte) 0xff;
    Files.write(file, bytes);
    assertThatThrownBy(image::manifest).hasMessageContaining("no UTF-8");
    assertThat(ImageFile.open(folder.resolve("sample.img")).manifest())
        .isEqualTo(Manifest.named("sample"));
  }
}
