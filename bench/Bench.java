import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Measures what SPECIFICATION.md promises, each number against its peer in turns. Started by bench/run, which
 * sets the places of the programs; prints a table and writes a JSON file.
 */
public final class Bench {

  private final Path measure = Path.of(required("MEASURE"));
  private final Path dist = Path.of(required("DEMI_DIST"));
  private final Path demi = Path.of(required("DEMI"));
  private final Path java = Path.of(required("JAVA_HOME"), "bin", "java");
  private final Path hello = Path.of(required("HELLO_IMAGE"));
  private final Path helloJar = Path.of(required("HELLO_JAR"));
  private final Path web = Path.of(required("WEB_IMAGE"));
  private final Path webJar = Path.of(required("WEB_JAR"));
  private final String solo5 = System.getenv("SOLO5");
  private final int turns = Integer.parseInt(System.getenv().getOrDefault("TURNS", "15"));
  private final int seconds = Integer.parseInt(System.getenv().getOrDefault("SECONDS_OF_LOAD", "5"));

  private final List<Row> rows = new ArrayList<>();

  /**
   * One line of the answer.
   *
   * @param bound as the specification has it, or empty
   * @param held whether the bound is held; null where there is none or nothing was measured
   */
  private record Row(
      String name, String ours, String peer, Double ratio, String bound, Boolean held) {}

  /** Runs the parts that are named: hello, web, sizes, build. */
  public static void main(String[] parts) throws Exception {
    Bench bench = new Bench();
    for (String part : parts) {
      switch (part) {
        case "hello" -> bench.hello();
        case "web" -> bench.web();
        case "sizes" -> bench.sizes();
        case "build" -> bench.build();
        default -> throw new IllegalArgumentException("no such part: " + part);
      }
    }
    bench.print();
    bench.write(Path.of(required("RESULT")));
  }

  private static String required(String name) {
    String value = System.getenv(name);
    if (value == null) {
      throw new IllegalStateException("start bench/run: " + name + " is not set");
    }
    return value;
  }

  private void hello() throws Exception {
    List<String> loader = List.of(measure + "", "line", dist + "/bin/demi-loader", hello + "");
    List<String> whole = List.of(measure + "", "line", demi + "", "run", hello + "");
    List<String> hotspot = List.of(measure + "", "line", java + "", "-jar", helloJar + "");
    List<List<String>> commands = new ArrayList<>(List.of(loader, whole, hotspot));
    if (solo5 != null) {
      String[] words = solo5.split(" ");
      List<String> peer = new ArrayList<>(List.of(measure + "", "line"));
      peer.addAll(Arrays.asList(words));
      commands.add(peer);
    }
    List<Map<String, Double>> medians = inTurns(commands);
    Map<String, Double> ours = medians.get(0);
    Map<String, Double> peer = medians.get(2);
    ratio("exec to first line, hello / HotSpot", ours, peer, "first", 1.0 / 15, "1/15");
    if (solo5 != null) {
      ratio("exec to first line, hello / Solo5 spt", ours, medians.get(3), "first", 2, "2");
    } else {
      rows.add(
          new Row("exec to first line, hello / Solo5 spt", time(ours.get("first")),
              "not measured", null, "2", null));
    }
    ratio("demi run hello.img / java -jar hello.jar", medians.get(1), peer, "whole", 0.25, "1/4");
    rows.add(
        new Row(
            "resident memory of hello",
            size(ours.get("memory")),
            size(peer.get("memory")),
            ours.get("memory") / peer.get("memory"),
            "12 MB",
            ours.get("memory") <= 12 << 20));
  }

  private void web() throws Exception {
    String tap = System.getenv("TAP");
    if (tap == null) {
      rows.add(new Row("HTTP", "not measured", "no tap device", null, "", null));
      return;
    }
    List<String> image =
        new ArrayList<>(List.of(measure + "", "http", "10.77.0.2", "8080", "64", "0"));
    image.addAll(
        List.of(
            dist + "/bin/demi-loader",
            "--memory", "256M",
            "--net", "tap=" + tap + ",mac=02:00:00:00:77:02",
            "--net-config", "address=10.77.0.2/24",
            "--net-config", "gateway=10.77.0.1",
            "--", web + ""));
    List<String> hotspot =
        new ArrayList<>(List.of(measure + "", "http", "127.0.0.1", "8080", "64", "0"));
    hotspot.addAll(List.of(java + "", "-jar", webJar + ""));
    List<Map<String, Double>> first = inTurns(List.of(image, hotspot));
    ratio("HTTP first answer / HotSpot", first.get(0), first.get(1), "first", 1.0 / 15, "1/15");
    rows.add(
        new Row(
            "resident memory of web, after the first answer",
            size(first.get(0).get("resident")),
            size(first.get(1).get("resident")),
            first.get(0).get("resident") / first.get(1).get("resident"),
            "",
            null));
    image.set(5, Integer.toString(seconds));
    hotspot.set(5, Integer.toString(seconds));
    onOneCore(image);
    onOneCore(hotspot);
    List<Map<String, Double>> load = inTurns(List.of(image, hotspot), 3);
    double ours = load.get(0).get("requests");
    double peer = load.get(1).get("requests");
    rows.add(
        new Row(
            "requests a second, 64 connections, one core",
            String.format(Locale.ROOT, "%,.0f", ours),
            String.format(Locale.ROOT, "%,.0f", peer),
            ours / peer,
            "",
            null));
    double failures = load.get(0).get("failures");
    rows.add(
        new Row("failed requests", String.format(Locale.ROOT, "%.0f", failures),
            String.format(Locale.ROOT, "%.0f", load.get(1).get("failures")), null, "0", failures == 0));
  }

