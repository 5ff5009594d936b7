package org.demitasse.image.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule of the reader, broken by one change to a good object. */
class ElfFileTest {
  private static final byte[] GOOD = sample();

  /** An object with one of everything that the reader knows. */
  static byte[] sample() {
    var writer = new ElfWriter(Elf.ET_REL, 0);
    int text =
        writer.section(
            ".text", Elf.SHT_PROGBITS, Elf.SHF_ALLOC | Elf.SHF_EXECINSTR, 0, 16, new byte[32]);
    writer.nobits(".bss", Elf.SHF_ALLOC | Elf.SHF_WRITE, 0, 32, 100);
    byte[] note = new byte[ElfNote.encodedSize("GNU", 4)];
    ElfNote.encode(note, 0, "GNU", 3, 4);
    writer.section(".note.x", Elf.SHT_NOTE, Elf.SHF_ALLOC, 0, 4, note);
    int symbol = writer.symbols().add("f", Elf.STB_GLOBAL, Elf.STT_FUNC, text, 0, 32);
    writer.relocation(text, 8, Elf.R_X86_64_64, symbol, 0);
    return writer.toBytes();
  }

  private static int sectionHeader(byte[] bytes, String name) throws ElfFormatException {
    int index = ElfFile.parse(GOOD).section(name).orElseThrow().index();
    return (int) LittleEndian.getLong(bytes, 40) + index * Elf.SECTION_HEADER_SIZE;
  }

  private static void refused(String rule, Consumer<byte[]> change) {
    byte[] bytes = GOOD.clone();
    change.accept(bytes);
    assertThatThrownBy(() -> ElfFile.parse(bytes))
        .isInstanceOf(ElfFormatException.class)
        .hasMessageContaining(rule)
        .hasMessageContaining("offset 0x");
  }

  private static void sectionRefused(String rule, String section, int field, long value)
      throws ElfFormatException {
    int at = sectionHeader(GOOD, section) + field;
    boolean isInt = field == 0 || field == 4 || field == 40 || field == 44;
    refused(
        rule,
        b -> {
          if (isInt) {
            LittleEndian.putInt(b, at, (int) value);
          } else {
            LittleEndian.putLong(b, at, value);
          }
        });
  }

