package org.demitasse.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildRequest;
import org.demitasse.builder.BuildResult;
import org.demitasse.builder.Builder;
import org.demitasse.builder.FileTree;
import org.demitasse.cli.cache.ImageCache;
import org.demitasse.cli.cache.InputKey;
import org.demitasse.cli.program.ClassFileVersions;
import org.demitasse.cli.program.Target;
import org.demitasse.machine.DemiHome;

/** Gets the image of a program: from the cache, or from the builder. */
final class Images {

  private final Builder builder;
  private final ImageCache cache;
  private final PrintStream out;

  Images(Builder builder, ImageCache cache, PrintStream out) {
    this.builder = builder;
    this.cache = cache;
    this.out = out;
  }

  /**
   * How an image is wanted.
   *
   * @param name of the image, or null for the program's
   * @param fresh build even when the cache has the image
   * @param verbose show the compiler's own output
   * @param metadataRepository whether libraries get the repository's metadata
   */
  record Wish(
      String name,
      boolean quick,
      boolean fresh,
      boolean verbose,
      List<FileTree> files,
      Map<String, String> properties,
      List<String> options,
      boolean metadataRepository,
      long memoryLimit) {}

  /**
   * An image and where it came from.
   *
   * @param result with paths inside the cache
   * @param cached whether no build was needed
   */
  record Image(BuildResult result, boolean cached) {}

  Image get(Target.Program program, Wish wish)
      throws BuildException, CliException, IOException, InterruptedException {
    for (FileTree files : wish.files()) {
      if (!Files.exists(files.source())) {
        throw new CliException(
            ExitCode.NO_SUCH_FILE,
            "--files names " + files.source() + ", which does not exist",
            "");
      }
    }
    List<String> options = new ArrayList<>(program.options());
    options.addAll(wish.options());
    Path work = cache.workFolder();
    try {
      BuildRequest request =
          new BuildRequest(
              program.classPath(),
              program.mainClass(),
              work.resolve("image.img"),
              wish.name() == null ? program.name() : wish.name(),
              wish.quick(),
              wish.files(),
              wish.properties(),
              options,
              wish.metadataRepository(),
              wish.memoryLimit());
      String key = InputKey.of(request, tools());
      Optional<BuildResult> known = wish.fresh() ? Optional.empty() : cache.find(key);
      if (known.isPresent()) {
        return new Image(known.get(), true);
      }
      ClassFileVersions.check(program.classPath());
      boolean bar = Terminal.interactive() && !wish.verbose();
      try (BuildProgress progress =
          new BuildProgress(out, bar, Terminal.columns(), wish.verbose())) {
        BuildResult built = builder.build(request, progress);
        return new Image(cache.store(key, built, work), false);
      }
    } finally {
      ImageCache.delete(work);
    }
  }

  /**
   * Makes the folder of an image that is to be built.
   *
   * @throws IOException when it cannot be made, or nothing can be written there
   */
  static void prepare(Path output) throws IOException {
    Path folder = output.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
    Files.delete(Files.createTempFile(folder, "." + output.getFileName(), ".new"));
  }

  /** Copies an image and its symbols to where the user wants them; appears whole or not at all. */
  static void deliver(BuildResult result, Path output) throws IOException {
    copy(result.image(), output);
    if (Files.exists(result.symbols())) {
      copy(result.symbols(), output.resolveSibling(output.getFileName() + ".debug"));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Path next = to.resolveSibling("." + to.getFileName() + ".new");
    try {
      Files.copy(from, next, StandardCopyOption.REPLACE_EXISTING);
      Files.move(next, to, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  /** What of this demi shapes images: a new version of it builds new ones. */
  private static List<Path> tools() throws IOException {
    String home = System.getProperty(DemiHome.PROPERTY);
    if (home == null) {
      return List.of();
    }
    try (Stream<Path> jars = Files.walk(Path.of(home, "lib"))) {
      return jars.filter(jar -> jar.getFileName().toString().matches("demitasse-.*\\.jar|.*\\.zip"))
          .sorted()
          .toList();
    }
  }
}
