package org.demitasse.machine;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demitasse.gateway.UserNetwork;

/** One QEMU process and its control channel. */
final class QemuRun implements RunningMachine {

  private static final Pattern EXIT = Pattern.compile("exit ([0-9]{1,3})");

  /** A control line is longer than this only when the image has gone mad. */
  private static final int LINE_MAX = 4096;

  /** What the console may still carry after QEMU has ended. */
  private static final Duration DRAIN = Duration.ofSeconds(2);

  /** How long a connection of QEMU may still lie unaccepted when QEMU has ended. */
  private static final Duration ACCEPT = Duration.ofMillis(200);

  /** The machine's own exit code: it ended without the program's (docs/exit-codes.md). */
  static final int FAULT = 125;

  /** The gateway failed while the program ran (docs/exit-codes.md). */
  static final int GATEWAY_FAILED = 80;

  private final Process process;
  private final RunRequest.Streams streams;
  private final QemuFiles files;
  private final UserNetwork network; // or null
  private final ServerSocketChannel server;
  private final CountDownLatch controlEnded = new CountDownLatch(1);
  private final CountDownLatch errorEnded = new CountDownLatch(1);
  private final StringBuilder complaints = new StringBuilder();
  private volatile int exitCode = -1;
  private volatile boolean killed;
  private volatile Throwable networkFailure;
  private final CountDownLatch ready = new CountDownLatch(1);
  private boolean stopAsked; // guarded by this
  private long inputLength = -1; // bytes of the whole input once it has ended; guarded by this
  private SocketChannel control; // guarded by this; null until QEMU has connected
  private boolean listening; // the image takes input on both ports; guarded by this

  private QemuRun(
      Process process,
      RunRequest.Streams streams,
      QemuFiles files,
      UserNetwork network,
      ServerSocketChannel server) {
    this.process = process;
    this.streams = streams;
    this.files = files;
    this.network = network;
    this.server = server;
  }

  static QemuRun start(
      List<String> command, RunRequest request, QemuFiles files, UserNetwork network)
      throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      server.bind(UnixDomainSocketAddress.of(files.control()));
      List<String> words = new ArrayList<>();
      if (request.streams() == RunRequest.Streams.INHERIT) {
        // The machine must not outlive a demi that is killed. The kernel watches the thread that
        // starts it, which for the command is the main thread.
        words.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
      }
      // A session of its own keeps the terminal's Ctrl-C from QEMU: the program gets it in order.
      words.add("setsid");
      words.addAll(command);
      ProcessBuilder builder = new ProcessBuilder(words);
      if (request.streams() == RunRequest.Streams.INHERIT) {
        builder.redirectOutput(ProcessBuilder.Redirect.INHERIT);
      }
      QemuRun run = new QemuRun(builder.start(), request.streams(), files, network, server);
      if (network != null) {
        network.ended().whenComplete((none, why) -> run.networkEnded(why));
      }
      Thread.ofVirtual().name("qemu-control").start(run::readControl);
      Thread.ofVirtual().name("qemu-errors").start(run::readErrors);
      if (request.streams() == RunRequest.Streams.INHERIT) {
        // Reading the terminal cannot be interrupted: a thread that does not keep the process
        // alive.
        Thread.ofPlatform().daemon().name("qemu-input").start(run::copyInput);
      }
      return run;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  @Override
  public OutputStream input() {
    checkPiped();
    return new ConsoleInput(process.getOutputStream());
  }

  @Override
  public InputStream output() {
    checkPiped();
    return process.getInputStream();
  }

  @Override
  public InputStream error() {
    checkPiped();
    return InputStream.nullInputStream();
  }

  @Override
  public synchronized void stop() {
    stopAsked = true;
    send("T");
  }

  @Override
  public void kill() {
    killed = true;
    process.destroyForcibly();
  }

  @Override
  public int waitFor() throws InterruptedException {
    process.waitFor();
    return finish();
  }

