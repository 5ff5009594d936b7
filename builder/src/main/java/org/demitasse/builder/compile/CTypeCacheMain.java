package org.demitasse.builder.compile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildListener;

/**
 * Makes the cached answers about C types again, for those who move Demitasse to another version of
 * the builder: {@code FOLDER}, the resources that the builder's jar ships. Needs gcc; {@code
 * scripts/make-c-type-cache} calls it.
 */
public final class CTypeCacheMain {

  private CTypeCacheMain() {}

  /** Exits with 0, 1 if the builder failed, or 2 if the arguments are wrong. */
  public static void main(String[] args) throws Exception {
    if (args.length != 1) {
      System.err.println("Arguments: FOLDER");
      System.exit(2);
    }
    Path work = Files.createTempDirectory("demi-c-types-");
    int result;
    try {
      result = make(Path.of(args[0]), work);
    } finally {
      delete(work);
    }
    System.exit(result);
  }

  private static int make(Path folder, Path work)
      throws BuildException, IOException, ReflectiveOperationException, InterruptedException {
    CompilerHome home = CompilerHome.current();
    CTypeHeaders.write(home, Files.createDirectories(work.resolve("output").resolve("include")));
    Path cache = Files.createDirectories(work.resolve("cache"));
    CompilerRequest request =
        new CompilerRequest(
            home.libraryOs(),
            "none",
            work,
            CompilerMemory.choose(),
            true,
            new UUID(0, 1),
            List.of(
                "-H:-UseCAPCache@driver",
                "-H:+NewCAPCache@driver",
                "-H:+ExitAfterCAPCache@driver",
                "-H:CAPCacheDir@driver=" + cache),
            List.of(),
            Map.of(),
            List.of());
    Map<String, String> environment = new HashMap<>(CompilerCommand.ENVIRONMENT);
    environment.put("PATH", System.getenv("PATH")); // where gcc is, and what gcc calls
    CompilerProcess.Outcome outcome =
        new CompilerProcess(
                new CompilerCommand(home, request), environment, work, BuildListener.NONE)
            .run();
    if (outcome.exitCode() != 0) {
      outcome.lines().forEach(System.err::println);
      return 1;
    }
    int count = 0;
    try (Stream<Path> files = Files.list(cache)) {
      for (Path file : files.sorted().toList()) {
        Path to = folder.resolve(file.getFileName());
        Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING);
        System.out.println(Files.size(to) + "  " + to);
        count++;
      }
    }
    return count > 0 ? 0 : 1;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
