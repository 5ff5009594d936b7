package org.demitasse.builder.compile;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.demitasse.builder.FileTree;

/** The command line of the compiler's JVM, and the files that it refers to. */
final class CompilerCommand {

  /** The environment; nothing of the user's reaches the compiler, nor through it the image. */
  static final Map<String, String> ENVIRONMENT =
      Map.of(
          // The builder asks for a JDK of GraalVM's own build; any JDK of the same version serves.
          "JVMCI_VERSION_CHECK", "ignore",
          "LC_ALL", "C.UTF-8");

  /** What the compiler calls the object file. */
  static final String OBJECT = "app.o";

  private static final String NAME = "app";

  /** Cached answers of a C compiler about C types; see docs/builder.md. */
  private static final List<String> CACHED_C_TYPES =
      List.of(
          "AArch64LibCHelperDirectives.cap",
          "AMD64LibCHelperDirectives.cap",
          "BuiltinDirectives.cap",
          "JNIHeaderDirectives.cap",
          "LocaleDirectives.cap",
          "RISCV64LibCHelperDirectives.cap");

  /** What of the library OS lives in the image's heap from the start; the rest may be a user's. */
  private static final String LIBRARY_OS_PACKAGES =
      Stream.of("core", "drivers", "fs", "jdk", "net", "nio", "zip")
          .map(module -> "org.demitasse." + module + ":build_time")
          .collect(Collectors.joining(","));

  private static final String PATCHED_MODULE = "org.graalvm.nativeimage.builder";
  private static final String PATCH = "com/oracle/svm/hosted/ProgressReporterCHelper.class";
  private static final String MAIN =
      "org.graalvm.nativeimage.builder/com.oracle.svm.hosted.NativeImageGeneratorRunner";

  private final CompilerHome home;
  private final CompilerRequest request;

  /** The command for one request. */
  CompilerCommand(CompilerHome home, CompilerRequest request) {
    this.home = home;
    this.request = request;
  }

  /** The folder below which the object appears. */
  Path objects() {
    return request.work().resolve("objects");
  }

  /** The file that the library OS' feature reports to. */
  Path report() {
    return request.work().resolve("report.properties");
  }

  /** A folder for what the compiler leaves beside the object; nobody reads it. */
  private Path output() {
    return request.work().resolve("output");
  }

  /**
   * Writes the files that the command refers to into the work folder.
   *
   * @return the words of the command
   * @throws IOException when a file cannot be read or written
   */
  List<String> prepare() throws IOException {
    Path work = request.work();
    for (Path folder : List.of(objects(), output(), work.resolve("tmp"))) {
      Files.createDirectories(folder);
    }
    Path cTypes = Files.createDirectories(work.resolve("c-types"));
    for (String name : CACHED_C_TYPES) {
      copyResource("cap/" + name, cTypes.resolve(name));
    }
    Path patch = work.resolve("patch").resolve(PATCH);
    Files.createDirectories(patch.getParent());
    copyResource("/" + PATCH, patch);
    Path access = work.resolve("access.args");
    Files.write(access, ModuleAccess.options(home));
    Path arguments = work.resolve("builder.args");
    Files.writeString(arguments, String.join("\0", builderArguments(cTypes)));

    List<String> words = new ArrayList<>();
    words.add(home.java().toString());
    words.addAll(jvmOptions());
    words.add("@" + access);
    words.addAll(request.jvmOptions());
    words.addAll(properties(folders()));
    words.add("--upgrade-module-path");
    words.add(path(home.compiler()));
    words.add("--module-path");
    words.add(path(home.modules()));
    words.add("--patch-module");
    words.add(PATCHED_MODULE + "=" + work.resolve("patch"));
    words.add("--module");
    words.add(MAIN);
    words.add("--image-args-file=" + arguments);
    return words;
  }

  private List<String> jvmOptions() {
    return List.of(
        "-XX:+UseParallelGC",
        "-XX:+UnlockExperimentalVMOptions",
        "-XX:+EnableJVMCI",
        "-XX:-UseJVMCICompiler",
        "-XX:-UsePerfData",
        "-Xss10m",
        "-Xmx" + (request.heap() >> 20) + "m",
        "--add-modules=ALL-DEFAULT");
  }

