package org.demitasse.builder.compile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildException.Kind;

/** Turns what a failed compiler printed into what the user is told. */
final class CompilerFailure {

  /** A process that ended by signal N has the exit code 128 + N. */
  private static final int KILLED = 128 + 9;

  /** Stands behind the compiler's own lines when it was ended for collecting alone. */
  static final String HOPELESS =
      "OutOfMemoryError: GC overhead: for a minute the compiler did little but collect garbage";

  /** Lines of an error that are shown; the log has the rest. */
  private static final int MOST_DETAILS = 20;

  private static final String ERROR = "Error: ";
  private static final String FATAL = "Fatal error: ";
  private static final String UNEXPECTED = "> ";
  private static final String RULE = "UnsupportedFeatureException: ";

  private static final Pattern OUT_OF_MEMORY =
      Pattern.compile(
          "OutOfMemoryError: (Java heap space|GC overhead|Metaspace|Compressed class space|unable to"
              + " create native thread)"
              + "|insufficient memory for the Java Runtime"
              + "|Could not reserve enough space"
              + "|run out of memory",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern TOO_NEW =
      Pattern.compile(
          "UnsupportedClassVersionError: (\\S+) has been compiled by a more recent version .*class file"
              + " version ([0-9]+)");
  private static final Pattern NO_MAIN =
      Pattern.compile("main class (\\S+) (is not on the class path|cannot be started|has no)");
  private static final Pattern INITIALIZER =
      Pattern.compile(
          "(?:Class initialization of (\\S+) failed|Classes that should be initialized at run time got"
              + " initialized|An object of type '(\\S+)' was found in the image heap)");
  private static final Pattern OPTION =
      Pattern.compile("Could not find option|Unknown options?:|Invalid option|Unrecognized option");
  private static final Pattern MISSING =
      Pattern.compile(
          "(?:NoClassDefFoundError|ClassNotFoundException|Discovered unresolved \\w+ during parsing):"
              + " *([\\w.$/]+)");

  private final int exitCode;
  private final List<String> lines;
  private final String log;
  private final long heap;

  private CompilerFailure(int exitCode, List<String> lines, String log, long heap) {
    this.exitCode = exitCode;
    this.lines = lines;
    this.log = log;
    this.heap = heap;
  }

  /**
   * Finds the words for a failure.
   *
   * @param exitCode of the compiler's process
   * @param lines all that it printed
   * @param log a file with the same that is kept
   * @param heap bytes of Java heap that it had
   */
  static BuildException of(int exitCode, List<String> lines, String log, long heap) {
    return new CompilerFailure(exitCode, lines, log, heap).exception();
  }

  private BuildException exception() {
    List<NativeHole> holes = NativeHole.in(lines);
    if (!holes.isEmpty()) {
      return holes(holes);
    }
    boolean ranOut = find(OUT_OF_MEMORY) != null;
    if (exitCode == KILLED || ranOut) {
      return outOfMemory(!ranOut);
    }
    Matcher tooNew = find(TOO_NEW);
    if (tooNew != null) {
      return new BuildException(
          Kind.CLASS_FILE_TOO_NEW,
          "the class "
              + tooNew.group(1).replace('/', '.')
              + " was compiled for a newer Java than images are built with (class file version "
              + tooNew.group(2)
              + ")",
          "compile it for this version: javac --release " + Runtime.version().feature());
    }
    Matcher noMain = find(NO_MAIN);
    if (noMain != null) {
      return new BuildException(
          Kind.NO_MAIN_CLASS,
          "the main class " + noMain.group(1) + " " + noMain.group(2),
          "name the class to run: --main CLASS");
    }
    int error = firstLine(ERROR);
    if (error >= 0) {
      return program(error, ERROR.length());
    }
    int fatal = firstLine(FATAL);
    if (fatal >= 0) {
      // What the closed world forbids is the program's matter, however the compiler says it.
      int rule = lines.get(fatal).indexOf(RULE);
      return rule >= 0
          ? program(fatal, rule + RULE.length())
          : internal(lines.get(fatal).substring(FATAL.length()));
    }
    int unexpected = firstLine(UNEXPECTED);
    return internal(unexpected >= 0 ? lines.get(unexpected).substring(UNEXPECTED.length()) : "");
  }

  private BuildException holes(List<NativeHole> holes) {
    List<String> details = new ArrayList<>();
    for (NativeHole hole : holes.subList(0, Math.min(MOST_DETAILS, holes.size()))) {
      details.add(hole.method());
      if (!hole.path().isEmpty()) {
        details.add("  reached by " + String.join(" <- ", hole.path()));
      }
    }
    if (holes.size() > MOST_DETAILS) {
      details.add((holes.size() - MOST_DETAILS) + " more are in " + log);
    }
    List<NativeHole> own = holes.stream().filter(hole -> !hole.inJdk()).toList();
    if (!own.isEmpty()) {
      return new BuildException(
          Kind.NATIVE_LIBRARY,
          "the program wants a native (JNI) library for "
              + own.getFirst().method()
              + ", and an image runs Java alone",
          "use a library that is written in Java, or take the call out of the program's way",
          details,
          null);
    }
    return new BuildException(
        Kind.METHOD_UNIMPLEMENTED,
        holes.size() == 1
            ? "the program reaches a method of the JDK that has no implementation on this platform: "
                + holes.getFirst().method()
            : "the program reaches "
                + holes.size()
                + " methods of the JDK that have no implementation on this platform",
        "take the call that leads there out of the program, or report that it is missed",
        details,
        null);
  }

  private BuildException outOfMemory(boolean killed) {
    String had = String.format(Locale.ROOT, "%.1f GB", heap / (double) (1L << 30));
    return new BuildException(
        Kind.OUT_OF_MEMORY,
        killed
            ? "the compiler was killed, most likely because the machine had no memory left (its heap"
                + " could grow to "
                + had
                + ")"
            : "the compiler ran out of memory with a heap of " + had,
        killed
            ? "free some memory or build on a larger machine; --build-memory bounds the heap"
            : "give it more: --build-memory "
                + (Math.max(2, heap >> 29))
                + "G, on a machine that has it");
  }

  /** The message begins behind {@code prefix} characters of the line. */
  private BuildException program(int error, int prefix) {
    String message = lines.get(error).substring(prefix).strip();
    List<String> details = new ArrayList<>();
    for (String line : lines.subList(error + 1, lines.size())) {
      boolean trace =
          line.startsWith("\t") || line.startsWith("    at ") || line.startsWith("Caused by: ");
      if (line.startsWith("------") || line.startsWith("======")) {
        break;
      }
      if (!trace && !line.isBlank() && details.size() < MOST_DETAILS) {
        details.add(line.strip());
      }
    }
    if (OPTION.matcher(message).find()) {
      return new BuildException(
          Kind.OPTION,
          "the compiler refuses an option: " + message,
          "correct the option",
          details,
          null);
    }
    String hint = "the compiler's whole output is in " + log;
    Matcher initializer = INITIALIZER.matcher(message);
    if (initializer.find()) {
      String name = initializer.group(1) != null ? initializer.group(1) : initializer.group(2);
      name = name == null ? "CLASS" : name.replaceAll("[^\\w.$]", "");
      hint =
          "choose when the class is initialised: --builder-option --initialize-at-run-time="
              + name
              + " (or ...-at-build-time=); "
              + hint;
    }
    Matcher missing = MISSING.matcher(message);
    if (missing.find()) {
      hint =
          "put the jar that has "
              + missing.group(1).replace('/', '.')
              + " on the class path; "
              + hint;
    }
    return new BuildException(
        Kind.PROGRAM, "the program cannot be compiled: " + message, hint, details, null);
  }

  private BuildException internal(String what) {
    return new BuildException(
        Kind.INTERNAL,
        what.isBlank()
            ? exitCode == 0
                ? "the compiler wrote no object file and did not say why"
                : "the compiler ended with exit code " + exitCode + " and did not say why"
            : "the compiler failed: " + what.strip(),
        "its whole output is in " + log);
  }

  private Matcher find(Pattern pattern) {
    for (String line : lines) {
      Matcher matcher = pattern.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
    return null;
  }

  private int firstLine(String prefix) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(prefix)) {
        return i;
      }
    }
    return -1;
  }
}
