package org.demitasse.jdk.io;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.RecomputeFieldValue;
import com.oracle.svm.core.annotate.RecomputeFieldValue.Kind;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.io.Closeable;
import java.io.File;
import java.io.FileDescriptor;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.spi.FileTypeDetector;
import org.demitasse.nio.file.IoFiles;
import org.graalvm.nativeimage.hosted.FieldValueTransformer;

/** {@code java.io.File}, {@code java.nio.file} and file channels, on {@link MachineFiles}. */
final class FileSubstitutions {
  private FileSubstitutions() {}

  static IoFiles files() {
    return MachineFiles.ioFiles();
  }
}

/** The value of a field that the build would fill with its own working directory. */
final class WorkingDirectory implements FieldValueTransformer {
  @Override
  public Object transform(Object receiver, Object originalValue) {
    return MachineFiles.WORKING_DIRECTORY;
  }
}

@TargetClass(className = "java.io.UnixFileSystem")
final class Target_java_io_UnixFileSystem {
  /** The working directory of the machine, not of the build. */
  @Alias
  @RecomputeFieldValue(kind = Kind.Custom, declClass = WorkingDirectory.class)
  private String userDir;

  private Target_java_io_UnixFileSystem() {}

  @Substitute
  private static void initIDs() {
    // no native code, no field ids to look up
  }

  @Substitute
  private String canonicalize0(String path) throws IOException {
    return FileSubstitutions.files().canonicalize(path);
  }

  @Substitute
  private int getBooleanAttributes0(File f) {
    return FileSubstitutions.files().booleanAttributes(f.getPath());
  }

  @Substitute
  private boolean checkAccess0(File f, int access) {
    return FileSubstitutions.files().checkAccess(f.getPath(), access);
  }

  @Substitute
  private long getLastModifiedTime0(File f) {
    return FileSubstitutions.files().lastModified(f.getPath());
  }

  @Substitute
  private long getLength0(File f) {
    return FileSubstitutions.files().length(f.getPath());
  }

  @Substitute
  private boolean setPermission0(File f, int access, boolean enable, boolean owneronly) {
    return FileSubstitutions.files().setPermission(f.getPath(), access, enable, owneronly);
  }

  @Substitute
  private boolean createFileExclusively0(String path) throws IOException {
    return FileSubstitutions.files().createExclusively(path);
  }

  @Substitute
  private boolean delete0(File f) {
    return FileSubstitutions.files().delete(f.getPath());
  }

  @Substitute
  private String[] list0(File f) {
    return FileSubstitutions.files().list(f.getPath());
  }

  @Substitute
  private boolean createDirectory0(File f) {
    return FileSubstitutions.files().createDirectory(f.getPath());
  }

  @Substitute
  private boolean rename0(File f1, File f2) {
    return FileSubstitutions.files().rename(f1.getPath(), f2.getPath());
  }

  @Substitute
  private boolean setLastModifiedTime0(File f, long time) {
    return FileSubstitutions.files().setLastModified(f.getPath(), time);
  }

  @Substitute
  private boolean setReadOnly0(File f) {
    return FileSubstitutions.files().setReadOnly(f.getPath());
  }

  @Substitute
  private long getSpace0(File f, int t) {
    return FileSubstitutions.files().space(f.getPath(), t);
  }

  @Substitute
  private long getNameMax0(String path) {
    return FileSubstitutions.files().maxName();
  }
}

@TargetClass(FileSystems.class)
final class Target_java_nio_file_FileSystems {
  private Target_java_nio_file_FileSystems() {}

  @Substitute
  public static FileSystem getDefault() {
    return MachineFiles.fileSystem();
  }
}

@TargetClass(className = "sun.nio.fs.DefaultFileSystemProvider")
final class Target_sun_nio_fs_DefaultFileSystemProvider {
  private Target_sun_nio_fs_DefaultFileSystemProvider() {}

  @Substitute
  public static FileSystem theFileSystem() {
    return MachineFiles.fileSystem();
  }
}

@TargetClass(className = "sun.nio.fs.DefaultFileTypeDetector")
final class Target_sun_nio_fs_DefaultFileTypeDetector {
  private Target_sun_nio_fs_DefaultFileTypeDetector() {}

  @Substitute
  public static FileTypeDetector create() {
    return new NameTypeDetector();
  }
}

@TargetClass(className = "sun.nio.ch.FileChannelImpl")
final class Target_sun_nio_ch_FileChannelImpl {
  private Target_sun_nio_ch_FileChannelImpl() {}

  /** What the streams' {@code getChannel} opens. */
  @Substitute
  public static FileChannel open(
      FileDescriptor fd,
      String path,
      boolean readable,
      boolean writable,
      boolean sync,
      boolean direct,
      Closeable parent) {
    return Descriptors.channel(StreamSubstitutions.rawNumber(fd), readable, writable, parent);
  }
}

@TargetClass(className = "sun.nio.ch.FileDispatcherImpl")
final class Target_sun_nio_ch_FileDispatcherImpl {
  private Target_sun_nio_ch_FileDispatcherImpl() {}

  @Substitute
  private static void init0() {
    // no native code, nothing to look up
  }
}

@TargetClass(className = "sun.nio.ch.IOUtil")
final class Target_sun_nio_ch_IOUtil {
  private Target_sun_nio_ch_IOUtil() {}

  @Substitute
  static void initIDs() {
    // no native code, no field ids to look up
  }

  /** Buffers that one gathering write takes (POSIX: IOV_MAX). */
  @Substitute
  static int iovMax() {
    return 1024;
  }

  @Substitute
  static long writevMax() {
    return Integer.MAX_VALUE;
  }
}
