package org.demitasse.examples.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A small HTTP service: {@code /} greets, {@code /hello?name=N} greets N, {@code /time} tells the
 * time, {@code /echo} gives back what it is sent, {@code /count} counts requests.
 */
public final class Web {

  private static final int DEFAULT_PORT = 8080;

  /** What a request may send to {@code /echo}, bytes. */
  private static final int BODY_MAX = 16 << 20;

  private final AtomicLong requests = new AtomicLong();

  private Web() {}

  /** Serves on the port of the first argument, of the variable PORT, or on 8080. */
  public static void main(String[] arguments) throws IOException {
    String port = arguments.length > 0 ? arguments[0] : System.getenv("PORT");
    new Web().serve(port == null ? DEFAULT_PORT : Integer.parseInt(port));
  }

  private void serve(int port) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(threads);
    server.createContext("/", exchange -> answer(exchange, 200, greeting(exchange)));
    server.createContext("/time", exchange -> answer(exchange, 200, ZonedDateTime.now() + "\n"));
    server.createContext("/count", exchange -> answer(exchange, 200, requests.get() + "\n"));
    server.createContext("/echo", this::echo);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  server.stop(1);
                  threads.close();
                  System.out.println("stopped after " + requests.get() + " requests");
                }));
    server.start();
    System.out.println("listening on port " + server.getAddress().getPort());
  }

  private static String greeting(HttpExchange exchange) {
    String query = exchange.getRequestURI().getRawQuery();
    String name = "world";
    if (query != null && query.startsWith("name=")) {
      name = URLDecoder.decode(query.substring("name=".length()), StandardCharsets.UTF_8);
    }
    return "Hello, " + name + "!\n";
  }

  private void echo(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_MAX + 1);
    if (body.length > BODY_MAX) {
      answer(exchange, 413, "at most " + BODY_MAX + " bytes\n");
    } else {
      answer(exchange, 200, body);
    }
  }

  private void answer(HttpExchange exchange, int status, String text) throws IOException {
    answer(exchange, status, text.getBytes(StandardCharsets.UTF_8));
  }

  private void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
      exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
