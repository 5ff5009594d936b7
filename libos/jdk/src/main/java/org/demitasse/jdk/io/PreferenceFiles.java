package org.demitasse.jdk.io;

import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;

/**
 * The files of {@code java.util.prefs}, below the property {@code java.util.prefs.userRoot}. They
 * are locked against other processes, of which a machine has none, and guarded against other users,
 * of which it has none either.
 */
@TargetClass(className = "java.util.prefs.FileSystemPreferences")
final class PreferenceFiles {
  private PreferenceFiles() {}

  @Substitute
  private static int[] lockFile0(String fileName, int permission, boolean shared) {
    return new int[] {1, 0}; // a handle above zero, and no error number
  }

  @Substitute
  private static int unlockFile0(int lockHandle) {
    return 0;
  }

  @Substitute
  private static int chmod(String fileName, int permission) {
    return 0;
  }
}
