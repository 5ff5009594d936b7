package org.demitasse.jdk.foreign;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.lang.invoke.VarHandle;
import jdk.internal.foreign.MemorySessionImpl;
import jdk.internal.misc.ScopedMemoryAccess;
import org.demitasse.jdk.thread.Blocking;

/**
 * Arenas that one thread may close while others use their memory. HotSpot stops all threads for
 * that and looks at their stacks. On one virtual CPU less will do: each access looks at the arena's
 * state anew, and a thread can be stopped between the look and the access, but then it is waiting
 * for the CPU. Who closes an arena lets those threads run on before the memory is freed.
 */
final class SharedArenas {
  private SharedArenas() {}
}

@TargetClass(ScopedMemoryAccess.class)
final class Target_jdk_internal_misc_ScopedMemoryAccess {
  private Target_jdk_internal_misc_ScopedMemoryAccess() {}

  /** The arena's state says that it is closed already. */
  @Substitute
  void closeScope0(MemorySessionImpl session, ScopedMemoryAccess.ScopedAccessError error) {
    Blocking.letOthersRunOn();
  }
}

@TargetClass(MemorySessionImpl.class)
final class Target_jdk_internal_foreign_MemorySessionImpl {
  private Target_jdk_internal_foreign_MemorySessionImpl() {}

  @Alias Thread owner;

  @Alias int state;

  @Alias static int OPEN;

  @Alias static int NONCLOSEABLE;

  @Alias static ScopedMemoryAccess.ScopedAccessError ALREADY_CLOSED;

  @Alias static ScopedMemoryAccess.ScopedAccessError WRONG_THREAD;

  /**
   * As the JDK's, but for arenas of several threads the state is read in a way that the compiler
   * may not move out of a loop: nothing takes compiled code back here when an arena is closed.
   */
  @Substitute
  public void checkValidStateRaw() {
    if (owner != null) {
      if (owner != Thread.currentThread()) {
        throw WRONG_THREAD;
      }
    } else if (state != NONCLOSEABLE) {
      VarHandle.acquireFence();
    }
    if (state < OPEN) {
      throw ALREADY_CLOSED;
    }
  }
}
