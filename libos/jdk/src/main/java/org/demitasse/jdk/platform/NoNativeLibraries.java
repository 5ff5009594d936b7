package org.demitasse.jdk.platform;

import com.oracle.svm.core.jdk.NativeLibrarySupport;
import com.oracle.svm.core.jdk.PlatformNativeLibrarySupport;
import jdk.graal.compiler.word.Word;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.word.PointerBase;

/**
 * {@code System.loadLibrary} in a machine that has no loader and no libc: it fails, and says why.
 */
public final class NoNativeLibraries extends PlatformNativeLibrarySupport {
  @Platforms(Platform.HOSTED_ONLY.class)
  public NoNativeLibraries() {}

  /** The JDK loads these by name; what is native in them is replaced in Java. */
  private static final String[] OWN = {
    "java",
    "net",
    "nio",
    "zip",
    "extnet",
    "management",
    "management_ext",
    "jimage",
    "prefs",
    "verify"
  };

  /** Tells the runtime which libraries are inside already. */
  @Platforms(Platform.HOSTED_ONLY.class)
  static void registerOwn() {
    for (String name : OWN) {
      NativeLibrarySupport.singleton().preregisterUninitializedBuiltinLibrary(name);
    }
  }

  /** A library of the JDK whose natives are Java here. */
  private record ReplacedLibrary(String getCanonicalIdentifier) implements NativeLibrary {
    @Override
    public boolean isBuiltin() {
      return true;
    }

    @Override
    public boolean load() {
      return true;
    }

    @Override
    public boolean unload() {
      return false;
    }

    @Override
    public boolean isLoaded() {
      return true; // there is nothing to load
    }

    @Override
    public PointerBase findSymbol(String name) {
      return Word.nullPointer();
    }
  }

  @Override
  public NativeLibrary createLibrary(String canonical, boolean builtIn) {
    if (builtIn) {
      return new ReplacedLibrary(canonical);
    }
    throw new UnsatisfiedLinkError(
        "Cannot load the native library "
            + canonical
            + ": a Demitasse image runs Java code only. Use a pure-Java alternative.");
  }

  @Override
  public PointerBase findBuiltinSymbol(String name) {
    return Word.nullPointer();
  }

  @Override
  public boolean initializeBuiltinLibraries() {
    return true; // the natives of the JDK are replaced one by one in Java
  }
}
