package org.demitasse.jdk.management;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import org.demitasse.jdk.io.MachineFiles;
import org.demitasse.jdk.nucleus.BootInfo;
import org.demitasse.jdk.thread.MachineCpuTime;
import org.demitasse.nio.file.IoFiles;
import sun.management.VMManagement;

/**
 * The operating system's bean. The machine runs one program on one CPU, so what is told of the
 * program and of the machine is the same.
 */
@TargetClass(className = "com.sun.management.internal.OperatingSystemImpl")
final class OperatingSystemBean {
  @Alias
  OperatingSystemBean(VMManagement vm) {}

  @Substitute
  private static void initialize0() {
    // no native code, nothing to look up
  }

  /** Bytes of the image and of the heap. */
  @Substitute
  private long getCommittedVirtualMemorySize0() {
    return getTotalMemorySize0() - getFreeMemorySize0();
  }

  /** Bytes that neither the image nor the heap has taken. */
  @Substitute
  private long getFreeMemorySize0() {
    return Math.max(0, BootInfo.memoryFree() - Runtime.getRuntime().totalMemory());
  }

  @Substitute
  private long getTotalMemorySize0() {
    return BootInfo.memory();
  }

  @Substitute
  private long getFreeSwapSpaceSize0() {
    return 0;
  }

  @Substitute
  private long getTotalSwapSpaceSize0() {
    return 0;
  }

  @Substitute
  private long getMaxFileDescriptorCount0() {
    return IoFiles.MOST_DESCRIPTORS;
  }

  /** Of files; sockets have none. */
  @Substitute
  private long getOpenFileDescriptorCount0() {
    return MachineFiles.openDescriptors();
  }

  @Substitute
  private long getProcessCpuTime0() {
    return MachineCpuTime.ofMachine();
  }

  @Substitute
  private double getProcessCpuLoad0() {
    return RecentLoad.measure();
  }

  @Substitute
  private double getCpuLoad0() {
    return RecentLoad.measure();
  }

  @Substitute
  private double getSingleCpuLoad0(int cpu) {
    return cpu == 0 ? RecentLoad.measure() : -1;
  }

  @Substitute
  private int getHostConfiguredCpuCount0() {
    return 1;
  }

  @Substitute
  private int getHostOnlineCpuCount0() {
    return 1;
  }

  @Substitute
  private long getHostTotalCpuTicks0() {
    return System.nanoTime() - BootInfo.startNanos();
  }
}
