package org.demitasse.builder.compile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.demitasse.builder.BuildException;

/**
 * Compiles a program with the same builder for the builder's own Linux platform, up to the object
 * file: {@code JAR CLASS FOLDER}, the last one for temporary files. {@code bench/run build}
 * measures the building of images against it. Needs gcc, which that platform asks about C types.
 */
public final class LinuxPlatformMain {

  private LinuxPlatformMain() {}

  /** Exits with 0, 1 if the builder failed, or 2 if the arguments are wrong. */
  public static void main(String[] args) throws Exception {
    if (args.length != 3) {
      System.err.println("Arguments: JAR CLASS FOLDER");
      System.exit(2);
    }
    Path work = Files.createTempDirectory(Path.of(args[2]), "linux-");
    CompilerHome home = CompilerHome.current();
    Path headers = Files.createDirectories(work.resolve("headers"));
    CTypeHeaders.write(home, Files.createDirectories(headers.resolve("include")));
    List<String> words = words(home, Path.of(args[0]), args[1], work, headers);
    Map<String, String> environment = new HashMap<>(CompilerCommand.ENVIRONMENT);
    environment.put("PATH", System.getenv("PATH")); // where gcc is, and what gcc calls
    Process process = start(words, environment, work.resolve("log"));
    if (process.waitFor() != 0) {
      System.err.println("the builder failed: " + work.resolve("log"));
      System.exit(1);
    }
  }

  private static Process start(List<String> words, Map<String, String> environment, Path log)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** The command that makes an image, less all that is Demitasse's own. */
  private static List<String> words(
      CompilerHome home, Path jar, String mainClass, Path work, Path headers)
      throws IOException, BuildException {
    CompilerRequest request =
        new CompilerRequest(
            List.of(jar),
            mainClass,
            work,
            CompilerMemory.choose(),
            false,
            new UUID(0, 1),
            List.of(),
            List.of(),
            Map.of(),
            List.of());
    List<String> words = new ArrayList<>();
    for (String word : new CompilerCommand(home, request).prepare()) {
      if (word.startsWith("-Dsvm.platform=")) {
        words.add("-Dsvm.platform=org.graalvm.nativeimage.Platform$LINUX_AMD64");
      } else if (word.startsWith("--image-args-file=")) {
        Path file = Path.of(word.substring(word.indexOf('=') + 1));
        Files.writeString(file, String.join("\0", arguments(file, jar, mainClass, headers)));
        words.add(word);
      } else if (!word.startsWith("-Ddemitasse.") && !word.startsWith("-Dsvm.modulesupport.")) {
        words.add(word);
      }
    }
    return words;
  }

  private static List<String> arguments(Path file, Path jar, String mainClass, Path headers)
      throws IOException {
    List<String> all = List.of(Files.readString(file).split("\0"));
    List<String> kept = new ArrayList<>();
    for (String word : all) {
      if (kept.size() > 0 && kept.getLast().equals("-imagecp")) {
        kept.add(jar.toString());
      } else if (!word.matches(
          "-H:(Features|ClassInitialization|ServiceLoaderFeatureExclude|CLibraryPath|PageSize"
              + "|[+]SharedLibrary|[+]UseCAPCache|CAPCacheDir|-UseNullRegion|-UseSystemLocale|-JNI"
              + "|-EnableLoggingFeature).*")) {
        kept.add(word);
      }
    }
    kept.add("-H:Class@driver=" + mainClass);
    kept.add("-H:CLibraryPath@driver=" + headers);
    return kept;
  }
}
