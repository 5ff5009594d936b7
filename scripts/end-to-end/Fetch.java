import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Fetches pages by HTTP and writes their text, or in a word why not. A number in front of them opens
 * so many connections to the first one's server at once before, and closes them.
 */
class Fetch {
  public static void main(String[] arguments) throws Exception {
    int first = arguments[0].matches("[0-9]+") ? 1 : 0;
    if (first == 1) {
      openMany(Integer.parseInt(arguments[0]), URI.create(arguments[1]));
    }
    for (int i = first; i < arguments.length; i++) {
      URI page = URI.create(arguments[i]);
      try (Socket socket = connect(page)) {
        String request = "GET " + page.getPath() + " HTTP/1.0\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readAllBytes();
        String text = new String(answer, StandardCharsets.UTF_8);
        System.out.println(text.substring(text.indexOf("\r\n\r\n") + 4).strip());
      } catch (IOException e) {
        System.out.println(e.getClass().getSimpleName());
      }
    }
  }

  private static Socket connect(URI page) throws IOException {
    String host = page.getHost().replaceAll("[\\[\\]]", "");
    return new Socket(InetAddress.getByName(host), page.getPort());
  }

  private static void openMany(int count, URI page) throws Exception {
    List<Socket> sockets = new ArrayList<>();
    int refused = 0;
    for (int i = 0; i < count; i++) {
      try {
        sockets.add(connect(page));
      } catch (IOException e) {
        refused++;
      }
    }
    for (Socket socket : sockets) {
      socket.close();
    }
    System.out.println(refused == 0 ? "all opened" : "some refused");
    Thread.sleep(1_000); // until the host has closed them too
  }
}
