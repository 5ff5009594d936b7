package org.demitasse.image.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.demitasse.image.ImageFile;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.ElfFile;
import org.demitasse.image.elf.ElfSegment;
import org.demitasse.image.elf.ElfWriter;
import org.demitasse.image.elf.LittleEndian;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links of hand-made objects. */
class LinkerTest {
  @TempDir Path folder;
  private final SampleObjects objects = new SampleObjects();

  private Map<String, Long> symbols() throws Exception {
    var symbols = ElfFile.read(folder.resolve("sample.img.debug")).symbols();
    var map = new HashMap<String, Long>();
    for (int i = 1; i < symbols.count(); i++) {
      map.put(symbols.name(i), symbols.value(i));
    }
    return map;
  }

  private Path image() {
    return folder.resolve("sample.img");
  }

  private LinkException refused() {
    return catchThrowableOfType(LinkException.class, () -> objects.link(folder));
  }

  @Test
  void partsLieWhereTheFormatSays() throws Exception {
    var result = objects.link(folder);
    var image = ImageFile.open(image());
    image.verifyContents();
    assertThat(image.buildId()).isEqualTo(result.buildId());
    assertThat(image.size()).isEqualTo(result.imageBytes()).isEqualTo(Files.size(image()));
    assertThat(image.segments())
        .extracting(ElfSegment::flags)
        .containsExactly(Elf.PF_R, Elf.PF_R | Elf.PF_X, Elf.PF_R | Elf.PF_W, Elf.PF_R | Elf.PF_W);
    assertThat(image.segments().getFirst().address()).isEqualTo(0x200000);
    var heap = image.segments().getLast();
    assertThat(heap.address()).isEqualTo(0x40000000);
    assertThat(heap.fileSize()).isEqualTo(5000);
    assertThat(heap.memorySize()).isEqualTo(8192);
    assertThat(heap.physicalAddress()).isEqualTo(0x400000);

    var symbols = symbols();
    assertThat(image.sandboxEntry()).isEqualTo(symbols.get("nucleus_sandbox_start"));
    assertThat(image.pvhEntry()).isEqualTo(symbols.get("pvh_start"));
    assertThat(symbols)
        .containsEntry("__svm_heap_begin", 0x40000000L)
        .containsEntry("__ehdr_start", 0x200000L);
    assertThat(
            result.sizes().entrySet().stream()
                .filter(e -> !e.getKey().equals("bss"))
                .mapToLong(Map.Entry::getValue)
                .sum())
        .isEqualTo(result.imageBytes());
    assertThat(result.sizes())
        .containsEntry("heap", 5000L)
        .containsEntry("program text", 256L)
        .containsEntry("nucleus text", 256L)
        .containsEntry("bss", 10000L);
    assertThat(result.sizes().get("padding")).isLessThan(4 * 4096L);
  }

  @Test
  void everyRelocationTypeGetsItsValue() throws Exception {
    var app = objects.app;
    int ehdr = objects.appNeeds("__ehdr_start");
    app.relocation(objects.appData, 0, Elf.R_X86_64_64, objects.main, 5);
    app.relocation(objects.appData, 8, Elf.R_X86_64_PC64, objects.main, 0);
    app.relocation(objects.appData, 16, Elf.R_X86_64_32, objects.main, 1);
    app.relocation(objects.appData, 20, Elf.R_X86_64_32S, ehdr, -1);
    app.relocation(objects.appText, 40, Elf.R_X86_64_PC32, ehdr, -4);
    app.relocation(objects.heap, 4992, Elf.R_X86_64_64, objects.main, 0);
    app.relocation(objects.heap, 0, Elf.R_X86_64_NONE, 0, 99);
    objects.link(folder);

    var symbols = symbols();
    long main = symbols.get("demitasse_main");
    long data = ImageFile.open(image()).segments().get(2).address();
    assertThat(SampleObjects.at(image(), data, 8)).isEqualTo(main + 5);
    assertThat(SampleObjects.at(image(), data + 8, 8)).isEqualTo(main - (data + 8));
    assertThat(SampleObjects.at(image(), data + 16, 4)).isEqualTo(main + 1);
    assertThat(SampleObjects.at(image(), data + 20, 4)).isEqualTo(0x1fffff);
    // demitasse_main is at 32 in .text, the relocation at 40.
    assertThat(SampleObjects.at(image(), main + 8, 4)).isEqualTo((int) (0x200000 - 4 - (main + 8)));
    assertThat(SampleObjects.at(image(), 0x40000000L + 4992, 8)).isEqualTo(main);
    assertThat(SampleObjects.at(image(), 0x40000000L, 8)).isZero();
    // nucleus_sandbox_start is at 16, its call of demitasse_main at 20.
    long call = symbols.get("nucleus_sandbox_start") + 4;
    assertThat(SampleObjects.at(image(), call, 4)).isEqualTo((int) (main - 4 - call));
  }

