package org.demitasse.nio.file;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.demitasse.fs.FsException;

/** Paths as "file" URIs and back. */
final class PathUris {
  private static final String HEX = "0123456789ABCDEF";

  /** What RFC 2396 allows in a path besides letters and digits. */
  private static final String PLAIN = "-_.!~*'():@&=+$,;/";

  private PathUris() {}

  /** The URI of an absolute path, with a slash at the end when there is a directory. */
  static URI toUri(DemitassePath path) {
    StringBuilder uri = new StringBuilder("file://");
    for (byte b : path.toString().getBytes(StandardCharsets.UTF_8)) {
      boolean letter = b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9';
      if (letter || b >= 0 && PLAIN.indexOf(b) >= 0) {
        uri.append((char) b);
      } else {
        uri.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
      }
    }
    if (uri.charAt(uri.length() - 1) != '/' && isDirectory(path)) {
      uri.append('/');
    }
    return URI.create(uri.toString());
  }

  private static boolean isDirectory(DemitassePath path) {
    try {
      return path.vfs().attributes(path.forVfs(), true).isDirectory();
    } catch (FsException e) {
      return false;
    }
  }

  /** The path of a URI. */
  static DemitassePath fromUri(DemitasseFileSystem fileSystem, URI uri) {
    require(uri.isAbsolute(), "URI is not absolute");
    require(!uri.isOpaque(), "URI is not hierarchical");
    require("file".equalsIgnoreCase(uri.getScheme()), "URI scheme is not \"file\"");
    require(uri.getRawAuthority() == null, "URI has an authority component");
    require(uri.getRawFragment() == null, "URI has a fragment component");
    require(uri.getRawQuery() == null, "URI has a query component");
    String raw = uri.getRawPath();
    require(!raw.isEmpty(), "URI path component is empty");
    return DemitassePath.of(fileSystem, decode(raw));
  }

  private static String decode(String raw) {
    byte[] bytes = new byte[raw.length() * 3];
    int count = 0;
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c == '%') {
        int b = Integer.parseInt(raw, i + 1, i + 3, 16);
        require(b != 0, "Nul character not allowed");
        bytes[count++] = (byte) b;
        i += 2;
      } else {
        require(c != 0 && c < 0x80, "Bad escape");
        bytes[count++] = (byte) c;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, count))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("The path of the URI is not UTF-8: " + raw, e);
    }
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalArgumentException(otherwise);
    }
  }
}
