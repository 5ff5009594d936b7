package org.demitasse.jdk.platform;

import com.oracle.svm.core.headers.LibCSupport;
import com.oracle.svm.core.headers.LibMSupport;
import com.oracle.svm.core.heap.PhysicalMemory.PhysicalMemorySupport;
import com.oracle.svm.core.jdk.PlatformNativeLibrarySupport;
import com.oracle.svm.core.jdk.SystemPropertiesSupport;
import com.oracle.svm.core.locks.VMLockSupport;
import com.oracle.svm.core.log.Log;
import com.oracle.svm.core.os.ImageHeapProvider;
import com.oracle.svm.core.os.VirtualMemoryProvider;
import com.oracle.svm.core.stack.StackOverflowCheck;
import com.oracle.svm.core.thread.Parker.ParkerFactory;
import com.oracle.svm.core.thread.PlatformThreads;
import com.oracle.svm.core.thread.ThreadCpuTimeSupport;
import com.oracle.svm.core.thread.VMThreads;
import com.oracle.svm.core.util.PlatformTimeUtils;
import com.oracle.svm.core.util.UserError;
import com.oracle.svm.hosted.FeatureImpl.DuringAnalysisAccessImpl;
import com.oracle.svm.hosted.FeatureImpl.DuringSetupAccessImpl;
import java.util.logging.LogManager;
import java.util.logging.Logger;
import org.demitasse.jdk.lang.EnumConstants;
import org.demitasse.jdk.lean.RuntimeLogging;
import org.demitasse.jdk.memory.JavaLibC;
import org.demitasse.jdk.memory.JavaLibM;
import org.demitasse.jdk.memory.LinkedImageHeap;
import org.demitasse.jdk.memory.MachineMemory;
import org.demitasse.jdk.memory.MachineVirtualMemory;
import org.demitasse.jdk.metadata.LookedUpByName;
import org.demitasse.jdk.metadata.NamedCharsets;
import org.demitasse.jdk.net.HostLookup;
import org.demitasse.jdk.net.MachineNetwork;
import org.demitasse.jdk.start.Launcher;
import org.demitasse.jdk.start.Program;
import org.demitasse.jdk.thread.MachineCpuTime;
import org.demitasse.jdk.thread.MachineParker;
import org.demitasse.jdk.thread.MachineThreads;
import org.demitasse.jdk.thread.MachineVMThreads;
import org.demitasse.jdk.thread.RuntimeLocks;
import org.demitasse.jdk.thread.StackBounds;
import org.graalvm.nativeimage.ImageSingletons;
import org.graalvm.nativeimage.hosted.Feature;
import org.graalvm.nativeimage.hosted.RuntimeClassInitialization;
import org.graalvm.nativeimage.impl.ProcessPropertiesSupport;
import org.graalvm.nativeimage.impl.RuntimeSystemPropertiesSupport;

/** Registers the platform with the builder: what the Linux layer would be on Linux. */
public final class DemitasseFeature implements Feature {
  private SerializableClasses serializable;

  @Override
  public String getDescription() {
    return "Demitasse: the library OS";
  }

  @Override
  public void afterRegistration(AfterRegistrationAccess access) {
    ImageSingletons.add(VirtualMemoryProvider.class, new MachineVirtualMemory());
    ImageSingletons.add(ImageHeapProvider.class, new LinkedImageHeap());
    ImageSingletons.add(LibCSupport.class, new JavaLibC());
    ImageSingletons.add(LibMSupport.class, new JavaLibM());
    ImageSingletons.add(VMThreads.class, new MachineVMThreads());
    ImageSingletons.add(VMThreads.ThreadLookup.class, new MachineVMThreads.Lookup());
    ImageSingletons.add(PlatformThreads.class, new MachineThreads());
    ImageSingletons.add(ParkerFactory.class, new MachineParker.Factory());
    ImageSingletons.add(VMLockSupport.class, new RuntimeLocks());
    ImageSingletons.add(StackOverflowCheck.PlatformSupport.class, new StackBounds());
    ImageSingletons.add(PhysicalMemorySupport.class, new MachineMemory());
    ImageSingletons.add(PlatformTimeUtils.class, new MachineTime());
    ImageSingletons.add(ThreadCpuTimeSupport.class, new MachineCpuTime());
    ImageSingletons.add(ProcessPropertiesSupport.class, new OneProcess());
    ImageSingletons.add(PlatformNativeLibrarySupport.class, new NoNativeLibraries());
  }

  @Override
  public void duringSetup(DuringSetupAccess access) {
    SystemProperties properties = new SystemProperties();
    ImageSingletons.add(RuntimeSystemPropertiesSupport.class, properties);
    ImageSingletons.add(SystemPropertiesSupport.class, properties);
    NoNativeLibraries.registerOwn();
    RuntimeLogging.prepare();
    DuringSetupAccessImpl setup = (DuringSetupAccessImpl) access;
    setup.registerNativeSubstitutionProcessor(new MissingNatives());
    setup.registerSubstitutionProcessor(new EnumConstants.Processor());
    BuildTimeFiles.replace(access);
  }

  @Override
  public void beforeAnalysis(BeforeAnalysisAccess access) {
    Log.finalizeDefaultLogHandler(new ErrorLog());
    String main = System.getProperty("demitasse.main");
    Class<?> mainClass = access.findClassByName(main);
    if (mainClass == null) {
      throw new IllegalArgumentException("The main class " + main + " is not on the class path.");
    }
    Program program = Launcher.forMain(mainClass);
    // It is made now, also when the program's package is told to be initialised at run time.
    RuntimeClassInitialization.initializeAtBuildTime(program.getClass());
    ImageSingletons.add(Program.class, program);
    RunTimeInitialization.register(access);
    serializable = SerializableClasses.register(access, mainClass);
    LookedUpByName.register(access);
    NamedCharsets.register(access);
    access.registerReachabilityHandler(
        reached -> {
          HostLookup.open();
          scanAgain(reached, HostLookup.class);
        },
        MachineNetwork.class);
    access.registerReachabilityHandler(
        reached -> {
          RuntimeLogging.open();
          scanAgain(reached, RuntimeLogging.class);
        },
        LogManager.class,
        Logger.class);
  }

  @Override
  public void duringAnalysis(DuringAnalysisAccess access) {
    serializable.register((DuringAnalysisAccessImpl) access);
  }

  /** Tells the analysis that the field {@code open} of a class has changed. */
  private static void scanAgain(DuringAnalysisAccess access, Class<?> owner) {
    try {
      ((DuringAnalysisAccessImpl) access).rescanRoot(owner.getDeclaredField("open"));
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void afterAnalysis(AfterAnalysisAccess access) {
    int holes = NativeHoles.report(access);
    if (holes > 0 && !Boolean.getBoolean("demitasse.allowHoles")) {
      throw UserError.abort(
          "%d native methods are reachable that have no implementation on this platform.", holes);
    }
  }
}
