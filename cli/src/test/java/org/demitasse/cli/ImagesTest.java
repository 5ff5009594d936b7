package org.demitasse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildPhase;
import org.demitasse.builder.BuildRequest;
import org.demitasse.builder.BuildResult;
import org.demitasse.builder.Builder;
import org.demitasse.builder.FileTree;
import org.demitasse.cli.cache.CacheFolder;
import org.demitasse.cli.cache.ImageCache;
import org.demitasse.cli.program.Target;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {

  @TempDir Path folder;

  private final AtomicInteger builds = new AtomicInteger();
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private Target.Program program;
  private ImageCache cache;

  @BeforeEach
  void program() throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    Files.writeString(classes.resolve("data.txt"), "one");
    program = new Target.Program(List.of(classes), "p.A", "app");
    cache = new ImageCache(new CacheFolder(folder.resolve("cache")));
  }

  private BuildResult write(BuildRequest request) {
    try {
      Files.writeString(request.output(), "image " + builds.incrementAndGet());
      Files.writeString(request.symbols(), "symbols");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuildResult(
        request.output(),
        request.symbols(),
        "ab".repeat(20),
        List.of(new BuildResult.Part("code", 3), new BuildResult.Part("the heap", 4)),
        1,
        2,
        3,
        List.of("caffeine 3.2.2"),
        Duration.ofMillis(1234),
        5);
  }

  private Images.Image get(boolean quick, boolean fresh, FileTree... files) throws Exception {
    Builder builder =
        (request, listener) -> {
          listener.phase(BuildPhase.PREPARE);
          listener.memory(2L << 30);
          listener.phase(BuildPhase.LINK);
          return write(request);
        };
    return images(builder)
        .get(
            program,
            new Images.Wish(
                null, quick, fresh, false, List.of(files), Map.of(), List.of(), true, 0));
  }

  private Images images(Builder builder) {
    return new Images(builder, cache, new PrintStream(shown, true, StandardCharsets.UTF_8));
  }

  @Test
  void unchangedInputComesFromTheCache() throws Exception {
    Images.Image first = get(false, false);
    Images.Image second = get(false, false);
    assertThat(first.cached()).isFalse();
    assertThat(second.cached()).isTrue();
    assertThat(builds).hasValue(1);
    assertThat(second.result()).isEqualTo(first.result());
    assertThat(second.result().image()).hasContent("image 1");
    assertThat(second.result().symbols()).hasContent("symbols");
  }

  @Test
  void whatShapesTheImageBuildsAgain() throws Exception {
    get(false, false);
    get(true, false);
    assertThat(builds).as("quick").hasValue(2);
    get(false, true);
    assertThat(builds).as("fresh").hasValue(3);
    Path tree = Files.createDirectories(folder.resolve("tree"));
    get(false, false, new FileTree(tree, "/a"));
    assertThat(builds).as("files").hasValue(4);
    Files.writeString(tree.resolve("x"), "x");
    get(false, false, new FileTree(tree, "/a"));
    assertThat(builds).as("content of files").hasValue(5);
    Files.writeString(program.classPath().getFirst().resolve("data.txt"), "two");
    get(false, false);
    assertThat(builds).as("content of the class path").hasValue(6);
    assertThat(get(false, false).cached()).isTrue();
  }

  @Test
  void cutImageInTheCacheIsBuiltAgain() throws Exception {
    Images.Image first = get(false, false);
    Files.writeString(first.result().image(), "cut");
    assertThat(get(false, false).cached()).isFalse();
    assertThat(get(false, false).cached()).isTrue();
  }

  @Test
  void failedBuildLeavesNothing() throws Exception {
    Builder builder =
        (request, listener) -> {
          write(request);
          throw new BuildException(BuildException.Kind.OUT_OF_MEMORY, "no memory", "more");
        };
    BuildException e =
        catchThrowableOfType(
            BuildException.class,
            () ->
                images(builder)
                    .get(
                        program,
                        new Images.Wish(
                            null, false, false, false, List.of(), Map.of(), List.of(), true, 0)));
    assertThat(e).hasMessage("no memory");
    assertThat(cache.entries()).isEmpty();
    try (Stream<Path> left = Files.list(folder.resolve("cache/work"))) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void missingFilesAreNamed() {
    CliException e =
        catchThrowableOfType(
            CliException.class,
            () -> get(false, false, new FileTree(folder.resolve("none"), "/a")));
    assertThat(e.exitCode()).isEqualTo(ExitCode.NO_SUCH_FILE);
  }

  @Test
  void progressOutsideATerminalIsOneLineAPhase() throws Exception {
    get(false, false);
    assertThat(shown.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .satisfiesExactly(
            line -> assertThat(line).startsWith("demi: Preparing").contains("2.0 GB"),
            line -> assertThat(line).startsWith("demi: Linking image"));
  }

  @Test
  void deliveredImageReplacesTheOldOne() throws Exception {
    Path output = folder.resolve("out/app.img");
    Images.prepare(output);
    Images.deliver(get(false, false).result(), output);
    Images.deliver(get(false, true).result(), output);
    assertThat(output).hasContent("image 2");
    assertThat(folder.resolve("out/app.img.debug")).hasContent("symbols");
    try (Stream<Path> files = Files.list(output.getParent())) {
      assertThat(files).hasSize(2);
    }
  }
}
