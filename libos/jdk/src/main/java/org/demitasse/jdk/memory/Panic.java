package org.demitasse.jdk.memory;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.CGlobalData;
import com.oracle.svm.core.c.CGlobalDataFactory;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.nucleus.Nucleus;
import org.graalvm.nativeimage.c.type.CCharPointer;
import org.graalvm.word.Pointer;

/**
 * The end of a machine whose runtime has found itself broken: one line on standard error and exit
 * code {@link Nucleus#EXIT_FAULT}. For places where no Java exception can be thrown any more.
 */
public final class Panic {
  public static final CGlobalData<CCharPointer> NOT_ALLOCATED =
      CGlobalDataFactory.createCString(
          "demitasse: memory was freed that is not allocated (freed twice, or overwritten).\n");
  public static final CGlobalData<CCharPointer> NO_MEMORY =
      CGlobalDataFactory.createCString(
          "demitasse: not enough memory to start; give the machine more (-m).\n");
  public static final CGlobalData<CCharPointer> ISOLATE =
      CGlobalDataFactory.createCString(
          "demitasse: the Java heap could not be set up; give the machine more memory (-m).\n");
  public static final CGlobalData<CCharPointer> FATAL =
      CGlobalDataFactory.createCString("demitasse: fatal error of the Java runtime (above).\n");

  private Panic() {}

  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static void die(CCharPointer message) {
    print(message);
    Nucleus.exit(Nucleus.EXIT_FAULT);
  }

  /** Writes a C string to standard error. */
  @Uninterruptible(reason = "Nothing may come between two steps.")
  public static void print(CCharPointer message) {
    Pointer text = (Pointer) message;
    long length = 0;
    while (text.readByte(Word.unsigned(length)) != 0) {
      length++;
    }
    Nucleus.complain(text, Word.unsigned(length));
  }
}
