package org.demitasse.jdk.platform;

import com.oracle.svm.core.Uninterruptible;
import org.demitasse.jdk.memory.Panic;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.nativeimage.LogHandler;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.word.UnsignedWord;

/** What the compiler's runtime has to say goes to standard error. */
public final class ErrorLog implements LogHandler {
  @Override
  @Uninterruptible(reason = "Called in fatal errors too.")
  public void log(CCharPointer bytes, UnsignedWord length) {
    Nucleus.complain(bytes, length);
  }

  /** Nothing is buffered. */
  @Override
  public void flush() {}

  @Override
  public void fatalError() {
    Panic.die(Panic.FATAL.get());
  }
}
