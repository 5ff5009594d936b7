package org.demitasse.builder.compile;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.demitasse.builder.BuildListener;
import org.demitasse.builder.BuildPhase;

/** Runs the compiler and tells how far it is. */
final class CompilerProcess {

  /** Between two looks at the process' memory. */
  private static final long TICK_MILLIS = 500;

  /** Time for the process to end by itself after it was asked to. */
  private static final long GRACE_SECONDS = 2;

  private static final int CHUNK = 8192;

  private final CompilerCommand command;
  private final Map<String, String> environment;
  private final Path work;
  private final BuildListener listener; // every call holds the lock "this"
  private final List<String> lines = new ArrayList<>();
  private final PhaseEstimate estimate = new PhaseEstimate();
  private CompilerOutput output;
  private String detail = "";
  private long peakMemory;

  /**
   * A process that has not begun.
   *
   * @param environment all variables that the process finds set
   * @param work the request's folder
   */
  CompilerProcess(
      CompilerCommand command, Map<String, String> environment, Path work, BuildListener listener) {
    this.command = command;
    this.environment = environment;
    this.work = work;
    this.listener = listener;
  }

  /**
   * What the process left.
   *
   * @param exitCode of the process
   * @param lines all that it printed
   * @param types reachable types, 0 when it did not come so far
   * @param methods reachable methods
   * @param peakMemory the most resident memory that was seen, bytes
   */
  record Outcome(int exitCode, List<String> lines, long types, long methods, long peakMemory) {}

  /**
   * Runs the compiler to its end.
   *
   * @throws IOException when the process cannot be started or its output not be read
   * @throws InterruptedException when this thread is interrupted or this JVM ended from outside;
   *     the process has ended then
   */
  Outcome run() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command.prepare()).directory(work.toFile()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    Process process = builder.start();
    AtomicBoolean ending = new AtomicBoolean();
    Thread atExit =
        new Thread(
            () -> {
              ending.set(true);
              process.destroyForcibly();
            },
            "compiler-end");
    Runtime.getRuntime().addShutdownHook(atExit);
    try {
      IOException[] failure = new IOException[1];
      Thread reader =
          Thread.ofPlatform()
              .name("compiler-output")
              .daemon()
              .start(
                  () -> {
                    try {
                      read(process);
                    } catch (IOException e) {
                      failure[0] = e;
                    }
                  });
      CollectionLoad load = new CollectionLoad(Path.of("/proc", Long.toString(process.pid())));
      boolean hopeless = false;
      while (!process.waitFor(TICK_MILLIS, TimeUnit.MILLISECONDS)) {
        tick(process.pid());
        if (!hopeless && load.isHopeless()) {
          hopeless = true;
          process.destroyForcibly();
        }
      }
      reader.join();
      if (hopeless) {
        synchronized (this) {
          lines.add(CompilerFailure.HOPELESS);
        }
      }
      if (ending.get()) {
        throw new InterruptedException("this JVM is being ended");
      }
      if (failure[0] != null) {
        throw failure[0];
      }
    } finally {
      end(process);
      forget(atExit);
    }
    synchronized (this) {
      return new Outcome(
          process.exitValue(),
          List.copyOf(lines),
          output.count(CompilerOutput.Count.TYPES),
          output.count(CompilerOutput.Count.METHODS),
          peakMemory);
    }
  }

  private static void forget(Thread atExit) {
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // This JVM is ending already: the hook does its work.
    }
  }

  private static void end(Process process) {
    if (!process.isAlive()) {
      return;
    }
    process.destroy();
    boolean interrupted = Thread.interrupted();
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      interrupted = true;
      process.destroyForcibly();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void read(Process process) throws IOException {
    synchronized (this) {
      output = new CompilerOutput(this::phase, lines::add);
    }
    try (Reader reader = process.inputReader(StandardCharsets.UTF_8)) {
      char[] chunk = new char[CHUNK];
      int length;
      while ((length = reader.read(chunk)) >= 0) {
        synchronized (this) {
          int before = lines.size();
          output.accept(chunk, length);
          tellLines(before);
        }
      }
      synchronized (this) {
        int before = lines.size();
        output.end();
        tellLines(before);
      }
    }
  }

  private void tellLines(int from) {
    for (String line : lines.subList(from, lines.size())) {
      listener.output(line);
      if (line.startsWith("Warning: ")) {
        listener.warning(line.substring("Warning: ".length()));
      }
    }
    long methods = output.count(CompilerOutput.Count.METHODS);
    if (methods > 0 && detail.isEmpty()) {
      detail = String.format(Locale.ROOT, "%,d methods", methods);
    }
  }

  private void phase(BuildPhase phase) {
    estimate.begin(phase, System.nanoTime());
    listener.phase(phase);
  }

  private synchronized void tick(long pid) {
    long memory = ProcessMemory.resident(pid);
    if (memory > 0) {
      peakMemory = Math.max(peakMemory, Math.max(memory, ProcessMemory.peak(pid)));
      listener.memory(memory);
    }
    if (output != null && output.phase() != null) {
      listener.progress(estimate.fraction(System.nanoTime()), detail);
    }
  }
}
