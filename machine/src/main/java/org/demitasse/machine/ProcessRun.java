package org.demitasse.machine;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** A run that is one process whose exit code is the program's. */
final class ProcessRun implements RunningMachine {

  private final Process process;
  private final RunRequest.Streams streams;

  ProcessRun(Process process, RunRequest.Streams streams) {
    this.process = process;
    this.streams = streams;
  }

  @Override
  public OutputStream input() {
    checkPiped();
    return process.getOutputStream();
  }

  @Override
  public InputStream output() {
    checkPiped();
    return process.getInputStream();
  }

  @Override
  public InputStream error() {
    checkPiped();
    return process.getErrorStream();
  }

  @Override
  public void stop() {
    process.toHandle().destroy();
  }

  @Override
  public void kill() {
    // The loader and the gateway are told by the kernel when the front dies.
    process.toHandle().destroyForcibly();
  }

  @Override
  public int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public OptionalInt waitFor(Duration timeout) throws InterruptedException {
    return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)
        ? OptionalInt.of(process.exitValue())
        : OptionalInt.empty();
  }

  @Override
  public ProcessHandle process() {
    return process.toHandle();
  }

  @Override
  public void close() {
    kill();
  }

  private void checkPiped() {
    if (streams != RunRequest.Streams.PIPE) {
      throw new IllegalStateException("the run has inherited its streams");
    }
  }
}
