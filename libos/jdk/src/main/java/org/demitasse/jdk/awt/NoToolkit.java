package org.demitasse.jdk.awt;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.awt.AWTError;
import java.awt.GraphicsEnvironment;
import java.awt.Toolkit;

/** Where all of AWT's native parts begin. */
@TargetClass(Toolkit.class)
final class NoToolkit {
  private NoToolkit() {}

  @Substitute
  private static void initStatic() {
    // It would load the native library and look for assistive technologies.
  }

  /** Values such as {@code Rectangle} call it and do not need it. */
  @Substitute
  static void loadLibraries() {}

  @Substitute
  public static Toolkit getDefaultToolkit() {
    throw new AWTError("A Demitasse image has no AWT toolkit");
  }
}

/** There is no display. */
@TargetClass(GraphicsEnvironment.class)
final class NoDisplay {
  private NoDisplay() {}

  @Substitute
  private static boolean getHeadlessProperty() {
    return true;
  }

  @Substitute
  public static GraphicsEnvironment getLocalGraphicsEnvironment() {
    throw new AWTError("A Demitasse image has no graphics environment");
  }
}