  @Override
  public OptionalInt waitFor(Duration timeout) throws InterruptedException {
    return process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)
        ? OptionalInt.of(finish())
        : OptionalInt.empty();
  }

  @Override
  public ProcessHandle process() {
    return process.toHandle();
  }

  @Override
  public void close() {
    kill();
    try {
      server.close();
      synchronized (this) {
        if (control != null) {
          control.close();
        }
      }
    } catch (IOException e) {
      // Nothing more can be done for a socket that does not close; the process is dead.
    }
    if (network != null) {
      network.close();
    }
    files.delete();
  }

  /** Without its network the program is of no use to anybody: it is told to end. */
  private void networkEnded(Throwable why) {
    if (why != null) {
      networkFailure = why;
      stop();
    }
  }

  /** What QEMU itself complained about on its standard error so far. */
  String complaints() {
    synchronized (complaints) {
      return complaints.toString();
    }
  }

  private int finish() throws InterruptedException {
    boolean connected;
    synchronized (this) {
      connected = control != null;
    }
    Duration patience = connected ? DRAIN : ACCEPT;
    if (!controlEnded.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      close();
    }
    errorEnded.await(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    int code = exitCode;
    if (code < 0) {
      int status = process.exitValue();
      // Above 128 a signal ended QEMU. Its other codes say nothing about the program.
      code = status > 128 ? status : FAULT;
      if (killed) {
        return status;
      }
      String said = complaints();
      System.err.println(
          "demi: the machine ended without the program's exit code (QEMU's own: "
              + status
              + ")"
              + (said.isEmpty() ? "" : "; QEMU said:\n" + said.strip()));
    }
    if (network != null) {
      network.await(DRAIN.toMillis(), TimeUnit.MILLISECONDS);
    }
    close();
    if (networkFailure != null) {
      System.err.println(
          "demi: the gateway to the host's network ended while the program ran ("
              + networkFailure
              + "); the program was told to end and left with code "
              + code);
      return GATEWAY_FAILED;
    }
    return code;
  }

  private void readControl() {
    try (SocketChannel channel = server.accept()) {
      synchronized (this) {
        control = channel;
      }
      StringBuilder line = new StringBuilder();
      ByteBuffer buffer = ByteBuffer.allocate(512);
      while (channel.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          char c = (char) (buffer.get() & 0xff);
          if (c == '\n') {
            controlLine(line.toString().strip());
            line.setLength(0);
          } else if (line.length() < LINE_MAX) {
            line.append(c);
          }
        }
        buffer.clear();
      }
    } catch (IOException e) {
      // The end of QEMU, or of this run, ends the channel; finish() judges what came before.
    } finally {
      controlEnded.countDown();
      ready.countDown(); // a writer that still waits meets the closed pipe
    }
  }

  private synchronized void imageIsReady() {
    listening = true;
    if (inputLength >= 0) {
      send("E" + inputLength + "\n");
    }
    if (stopAsked) {
      send("T");
    }
    ready.countDown();
  }

  private void controlLine(String line) {
    if (line.equals("ready")) {
      imageIsReady();
    }
    Matcher exit = EXIT.matcher(line);
    if (exit.matches() && Integer.parseInt(exit.group(1)) <= 255) {
      exitCode = Integer.parseInt(exit.group(1));
    }
  }

  private synchronized void send(String command) {
    if (listening && control.isOpen()) {
      try {
        control.write(ByteBuffer.wrap(command.getBytes(StandardCharsets.US_ASCII)));
      } catch (IOException e) {
        // The machine is ending already.
      }
    }
  }

  private void readErrors() {
    try (InputStream errors = process.getErrorStream()) {
      byte[] buffer = new byte[1024];
      int length;
      while ((length = errors.read(buffer)) >= 0) {
        synchronized (complaints) {
          if (complaints.length() < LINE_MAX) {
            complaints.append(new String(buffer, 0, length, StandardCharsets.UTF_8));
          }
        }
      }
    } catch (IOException e) {
      // The stream ends with the process.
    } finally {
      errorEnded.countDown();
    }
  }

  private void copyInput() {
    try (OutputStream to = new ConsoleInput(process.getOutputStream())) {
      byte[] buffer = new byte[8192];
      int length;
      while ((length = System.in.read(buffer)) >= 0) {
        to.write(buffer, 0, length);
        to.flush();
      }
    } catch (IOException e) {
      // The machine has ended and takes no more input.
    }
  }

  private void checkPiped() {
    if (streams != RunRequest.Streams.PIPE) {
      throw new IllegalStateException("the run has inherited its streams");
    }
  }

  /**
   * A serial line has no end of file: closing tells the image on the control channel after how many
   * bytes the input ends.
   */
  private final class ConsoleInput extends FilterOutputStream {

    private long written;

    ConsoleInput(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      awaitReady();
      out.write(b);
      written++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      awaitReady();
      out.write(bytes, offset, length);
      written += length;
    }

    /** What reaches a serial port before it is set up is lost. */
    private void awaitReady() throws IOException {
      try {
        ready.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while the machine boots");
      }
    }

    @Override
    public void close() throws IOException {
      // QEMU keeps the bytes that the guest has not taken yet; the pipe itself stays open.
      flush();
      synchronized (QemuRun.this) {
        if (inputLength < 0) {
          inputLength = written;
          send("E" + written + "\n");
        }
      }
    }
  }
}
