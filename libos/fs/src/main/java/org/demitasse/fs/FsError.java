package org.demitasse.fs;

/** What went wrong, by POSIX's names; the texts are those that programs know from Linux. */
public enum FsError {
  ACCES("Permission denied"),
  BADF("Bad file descriptor"),
  BUSY("Device or resource busy"),
  EXIST("File exists"),
  FBIG("File too large"),
  INVAL("Invalid argument"),
  IO("Input/output error"),
  ISDIR("Is a directory"),
  LOOP("Too many levels of symbolic links"),
  MFILE("Too many open files"),
  NAMETOOLONG("File name too long"),
  NOENT("No such file or directory"),
  NOSPC("No space left on device"),
  NOTDIR("Not a directory"),
  NOTEMPTY("Directory not empty"),
  PERM("Operation not permitted"),
  ROFS("Read-only file system"),
  XDEV("Invalid cross-device link");

  private final String text;

  FsError(String text) {
    this.text = text;
  }

  /** Returns the text of {@code strerror}. */
  public String text() {
    return text;
  }
}
