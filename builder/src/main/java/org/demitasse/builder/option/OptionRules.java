package org.demitasse.builder.option;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The public option names, what each becomes, and those that make no sense for an image. */
final class OptionRules {

  /** Whether an option takes a value. */
  enum Value {
    NONE,
    OPTIONAL,
    REQUIRED
  }

  /**
   * A name that is understood.
   *
   * @param value whether it takes one
   * @param hosted from the value (empty when none is given) to the {@code -H:} option
   */
  record Rule(Value value, UnaryOperator<String> hosted) {}

  static final Map<String, Rule> RULES = rules();

  /**
   * Names that are understood and change nothing here; the compiler dropped them, or we always do
   * it.
   */
  static final List<String> IGNORED =
      List.of(
          "--no-fallback",
          "--auto-fallback",
          "--allow-incomplete-classpath",
          "--report-unsupported-elements-at-runtime",
          "--strict-image-heap",
          "--configure-reflection-metadata",
          "--install-exit-handlers",
          "--verbose",
          "--silent",
          "--color",
          "--no-server",
          "--gc=serial");

  /** Names that cannot be followed, and why. */
  static final Map<String, String> REFUSED =
      Map.ofEntries(
          Map.entry("--force-fallback", "an image holds no JVM to fall back to"),
          Map.entry("--shared", "an image is a whole program"),
          Map.entry("--static", "images have no C library, and are always static"),
          Map.entry("--static-nolibc", "images have no C library, and are always static"),
          Map.entry("--libc", "images have no C library"),
          Map.entry("--target", "the platform is Demitasse's own"),
          Map.entry("--native-compiler-path", "no C compiler takes part"),
          Map.entry("--native-compiler-options", "no C compiler takes part"),
          Map.entry("--gc", "images have the serial collector"),
          Map.entry("--pgo", "profiles need another edition of the compiler"),
          Map.entry("--pgo-instrument", "profiles need another edition of the compiler"),
          Map.entry("--enable-sbom", "demi inspect lists what is inside"),
          Map.entry("--bundle-create", "demi keeps images, not bundles"),
          Map.entry("--bundle-apply", "demi keeps images, not bundles"),
          Map.entry("--module-path", "programs are built from the class path"),
          Map.entry("--macro", "macros belong to GraalVM distributions"),
          Map.entry("--language", "languages belong to GraalVM distributions"),
          Map.entry("-o", "name the image with demi build -o"),
          Map.entry("-cp", "give the class path to demi"),
          Map.entry("-jar", "give the jar to demi"));

  /** Hosted options that the builder sets, and nobody else may. */
  static final List<String> OWN =
      List.of(
          "Name",
          "Path",
          "Class",
          "Module",
          "Method",
          "TempDirectory",
          "CLibraryPath",
          "ImageBuildID",
          "SharedLibrary",
          "StaticExecutable",
          "ExitAfterRelocatableImageWrite",
          "UseCAPCache",
          "NewCAPCache",
          "CAPCacheDir",
          "BuildOutputProgress",
          "BuildOutputSilent",
          "PageSize",
          "SpawnIsolates",
          "TargetPlatform",
          "UseLibC");

  private OptionRules() {}

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new LinkedHashMap<>();
    UnaryOperator<String> atRunTime = each("ClassInitialization=", "", ":run_time");
    rules.put(
        "--initialize-at-build-time",
        new Rule(Value.OPTIONAL, each("ClassInitialization=", "", ":build_time")));
    rules.put("--initialize-at-run-time", new Rule(Value.REQUIRED, atRunTime));
    rules.put("--delay-class-initialization-to-runtime", new Rule(Value.REQUIRED, atRunTime));
    rules.put("--rerun-class-initialization-at-runtime", new Rule(Value.REQUIRED, atRunTime));
    rules.put("--link-at-build-time", new Rule(Value.OPTIONAL, plain("LinkAtBuildTime")));
    rules.put(
        "--link-at-build-time-paths", new Rule(Value.REQUIRED, plain("LinkAtBuildTimePaths")));
    rules.put("--features", new Rule(Value.REQUIRED, plain("Features")));
    rules.put("--enable-url-protocols", new Rule(Value.REQUIRED, plain("EnableURLProtocols")));
    rules.put("--enable-http", new Rule(Value.NONE, fixed("EnableURLProtocols=http")));
    rules.put("--enable-https", new Rule(Value.NONE, fixed("EnableURLProtocols=https")));
    rules.put(
        "--enable-all-security-services",
        new Rule(Value.NONE, fixed("+EnableAllSecurityServices")));
    rules.put("--enable-monitoring", new Rule(Value.OPTIONAL, monitoring()));
    rules.put("--enable-native-access", new Rule(Value.REQUIRED, plain("EnableNativeAccess")));
    rules.put("--add-exports", new Rule(Value.REQUIRED, plain("AddExports")));
    rules.put("--add-opens", new Rule(Value.REQUIRED, plain("AddOpens")));
    rules.put("--add-reads", new Rule(Value.REQUIRED, plain("AddReads")));
    rules.put(
        "--exact-reachability-metadata",
        new Rule(Value.OPTIONAL, plain("ThrowMissingRegistrationErrors")));
    rules.put(
        "--exact-reachability-metadata-path",
        new Rule(Value.REQUIRED, plain("ThrowMissingRegistrationErrorsPaths")));
    rules.put("--future-defaults", new Rule(Value.REQUIRED, plain("FutureDefaults")));
    rules.put(
        "--trace-object-instantiation",
        new Rule(Value.REQUIRED, plain("TraceObjectInstantiation")));
    rules.put("--parallelism", new Rule(Value.REQUIRED, plain("NumberOfThreads")));
    rules.put("-march", new Rule(Value.REQUIRED, plain("MicroArchitecture")));
    rules.put("-g", new Rule(Value.NONE, fixed("GenerateDebugInfo=2")));
    for (String level : List.of("b", "s", "0", "1", "2", "3")) {
      rules.put("-O" + level, new Rule(Value.NONE, fixed("Optimize=" + level)));
    }
    for (String name : List.of("-ea", "-enableassertions")) {
      rules.put(name, new Rule(Value.OPTIONAL, each("RuntimeAssertions=", "+", "")));
    }
    for (String name : List.of("-da", "-disableassertions")) {
      rules.put(name, new Rule(Value.OPTIONAL, each("RuntimeAssertions=", "-", "")));
    }
    for (String name : List.of("-esa", "-enablesystemassertions")) {
      rules.put(name, new Rule(Value.NONE, fixed("+RuntimeSystemAssertions")));
    }
    for (String name : List.of("-dsa", "-disablesystemassertions")) {
      rules.put(name, new Rule(Value.NONE, fixed("-RuntimeSystemAssertions")));
    }
    return rules;
  }

  /** Without a value: everything. */
  private static UnaryOperator<String> monitoring() {
    return value -> "EnableMonitoringFeatures=" + (value.isEmpty() ? "all" : value);
  }

  private static UnaryOperator<String> fixed(String option) {
    return value -> option;
  }

  private static UnaryOperator<String> plain(String name) {
    return value -> name + "=" + value;
  }

  /** Each element of a comma-separated value, between a prefix and a suffix. */
  private static UnaryOperator<String> each(String name, String prefix, String suffix) {
    return value ->
        Arrays.stream(value.split(","))
            .map(element -> prefix + element + suffix)
            .collect(Collectors.joining(",", name, ""));
  }
}
