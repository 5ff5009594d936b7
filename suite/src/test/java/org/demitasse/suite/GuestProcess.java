package org.demitasse.suite;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A command that runs. When its time is over it is killed with all that it has started, so that
 * whoever waits for it, or reads what it prints, goes on and fails.
 */
final class GuestProcess implements AutoCloseable {

  /** For one small program. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Process process;
  private final ProcessBuilder command;
  private volatile boolean overdue;

  private GuestProcess(Process process, ProcessBuilder command) {
    this.process = process;
    this.command = command;
  }

  /** Starts a command that may run for {@code patience}. */
  static GuestProcess start(ProcessBuilder command, Duration patience) throws IOException {
    // Tests that a shell runs in the background have Ctrl-C's signal ignored, and would hand that
    // down.
    List<String> words = new ArrayList<>(List.of("env", "--default-signal=INT"));
    words.addAll(command.command());
    command.command(words);
    GuestProcess started = new GuestProcess(command.start(), command);
    Executor later = CompletableFuture.delayedExecutor(patience.toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<Void> end = CompletableFuture.runAsync(started::expire, later);
    started.process.onExit().thenRun(() -> end.cancel(false));
    return started;
  }

  /** Starts a small program whose errors nobody reads. */
  static GuestProcess start(ProcessBuilder command) throws IOException {
    return start(command.redirectError(ProcessBuilder.Redirect.DISCARD), PATIENCE);
  }

  private void expire() {
    overdue = true;
    close();
  }

  /** Standard input of the command. */
  OutputStream input() {
    return process.getOutputStream();
  }

  /** Reads standard output until a line is there. */
  void readUntil(String line) throws IOException {
    StringBuilder text = new StringBuilder();
    for (int b = process.getInputStream().read(); b >= 0; b = process.getInputStream().read()) {
      text.append((char) b);
      if (text.toString().replace("\r", "").endsWith(line + "\n")) {
        return;
      }
    }
    throw new AssertionError("the line <" + line + "> did not come, but: " + text);
  }

  /** Reads standard output to its end. */
  String rest() throws IOException {
    byte[] bytes = process.getInputStream().readAllBytes();
    return new String(bytes, StandardCharsets.UTF_8).replace("\r", "");
  }

  /** Sends a signal by its name. */
  void signal(String name) throws IOException, InterruptedException {
    int code =
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    if (code != 0) {
      throw new AssertionError("the process had ended before the signal " + name);
    }
  }

  /** Waits for the end; fails when the command had to be killed. */
  int exitCode() throws InterruptedException {
    int code = process.waitFor();
    if (overdue) {
      throw new AssertionError("it did not end in time: " + command.command());
    }
    return code;
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
