package org.demitasse.builder.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.demitasse.builder.BuildPhase;
import org.junit.jupiter.api.Test;

class CompilerOutputTest {

  private static final String WHOLE =
      """
      ====================
      GraalVM Native Image: Generating 'app.so' (shared library)...
      ====================
      [1/8] Initializing...                                     (4.8s @ 0.17GB)
       Java version: 25.0.3+9-LTS, vendor version: Demitasse
      [2/8] Performing analysis...  [*****]                     (46.5s @ 1.39GB)
          3,248 types,   3,661 fields, and  15,690 methods found reachable
          1,011 types,      79 fields, and     509 methods registered for reflection
      [3/8] Building universe...                                (3.4s @ 0.49GB)
      [4/8] Parsing methods...      [*]                         (1.7s @ 1.05GB)
      [5/8] Inlining methods...     [****]                      (2.4s @ 1.55GB)
      [6/8] Compiling methods...    [*****]                     (29.5s @ 0.88GB)
      [7/8] Laying out methods...   [*]                         (1.4s @ 1.09GB)
      [8/8] Creating image...       [*]""";

  private final List<BuildPhase> phases = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final CompilerOutput output = new CompilerOutput(phases::add, lines::add);

  private void feed(String text) {
    output.accept(text.toCharArray(), text.length());
  }

  @Test
  void stagesBecomePhasesInTheirOrder() {
    feed(WHOLE);
    output.end();

    assertThat(phases)
        .containsExactly(
            BuildPhase.INITIALIZE,
            BuildPhase.ANALYZE,
            BuildPhase.UNIVERSE,
            BuildPhase.PARSE,
            BuildPhase.INLINE,
            BuildPhase.COMPILE,
            BuildPhase.LAYOUT,
            BuildPhase.WRITE);
    assertThat(output.phase()).isEqualTo(BuildPhase.WRITE);
  }

  @Test
  void countsAreThoseOfWhatIsReachable() {
    feed(WHOLE);
    output.end();

    assertThat(output.count(CompilerOutput.Count.TYPES)).isEqualTo(3248);
    assertThat(output.count(CompilerOutput.Count.FIELDS)).isEqualTo(3661);
    assertThat(output.count(CompilerOutput.Count.METHODS)).isEqualTo(15690);
  }

  @Test
  void aPhaseBeginsBeforeItsLineIsWhole() {
    feed("[2/8] Performing analysis...  [");

    assertThat(phases).containsExactly(BuildPhase.ANALYZE);
    assertThat(lines).isEmpty();
  }

  @Test
  void aLinePrintedAgainIsNoNewPhase() {
    feed("[2/8] Performing analysis...  [*");
    feed("\nWarning: something\n[2/8] Performing analysis...  [**");

    assertThat(phases).containsExactly(BuildPhase.ANALYZE);
    assertThat(lines).contains("Warning: something");
  }

  @Test
  void whatComesAfterAProgressLineThatWasTakenBackIsALineOfItsOwn() {
    feed(
        "[2/8] Performing analysis...  [***\r          \rError: no\n[2/8] Performing analysis...  [***]\n");

    assertThat(lines)
        .containsExactly(
            "[2/8] Performing analysis...  [***",
            "Error: no",
            "[2/8] Performing analysis...  [***]");
  }

  @Test
  void whatLooksLikeAStageInTheMiddleOfALineIsNone() {
    feed("the program printed [6/8] Compiling methods...\n[9/8] Nothing...\n");

    assertThat(phases).isEmpty();
  }

  @Property
  void itDoesNotMatterHowTheOutputIsCut(@ForAll @IntRange(min = 1, max = 200) int chunk) {
    List<BuildPhase> cutPhases = new ArrayList<>();
    List<String> cutLines = new ArrayList<>();
    CompilerOutput cut = new CompilerOutput(cutPhases::add, cutLines::add);
    for (int begin = 0; begin < WHOLE.length(); begin += chunk) {
      String part = WHOLE.substring(begin, Math.min(WHOLE.length(), begin + chunk));
      cut.accept(part.toCharArray(), part.length());
    }
    cut.end();

    assertThat(cutPhases).hasSize(8);
    assertThat(String.join("\n", cutLines)).isEqualTo(WHOLE);
    assertThat(cut.count(CompilerOutput.Count.METHODS)).isEqualTo(15690);
  }
}
