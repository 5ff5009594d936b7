package org.demitasse.nio.file;

import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.demitasse.fs.Vfs;
import org.demitasse.fs.Volume;

/** The one file system of {@link DemitasseFileSystemProvider}; it is never closed. */
final class DemitasseFileSystem extends FileSystem {
  static final Set<String> VIEWS = Set.of("basic", "posix", "unix", "owner");

  private final DemitasseFileSystemProvider provider;
  private final Vfs vfs;
  private final Principals principals;
  private final FileLocks locks = new FileLocks();

  DemitasseFileSystem(DemitasseFileSystemProvider provider, Vfs vfs, Principals principals) {
    this.provider = provider;
    this.vfs = vfs;
    this.principals = principals;
  }

  Vfs vfs() {
    return vfs;
  }

  Principals principals() {
    return principals;
  }

  FileLocks locks() {
    return locks;
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {
    throw new UnsupportedOperationException("The default file system cannot be closed");
  }

  @Override
  public boolean isOpen() {
    return true;
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(DemitassePath.of(this, "/"));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    List<FileStore> stores = new ArrayList<>();
    for (Volume volume : vfs.volumes()) {
      stores.add(store(volume));
    }
    return stores;
  }

  DemitasseFileStore store(Volume volume) {
    return new DemitasseFileStore(volume, vfs.mountPoint(volume));
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return VIEWS;
  }

  @Override
  public Path getPath(String first, String... more) {
    Objects.requireNonNull(first);
    if (more.length == 0) {
      return DemitassePath.of(this, first);
    }
    StringBuilder path = new StringBuilder(first);
    for (String part : more) {
      if (!part.isEmpty()) {
        if (!path.isEmpty()) {
          path.append('/');
        }
        path.append(part);
      }
    }
    return DemitassePath.of(this, path.toString());
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    int colon = syntaxAndPattern.indexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("Not of the form syntax:pattern: " + syntaxAndPattern);
    }
    String syntax = syntaxAndPattern.substring(0, colon);
    String text = syntaxAndPattern.substring(colon + 1);
    if (syntax.equalsIgnoreCase("glob")) {
      text = Glob.toRegex(text);
    } else if (!syntax.equalsIgnoreCase("regex")) {
      throw new UnsupportedOperationException("Syntax '" + syntax + "' not recognized");
    }
    Pattern pattern = Pattern.compile(text);
    return path -> pattern.matcher(path.toString()).matches();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return principals;
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException(
        "Files of an image cannot be watched: there is no one else who would change them");
  }
}
