package org.demitasse.jdk.platform;

import com.oracle.svm.core.Uninterruptible;
import com.oracle.svm.core.util.PlatformTimeUtils;
import org.demitasse.jdk.nucleus.Nucleus;

/** The wall clock, for {@code java.time}. */
public final class MachineTime extends PlatformTimeUtils {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  @Override
  @Uninterruptible(reason = "Must not migrate platform threads when executing on a virtual thread.")
  public SecondsNanos javaTimeSystemUTC() {
    long now = Nucleus.clockWall();
    return allocateSecondsNanosInterruptibly(now / NANOS_PER_SECOND, now % NANOS_PER_SECOND);
  }
}
