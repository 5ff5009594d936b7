package org.demitasse.fs;

/**
 * A file system operation that failed. Which file it was the caller knows, who makes the JDK's
 * exceptions of this one; so it has no stack trace.
 */
public final class FsException extends Exception {
  private static final long serialVersionUID = 1L;

  private final FsError error;

  public FsException(FsError error) {
    super(error.text(), null, false, false);
    this.error = error;
  }

  public FsError error() {
    return error;
  }
}
