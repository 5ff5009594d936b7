package org.demitasse.builder.compile;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demitasse.builder.BuildPhase;

/**
 * Reads what the compiler prints, as it comes: its stages become phases, its counts are kept, and
 * whole lines go to whoever asked. Confined to one thread.
 */
final class CompilerOutput {

  private static final Pattern STAGE = Pattern.compile("^\\[([1-8])/8] (?:[A-Z][a-z ]*)\\.\\.\\.");
  private static final Pattern REACHABLE =
      Pattern.compile(
          "^ *([0-9,]+) types, +([0-9,]+) fields, and +([0-9,]+) methods found reachable");

  /** The compiler's stages, in the order of their numbers. */
  private static final List<BuildPhase> STAGES =
      List.of(
          BuildPhase.INITIALIZE,
          BuildPhase.ANALYZE,
          BuildPhase.UNIVERSE,
          BuildPhase.PARSE,
          BuildPhase.INLINE,
          BuildPhase.COMPILE,
          BuildPhase.LAYOUT,
          BuildPhase.WRITE);

  /** What has been counted. */
  enum Count {
    TYPES,
    FIELDS,
    METHODS
  }

  private final Consumer<BuildPhase> phases;
  private final Consumer<String> lines;
  private final StringBuilder line = new StringBuilder();
  private final Map<Count, Long> counts = new EnumMap<>(Count.class);
  private BuildPhase phase;

  /**
   * A reader at the beginning of the output.
   *
   * @param phases hears each phase once, when it begins
   * @param lines hears each line when it is whole, without its end
   */
  CompilerOutput(Consumer<BuildPhase> phases, Consumer<String> lines) {
    this.phases = phases;
    this.lines = lines;
  }

  /** Takes the next characters. */
  void accept(char[] text, int length) {
    for (int i = 0; i < length; i++) {
      char c = text[i];
      if (c == '\n') {
        endLine();
      } else if (c == '\r') {
        // The compiler takes its line of progress off a terminal: return, blanks, return.
        if (line.toString().isBlank()) {
          line.setLength(0);
        } else {
          endLine();
        }
      } else {
        line.append(c);
        if (c == '.' || c == '[') {
          findStage();
        }
      }
    }
  }

  /** Takes the end of the output. */
  void end() {
    if (!line.isEmpty()) {
      endLine();
    }
  }

  /** What was counted; 0 when it was not. */
  long count(Count what) {
    return counts.getOrDefault(what, 0L);
  }

  /** The phase that the compiler is in, or null before the first. */
  BuildPhase phase() {
    return phase;
  }

  private void endLine() {
    String whole = line.toString();
    line.setLength(0);
    Matcher reachable = REACHABLE.matcher(whole);
    if (reachable.find()) {
      counts.put(Count.TYPES, number(reachable.group(1)));
      counts.put(Count.FIELDS, number(reachable.group(2)));
      counts.put(Count.METHODS, number(reachable.group(3)));
    }
    lines.accept(whole);
  }

  private static long number(String digits) {
    String plain = digits.replace(",", "");
    return plain.matches("[0-9]{1,18}") ? Long.parseLong(plain) : 0;
  }

  /** A stage is announced by the beginning of a line whose rest comes when the stage ends. */
  private void findStage() {
    Matcher stage = STAGE.matcher(line);
    if (stage.find()) {
      BuildPhase next = STAGES.get(Integer.parseInt(stage.group(1)) - 1);
      if (phase == null || next.compareTo(phase) > 0) {
        phase = next;
        phases.accept(next);
      }
    }
  }
}
