package org.demitasse.cli;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.demitasse.builder.BuildResult;
import org.demitasse.cli.cache.CacheFolder;
import org.demitasse.cli.cache.ImageCache;
import org.demitasse.cli.program.Target;
import org.demitasse.cli.program.TargetResolver;
import org.demitasse.machine.MemorySize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code demi build}. */
@Command(
    name = "build",
    mixinStandardHelpOptions = true,
    header = "Builds the image of a program: one file for all machines.",
    customSynopsis = {
      "demi build [OPTIONS] APP.jar|Main.java",
      "demi build [OPTIONS] -cp PATH CLASS"
    },
    sortOptions = false)
final class BuildCommand implements Callable<Integer> {

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "TARGET",
      description = "A jar, a Java source file, or with -cp a class.")
  private String target;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "The image file; FILE.debug takes the symbols. Default: NAME.img.")
  private Path output;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      mapFallbackValue = "",
      description = "System property that the program finds set. Repeatable.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Mixin private BuildOptions build;

  @Override
  public Integer call() throws Exception {
    long started = System.nanoTime();
    ImageCache cache = new ImageCache(CacheFolder.standard());
    Path work = Files.createTempDirectory("demi-build");
    try {
      Target resolved = new TargetResolver(work).resolve(target, build.classPath, build.mainClass);
      if (!(resolved instanceof Target.Program program)) {
        throw new CliException(
            ExitCode.USAGE, target + " is an image already", "run it: demi run " + target);
      }
      Images.Wish wish = build.wish(properties);
      String name = wish.name() == null ? program.name() : wish.name();
      Path file = output == null ? Path.of(name + ".img") : output;
      if (Files.isDirectory(file)) {
        throw new CliException(
            ExitCode.USAGE,
            file + " is a folder",
            "name a file: -o " + file.resolve(name + ".img"));
      }
      Images.prepare(file); // before the minutes of a build, not after them
      Images.Image image = new Images(Builders.installed(), cache, System.err).get(program, wish);
      Images.deliver(image.result(), file);
      Duration took = Duration.ofNanos(System.nanoTime() - started);
      summary(System.err, file, program, image, took);
      return ExitCode.OK.code();
    } finally {
      ImageCache.delete(work);
    }
  }

  private static void summary(
      PrintStream out, Path file, Target.Program program, Images.Image image, Duration took) {
    BuildResult result = image.result();
    out.println(file + "  " + MemorySize.format(result.size()));
    for (BuildResult.Part part : result.parts()) {
      out.println(
          String.format(
              Locale.ROOT,
              "  %-22s %10s  %4.1f %%",
              part.name(),
              MemorySize.format(part.bytes()),
              100.0 * part.bytes() / Math.max(1, result.size())));
    }
    out.println(
        String.format(
            Locale.ROOT,
            "  compiled %,d methods of %,d types, %,d resources; main class %s",
            result.methods(),
            result.types(),
            result.resources(),
            program.mainClass()));
    if (!result.metadata().isEmpty()) {
      out.println("  repository metadata for " + String.join(", ", result.metadata()));
    }
    out.println("  build id " + result.buildId());
    String seconds = String.format(Locale.ROOT, "%.1f s", took.toMillis() / 1e3);
    out.println(
        image.cached()
            ? "  from the cache in " + seconds
            : "  built in " + seconds + " with " + MemorySize.format(result.peakMemory()));
  }
}
