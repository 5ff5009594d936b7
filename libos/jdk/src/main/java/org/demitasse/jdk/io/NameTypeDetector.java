package org.demitasse.jdk.io;

import java.net.URLConnection;
import java.nio.file.Path;
import java.nio.file.spi.FileTypeDetector;

/** {@code Files.probeContentType} by the file's name alone, from the JDK's table. */
final class NameTypeDetector extends FileTypeDetector {
  @Override
  public String probeContentType(Path path) {
    Path name = path.getFileName();
    return name == null ? null : URLConnection.getFileNameMap().getContentTypeFor(name.toString());
  }
}
