package org.demitasse.nio.file;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.demitasse.fs.FileAttributes;
import org.demitasse.fs.FsError;
import org.demitasse.fs.FsException;
import org.demitasse.fs.OpenFile;
import org.demitasse.fs.Vfs;

/** The provider of the scheme "file" over a {@link Vfs}: the default one of an image. */
public final class DemitasseFileSystemProvider extends FileSystemProvider {
  private final DemitasseFileSystem fileSystem;
  private final Vfs vfs;

  /**
   * Makes the provider, and its only file system.
   *
   * @param user number of the program's user, the owner of what it makes
   * @param userName what that user is called
   */
  public DemitasseFileSystemProvider(Vfs vfs, int user, String userName) {
    this.vfs = vfs;
    this.fileSystem = new DemitasseFileSystem(this, vfs, new Principals(user, userName));
  }

  /** Returns the only file system. */
  public FileSystem theFileSystem() {
    return fileSystem;
  }

  @Override
  public String getScheme() {
    return "file";
  }

  private void checkRoot(URI uri) {
    if (!uri.getScheme().equalsIgnoreCase(getScheme())) {
      throw new IllegalArgumentException("URI does not match this provider");
    }
    if (uri.getRawAuthority() != null) {
      throw new IllegalArgumentException("Authority component present");
    }
    if (uri.getPath() == null) {
      throw new IllegalArgumentException("Path component is undefined");
    }
    if (!uri.getPath().equals("/")) {
      throw new IllegalArgumentException("Path component should be '/'");
    }
    if (uri.getRawQuery() != null) {
      throw new IllegalArgumentException("Query component present");
    }
    if (uri.getRawFragment() != null) {
      throw new IllegalArgumentException("Fragment component present");
    }
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
    checkRoot(uri);
    throw new FileSystemAlreadyExistsException();
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    checkRoot(uri);
    return fileSystem;
  }

  @Override
  public Path getPath(URI uri) {
    return PathUris.fromUri(fileSystem, uri);
  }

  // ---- channels --------------------------------------------------------------------------------

  private OpenFile open(DemitassePath path, Options.Open options, int permissions)
      throws IOException {
    String name = path.forVfs();
    boolean dot = name.equals(".") || name.endsWith("/.");
    if (options.write && options.createNew && dot) {
      throw FileErrors.of(FsError.EXIST, path, null);
    }
    OpenFile file;
    try {
      file = vfs.open(name, options.flags(), permissions);
    } catch (FsException e) {
      if (options.createNew && e.error() == FsError.ISDIR) {
        throw FileErrors.of(FsError.EXIST, path, null);
      }
      if ((options.flags() & OpenFile.NO_FOLLOW) != 0 && e.error() == FsError.LOOP) {
        throw new IOException(e.error().text() + " (NOFOLLOW_LINKS specified)");
      }
      throw FileErrors.of(e, path);
    }
    if (options.deleteOnClose) {
      try {
        vfs.unlink(name);
      } catch (FsException e) {
        // As on Linux: who cannot delete it still has it open.
      }
    }
    return file;
  }

  private FileChannel newFileChannel(
      Path path,
      Set<? extends OpenOption> options,
      boolean interruptible,
      FileAttribute<?>... attributes)
      throws IOException {
    DemitassePath file = DemitassePath.of(path);
    int permissions = Options.permissions(Options.ALL_READ_WRITE, attributes);
    Options.Open how = new Options.Open(options);
    if (!how.read && !how.write) {
      how.write = how.append;
      how.read = !how.append;
    }
    if (how.read && how.append) {
      throw new IllegalArgumentException("READ + APPEND not allowed");
    }
    if (how.append && how.truncate) {
      throw new IllegalArgumentException("APPEND + TRUNCATE_EXISTING not allowed");
    }
    return new DemitasseFileChannel(
        open(file, how, permissions), how.read, how.write, interruptible, fileSystem.locks(), null);
  }

