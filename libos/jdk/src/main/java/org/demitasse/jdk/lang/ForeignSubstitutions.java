package org.demitasse.jdk.lang;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.lang.foreign.Arena;

/** Memory beside the heap, as far as the compiler lets it be as safe as the JDK's. */
final class ForeignSubstitutions {
  private ForeignSubstitutions() {}
}

@TargetClass(Arena.class)
final class Target_java_lang_foreign_Arena {
  private Target_java_lang_foreign_Arena() {}

  /**
   * Refused: closing such an arena has to stop accesses of other threads that have begun, and the
   * compiler may have moved their check out of a loop.
   */
  @Substitute
  static Arena ofShared() {
    throw new UnsupportedOperationException(
        "Arena.ofShared is not supported in a Demitasse image: memory that one thread closes while"
            + " others use it cannot be made safe there. Use Arena.ofConfined or Arena.ofAuto.");
  }
}
