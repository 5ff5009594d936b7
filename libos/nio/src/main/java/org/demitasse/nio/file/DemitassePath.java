package org.demitasse.nio.file;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Arrays;
import java.util.Objects;
import org.demitasse.fs.FsException;
import org.demitasse.fs.Vfs;

/** A path of names between slashes, as the JDK has them on Linux with UTF-8 as encoding. */
final class DemitassePath implements Path {
  private final DemitasseFileSystem fileSystem;

  /** Without double slashes, and without one at the end but for the root. */
  private final String text;

  private int hash;

  /** Where the names start; made when first wanted. */
  private int[] starts;

  private DemitassePath(DemitasseFileSystem fileSystem, String text) {
    this.fileSystem = fileSystem;
    this.text = text;
  }

  /**
   * Makes a path of any text.
   *
   * @throws InvalidPathException when it has a NUL or is no Unicode
   */
  static DemitassePath of(DemitasseFileSystem fileSystem, String input) {
    boolean plain = true;
    int length = input.length();
    for (int i = 0; i < length; i++) {
      char c = input.charAt(i);
      if (c == 0) {
        throw new InvalidPathException(input, "Nul character not allowed");
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < length
                && Character.isLowSurrogate(input.charAt(i + 1));
        if (!pair) {
          throw new InvalidPathException(
              input, "Malformed input or input contains unmappable characters");
        }
        i++;
      }
      plain &= c != '/' || i + 1 < length && input.charAt(i + 1) != '/' || length == 1;
    }
    return new DemitassePath(fileSystem, plain ? input : withoutExtraSlashes(input));
  }

  private static String withoutExtraSlashes(String input) {
    StringBuilder text = new StringBuilder(input.length());
    for (int i = 0; i < input.length(); i++) {
      char c = input.charAt(i);
      if (c != '/' || text.isEmpty() || text.charAt(text.length() - 1) != '/') {
        text.append(c);
      }
    }
    if (text.length() > 1 && text.charAt(text.length() - 1) == '/') {
      text.setLength(text.length() - 1);
    }
    return text.toString();
  }

  /** Returns the path as one of ours. */
  static DemitassePath of(Path path) {
    if (Objects.requireNonNull(path) instanceof DemitassePath ours) {
      return ours;
    }
    throw new ProviderMismatchException();
  }

  private DemitassePath with(String other) {
    return new DemitassePath(fileSystem, other);
  }

  Vfs vfs() {
    return fileSystem.vfs();
  }

