package org.demitasse.image.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ElfWriterTest {
  @Test
  void whatWasWrittenIsReadBack() throws Exception {
    var writer = new ElfWriter(Elf.ET_REL, 0);
    int text =
        writer.section(
            ".text",
            Elf.SHT_PROGBITS,
            Elf.SHF_ALLOC | Elf.SHF_EXECINSTR,
            0,
            16,
            new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
    int bss = writer.nobits(".bss", Elf.SHF_ALLOC | Elf.SHF_WRITE, 0, 32, 100);
    int global = writer.symbols().add("global", Elf.STB_GLOBAL, Elf.STT_FUNC, text, 4, 2);
    int local = writer.symbols().add("local", Elf.STB_LOCAL, Elf.STT_OBJECT, bss, 8, 16);
    int needed =
        writer.symbols().add("needed", Elf.STB_GLOBAL, Elf.STT_NOTYPE, Elf.SHN_UNDEF, 0, 0);
    writer.relocation(text, 4, Elf.R_X86_64_PC32, needed, -4);
    writer.relocation(text, 0, Elf.R_X86_64_32, local, 12);

    var file = ElfFile.parse(writer.toBytes());

    assertThat(file.type()).isEqualTo(Elf.ET_REL);
    assertThat(file.segments()).isEmpty();
    var section = file.section(".text").orElseThrow();
    assertThat(section.alignment()).isEqualTo(16);
    assertThat(file.bytes()).startsWith(0x7f, 'E', 'L', 'F');
    assertThat(Arrays.copyOfRange(file.bytes(), section.offset(), section.offset() + 8))
        .containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(file.section(".bss").orElseThrow().size()).isEqualTo(100);

    var symbols = file.symbols();
    assertThat(symbols.count()).isEqualTo(4);
    assertThat(symbols.name(1)).isEqualTo("local");
    assertThat(symbols.binding(1)).isEqualTo(Elf.STB_LOCAL);
    assertThat(symbols.type(1)).isEqualTo(Elf.STT_OBJECT);
    assertThat(symbols.section(1)).isEqualTo(bss);
    assertThat(symbols.value(1)).isEqualTo(8);
    assertThat(symbols.size(1)).isEqualTo(16);
    assertThat(symbols.name(2)).isEqualTo("global");
    assertThat(writer.symbols().index(global)).isEqualTo(2);
    assertThat(symbols.section(3)).isEqualTo(Elf.SHN_UNDEF);

    var relocations = file.relocations(file.section(".rela.text").orElseThrow());
    assertThat(relocations.count()).isEqualTo(2);
    assertThat(relocations.type(0)).isEqualTo(Elf.R_X86_64_PC32);
    assertThat(relocations.symbol(0)).isEqualTo(3);
    assertThat(relocations.offset(0)).isEqualTo(4);
    assertThat(relocations.addend(0)).isEqualTo(-4);
    assertThat(relocations.symbol(1)).isEqualTo(1);
    assertThat(relocations.addend(1)).isEqualTo(12);
  }

  @Test
  void manySymbolsAndRelocationsKeepTheirOrder() throws Exception {
    var writer = new ElfWriter(Elf.ET_REL, 0);
    int data =
        writer.section(
            ".data", Elf.SHT_PROGBITS, Elf.SHF_ALLOC | Elf.SHF_WRITE, 0, 8, new byte[8000]);
    for (int i = 0; i < 1000; i++) {
      int symbol = writer.symbols().add("s" + i, i % 2, Elf.STT_OBJECT, data, i, 1);
      writer.relocation(data, i * 8L, Elf.R_X86_64_64, symbol, i);
    }
    var file = ElfFile.parse(writer.toBytes());
    var relocations = file.relocations(file.section(".rela.data").orElseThrow());
    for (int i = 0; i < 1000; i++) {
      assertThat(file.symbols().name(relocations.symbol(i))).isEqualTo("s" + i);
      assertThat(relocations.addend(i)).isEqualTo(i);
    }
  }
}