  @Test
  void theSameInputGivesTheSameBytes() throws Exception {
    objects.link(folder);
    byte[] image = Files.readAllBytes(image());
    byte[] debug = Files.readAllBytes(folder.resolve("sample.img.debug"));
    objects.link(folder);
    assertThat(Files.readAllBytes(image())).isEqualTo(image);
    assertThat(Files.readAllBytes(folder.resolve("sample.img.debug"))).isEqualTo(debug);
    try (var files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .containsExactlyInAnyOrder("app.o", "nucleus.o", "sample.img", "sample.img.debug");
    }
  }

  @Test
  void theSymbolFileHasTheBuildIdAndNoContents() throws Exception {
    var result = objects.link(folder);
    var debug = ElfFile.read(folder.resolve("sample.img.debug"));
    var note = debug.notes(debug.section(".note.gnu.build-id").orElseThrow()).getFirst();
    assertThat(Arrays.copyOfRange(debug.bytes(), note.offset(), note.offset() + note.size()))
        .asHexString()
        .isEqualToIgnoringCase(result.buildId());
    assertThat(debug.section(".text").orElseThrow().isNobits()).isTrue();
    assertThat(ElfFile.read(image()).symbols().count()).isZero();
  }

  @Test
  void debugSectionsOfTheProgramComeFirst() throws Exception {
    var nucleus = objects.nucleus;
    int inNucleus = nucleus.section(".debug_info", Elf.SHT_PROGBITS, 0, 0, 1, new byte[16]);
    int line = nucleus.section(".debug_line", Elf.SHT_PROGBITS, 0, 0, 1, new byte[8]);
    int lineSymbol = nucleus.symbols().add("", Elf.STB_LOCAL, Elf.STT_SECTION, line, 0, 0);
    nucleus.relocation(inNucleus, 4, Elf.R_X86_64_32, lineSymbol, 3);
    nucleus.relocation(inNucleus, 8, Elf.R_X86_64_64, objects.mainNeeded, 0);
    byte[] info = "app".getBytes(StandardCharsets.US_ASCII);
    objects.app.section(".debug_info", Elf.SHT_PROGBITS, 0, 0, 1, info);
    objects.app.section(".debug_line", Elf.SHT_PROGBITS, 0, 0, 1, new byte[100]);
    objects.link(folder);

    var debug = ElfFile.read(folder.resolve("sample.img.debug"));
    var section = debug.section(".debug_info").orElseThrow();
    assertThat(section.size()).isEqualTo(19);
    var bytes = ByteBuffer.wrap(debug.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat((char) bytes.get(section.offset())).isEqualTo('a');
    assertThat(bytes.getInt(section.offset() + 3 + 4)).isEqualTo(103);
    assertThat(bytes.getLong(section.offset() + 3 + 8)).isEqualTo(symbols().get("demitasse_main"));
    assertThat(ElfFile.read(image()).section(".debug_info")).isEmpty();
  }

  @Test
  void undefinedSymbolsAreListedWithWhoNeedsThem() {
    int missing = objects.appNeeds("Java_java_net_Thing_open0");
    int other = objects.appNeeds("another");
    objects.appNeeds("unused");
    for (int i = 0; i < 10; i++) {
      objects.app.relocation(objects.appText, 40 + i * 4, Elf.R_X86_64_PC32, missing, -4);
    }
    objects.app.relocation(objects.appData, 24, Elf.R_X86_64_64, other, 0);
    var refused = refused();
    assertThat(refused.undefinedSymbols())
        .extracting(LinkException.UndefinedSymbol::name)
        .containsExactly("Java_java_net_Thing_open0", "another");
    assertThat(refused)
        .hasMessageContaining("2 symbols are defined neither by the program nor by the nucleus")
        .hasMessageContaining(
            "Java_java_net_Thing_open0: needed by demitasse_main (app.o) and 9 more")
        .hasMessageContaining("another: needed by .data+0x18 (app.o)");
    assertThat(image()).doesNotExist();
  }

  @Test
  void weakSymbolsGiveWay() throws Exception {
    int absent =
        objects.app.symbols().add("absent", Elf.STB_WEAK, Elf.STT_NOTYPE, Elf.SHN_UNDEF, 0, 0);
    objects.app.relocation(objects.appData, 0, Elf.R_X86_64_64, absent, 0);
    int weak = objects.app.symbols().add("both", Elf.STB_WEAK, Elf.STT_FUNC, objects.appText, 0, 0);
    objects.nucleus.symbols().add("both", Elf.STB_GLOBAL, Elf.STT_FUNC, objects.nucleusText, 64, 0);
    objects.app.relocation(objects.appData, 8, Elf.R_X86_64_64, weak, 0);
    objects.link(folder);
    long data = ImageFile.open(image()).segments().get(2).address();
    assertThat(SampleObjects.at(image(), data, 8)).isZero();
    assertThat(SampleObjects.at(image(), data + 8, 8))
        .isEqualTo(symbols().get("nucleus_sandbox_start") + 48);
  }

  @Test
  void aSymbolIsDefinedOnce() {
    objects
        .nucleus
        .symbols()
        .add("demitasse_main", Elf.STB_GLOBAL, Elf.STT_FUNC, objects.nucleusText, 0, 0);
    assertThat(refused())
        .hasMessageContaining("demitasse_main is defined in nucleus.o and in app.o");
  }

  @Test
  void valuesThatDoNotFitAreRefused() {
    int far =
        objects
            .app
            .symbols()
            .add("far", Elf.STB_GLOBAL, Elf.STT_NOTYPE, Elf.SHN_ABS, 0x180000000L, 0);
    int negative =
        objects.app.symbols().add("negative", Elf.STB_GLOBAL, Elf.STT_NOTYPE, Elf.SHN_ABS, -1, 0);
    objects.app.relocation(objects.appText, 40, Elf.R_X86_64_PC32, far, -4);
    objects.app.relocation(objects.appText, 44, Elf.R_X86_64_32, negative, 0);
    objects.app.relocation(objects.appText, 48, Elf.R_X86_64_32S, far, 0);
    assertThat(refused())
        .hasMessageContaining(
            "R_X86_64_PC32 in demitasse_main (app.o) against far needs the value 0x17f")
        .hasMessageContaining("R_X86_64_32 in demitasse_main (app.o) against negative")
        .hasMessageContaining(
            "R_X86_64_32S in demitasse_main (app.o) against far needs the value 0x180000000");
  }

  @Test
  void relocationsStayInTheirSection() {
    objects.app.relocation(objects.appData, 60, Elf.R_X86_64_64, objects.main, 0);
    assertThat(refused()).hasMessageContaining("a relocation reaches past the end of .data");
  }

  @Test
  void unknownRelocationsAreRefused() {
    objects.app.relocation(objects.appText, 40, 42, objects.main, 0);
    assertThat(refused())
        .hasMessageContaining("R_X86_64_REX_GOTPCRELX in demitasse_main (app.o) is not supported");
  }

  @Test
  void whatAnImageCannotHoldIsRefused() {
    objects.app.section(
        ".init_array", Elf.SHT_INIT_ARRAY, SampleObjects.WRITABLE, 0, 8, new byte[8]);
    assertThat(refused()).hasMessageContaining("app.o: section .init_array: constructors");
  }

  @Test
  void threadLocalVariablesAreRefused() {
    objects.app.section(
        ".tdata", Elf.SHT_PROGBITS, SampleObjects.WRITABLE | Elf.SHF_TLS, 0, 8, new byte[8]);
    assertThat(refused()).hasMessageContaining("section .tdata: thread-local");
  }

  @Test
  void writableCodeIsRefused() {
    objects.app.section(
        ".both", Elf.SHT_PROGBITS, SampleObjects.WRITABLE | Elf.SHF_EXECINSTR, 0, 8, new byte[8]);
    assertThat(refused()).hasMessageContaining("section .both: code must be neither writable");
  }

  @Test
  void commonSymbolsAreRefused() {
    objects.app.symbols().add("old", Elf.STB_GLOBAL, Elf.STT_OBJECT, Elf.SHN_COMMON, 8, 8);
    assertThat(refused()).hasMessageContaining("old is a common symbol; compile with -fno-common");
  }

  @Test
  void oneHeapIsNeeded() throws Exception {
    objects.nucleus.section(
        ".svm_heap", Elf.SHT_PROGBITS, SampleObjects.WRITABLE, 0, 8, new byte[8]);
    assertThat(refused()).hasMessageContaining("more than one section .svm_heap");
    var request = new SampleObjects().request(folder);
    var without = LinkRequest.of(request.nucleusObject(), request.nucleusObject(), "{}");
    assertThatThrownBy(() -> SampleObjects.link(folder, without))
        .hasMessageContaining("no object has an image heap");
  }

  @Test
  void theNucleusHasBothEntries() throws Exception {
    var request = objects.request(folder);
    var swapped = LinkRequest.of(request.appObject(), request.appObject(), "{}");
    assertThatThrownBy(() -> SampleObjects.link(folder, swapped)).isInstanceOf(LinkException.class);
    Files.write(request.nucleusObject(), new ElfWriter(Elf.ET_REL, 0).toBytes());
    assertThatThrownBy(() -> SampleObjects.link(folder, request))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("no object defines the symbol nucleus_sandbox_start");
  }

  @Test
  void aFileThatIsNoObjectIsRefused() throws Exception {
    var request = objects.request(folder);
    Files.writeString(request.appObject(), "int main() {}");
    assertThatThrownBy(() -> SampleObjects.link(folder, request))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("app.o: this is no ELF file");
    objects.link(folder);
    var executable = LinkRequest.of(image(), request.nucleusObject(), "{}");
    assertThatThrownBy(() -> SampleObjects.link(folder, executable))
        .hasMessageContaining("sample.img is an executable");
  }

  @Test
  void anObjectWithoutSymbolsIsAnObject() throws Exception {
    var request = objects.request(folder);
    byte[] bytes = Files.readAllBytes(request.appObject());
    var elf = ElfFile.parse(bytes);
    int table = (int) LittleEndian.getLong(bytes, 40);
    for (var section : elf.sections()) {
      if (section.type() == Elf.SHT_SYMTAB || section.type() == Elf.SHT_RELA) {
        LittleEndian.putLong(bytes, table + section.index() * Elf.SECTION_HEADER_SIZE + 32, 0);
      }
    }
    Files.write(request.appObject(), bytes);
    assertThatThrownBy(() -> SampleObjects.link(folder, request))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("demitasse_main: needed by nucleus_sandbox_start (nucleus.o)");
  }

  @Test
  void packedFilesAreReadOnlyAndNamed() throws Exception {
    int begin = objects.appNeeds("__demitasse_files_begin");
    int end = objects.appNeeds("__demitasse_files_end");
    objects.app.relocation(objects.appData, 0, Elf.R_X86_64_64, begin, 0);
    objects.app.relocation(objects.appData, 8, Elf.R_X86_64_64, end, 0);
    byte[] files = new byte[9001];
    Arrays.fill(files, (byte) 7);
    var request = objects.request(folder).withFiles(files);
    SampleObjects.link(folder, request);
    var image = ImageFile.open(image());
    long data = image.segments().get(2).address();
    long from = SampleObjects.at(image(), data, 8);
    assertThat(SampleObjects.at(image(), data + 8, 8) - from).isEqualTo(9001);
    assertThat(SampleObjects.at(image(), from + 8993, 8)).isEqualTo(0x0707070707070707L);
    var first = image.segments().getFirst();
    assertThat(from).isBetween(first.address(), first.end() - 9001);
    assertThat(image.sizes()).containsEntry(".demitasse.files", 9001L);
  }

  @Test
  void rangesAndMemoryComeFromTheRequest() throws Exception {
    var request =
        objects.request(folder).withReservedBytes(1L << 33, 1L << 32).withMinimumMemoryMiB(24);
    var result = SampleObjects.link(folder, request);
    var note = ImageFile.open(image()).note();
    assertThat(result.minimumMemoryMiB()).isEqualTo(24);
    assertThat(note.minimumMemoryMiB()).isEqualTo(24);
    assertThat(note.heapImageEnd()).isEqualTo(0x40002000);
    assertThat(note.heapReservedEnd()).isEqualTo(0x40000000L + (1L << 33));
    assertThat(note.pagesBegin()).isGreaterThan(note.heapReservedEnd());
    assertThat(note.pagesEnd() - note.pagesBegin()).isEqualTo(1L << 32);
    assertThatThrownBy(
            () -> SampleObjects.link(folder, request.withReservedBytes(1L << 46, 1L << 40)))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining("reserved ranges end at");
  }
}