  /** The path as {@link Vfs} wants it: relative ones start at the default directory. */
  String forVfs() {
    return text.isEmpty() ? "." : text;
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  private int[] starts() {
    int[] known = starts;
    return known == null ? starts = findStarts() : known;
  }

  private int[] findStarts() {
    if (text.isEmpty()) {
      return new int[1];
    }
    int[] found = new int[8];
    int count = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) != '/' && (i == 0 || text.charAt(i - 1) == '/')) {
        if (count == found.length) {
          found = Arrays.copyOf(found, count * 2);
        }
        found[count++] = i;
      }
    }
    return Arrays.copyOf(found, count);
  }

  private int end(int index) {
    int[] all = starts();
    return index == all.length - 1 ? text.length() : all[index + 1] - 1;
  }

  private String name(int index) {
    return text.substring(starts()[index], end(index));
  }

  @Override
  public FileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return text.startsWith("/");
  }

  @Override
  public DemitassePath getRoot() {
    return isAbsolute() ? with("/") : null;
  }

  @Override
  public DemitassePath getFileName() {
    int count = getNameCount();
    if (count == 0) {
      return null;
    }
    return count == 1 && !isAbsolute() ? this : with(name(count - 1));
  }

  @Override
  public DemitassePath getParent() {
    int count = getNameCount();
    if (count == 0) {
      return null;
    }
    int end = starts()[count - 1] - 1;
    return end <= 0 ? getRoot() : with(text.substring(0, end));
  }

  @Override
  public int getNameCount() {
    return starts().length;
  }

  @Override
  public DemitassePath getName(int index) {
    if (index < 0 || index >= getNameCount()) {
      throw new IllegalArgumentException("No name has the index " + index + " in: " + text);
    }
    return with(name(index));
  }

  @Override
  public DemitassePath subpath(int begin, int end) {
    if (begin < 0 || begin >= end || end > getNameCount()) {
      throw new IllegalArgumentException(
          "Not a range of names, " + begin + " to " + end + ": " + text);
    }
    return with(text.substring(starts()[begin], end(end - 1)));
  }

  @Override
  public boolean startsWith(Path other) {
    if (!(Objects.requireNonNull(other) instanceof DemitassePath that)) {
      return false;
    }
    if (that.isEmpty() || isEmpty()) {
      return that.isEmpty() && isEmpty();
    }
    int length = that.text.length();
    return text.startsWith(that.text)
        && (length == text.length()
            || length == 1 && that.isAbsolute()
            || text.charAt(length) == '/');
  }

  @Override
  public boolean endsWith(Path other) {
    if (!(Objects.requireNonNull(other) instanceof DemitassePath that)) {
      return false;
    }
    if (that.isEmpty() || isEmpty() || that.isAbsolute()) {
      return text.equals(that.text);
    }
    int before = text.length() - that.text.length();
    return text.endsWith(that.text) && (before == 0 || text.charAt(before - 1) == '/');
  }

  @Override
  public DemitassePath normalize() {
    String[] kept = new String[getNameCount()];
    int count = 0;
    boolean changed = false;
    for (int i = 0; i < kept.length; i++) {
      String name = name(i);
      if (name.equals(".")) {
        changed = true;
      } else if (!name.equals("..")) {
        kept[count++] = name;
      } else if (count > 0 && !kept[count - 1].equals("..")) {
        count--;
        changed = true;
      } else if (isAbsolute()) {
        changed = true;
      } else {
        kept[count++] = name;
      }
    }
    if (!changed) {
      return this;
    }
    StringBuilder result = new StringBuilder(text.length());
    for (int i = 0; i < count; i++) {
      if (i > 0 || isAbsolute()) {
        result.append('/');
      }
      result.append(kept[i]);
    }
    return with(result.isEmpty() && isAbsolute() ? "/" : result.toString());
  }

  @Override
  public DemitassePath resolve(Path other) {
    DemitassePath that = of(other);
    if (that.isAbsolute() || isEmpty()) {
      return that;
    }
    if (that.isEmpty()) {
      return this;
    }
    return with(text.equals("/") ? text + that.text : text + '/' + that.text);
  }

  /** Returns this path with one more name. */
  DemitassePath child(String name) {
    if (isEmpty()) {
      return with(name);
    }
    return with(text.equals("/") ? text + name : text + '/' + name);
  }

  @Override
  public DemitassePath relativize(Path other) {
    DemitassePath that = of(other);
    if (that.equals(this)) {
      return with("");
    }
    if (isAbsolute() != that.isAbsolute()) {
      throw new IllegalArgumentException("'other' is different type of Path");
    }
    if (isEmpty()) {
      return that;
    }
    DemitassePath base = this;
    if (base.hasDots() || that.hasDots()) {
      base = base.normalize();
      that = that.normalize();
    }
    int baseCount = base.isEmpty() ? 0 : base.getNameCount();
    int thatCount = that.isEmpty() ? 0 : that.getNameCount();
    int common = 0;
    while (common < Math.min(baseCount, thatCount) && base.name(common).equals(that.name(common))) {
      common++;
    }
    StringBuilder result = new StringBuilder();
    for (int i = common; i < baseCount; i++) {
      if (base.name(i).equals("..")) {
        throw new IllegalArgumentException(
            "Unable to compute relative  path from " + this + " to " + other);
      }
      result.append(result.isEmpty() ? ".." : "/..");
    }
    if (common < thatCount) {
      result.append(result.isEmpty() ? "" : "/").append(that.subpath(common, thatCount).text);
    }
    return with(result.toString());
  }

  private boolean hasDots() {
    for (int i = 0; i < getNameCount(); i++) {
      String name = name(i);
      if (name.equals(".") || name.equals("..")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public URI toUri() {
    return PathUris.toUri(toAbsolutePath());
  }

  @Override
  public DemitassePath toAbsolutePath() {
    return isAbsolute() ? this : of(fileSystem, vfs().workingDirectory()).resolve(this);
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    DemitassePath absolute = toAbsolutePath();
    if (Options.follow(options)) {
      try {
        return with(vfs().realPath(absolute.text));
      } catch (FsException e) {
        throw FileErrors.of(e, this);
      }
    }
    DemitassePath result = with("/");
    boolean behindDots = false;
    for (int i = 0; i < absolute.getNameCount(); i++) {
      String name = absolute.name(i);
      if (name.equals(".")) {
        continue;
      }
      boolean dots = name.equals("..");
      if (dots && !behindDots && !isLink(result)) {
        // Only behind a link does ".." lead elsewhere than to the name before.
        DemitassePath parent = result.getParent();
        result = parent == null ? result : parent;
        continue;
      }
      behindDots = dots;
      result = result.child(name);
    }
    isLink(result);
    return result;
  }

  private static boolean isLink(DemitassePath path) throws IOException {
    try {
      return path.vfs().attributes(path.text, false).isSymbolicLink();
    } catch (FsException e) {
      throw FileErrors.of(e, path);
    }
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    Objects.requireNonNull(watcher);
    throw new UnsupportedOperationException(
        "Files of an image cannot be watched: there is no one else who would change them");
  }

  /** Compares as the UTF-8 bytes do, that is by code points. */
  @Override
  public int compareTo(Path other) {
    String a = text;
    String b = ((DemitassePath) other).text;
    int common = Math.min(a.length(), b.length());
    for (int i = 0; i < common; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        boolean order = Character.isSurrogate(x) != Character.isSurrogate(y);
        if (order && x >= 0x80 && y >= 0x80) {
          // A surrogate stands for a code point above all that fit into one char.
          return Character.isSurrogate(x) ? 1 : -1;
        }
        return x - y;
      }
    }
    return a.length() - b.length();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DemitassePath that
        && text.equals(that.text)
        && fileSystem == that.fileSystem;
  }

  /** As the JDK's: the polynomial of the UTF-8 bytes. */
  @Override
  public int hashCode() {
    int h = hash;
    if (h == 0) {
      for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
        h = 31 * h + (b & 0xff);
      }
      hash = h;
    }
    return h;
  }

  @Override
  public String toString() {
    return text;
  }
}
