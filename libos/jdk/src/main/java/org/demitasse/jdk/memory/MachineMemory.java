package org.demitasse.jdk.memory;

import com.oracle.svm.core.heap.PhysicalMemory.PhysicalMemorySupport;
import jdk.graal.compiler.word.Word;
import org.demitasse.jdk.nucleus.BootInfo;
import org.graalvm.word.UnsignedWord;

/**
 * How much memory the collector may count on: what the machine could still hand out when it
 * started. Code and image heap are there in any case and are no one's to give away.
 */
public final class MachineMemory implements PhysicalMemorySupport {
  @Override
  public UnsignedWord size() {
    return Word.unsigned(BootInfo.memoryFree());
  }
}
