package org.demitasse.jdk.lean;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.List;

/**
 * The names in a folder, read through a {@code file:} URL: sorted without regard to case, small
 * letters first. The JDK sorts by the rules of the user's language, for which each image with a URL
 * would carry all of collation.
 */
@TargetClass(className = "sun.net.www.protocol.file.FileURLConnection")
final class FolderListing {
  @Alias private InputStream is;
  @Alias private File file;
  @Alias private boolean isDirectory;
  @Alias private List<String> directoryListing;

  private FolderListing() {}

  @Alias
  public native void connect() throws IOException;

  @Substitute
  public synchronized InputStream getInputStream() throws IOException {
    connect();
    if (is == null) {
      if (!isDirectory || directoryListing == null) {
        throw new FileNotFoundException(file.getPath());
      }
      directoryListing.sort(
          String.CASE_INSENSITIVE_ORDER.thenComparing(Comparator.<String>reverseOrder()));
      StringBuilder text = new StringBuilder();
      for (String name : directoryListing) {
        text.append(name).append('\n');
      }
      is = new ByteArrayInputStream(text.toString().getBytes());
    }
    return is;
  }
}
