package org.demitasse.nio.file;

import java.nio.file.FileStore;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Objects;
import org.demitasse.fs.Volume;

/** A mounted volume. */
final class DemitasseFileStore extends FileStore {
  private final Volume volume;
  private final String mountPoint;

  DemitasseFileStore(Volume volume, String mountPoint) {
    this.volume = volume;
    this.mountPoint = mountPoint;
  }

  @Override
  public String name() {
    return volume.name();
  }

  @Override
  public String type() {
    return volume.type();
  }

  @Override
  public boolean isReadOnly() {
    return volume.isReadOnly();
  }

  @Override
  public long getTotalSpace() {
    return volume.totalBytes();
  }

  @Override
  public long getUsableSpace() {
    return volume.freeBytes();
  }

  @Override
  public long getUnallocatedSpace() {
    return volume.freeBytes();
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
    Objects.requireNonNull(type);
    return type == BasicFileAttributeView.class
        || type == PosixFileAttributeView.class
        || type == FileOwnerAttributeView.class;
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    return DemitasseFileSystem.VIEWS.contains(name);
  }

  @Override
  public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> type) {
    Objects.requireNonNull(type);
    return null;
  }

  @Override
  public Object getAttribute(String attribute) {
    return switch (attribute) {
      case "totalSpace" -> getTotalSpace();
      case "usableSpace" -> getUsableSpace();
      case "unallocatedSpace" -> getUnallocatedSpace();
      default -> throw new UnsupportedOperationException("'" + attribute + "' not recognized");
    };
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof DemitasseFileStore that && that.volume == volume;
  }

  @Override
  public int hashCode() {
    return volume.hashCode();
  }

  @Override
  public String toString() {
    return mountPoint + " (" + volume.name() + ")";
  }
}
