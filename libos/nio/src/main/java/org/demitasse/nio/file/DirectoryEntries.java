package org.demitasse.nio.file;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * The entries that a directory had when the stream was opened, less those that a filter refuses.
 */
final class DirectoryEntries implements DirectoryStream<Path> {
  private final DemitassePath directory;
  private final List<String> names;
  private final Filter<? super Path> filter;
  private volatile boolean closed;
  private boolean iterated;

  DirectoryEntries(DemitassePath directory, List<String> names, Filter<? super Path> filter) {
    this.directory = directory;
    this.names = names;
    this.filter = filter;
  }

  @Override
  public synchronized Iterator<Path> iterator() {
    if (closed) {
      throw new IllegalStateException("Directory stream is closed");
    }
    if (iterated) {
      throw new IllegalStateException("Iterator already obtained");
    }
    iterated = true;
    return new Entries();
  }

  @Override
  public void close() {
    closed = true;
  }

  private final class Entries implements Iterator<Path> {
    private int at;
    private Path next;

    @Override
    public synchronized boolean hasNext() {
      while (next == null && !closed && at < names.size()) {
        Path entry = directory.child(names.get(at++));
        try {
          if (filter.accept(entry)) {
            next = entry;
          }
        } catch (IOException e) {
          throw new DirectoryIteratorException(e);
        }
      }
      return next != null;
    }

    @Override
    public synchronized Path next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Path entry = next;
      next = null;
      return entry;
    }
  }
}
