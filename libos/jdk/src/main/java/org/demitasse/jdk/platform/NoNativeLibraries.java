package org.demitasse.jdk.platform;

import com.oracle.svm.core.jdk.PlatformNativeLibrarySupport;
import jdk.graal.compiler.word.Word;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.word.PointerBase;

/** {@code System.loadLibrary} in a machine that has no loader and no libc: it fails, and says why. */
public final class NoNativeLibraries extends PlatformNativeLibrarySupport {
  @Platforms(Platform.HOSTED_ONLY.class)
  public NoNativeLibraries() {}

  @Override
  public NativeLibrary createLibrary(String canonical, boolean builtIn) {
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