  /** The program on one core; the load comes from another where there is one. */
  private static void onOneCore(List<String> command) {
    command.addAll(6, List.of("taskset", "-c", "0"));
    if (Runtime.getRuntime().availableProcessors() > 1) {
      command.addAll(0, List.of("taskset", "-c", "1"));
    }
  }

  private void sizes() throws IOException {
    bound("hello image", Files.size(hello), 10_000_000, "10 MB");
    bound("web image", Files.size(web), 13_000_000, "13 MB");
  }

  private void build() throws Exception {
    Path output = Files.createTempFile("bench", ".img");
    String[] command = {demi + "", "build", "-o", output + "", helloJar + ""};
    run(List.of(command)); // fills the cache where it is empty
    long before = System.nanoTime();
    run(List.of(command));
    double took = (System.nanoTime() - before) / 1e3;
    rows.add(new Row("unchanged input from the cache", time(took), "", null, "2 s", took < 2e6));
    Path work = Files.createTempDirectory("bench");
    String builder = "org.demitasse.builder.compile.LinuxPlatformMain";
    String main = "org.demitasse.examples.hello.Hello";
    List<Double> ours = new ArrayList<>();
    List<Double> linux = new ArrayList<>();
    for (int turn = 0; turn < 3; turn++) {
      ours.add(took(List.of(demi + "", "build", "--fresh", "-o", output + "", helloJar + "")));
      linux.add(
          took(
              List.of(java + "", "-Ddemitasse.home=" + dist, "-cp", dist + "/lib/*", builder,
                  helloJar + "", main, work + "")));
    }
    Files.delete(output);
    ratio(
        "building hello / the same builder for Linux",
        Map.of("whole", median(ours)),
        Map.of("whole", median(linux)),
        "whole",
        1,
        "1");
    run(List.of("rm", "-r", work + ""));
  }

  /** Microseconds of a whole command. */
  private static double took(List<String> command) throws Exception {
    long before = System.nanoTime();
    run(command);
    System.err.print(".");
    return (System.nanoTime() - before) / 1e3;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private void bound(String name, long bytes, long limit, String bound) {
    rows.add(new Row(name, size((double) bytes), "", null, bound, bytes <= limit));
  }

  private void ratio(
      String name,
      Map<String, Double> ours,
      Map<String, Double> peer,
      String value,
      double limit,
      String bound) {
    double ratio = ours.get(value) / peer.get(value);
    rows.add(
        new Row(name, time(ours.get(value)), time(peer.get(value)), ratio, bound, ratio <= limit));
  }

  private List<Map<String, Double>> inTurns(List<List<String>> commands) throws Exception {
    return inTurns(commands, turns);
  }

  /** Runs the commands in turns, after one turn that does not count; the medians of each value. */
  private List<Map<String, Double>> inTurns(List<List<String>> commands, int count)
      throws Exception {
    List<Map<String, List<Double>>> all = new ArrayList<>();
    for (int turn = -1; turn < count; turn++) {
      for (int i = 0; i < commands.size(); i++) {
        if (turn < 0) {
          all.add(new TreeMap<>());
        }
        for (String line : run(commands.get(i)).split("\n")) {
          String[] words = line.split(" ");
          if (turn >= 0 && words.length == 2) {
            all.get(i)
                .computeIfAbsent(words[0], unused -> new ArrayList<>())
                .add(Double.parseDouble(words[1]));
          }
        }
        System.err.print(".");
      }
    }
    System.err.println();
    List<Map<String, Double>> medians = new ArrayList<>();
    for (Map<String, List<Double>> values : all) {
      Map<String, Double> median = new LinkedHashMap<>();
      values.forEach(
          (name, list) -> {
            double[] sorted = list.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            median.put(name, sorted[sorted.length / 2]);
          });
      medians.add(median);
    }
    return medians;
  }

  private static String run(List<String> command) throws Exception {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("failed: " + String.join(" ", command));
    }
    return output;
  }

  private static String time(double microseconds) {
    return microseconds < 1e6
        ? String.format(Locale.ROOT, "%.2f ms", microseconds / 1e3)
        : String.format(Locale.ROOT, "%.2f s", microseconds / 1e6);
  }

  private static String size(double bytes) {
    return String.format(Locale.ROOT, "%.1f MB", bytes / (1 << 20));
  }

  private void print() {
    System.out.printf(
        "%n%-48s %14s %14s %10s %8s  %s%n", "", "ours", "peer", "ratio", "bound", "");
    for (Row row : rows) {
      System.out.printf(
          "%-48s %14s %14s %10s %8s  %s%n",
          row.name,
          row.ours,
          row.peer,
          row.ratio == null ? "" : shown(row.ratio),
          row.bound,
          row.held == null ? "" : row.held ? "held" : "NOT HELD");
    }
  }

  private static String shown(double ratio) {
    return ratio < 0.5
        ? String.format(Locale.ROOT, "1/%.1f", 1 / ratio)
        : String.format(Locale.ROOT, "%.2f", ratio);
  }

  private void write(Path file) throws IOException {
    StringBuilder json = new StringBuilder("[\n");
    for (Row row : rows) {
      json.append(json.length() > 2 ? ",\n" : "")
          .append(
              String.format(
                  Locale.ROOT,
                  "  {\"name\": \"%s\", \"ours\": \"%s\", \"peer\": \"%s\", \"ratio\": %s,"
                      + " \"bound\": \"%s\", \"held\": %s}",
                  row.name,
                  row.ours,
                  row.peer,
                  row.ratio,
                  row.bound,
                  row.held));
    }
    Files.writeString(file, json.append("\n]\n"));
  }
}
