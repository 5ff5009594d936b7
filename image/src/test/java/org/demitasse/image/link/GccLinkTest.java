package org.demitasse.image.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.demitasse.image.ImageFile;
import org.demitasse.image.Manifest;
import org.demitasse.image.elf.ElfFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Links of objects that gcc and ld made, seen through the eyes of binutils. These tools are for the
 * developers of Demitasse; without them this test fails.
 */
class GccLinkTest {
  @TempDir Path folder;

  private String run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new AssertionError(
          command[0] + " is needed to test the linker: install gcc and binutils", e);
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as("%s:%n%s", String.join(" ", command), output).isZero();
    return output;
  }

  private void compile(String source, String... options) throws Exception {
    try (InputStream in = GccLinkTest.class.getResourceAsStream(source)) {
      Files.copy(in, folder.resolve(source));
    }
    var command =
        new ArrayList<>(
            List.of(
                "gcc",
                "-c",
                "-O2",
                "-g",
                "-ffreestanding",
                "-fno-pic",
                "-mcmodel=small",
                "-fno-asynchronous-unwind-tables"));
    command.addAll(List.of(options));
    command.add(source);
    run(command.toArray(String[]::new));
  }

  private LinkResult link() throws Exception {
    compile("program.c");
    compile("kernel.c");
    compile("entry.S");
    run("ld", "-r", "-o", "nucleus.o", "kernel.o", "entry.o");
    return Linker.link(
        LinkRequest.of(
            folder.resolve("program.o"),
            folder.resolve("nucleus.o"),
            Manifest.named("gcc").toJson()),
        folder.resolve("out.img"),
        folder.resolve("out.img.debug"));
  }

  /** Symbols by name as nm prints them. */
  private Map<String, Long> nm(String file) throws Exception {
    var symbols = new HashMap<String, Long>();
    for (String line : run("nm", file).lines().toList()) {
      String[] words = line.split(" ");
      symbols.put(words[2], Long.parseUnsignedLong(words[0], 16));
    }
    return symbols;
  }

  @Test
  void binutilsAgreeWithTheImage() throws Exception {
    var result = link();
    var image = ImageFile.open(folder.resolve("out.img"));
    image.verifyContents();

    for (var file : List.of("out.img", "out.img.debug")) {
      String all = run("readelf", "-aW", file);
      assertThat(all).doesNotContainIgnoringCase("warning").doesNotContainIgnoringCase("error");
      assertThat(all).contains("Build ID: " + result.buildId());
    }
    String segments = run("readelf", "-lW", "out.img");
    assertThat(segments)
        .contains("Entry point 0x" + Long.toHexString(image.sandboxEntry()))
        .containsPattern("LOAD +0x000000 0x0000000000200000 0x0000000000200000 \\S+ \\S+ R  ")
        .containsPattern("LOAD +\\S+ 0x0000000040000000 0x0000000000400000 \\S+ \\S+ RW ")
        .containsPattern("GNU_STACK .* RW ")
        .doesNotContain("RWE");
    assertThat(run("readelf", "-sW", "out.img")).doesNotContain("demitasse_main");

    var symbols = nm("out.img.debug");
    assertThat(symbols)
        .containsKeys("demitasse_main", "demitasse_fault", "static_function", "kernel_counter")
        .containsEntry("nucleus_sandbox_start", image.sandboxEntry())
        .containsEntry("pvh_start", image.pvhEntry())
        .containsEntry("__svm_heap_begin", 0x40000000L)
        .containsEntry("__ehdr_start", 0x200000L);
    assertThat(run("nm", "-u", "out.img.debug")).isEmpty();
  }

  @Test
  void codeAndDataReferToEachOther() throws Exception {
    link();
    var image = folder.resolve("out.img");
    var symbols = nm("out.img.debug");
    assertThat(SampleObjects.at(image, 0x40000000L, 8)).isEqualTo(symbols.get("demitasse_main"));
    assertThat(SampleObjects.at(image, 0x40000008L, 8)).isEqualTo(symbols.get("numbers") + 8);
    assertThat(SampleObjects.at(image, symbols.get("pointer"), 8))
        .isEqualTo(symbols.get("static_function"));
    assertThat(SampleObjects.at(image, symbols.get("data"), 4)).isEqualTo(1234);
    String code =
        run("objdump", "-d", "--start-address=" + symbols.get("nucleus_sandbox_start"), "out.img");
    assertThat(code).containsPattern("call +0x" + Long.toHexString(symbols.get("kernel_start")));
    code = run("objdump", "-d", "--start-address=" + symbols.get("demitasse_main"), "out.img");
    assertThat(code).containsPattern("call +0x" + Long.toHexString(symbols.get("kernel_write")));
  }

  @Test
  void debuggersFindLines() throws Exception {
    link();
    var symbols = nm("out.img.debug");
    String lines =
        run(
            "addr2line",
            "-f",
            "-e",
            "out.img.debug",
            Long.toHexString(symbols.get("demitasse_main")),
            Long.toHexString(symbols.get("kernel_start")));
    assertThat(lines)
        .containsPattern(
            "demitasse_main\\s+\\S*program\\.c:\\d+\\s+kernel_start\\s+\\S*kernel\\.c:\\d+");
    var debug = ElfFile.read(folder.resolve("out.img.debug"));
    assertThat(debug.section(".debug_line")).isPresent();
    assertThat(Files.size(folder.resolve("out.img"))).isLessThan(24 << 10);
  }
}
