package org.demitasse.suite;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** HTTP: the JDK's server, and both of its clients, over loopback. */
final class HttpTests {

  /** A client of the server at an address. */
  @FunctionalInterface
  private interface Client {
    void run(URI address) throws Exception;
  }

  private HttpTests() {}

  static void addTo(TestList tests) {
    // Read once by HttpURLConnection: the image must not have read it when it was built.
    System.setProperty("http.agent", "suite");
    tests.add("HttpURLConnection", HttpTests::urlConnection);
    tests.add("HttpURLConnection posts", HttpTests::urlConnectionPost);
    tests.add("HttpURLConnection gets an error", HttpTests::urlConnectionError);
    tests.add("HttpClient", HttpTests::client);
    tests.add("HttpClient posts", HttpTests::clientPost);
    tests.add("HttpClient, 50 at once", HttpTests::clientAsync);
    tests.add("HttpClient with a limit", HttpTests::clientLimit);
    tests.add("HttpClient refused", HttpTests::clientRefused);
    tests.add("a big answer in chunks", HttpTests::bigAnswer);
    tests.add("many requests on virtual threads", HttpTests::manyRequests);
    tests.add("a file server's pages", HttpTests::fileServer);
    tests.add("URI and URL", HttpTests::uris);
  }

  private static void answer(HttpExchange exchange, int code, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.sendResponseHeaders(code, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void with(Client client) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext(
        "/hello",
        exchange ->
            answer(
                exchange,
                200,
                ("Hello, " + exchange.getRequestURI().getQuery())
                    .getBytes(StandardCharsets.UTF_8)));
    server.createContext(
        "/agent",
        exchange ->
            answer(
                exchange,
                200,
                exchange
                    .getRequestHeaders()
                    .getFirst("User-Agent")
                    .getBytes(StandardCharsets.UTF_8)));
    server.createContext(
        "/echo", exchange -> answer(exchange, 200, exchange.getRequestBody().readAllBytes()));
    server.createContext(
        "/missing", exchange -> answer(exchange, 404, "not here".getBytes(StandardCharsets.UTF_8)));
    server.createContext(
        "/big",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] block = new byte[10_000];
          for (int i = 0; i < 200; i++) {
            exchange.getResponseBody().write(block);
          }
          exchange.close();
        });
    server.createContext(
        "/slow",
        exchange -> {
          try {
            Thread.sleep(Check.PATIENCE);
          } catch (InterruptedException e) {
            exchange.close();
          }
        });
    server.start();
    try {
      client.run(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/"));
    } finally {
      server.stop(0);
      threads.shutdownNow();
    }
  }

  private static String body(HttpURLConnection connection) throws IOException {
    return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void fileServer() throws Exception {
    Path folder = Files.createTempDirectory("served");
    Files.writeString(folder.resolve("page.txt"), "served");
    HttpServer server =
        SimpleFileServer.createFileServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            folder,
            SimpleFileServer.OutputLevel.NONE);
    server.start();
    try {
      URI root = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
      String listing = body((HttpURLConnection) root.toURL().openConnection());
      Check.that(listing.contains("page.txt"), listing);
      HttpURLConnection page =
          (HttpURLConnection) root.resolve("page.txt").toURL().openConnection();
      Check.equal("served", body(page));
      Check.equal("text/plain", page.getContentType());
    } finally {
      server.stop(0);
    }
  }

  private static void urlConnection() throws Exception {
    with(
        address -> {
          for (int i = 0; i < 3; i++) {
            HttpURLConnection connection =
                (HttpURLConnection) address.resolve("hello?w%C3%B6rld").toURL().openConnection();
            Check.equal("Hello, wörld", body(connection));
            Check.equal(200, connection.getResponseCode());
            Check.equal("text/plain; charset=utf-8", connection.getContentType());
          }
          String agent =
              body((HttpURLConnection) address.resolve("agent").toURL().openConnection());
          Check.that(agent.startsWith("suite "), agent);
        });
  }

  private static void urlConnectionPost() throws Exception {
    with(
        address -> {
          HttpURLConnection connection =
              (HttpURLConnection) address.resolve("echo").toURL().openConnection();
          connection.setRequestMethod("POST");
          connection.setDoOutput(true);
          connection.getOutputStream().write("posted".getBytes(StandardCharsets.UTF_8));
          Check.equal("posted", body(connection));
        });
  }

