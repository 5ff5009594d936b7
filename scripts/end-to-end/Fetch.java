import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** Fetches pages by HTTP and writes their text, or in a word why not. Usage: Fetch URL... */
class Fetch {
  public static void main(String[] urls) {
    for (String url : urls) {
      URI page = URI.create(url);
      String host = page.getHost().replaceAll("[\\[\\]]", "");
      try (Socket socket = new Socket(InetAddress.getByName(host), page.getPort())) {
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
}
