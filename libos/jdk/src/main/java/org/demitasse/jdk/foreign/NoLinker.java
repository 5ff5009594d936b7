package org.demitasse.jdk.foreign;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.lang.foreign.Linker;

/** There is no native code in an image besides the image itself, and none can be loaded. */
@TargetClass(Linker.class)
final class NoLinker {
  private NoLinker() {}

  @Substitute
  static Linker nativeLinker() {
    throw new UnsupportedOperationException(
        "A Demitasse image has no C functions to call: java.lang.foreign works for memory only.");
  }
}