  private static void urlConnectionError() throws Exception {
    with(
        address -> {
          HttpURLConnection connection =
              (HttpURLConnection) address.resolve("missing").toURL().openConnection();
          Check.equal(404, connection.getResponseCode());
          Check.thrown(java.io.FileNotFoundException.class, connection::getInputStream);
          Check.equal(
              "not here",
              new String(connection.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        });
  }

  private static HttpRequest get(URI address, String path) {
    return HttpRequest.newBuilder(address.resolve(path)).build();
  }

  private static void client() throws Exception {
    with(
        address -> {
          try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                client.send(get(address, "hello?x"), HttpResponse.BodyHandlers.ofString());
            Check.equal(200, response.statusCode());
            Check.equal("Hello, x", response.body());
            Check.equal(HttpClient.Version.HTTP_1_1, response.version());
            Check.equal(
                404,
                client
                    .send(get(address, "none"), HttpResponse.BodyHandlers.discarding())
                    .statusCode());
          }
        });
  }

  private static void clientPost() throws Exception {
    with(
        address -> {
          try (HttpClient client = HttpClient.newHttpClient()) {
            String text = "posted ".repeat(20_000);
            HttpRequest request =
                HttpRequest.newBuilder(address.resolve("echo"))
                    .POST(HttpRequest.BodyPublishers.ofString(text))
                    .header("X-Suite", "1")
                    .build();
            Check.equal(text, client.send(request, HttpResponse.BodyHandlers.ofString()).body());
          }
        });
  }

  private static void clientAsync() throws Exception {
    with(
        address -> {
          try (HttpClient client = HttpClient.newHttpClient()) {
            List<CompletableFuture<String>> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
              all.add(
                  client
                      .sendAsync(get(address, "hello?" + i), HttpResponse.BodyHandlers.ofString())
                      .thenApply(HttpResponse::body));
            }
            for (int i = 0; i < 50; i++) {
              Check.equal("Hello, " + i, all.get(i).get());
            }
          }
        });
  }

  private static void clientLimit() throws Exception {
    with(
        address -> {
          try (HttpClient client = HttpClient.newHttpClient()) {
            // With a connection that is open, the limit is that of the answer alone.
            client.send(get(address, "hello?x"), HttpResponse.BodyHandlers.discarding());
            HttpRequest request =
                HttpRequest.newBuilder(address.resolve("slow"))
                    .timeout(Duration.ofMillis(50))
                    .build();
            Check.thrown(
                HttpTimeoutException.class,
                () -> client.send(request, HttpResponse.BodyHandlers.ofString()));
            client.shutdownNow();
          }
        });
  }

  private static void clientRefused() throws Exception {
    URI[] closed = new URI[1];
    with(address -> closed[0] = address);
    try (HttpClient client = HttpClient.newHttpClient()) {
      Check.thrown(
          ConnectException.class,
          () -> client.send(get(closed[0], ""), HttpResponse.BodyHandlers.ofString()));
    }
  }

  private static void bigAnswer() throws Exception {
    with(
        address -> {
          try (HttpClient client = HttpClient.newHttpClient()) {
            Check.equal(
                2_000_000,
                client
                    .send(get(address, "big"), HttpResponse.BodyHandlers.ofByteArray())
                    .body()
                    .length);
          }
          Check.equal(
              2_000_000L,
              address
                  .resolve("big")
                  .toURL()
                  .openStream()
                  .transferTo(java.io.OutputStream.nullOutputStream()));
        });
  }

  private static void manyRequests() throws Exception {
    with(
        address -> {
          List<Thread> threads = new ArrayList<>();
          List<String> wrong = java.util.Collections.synchronizedList(new ArrayList<>());
          for (int i = 0; i < 20; i++) {
            int number = i;
            threads.add(
                Thread.startVirtualThread(
                    () -> {
                      for (int n = 0; n < 20; n++) {
                        String name = number + "-" + n;
                        try {
                          String seen =
                              body(
                                  (HttpURLConnection)
                                      address.resolve("hello?" + name).toURL().openConnection());
                          if (!seen.equals("Hello, " + name)) {
                            wrong.add(seen);
                          }
                        } catch (IOException e) {
                          wrong.add(e.toString());
                        }
                      }
                    }));
          }
          for (Thread thread : threads) {
            Check.join(thread);
          }
          Check.equal(List.of(), wrong);
        });
  }

  private static void uris() throws Exception {
    URI uri = new URI("http", "user", "host", 8080, "/a b/ü", "q=1&r=%", "f");
    Check.equal("http://user@host:8080/a%20b/ü?q=1&r=%25#f", uri.toString());
    Check.equal("/a%20b/%C3%BC", URI.create(uri.toASCIIString()).getRawPath());
    Check.equal("http://h/b", URI.create("http://h/a/c").resolve("../b").toString());
    Check.thrown(java.net.URISyntaxException.class, () -> new URI("http://[bad"));
    Check.equal("a+b%26", java.net.URLEncoder.encode("a b&", StandardCharsets.UTF_8));
    Check.equal("a b&", java.net.URLDecoder.decode("a+b%26", StandardCharsets.UTF_8));
  }
}
