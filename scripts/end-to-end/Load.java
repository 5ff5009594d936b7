import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * {@code java Load.java PORT CONNECTIONS SECONDS}: keeps connections busy, each with one request after
 * the other, and counts the answers that are not what they have to be. Prints the counts; the exit
 * code is 0 when requests were answered and none failed.
 */
final class Load {

  private static final byte[] REQUEST =
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BODY = "Hello, world!\n".getBytes(StandardCharsets.US_ASCII);
  private static final int PATIENCE_MILLIS = 10_000;

  private static final AtomicLong answered = new AtomicLong();
  private static final AtomicLong failed = new AtomicLong();
  private static volatile String firstFailure = "";

  private Load() {}

  public static void main(String[] arguments) throws InterruptedException {
    int port = Integer.parseInt(arguments[0]);
    int connections = Integer.parseInt(arguments[1]);
    long end = System.nanoTime() + Long.parseLong(arguments[2]) * 1_000_000_000L;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      threads.add(Thread.startVirtualThread(() -> connection(port, end)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.println(answered + " requests answered, " + failed + " failed" + firstFailure);
    System.exit(answered.get() > 0 && failed.get() == 0 ? 0 : 1);
  }

  private static void connection(int port, long end) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (System.nanoTime() < end) {
        out.write(REQUEST);
        check(in);
        answered.incrementAndGet();
      }
    } catch (IOException e) {
      failed.incrementAndGet();
      firstFailure = ", the last one with " + e;
    }
  }

  private static void check(InputStream in) throws IOException {
    String status = line(in);
    int length = -1;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.toLowerCase(java.util.Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    byte[] body = in.readNBytes(Math.max(length, 0));
    if (!status.startsWith("HTTP/1.1 200 ") || !java.util.Arrays.equals(body, BODY)) {
      throw new IOException("the answer: " + status + ", " + body.length + " bytes");
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("the connection was closed");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }
}
