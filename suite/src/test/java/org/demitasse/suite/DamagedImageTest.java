package org.demitasse.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Changed bytes in the headers of an image (docs/image-format.md): refused with a message that
 * names the file, by the loader itself and by the command, each byte of them.
 */
@Tag("image")
class DamagedImageTest {

  /** All headers lie in the first page. */
  private static final int FIRST_PAGE = 4096;

  /** What the command takes for an image begins with these. */
  private static final int ELF_MAGIC_BYTES = 4;

  private static final int NOT_RUNNABLE = 65;
  private static final int IMAGE_REFUSED = 124;

  @TempDir private static Path folder;
  private static Path image;

  @BeforeAll
  static void copyImage() throws Exception {
    image = Files.copy(SuiteImage.path(), folder.resolve("changed.img"));
  }

  @Test
  void loaderRefusesEveryChangedByte() throws Exception {
    List<String> command = List.of(SuiteImage.loader().toString(), "--", image.toString());
    assertThat(failuresOf(command, 0, FIRST_PAGE, IMAGE_REFUSED)).isEmpty();
  }

  @Test
  void commandRefusesEveryChangedByte() throws Exception {
    List<String> command = List.of(SuiteImage.demi(), "run", image.toString());
    assertThat(failuresOf(command, 0, ELF_MAGIC_BYTES, NOT_RUNNABLE)).isEmpty();
    assertThat(failuresOf(command, ELF_MAGIC_BYTES, FIRST_PAGE, IMAGE_REFUSED)).isEmpty();
  }

  /** The image itself is still whole after all the changes. */
  @Test
  void unchangedImageRuns() throws Exception {
    List<String> command =
        List.of(SuiteImage.loader().toString(), "--", image.toString(), "--program", "exit", "7");
    assertThat(run(command).code()).isEqualTo(7);
  }

  private static List<String> failuresOf(List<String> command, int from, int to, int code)
      throws Exception {
    List<String> failures = new ArrayList<>();
    try (FileChannel file =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      for (int offset = from; offset < to; offset++) {
        int original = at(file, offset);
        int change = 1 + offset * 37 % 255; // never 0, and another one at each place
        put(file, offset, original ^ change);
        SuiteImage.Result result = run(command);
        put(file, offset, original);
        if (result.code() != code || !result.error().contains("changed.img")) {
          failures.add("byte %d changed by %x: %s".formatted(offset, change, result));
        }
      }
    }
    return failures;
  }

  private static int at(FileChannel file, int offset) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    file.read(one, offset);
    return one.get(0) & 0xff;
  }

  private static void put(FileChannel file, int offset, int value) throws IOException {
    file.write(ByteBuffer.wrap(new byte[] {(byte) value}), offset);
  }

  /** As {@link SuiteImage#result}, but through pipes: thousands of runs. */
  private static SuiteImage.Result run(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    try (GuestProcess process = GuestProcess.start(builder, GuestProcess.PATIENCE)) {
      String said = process.rest();
      return new SuiteImage.Result(process.exitCode(), "", said);
    }
  }
}
