package org.demitasse.suite;

import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.MissingResourceException;
import java.util.ResourceBundle;
import java.util.stream.Stream;

/** Resources of the class path, and the read-only tree packed by {@code --files packed:/packed}. */
final class ResourceTests {

  private ResourceTests() {}

  static void addTo(TestList tests) {
    tests.add("resource by class and by loader", ResourceTests::byClass);
    tests.add("resource as a URL", ResourceTests::byUrl);
    tests.add("all resources of a name", ResourceTests::all);
    tests.add("a missing resource", ResourceTests::missing);
    tests.add("resource bundles", ResourceTests::bundles);
    tests.addForMachine("packed files are read", ResourceTests::packedRead);
    tests.addForMachine("packed files are walked", ResourceTests::packedWalk);
    tests.addForMachine("packed files are read-only", ResourceTests::packedReadOnly);
  }

  private static String text(InputStream in) throws Exception {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.readLine();
    }
  }

  private static void byClass() throws Exception {
    Check.equal(
        "Grüße from a resource.", text(ResourceTests.class.getResourceAsStream("greeting.txt")));
    Check.equal(
        "Grüße from a resource.",
        text(ResourceTests.class.getResourceAsStream("/org/demitasse/suite/greeting.txt")));
    Check.equal(
        "Grüße from a resource.",
        text(
            Thread.currentThread()
                .getContextClassLoader()
                .getResourceAsStream("org/demitasse/suite/greeting.txt")));
  }

  private static void byUrl() throws Exception {
    URL url = ResourceTests.class.getResource("greeting.txt");
    Check.equal("Grüße from a resource.", text(url.openStream()));
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    Check.equal(25L, connection.getContentLengthLong());
  }

  private static void all() throws Exception {
    List<URL> urls =
        Collections.list(
            ResourceTests.class.getClassLoader().getResources("org/demitasse/suite/greeting.txt"));
    Check.equal(1, urls.size());
  }

  private static void missing() {
    Check.equal(null, ResourceTests.class.getResource("missing.txt"));
    Check.equal(null, ClassLoader.getSystemResourceAsStream("missing.txt"));
  }

  private static void bundles() {
    ResourceBundle german =
        ResourceBundle.getBundle("org.demitasse.suite.messages", Locale.GERMANY);
    Check.equal("Hallo", german.getString("hello"));
    Check.equal("only in the root", german.getString("root"));
    ResourceBundle root =
        ResourceBundle.getBundle(
            "org.demitasse.suite.messages",
            Locale.ROOT,
            ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
    Check.equal("Hello", root.getString("hello"));
    Check.thrown(MissingResourceException.class, () -> german.getString("none"));
    Check.thrown(
        MissingResourceException.class,
        () -> ResourceBundle.getBundle("org.demitasse.suite.none", Locale.ROOT));
  }

  private static void packedRead() throws Exception {
    Check.equal("packed\n", Files.readString(Path.of("/packed/one.txt")));
    Check.equal("deep\n", Files.readString(Path.of("/packed/folder/two.txt")));
    try (java.io.FileInputStream in = new java.io.FileInputStream("/packed/one.txt")) {
      Check.equal(7, in.available());
      Check.equal((int) 'p', in.read());
    }
    Check.equal(7L, new java.io.File("/packed/one.txt").length());
    Check.thrown(NoSuchFileException.class, () -> Files.readString(Path.of("/packed/none")));
  }

  private static void packedWalk() throws Exception {
    try (Stream<Path> all = Files.walk(Path.of("/packed"))) {
      Check.equal(
          List.of("/packed", "/packed/folder", "/packed/folder/two.txt", "/packed/one.txt"),
          all.map(Path::toString).sorted().toList());
    }
    Check.that(Files.isDirectory(Path.of("/packed/folder")), "a folder");
  }

  private static void packedReadOnly() {
    Path file = Path.of("/packed/one.txt");
    Check.that(!Files.isWritable(file), "it is not writable");
    try {
      Files.writeString(file, "changed");
      throw new AssertionError("a packed file was written");
    } catch (java.nio.file.FileSystemException | ReadOnlyFileSystemException e) {
      Check.that(String.valueOf(e.getMessage()).contains("/packed/one.txt"), e.toString());
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
    Check.equal(
        "/packed/one.txt (Read-only file system)",
        Check.thrown(
                java.io.FileNotFoundException.class,
                () -> new java.io.FileOutputStream("/packed/one.txt").close())
            .getMessage());
    Check.equal(false, new java.io.File("/packed/one.txt").delete());
  }
}
