package org.demitasse.nio.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Paths do as the JDK's on Linux do, for random strings. */
class PathTest {
  private static final FileSystem JDK = FileSystems.getDefault();
  private final FileSystem ours =
      Twin.newProvider(Path.of("").toAbsolutePath().toString()).theFileSystem();

  private static String random(Random random) {
    String[] parts = {
      "/",
      "/",
      "/",
      "a",
      "b",
      "ab",
      ".",
      "..",
      "...",
      ".a",
      "\u00e9",
      "\ud83d\ude00",
      "\uffee",
      " ",
      "%",
      "+",
      "\0",
      "\ud800",
      "a",
      "a",
      "/"
    };
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(9); n > 0; n--) {
      int last = random.nextInt(40) == 0 ? parts.length : parts.length - 5;
      text.append(parts[random.nextInt(last)]);
    }
    return text.toString();
  }

  private void same(String what, Function<FileSystem, Object> operation) {
    assertThat(outcome(ours, operation)).as(what).isEqualTo(outcome(JDK, operation));
  }

  private static String outcome(FileSystem fileSystem, Function<FileSystem, Object> operation) {
    try {
      Object result = operation.apply(fileSystem);
      return result == null ? "null" : result.toString();
    } catch (RuntimeException e) {
      // Messages of mistakes in arguments are ours; where the JDK gives one, it is the JDK's.
      return e.getClass().getName();
    }
  }

  @Property(tries = 2500)
  void onePath(@ForAll long seed) {
    Random random = new Random(seed);
    String text = random(random);
    int i = random.nextInt(5) - 1;
    int j = random.nextInt(6) - 1;
    same(text, f -> f.getPath(text));
    same(text, f -> f.getPath(text).hashCode());
    same(text, f -> f.getPath(text).isAbsolute());
    same(text, f -> f.getPath(text).getRoot());
    same(text, f -> f.getPath(text).getFileName());
    same(text, f -> f.getPath(text).getParent());
    same(text, f -> f.getPath(text).getNameCount());
    same(text + " name " + i, f -> f.getPath(text).getName(i));
    same(text + " sub " + i + " " + j, f -> f.getPath(text).subpath(i, j));
    same(text, f -> f.getPath(text).normalize());
    same(text, f -> f.getPath(text).toAbsolutePath());
    same(text, f -> f.getPath("/none" + text).toUri());
    same(text, f -> f.provider().getPath(f.getPath("/none" + text).toUri()));
    same(text, f -> names(f.getPath(text)));
    same(text, f -> hidden(f.getPath(text)));
  }

  private static List<String> names(Path path) {
    List<String> names = new ArrayList<>();
    for (Path name : path) {
      names.add(name.toString());
    }
    return names;
  }

  private static boolean hidden(Path path) {
    try {
      return path.getFileSystem().provider().isHidden(path);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Property(tries = 2500)
  void twoPaths(@ForAll long seed) {
    Random random = new Random(seed);
    String a = random(random);
    String b = random.nextInt(3) == 0 ? a + "/" + random(random) : random(random);
    String both = a + " and " + b;
    same(both, f -> f.getPath(a).resolve(f.getPath(b)));
    same(both, f -> f.getPath(a).resolve(b));
    same(both, f -> f.getPath(a).resolve(f.getPath(b)).resolve(f.getPath(a)));
    assertThat(outcome(ours, f -> f.getPath(a).resolve(f.getPath(b), f.getPath(a))))
        .isEqualTo(outcome(ours, f -> f.getPath(a).resolve(f.getPath(b)).resolve(f.getPath(a))));
    same(both, f -> f.getPath(a).resolveSibling(b));
    same(both, f -> f.getPath(a).relativize(f.getPath(b)));
    same(both, f -> f.getPath(a).startsWith(f.getPath(b)));
    same(both, f -> f.getPath(b).startsWith(a));
    same(both, f -> f.getPath(a).endsWith(f.getPath(b)));
    same(both, f -> f.getPath(b).endsWith(a));
    same(both, f -> f.getPath(a).equals(f.getPath(b)));
    same(both, f -> Integer.signum(f.getPath(a).compareTo(f.getPath(b))));
    same(both, f -> f.getPath(a, b, "", b));
  }

  @Test
  void uris() {
    for (String uri :
        List.of(
            "file:///a/b%20c",
            "file:/a/b",
            "file:///a//b/",
            "file:///",
            "file:///a%00b",
            "file://host/a",
            "file:///a?q",
            "file:///a#f",
            "http:///a",
            "file:a",
            "a/b",
            "file:///%C3%A9",
            "FILE:///a",
            "file:///a;b,c@d")) {
      same(uri, f -> f.provider().getPath(URI.create(uri)));
      same(uri, f -> f.provider().getFileSystem(URI.create(uri)).isOpen());
    }
    same("root", f -> f.provider().getFileSystem(URI.create("file:///")).isOpen());
    same("new", f -> newFileSystem(f));
  }

  private static Object newFileSystem(FileSystem f) {
    try {
      return f.provider().newFileSystem(URI.create("file:///"), java.util.Map.of());
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Property(tries = 2500)
  void globs(@ForAll long seed) {
    Random random = new Random(seed);
    String[] parts = {
      "*", "**", "?", "[a-c]", "[!a]", "[", "]", "{", "}", ",", "a", "b", "/", "\\", "-", "^", "&&",
      ".", "$", "(", "[^a]", "[-a]", "{a,b}", "!"
    };
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(6); n >= 0; n--) {
      text.append(parts[random.nextInt(parts.length)]);
    }
    String glob = (random.nextInt(20) == 0 ? "regex:" : "glob:") + text;
    String[] paths = {
      "", "a", "b", "c", "ab", "a/b", "/", "/a", "a.b", "-", "^", "a-b", "!", "&", "a,b"
    };
    same(
        glob,
        f -> {
          var matcher = f.getPathMatcher(glob);
          List<Boolean> matches = new ArrayList<>();
          for (String path : paths) {
            matches.add(matcher.matches(f.getPath(path)));
          }
          return matches;
        });
  }

  @Test
  void matcherSyntax() {
    for (String pattern : List.of("", ":a", "a", "GLOB:*", "x:y", "regex:(")) {
      same(pattern, f -> f.getPathMatcher(pattern).matches(f.getPath("a")));
    }
  }
}
