package org.demitasse.jdk.platform;

import com.oracle.svm.core.SubstrateSegfaultHandler;
import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.c.function.CEntryPointOptions;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoEpilogue;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoPrologue;
import com.oracle.svm.core.heap.RestrictHeapAccess;
import com.oracle.svm.core.log.Log;
import com.oracle.svm.core.stack.StackOverflowCheck;
import com.oracle.svm.core.stack.ThreadStackPrinter;
import com.oracle.svm.core.stack.ThreadStackPrinter.StackFramePrintVisitor;
import com.oracle.svm.core.thread.VMThreads.SafepointBehavior;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.nucleus.BootInfo;
import org.graalvm.nativeimage.CurrentIsolate;
import org.graalvm.nativeimage.Isolate;
import org.graalvm.nativeimage.c.function.CEntryPoint;
import org.graalvm.nativeimage.c.function.CodePointer;
import org.graalvm.word.Pointer;

/**
 * The Java half of a fault report: the nucleus has printed the registers, the Java stack follows.
 */
final class FaultReport {
  private static final StackFramePrintVisitor FRAMES = new StackFramePrintVisitor();

  private FaultReport() {}

  @Uninterruptible(reason = "The thread state is whatever the fault left.")
  @CEntryPoint(name = "demitasse_fault")
  @CEntryPointOptions(prologue = NoPrologue.class, epilogue = NoEpilogue.class)
  @SuppressWarnings("unused")
  static void fault(long ip, long sp, long fp) {
    Isolate isolate = (Isolate) BootInfo.heapBegin();
    SubstrateSegfaultHandler.enterIsolateAsyncSignalSafe(isolate);
    SafepointBehavior.preventSafepoints();
    StackOverflowCheck.singleton().disableStackOverflowChecksForFatalError();
    print(Word.pointer(sp), Word.pointer(ip));
  }

  @Uninterruptible(reason = "Printing is not, and need not be.", calleeMustBe = false)
  private static void print(Pointer sp, CodePointer ip) {
    printFrames(sp, ip);
  }

  @RestrictHeapAccess(
      access = RestrictHeapAccess.Access.NO_ALLOCATION,
      reason = "The heap may be what is broken.")
  private static void printFrames(Pointer sp, CodePointer ip) {
    Log log = Log.log();
    log.string("Java stack of the thread that ran:").newline();
    ThreadStackPrinter.printStacktrace(
        CurrentIsolate.getCurrentThread(), sp, ip, FRAMES.reset(1), log);
    log.flush();
  }
}