  /** A channel beside a stream of {@code java.io}, which closes the file. */
  FileChannel channel(OpenFile file, boolean readable, boolean writable, Closeable stream) {
    return new DemitasseFileChannel(file, readable, writable, true, fileSystem.locks(), stream);
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, true, attributes);
  }

  /**
   * A channel that does not mind its thread being interrupted: {@code Files.readAllBytes} and its
   * like stand on it, and must not fail then.
   */
  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    return newFileChannel(path, options, false, attributes);
  }

  @Override
  public InputStream newInputStream(Path path, OpenOption... options) throws IOException {
    for (OpenOption option : options) {
      if (option == StandardOpenOption.APPEND || option == StandardOpenOption.WRITE) {
        throw new UnsupportedOperationException("'" + option + "' not allowed");
      }
    }
    Options.Open how = new Options.Open(Arrays.asList(options));
    how.read = true;
    return new FileStreams.Input(open(DemitassePath.of(path), how, 0));
  }

  @Override
  public OutputStream newOutputStream(Path path, OpenOption... options) throws IOException {
    Options.Open how = new Options.Open(Arrays.asList(options));
    if (how.read) {
      throw new IllegalArgumentException("READ not allowed");
    }
    if (options.length == 0) {
      how.create = true;
      how.truncate = true;
    }
    how.write = true;
    if (how.append && how.truncate) {
      throw new IllegalArgumentException("APPEND + TRUNCATE_EXISTING not allowed");
    }
    return new FileStreams.Output(open(DemitassePath.of(path), how, Options.ALL_READ_WRITE));
  }

  @Override
  public AsynchronousFileChannel newAsynchronousFileChannel(
      Path path,
      Set<? extends OpenOption> options,
      ExecutorService executor,
      FileAttribute<?>... attributes)
      throws IOException {
    DemitassePath file = DemitassePath.of(path);
    int permissions = Options.permissions(Options.ALL_READ_WRITE, attributes);
    Options.Open how = new Options.Open(options);
    if (!how.read && !how.write) {
      how.read = true;
    }
    if (how.append) {
      throw new UnsupportedOperationException("APPEND not allowed");
    }
    Executor runner = executor == null ? Thread::startVirtualThread : executor;
    return new DemitasseAsynchronousFileChannel(
        open(file, how, permissions), fileSystem.locks(), runner);
  }

  // ---- directories and names -------------------------------------------------------------------

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
    DemitassePath path = DemitassePath.of(directory);
    Objects.requireNonNull(filter);
    try {
      return new DirectoryEntries(path, vfs.list(path.forVfs()), filter);
    } catch (FsException e) {
      if (e.error() == FsError.NOTDIR) {
        throw new NotDirectoryException(path.toString());
      }
      throw FileErrors.of(e, path);
    }
  }

  @Override
  public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
    DemitassePath path = DemitassePath.of(directory);
    try {
      vfs.createDirectory(path.forVfs(), Options.permissions(Options.ALL, attributes));
    } catch (FsException e) {
      throw FileErrors.of(e, path);
    }
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes)
      throws IOException {
    DemitassePath path = DemitassePath.of(link);
    DemitassePath leadsTo = DemitassePath.of(target);
    if (attributes.length > 0) {
      Options.permissions(0, attributes);
      throw new UnsupportedOperationException(
          "Initial file attributes not supported when creating symbolic link");
    }
    try {
      vfs.createLink(path.forVfs(), leadsTo.toString());
    } catch (FsException e) {
      throw FileErrors.of(e, path);
    }
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    DemitassePath path = DemitassePath.of(link);
    DemitassePath file = DemitassePath.of(existing);
    try {
      vfs.link(path.forVfs(), file.forVfs());
    } catch (FsException e) {
      throw FileErrors.of(e.error(), path, file);
    }
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    DemitassePath path = DemitassePath.of(link);
    try {
      return DemitassePath.of(fileSystem, vfs.readLink(path.forVfs()));
    } catch (FsException e) {
      if (e.error() == FsError.INVAL) {
        throw new NotLinkException(path.toString());
      }
      throw FileErrors.of(e, path);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    delete(DemitassePath.of(path), true);
  }

  @Override
  public boolean deleteIfExists(Path path) throws IOException {
    return delete(DemitassePath.of(path), false);
  }

  private boolean delete(DemitassePath path, boolean mustExist) throws IOException {
    String name = path.forVfs();
    boolean directory = false;
    try {
      directory = vfs.attributes(name, false).isDirectory();
      if (directory) {
        vfs.removeDirectory(name);
      } else {
        vfs.unlink(name);
      }
      return true;
    } catch (FsException e) {
      if (!mustExist && e.error() == FsError.NOENT) {
        return false;
      }
      if (directory && e.error() == FsError.NOTEMPTY) {
        throw new DirectoryNotEmptyException(path.toString());
      }
      throw FileErrors.of(e, path);
    }
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    DemitassePath from = DemitassePath.of(source);
    new Copying(from, DemitassePath.of(target), Options.Copy.ofCopy(options)).copy();
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    DemitassePath from = DemitassePath.of(source);
    new Copying(from, DemitassePath.of(target), Options.Copy.ofMove(options)).move();
  }

  // ---- looking ---------------------------------------------------------------------------------

  @Override
  public boolean isSameFile(Path one, Path two) throws IOException {
    DemitassePath first = DemitassePath.of(one);
    if (first.equals(two)) {
      return true;
    }
    if (!(Objects.requireNonNull(two) instanceof DemitassePath second)) {
      return false;
    }
    return rawAttributes(first).isSameFile(rawAttributes(second));
  }

  private FileAttributes rawAttributes(DemitassePath path) throws IOException {
    try {
      return vfs.attributes(path.forVfs(), true);
    } catch (FsException e) {
      throw FileErrors.of(e, path);
    }
  }

  @Override
  public boolean isHidden(Path path) {
    DemitassePath name = DemitassePath.of(path).getFileName();
    return name != null && name.toString().startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    DemitassePath file = DemitassePath.of(path);
    try {
      return fileSystem.store(vfs.lookup(file.forVfs(), true).volume());
    } catch (FsException e) {
      throw FileErrors.of(e, file);
    }
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    DemitassePath file = DemitassePath.of(path);
    int wanted = 0;
    for (AccessMode mode : modes) {
      wanted |=
          switch (mode) {
            case READ -> Vfs.READ;
            case WRITE -> Vfs.WRITE;
            case EXECUTE -> Vfs.EXECUTE;
          };
    }
    try {
      vfs.access(file.forVfs(), wanted);
    } catch (FsException e) {
      FsError error = e.error() == FsError.NOTDIR ? FsError.NOENT : e.error();
      throw FileErrors.of(error, file, null);
    }
  }

  // ---- attributes ------------------------------------------------------------------------------

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    DemitassePath file = DemitassePath.of(path);
    boolean follow = Options.follow(options);
    Objects.requireNonNull(type);
    String name =
        type == BasicFileAttributeView.class
            ? "basic"
            : type == PosixFileAttributeView.class
                ? "posix"
                : type == FileOwnerAttributeView.class ? "owner" : null;
    return name == null
        ? null
        : type.cast(new AttributeView(name, file, follow, fileSystem.principals()));
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    DemitassePath file = DemitassePath.of(path);
    boolean follow = Options.follow(options);
    Objects.requireNonNull(type);
    if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
      throw new UnsupportedOperationException(
          "Only basic and POSIX attributes are there, not " + type.getName());
    }
    return type.cast(
        new AttributeView("posix", file, follow, fileSystem.principals()).readAttributes());
  }

  private AttributeView view(Path path, String name, LinkOption... options) {
    DemitassePath file = DemitassePath.of(path);
    if (!DemitasseFileSystem.VIEWS.contains(name)) {
      throw new UnsupportedOperationException("View '" + name + "' not available");
    }
    return new AttributeView(name, file, Options.follow(options), fileSystem.principals());
  }

  /** Returns what stands before the colon, "basic" when there is none. */
  private static String viewName(String attribute) {
    int colon = attribute.indexOf(':');
    if (colon == 0) {
      throw new IllegalArgumentException(attribute);
    }
    return colon < 0 ? "basic" : attribute.substring(0, colon);
  }

  private static String attributeName(String attribute) {
    return attribute.substring(attribute.indexOf(':') + 1);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return view(path, viewName(attributes), options)
        .readAttributes(attributeName(attributes).split(","));
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    view(path, viewName(attribute), options).setAttribute(attributeName(attribute), value);
  }
}
