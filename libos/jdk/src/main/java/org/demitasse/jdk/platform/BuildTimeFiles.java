package org.demitasse.jdk.platform;

import com.oracle.svm.core.jdk.buildtimeinit.FileSystemProviderBuildTimeInitSupport;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.spi.FileSystemProvider;
import org.demitasse.jdk.io.MachineFiles;
import org.graalvm.nativeimage.Platform;
import org.graalvm.nativeimage.Platforms;
import org.graalvm.nativeimage.hosted.Feature.DuringSetupAccess;

/**
 * Paths and file systems of the build machine that initialisers have kept become the image's own: a
 * {@code Path.of("/etc/app")} in a static field means the same name in the machine.
 */
@Platforms(Platform.HOSTED_ONLY.class)
final class BuildTimeFiles {
  private BuildTimeFiles() {}

  static void replace(DuringSetupAccess access) {
    FileSystem host = FileSystems.getDefault();
    FileSystemProvider hostProvider = host.provider();
    access.registerObjectReplacer(
        object -> {
          if (object instanceof Path path && path.getFileSystem() == host) {
            return MachineFiles.fileSystem().getPath(path.toString());
          } else if (object == host) {
            return MachineFiles.fileSystem();
          } else if (object == hostProvider) {
            return MachineFiles.provider();
          }
          return object;
        });
    FileSystemProviderBuildTimeInitSupport.register(MachineFiles.provider());
  }
}