  @Test
  void aTextIsNoElfFile() {
    assertThatThrownBy(() -> ElfFile.parse("Hello, world\n".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(ElfFormatException.class)
        .hasMessageContaining("no ELF file");
    assertThatThrownBy(() -> ElfFile.parse(new byte[0])).isInstanceOf(ElfFormatException.class);
  }

  @Test
  void theHeaderSaysWhatItIs() {
    refused("not 64-bit", b -> b[4] = 1);
    refused("not little endian", b -> b[5] = 2);
    refused("version in the identification", b -> b[6] = 0);
    refused("neither a relocatable object nor an executable", b -> b[16] = 3);
    refused("machine is not x86-64", b -> b[18] = 3);
    refused("ELF version is not 1", b -> b[20] = 2);
    refused("ELF header's size", b -> b[52] = 63);
  }

  @Test
  void tablesLieInTheFile() {
    refused("section header is not 64 bytes", b -> b[58] = 40);
    refused("section headers reach past", b -> LittleEndian.putLong(b, 40, b.length - 10L));
    refused("section headers reach past", b -> LittleEndian.putLong(b, 40, -1));
    refused("section headers reach past", b -> LittleEndian.putLong(b, 40, Long.MAX_VALUE));
    refused("section headers reach past", b -> LittleEndian.putShort(b, 60, 0xffff));
    refused("no count", b -> LittleEndian.putShort(b, 60, 0));
    refused("section of section names does not exist", b -> LittleEndian.putShort(b, 62, 0));
    refused("section of section names does not exist", b -> LittleEndian.putShort(b, 62, 99));
    refused("section of section names is no string table", b -> LittleEndian.putShort(b, 62, 1));
    refused("a program header is not 56 bytes", b -> LittleEndian.putShort(b, 56, 1));
    refused(
        "program headers reach past",
        b -> {
          LittleEndian.putShort(b, 54, 56);
          LittleEndian.putShort(b, 56, 60000);
        });
  }

  @Test
  void sectionsLieInTheFile() throws Exception {
    sectionRefused("reaches past the end of the file", ".text", 24, 1L << 40);
    sectionRefused("reaches past the end of the file", ".text", 24, -8);
    sectionRefused("reaches past the end of the file", ".text", 32, -1);
    sectionRefused("larger than the address space", ".bss", 32, -1);
    sectionRefused("no power of 2", ".text", 48, 3);
    sectionRefused("wraps around", ".text", 16, -4);
    sectionRefused("outside the section names", ".text", 0, 1 << 20);
    sectionRefused("outside the section names", ".text", 0, -1);
  }

  @Test
  void tablesAreWhatTheySay() throws Exception {
    sectionRefused("entries that are not 24 bytes", ".symtab", 56, 16);
    sectionRefused("no whole number of symbols", ".symtab", 32, 25);
    sectionRefused("links to no string table", ".symtab", 40, 1);
    sectionRefused("links to no string table", ".symtab", 40, -1);
    sectionRefused("entries that are not 24 bytes", ".rela.text", 56, 0);
    sectionRefused("no whole number of relocations", ".rela.text", 32, 23);
    sectionRefused("links to no symbol table", ".rela.text", 40, 1);
    sectionRefused("section that does not exist", ".rela.text", 44, 0);
    sectionRefused("section that does not exist", ".rela.text", 44, 1000);
    sectionRefused("without a closing NUL", ".strtab", 32, 2);
    sectionRefused("extended section numbers", ".note.x", 4, Elf.SHT_SYMTAB_SHNDX);
    int second = sectionHeader(GOOD, ".rela.text");
    int strings = ElfFile.parse(GOOD).section(".strtab").orElseThrow().index();
    refused(
        "more than one symbol table",
        b -> {
          LittleEndian.putInt(b, second + 4, Elf.SHT_SYMTAB);
          LittleEndian.putInt(b, second + 40, strings);
        });
  }

  @Test
  void symbolsAndRelocationsPointToThingsThatExist() throws Exception {
    var good = ElfFile.parse(GOOD);
    int symbol = good.section(".symtab").orElseThrow().offset() + Elf.SYMBOL_SIZE;
    refused("name of symbol 1 lies outside", b -> LittleEndian.putInt(b, symbol, 1000));
    refused("section 99, which does not exist", b -> LittleEndian.putShort(b, symbol + 6, 99));
    refused("extended section number", b -> LittleEndian.putShort(b, symbol + 6, Elf.SHN_XINDEX));

    int relocation = good.section(".rela.text").orElseThrow().offset();
    byte[] outside = GOOD.clone();
    LittleEndian.putLong(outside, relocation, 32);
    assertThatThrownBy(() -> relocations(outside))
        .hasMessageContaining("lies outside that section");
    byte[] symbolless = GOOD.clone();
    LittleEndian.putInt(symbolless, relocation + 12, 2);
    assertThatThrownBy(() -> relocations(symbolless))
        .hasMessageContaining("symbol that does not exist");
  }

  private static ElfRelocations relocations(byte[] bytes) throws ElfFormatException {
    var file = ElfFile.parse(bytes);
    return file.relocations(file.section(".rela.text").orElseThrow());
  }

  @Test
  void programHeadersAreChecked() {
    segmentRefused("past the end of the file", 8, 1 << 20);
    segmentRefused("past the end of the file", 32, -1);
    segmentRefused("more bytes in the file than in memory", 40, 1);
    segmentRefused("wraps around the end of the address space", 16, -4096);
    segmentRefused("wraps around the end of the physical", 24, -4096);
    segmentRefused("no power of 2", 48, 12);
    segmentRefused("differ modulo its alignment", 16, 0x200010);
  }

  private static void segmentRefused(String rule, int field, long value) {
    byte[] bytes = new byte[0x2000];
    ElfEncoder.header(bytes, Elf.ET_EXEC, 0, 64, 1, 0, 0, 0);
    ElfEncoder.programHeader(
        bytes,
        64,
        new ElfSegment(Elf.PT_LOAD, Elf.PF_R, 0, 0x200000, 0x200000, 0x2000, 0x3000, 4096));
    LittleEndian.putLong(bytes, 64 + field, value);
    assertThatThrownBy(() -> ElfFile.parse(bytes))
        .isInstanceOf(ElfFormatException.class)
        .hasMessageContaining(rule);
  }

  @Test
  void notesStayInTheirRange() throws Exception {
    byte[] notes = new byte[ElfNote.encodedSize("GNU", 5) + ElfNote.encodedSize("Xen", 4)];
    ElfNote.encode(notes, 0, "GNU", 3, 5);
    ElfNote.encode(notes, ElfNote.encodedSize("GNU", 5), "Xen", 18, 4);
    assertThat(ElfNote.parse(notes, 0, notes.length))
        .containsExactly(new ElfNote("GNU", 3, 16, 5), new ElfNote("Xen", 18, 40, 4));
    assertThatThrownBy(() -> ElfNote.parse(notes, 0, notes.length - 1))
        .hasMessageContaining("past the end");
    assertThatThrownBy(() -> ElfNote.parse(notes, 0, 27)).hasMessageContaining("cut off");
    byte[] open = notes.clone();
    open[15] = 'x';
    assertThatThrownBy(() -> ElfNote.parse(open, 0, open.length))
        .hasMessageContaining("no closing NUL");
    byte[] huge = notes.clone();
    LittleEndian.putInt(huge, 0, -1);
    assertThatThrownBy(() -> ElfNote.parse(huge, 0, huge.length))
        .hasMessageContaining("past the end");
  }

  @Test
  void onlyTheBeginningNeedsToBeAtHand() throws Exception {
    var writer = new ElfWriter(Elf.ET_REL, 0);
    writer.section(".data", Elf.SHT_PROGBITS, Elf.SHF_ALLOC, 0, 1, new byte[10]);
    byte[] whole = writer.toBytes();
    assertThat(ElfFile.parse(whole, whole.length + 5000L).sections()).hasSize(5);
    int at = (int) LittleEndian.getLong(whole, 40) + Elf.SECTION_HEADER_SIZE;
    LittleEndian.putLong(whole, at + 24, whole.length + 100L);
    assertThat(ElfFile.parse(whole, whole.length + 110L).sections().get(1).offset())
        .isEqualTo(whole.length + 100);
    assertThatThrownBy(() -> ElfFile.parse(whole, whole.length + 109L))
        .hasMessageContaining("past the end");
    LittleEndian.putInt(whole, at + 4, Elf.SHT_STRTAB);
    assertThatThrownBy(() -> ElfFile.parse(whole, whole.length + 110L))
        .hasMessageContaining("a table outside the first");
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 63, 64, 100})
  void aCutFileIsRefused(int length) {
    assertThatThrownBy(() -> ElfFile.parse(Arrays.copyOf(GOOD, length)))
        .isInstanceOf(ElfFormatException.class);
  }
}
