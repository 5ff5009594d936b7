package org.demitasse.image.link;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.demitasse.image.ImageFile;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.LittleEndian;

/** Hostile objects: a link fails with a LinkException or makes a good image, nothing else. */
class LinkerFuzzTest {
  private static Path folder;
  private static LinkRequest request;
  private static byte[] app;

  @BeforeContainer
  static void prepare() throws IOException {
    folder = Files.createTempDirectory("linker-fuzz");
    var objects = new SampleObjects();
    objects.app.relocation(objects.appData, 0, Elf.R_X86_64_64, objects.main, 5);
    objects.app.relocation(objects.heap, 8, Elf.R_X86_64_64, objects.main, 0);
    objects.app.section(".debug_info", Elf.SHT_PROGBITS, 0, 0, 1, new byte[16]);
    request = objects.request(folder);
    app = Files.readAllBytes(request.appObject());
  }

  @AfterContainer
  static void remove() throws IOException {
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Property(tries = 1500)
  void aChangedObjectNeverDoesHarm(@ForAll long seed) throws IOException {
    var random = new Random(seed);
    byte[] bytes = app.clone();
    int headers = (int) LittleEndian.getLong(bytes, 40);
    for (int i = 0; i <= random.nextInt(3); i++) {
      // Mostly in the headers, symbols and relocations: contents are copied, not read.
      int from = random.nextInt(3) == 0 ? 0 : headers - 700;
      int at = from + random.nextInt(bytes.length - from - 8);
      switch (random.nextInt(3)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> LittleEndian.putLong(bytes, at & -8, random.nextLong() >> random.nextInt(64));
        default -> LittleEndian.putInt(bytes, at & -4, random.nextInt() >> random.nextInt(32));
      }
    }
    Files.write(request.appObject(), bytes);
    Path image = folder.resolve("fuzz.img");
    try {
      Linker.link(request, image, folder.resolve("fuzz.img.debug"));
    } catch (LinkException refused) {
      return;
    }
    ImageFile.open(image).verifyContents();
  }
}
