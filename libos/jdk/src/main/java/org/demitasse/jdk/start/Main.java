package org.demitasse.jdk.start;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.UnmanagedMemoryUtil;
import com.oracle.svm.core.c.function.CEntryPointActions;
import com.oracle.svm.core.c.function.CEntryPointCreateIsolateParameters;
import com.oracle.svm.core.c.function.CEntryPointErrors;
import com.oracle.svm.core.c.function.CEntryPointOptions;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoEpilogue;
import com.oracle.svm.core.c.function.CEntryPointOptions.NoPrologue;
import com.oracle.svm.core.jdk.InternalVMMethod;
import com.oracle.svm.core.jdk.RuntimeSupport;
import com.oracle.svm.core.thread.JavaThreads;
import com.oracle.svm.core.thread.PlatformThreads;
import org.demitasse.jdk.memory.Panic;
import org.demitasse.jdk.nucleus.BootInfo;
import org.demitasse.jdk.nucleus.Nucleus;
import org.demitasse.jdk.thread.MachineThreads;
import org.graalvm.nativeimage.CurrentIsolate;
import org.graalvm.nativeimage.ImageSingletons;
import org.graalvm.nativeimage.Isolate;
import org.graalvm.nativeimage.StackValue;
import org.graalvm.nativeimage.VMRuntime;
import org.graalvm.nativeimage.c.function.CEntryPoint;
import org.graalvm.nativeimage.c.struct.SizeOf;
import org.graalvm.word.Pointer;

/** Where Java begins: the nucleus calls {@link #main} on the boot stack. */
@InternalVMMethod
public final class Main {
  private Main() {}

  @Uninterruptible(reason = "There is no isolate yet.")
  @CEntryPoint(name = "demitasse_main")
  @CEntryPointOptions(prologue = NoPrologue.class, epilogue = NoEpilogue.class)
  @SuppressWarnings("unused")
  static int main(Pointer boot) {
    MachineThreads.initializeBootThread();
    createIsolate();
    Isolate isolate = CurrentIsolate.getIsolate();
    int code = runProgram();
    // As the Java launcher: the main thread ends, and a thread named DestroyJavaVM waits for the
    // rest.
    detachThread();
    attachThread(isolate);
    awaitEnd();
    detachThread();
    return code;
  }

  @Uninterruptible(reason = "There is no isolate yet.")
  private static void createIsolate() {
    CEntryPointCreateIsolateParameters parameters =
        StackValue.get(CEntryPointCreateIsolateParameters.class);
    UnmanagedMemoryUtil.fill(
        (Pointer) parameters, SizeOf.unsigned(CEntryPointCreateIsolateParameters.class), (byte) 0);
    parameters.setVersion(4);
    parameters.setReservedSpaceSize(BootInfo.heapReservedEnd().subtract(BootInfo.heapBegin()));
    int code = CEntryPointActions.enterCreateIsolate(parameters);
    if (code != CEntryPointErrors.NO_ERROR) {
      CEntryPointActions.failFatally(code, Panic.ISOLATE.get());
    }
  }

  @Uninterruptible(reason = "The thread state is torn down here.")
  private static void detachThread() {
    int code = CEntryPointActions.leaveDetachThread();
    if (code != CEntryPointErrors.NO_ERROR) {
      CEntryPointActions.failFatally(code, Panic.ISOLATE.get());
    }
  }

  @Uninterruptible(reason = "The thread state is set up here.")
  private static void attachThread(Isolate isolate) {
    int code = CEntryPointActions.enterAttachThread(isolate, false);
    if (code != CEntryPointErrors.NO_ERROR) {
      CEntryPointActions.failFatally(code, Panic.ISOLATE.get());
    }
  }

  @Uninterruptible(reason = "The thread state is set up here.", calleeMustBe = false)
  private static int runProgram() {
    return runProgram0();
  }

  private static int runProgram0() {
    MachineThreads.adoptTickWord();
    VMRuntime.initialize();
    try {
      BootConfiguration configuration = BootConfiguration.read();
      configuration.apply();
      ShutdownRequests.listen();
      ImageSingletons.lookup(Program.class).run(configuration.arguments());
      return 0;
    } catch (BootConfiguration.RefusedException e) {
      System.err.println("demitasse: " + e.getMessage());
      return Nucleus.EXIT_REFUSED;
    } catch (Throwable e) {
      JavaThreads.dispatchUncaughtException(Thread.currentThread(), e);
      return 1;
    }
  }

  @Uninterruptible(reason = "The thread state is set up here.", calleeMustBe = false)
  private static void awaitEnd() {
    awaitEnd0();
  }

  private static void awaitEnd0() {
    PlatformThreads.ensureCurrentAssigned("DestroyJavaVM", null, false);
    MachineThreads.adoptTickWord();
    PlatformThreads.singleton().joinAllNonDaemons();
    RuntimeSupport.getRuntimeSupport().shutdown();
  }
}
