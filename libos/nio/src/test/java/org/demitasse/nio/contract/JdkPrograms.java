package org.demitasse.nio.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.demitasse.nio.channels.DemitasseSelectorProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's own network programs, on whatever sockets the JVM has. */
abstract class JdkPrograms {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static HttpServer server(Executor executor) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
    server.createContext("/echo", JdkPrograms::echo);
    server.createContext("/slow", JdkPrograms::slow);
    server.setExecutor(executor);
    server.start();
    return server;
  }

  private static void echo(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static void slow(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    try (OutputStream out = exchange.getResponseBody()) {
      for (int i = 0; i < 100; i++) {
        out.write(new byte[10_000]);
        out.flush();
      }
    }
  }

  private static URI uri(HttpServer server, String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Test
  void theProviderIsOurs() {
    assertThat(SelectorProvider.provider()).isInstanceOf(DemitasseSelectorProvider.class);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void httpClientTalksToHttpServer(boolean virtual) throws Exception {
    try (ExecutorService executor =
        virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newFixedThreadPool(4)) {
      HttpServer server = server(executor);
      try (HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
        List<CompletableFuture<HttpResponse<byte[]>>> responses = new ArrayList<>();
        List<byte[]> bodies = new ArrayList<>();
        Random random = new Random(5);
        for (int i = 0; i < 100; i++) {
          byte[] body = new byte[1 + random.nextInt(200_000)];
          random.nextBytes(body);
          bodies.add(body);
          HttpRequest request =
              HttpRequest.newBuilder(uri(server, "/echo"))
                  .version(HttpClient.Version.HTTP_1_1)
                  .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                  .timeout(PATIENCE)
                  .build();
          responses.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()));
        }
        for (int i = 0; i < bodies.size(); i++) {
          HttpResponse<byte[]> response = responses.get(i).get(20, TimeUnit.SECONDS);
          assertThat(response.statusCode()).isEqualTo(200);
          assertThat(Arrays.equals(response.body(), bodies.get(i))).isTrue();
        }
        HttpRequest slow = HttpRequest.newBuilder(uri(server, "/slow")).timeout(PATIENCE).build();
        assertThat(client.send(slow, HttpResponse.BodyHandlers.ofByteArray()).body())
            .hasSize(1_000_000);
        HttpRequest unknown = HttpRequest.newBuilder(uri(server, "/none")).build();
        assertThat(client.send(unknown, HttpResponse.BodyHandlers.discarding()).statusCode())
            .isEqualTo(404);
      } finally {
        server.stop(0);
      }
    }
  }

  @Test
  void urlConnectionTalksToHttpServer() throws Exception {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      HttpServer server = server(executor);
      try {
        byte[] body = new byte[300_000];
        new Random(6).nextBytes(body);
        for (int i = 0; i < 5; i++) {
          HttpURLConnection connection =
              (HttpURLConnection) uri(server, "/echo").toURL().openConnection();
          connection.setDoOutput(true);
          connection.setReadTimeout(20_000);
          connection.getOutputStream().write(body);
          try (InputStream in = connection.getInputStream()) {
            assertThat(Arrays.equals(in.readAllBytes(), body)).isTrue();
          }
        }
      } finally {
        server.stop(0);
      }
    }
  }

  @Test
  void refusedConnectionReachesTheProgram() throws Exception {
    HttpServer server = server(Runnable::run);
    URI gone = uri(server, "/echo");
    server.stop(0);
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(gone).build();
      assertThatThrownBy(() -> client.send(request, HttpResponse.BodyHandlers.discarding()))
          .isInstanceOf(ConnectException.class);
    }
    assertThatThrownBy(() -> gone.toURL().openConnection().getInputStream())
        .isExactlyInstanceOf(ConnectException.class)
        .hasMessage("Connection refused");
  }

  @Test
  void socketsAndChannelsMeet() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SocketChannel client = SocketChannel.open(server.getLocalSocketAddress());
        Socket accepted = server.accept()) {
      try (OutputStream out = Channels.newOutputStream(client)) {
        out.write("through Channels".getBytes());
      }
      assertThat(new String(accepted.getInputStream().readAllBytes()))
          .isEqualTo("through Channels");
    }
  }
}