  private List<String> properties(List<FileTree> trees) {
    List<String> properties =
        new ArrayList<>(
            List.of(
                "-Dorg.graalvm.nativeimage.imagecode=buildtime",
                "-Dcom.oracle.graalvm.isaot=true",
                "-Dgraalvm.locatorDisabled=true",
                "-Dsubstratevm.HostLibC=glibc",
                "-Djdk.internal.lambda.disableEagerInitialization=true",
                "-Djdk.internal.lambda.eagerlyInitialize=false",
                "-Djava.lang.invoke.InnerClassLambdaMetafactory.initializeLambdas=false",
                "-Djava.awt.headless=true",
                "-Dorg.graalvm.version=" + CompilerVersion.CURRENT,
                "-Dorg.graalvm.vendorversion=Demitasse",
                "-Djava.system.class.loader=com.oracle.svm.hosted.NativeImageSystemClassLoader",
                "-Dsvm.platform=org.demitasse.jdk.platform.DemitassePlatform",
                // Else an image describes all modules of the JDK, not those that it has types of.
                "-Dsvm.modulesupport.limitedModules=java.base",
                // The machine's settings must not reach the image.
                "-Duser.language=en",
                "-Duser.country=US",
                "-Duser.timezone=UTC",
                "-Dfile.encoding=UTF-8",
                "-Dstdout.encoding=UTF-8",
                "-Dstderr.encoding=UTF-8",
                "-Djava.io.tmpdir=" + request.work().resolve("tmp"),
                "-Ddemitasse.main=" + request.mainClass(),
                "-Ddemitasse.report=" + report()));
    int count = 0;
    for (Map.Entry<String, String> property : request.properties().entrySet()) {
      properties.add(
          "-Ddemitasse.properties."
              + count++
              + "="
              + property.getKey()
              + "="
              + property.getValue());
    }
    count = 0;
    for (FileTree tree : trees) {
      String key = "-Ddemitasse.files." + count++;
      properties.add(key + "=" + tree.source().toAbsolutePath());
      properties.add(key + ".target=" + tree.target());
    }
    return properties;
  }

  /** The trees as folders alone: a single file is copied into a folder of its own. */
  private List<FileTree> folders() throws IOException {
    List<FileTree> folders = new ArrayList<>();
    for (FileTree tree : request.files()) {
      if (Files.isDirectory(tree.source())) {
        folders.add(tree);
      } else {
        int slash = tree.target().lastIndexOf('/');
        Path folder = request.work().resolve("file-" + folders.size());
        Files.createDirectories(folder);
        Files.copy(
            tree.source(),
            folder.resolve(tree.target().substring(slash + 1)),
            StandardCopyOption.COPY_ATTRIBUTES);
        folders.add(new FileTree(folder, slash == 0 ? "/" : tree.target().substring(0, slash)));
      }
    }
    return folders;
  }

  private List<String> builderArguments(Path cTypes) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-keepalive",
                "/proc/" + ProcessHandle.current().pid() + "/comm",
                "-imagecp",
                path(imageClassPath()),
                "-H:+UnlockExperimentalVMOptions@driver",
                "-H:Name@driver=" + NAME,
                "-H:Path@driver=" + output(),
                "-H:TempDirectory@driver=" + objects(),
                "-H:CLibraryPath@driver=" + output(),
                "-H:ImageBuildID@driver=" + request.buildId(),
                "-H:+SharedLibrary@driver",
                "-H:+ExitAfterRelocatableImageWrite@driver",
                "-H:+UseCAPCache@driver",
                "-H:CAPCacheDir@driver=" + cTypes,
                "-H:+BuildOutputProgress@driver",
                "-H:-UseSystemLocale@driver",
                "-H:AdditionalSecurityServiceTypes@driver=javax.crypto.KEM,javax.crypto.KDF",
                "-H:-UseNullRegion@driver",
                // There are no native libraries, so nobody calls through JNI.
                "-H:-JNI@driver",
                // The library OS does it, where a program reaches java.util.logging.
                "-H:-EnableLoggingFeature@driver",
                "-H:PageSize@driver=4096",
                // A loop without a safepoint poll would keep all other threads from running.
                "-H:-RemoveLoopSafepoints@driver",
                // A collection copies what lives: both halves have to fit into the machine's
                // memory.
                "-R:MaximumHeapSizePercent@driver=33",
                "-H:Features@driver=org.demitasse.jdk.platform.DemitasseFeature,"
                    + "org.demitasse.jdk.lean.ModuleTables,"
                    + "org.demitasse.jdk.lean.SharedObjects,"
                    + "org.demitasse.jdk.report.BuildProperties,"
                    + "org.demitasse.jdk.report.BuildReport,"
                    + "org.demitasse.jdk.report.FixedTimes",
                "-H:ClassInitialization@driver=" + LIBRARY_OS_PACKAGES,
                "-H:ServiceLoaderFeatureExcludeServices@driver="
                    + String.join(",", ModuleAccess.ownServices(home)),
                "-H:Optimize@driver=" + (request.quick() ? "b" : "s"),
                // Optimising for size would take their messages and lines from exceptions.
                "-H:-ReduceImplicitExceptionStackTraceInformation@driver"));
    arguments.addAll(request.hostedOptions());
    return arguments;
  }

  private List<Path> imageClassPath() {
    List<Path> all = new ArrayList<>(request.classPath());
    all.addAll(home.libraryOs());
    return all;
  }

  private static String path(List<Path> entries) {
    return entries.stream()
        .map(entry -> entry.toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void copyResource(String name, Path to) throws IOException {
    try (InputStream in = CompilerCommand.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException("the builder's jar lacks " + name);
      }
      Files.copy(in, to);
    }
  }
}
