package org.demitasse.machine;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where an installed or built {@code demi} has its parts.
 *
 * @param folder the folder that holds {@code bin} and {@code lib}
 */
public record DemiHome(Path folder) {

  /** The system property that names the folder; the native front sets it. */
  public static final String PROPERTY = "demitasse.home";

  /**
   * The home that this process was started from.
   *
   * @throws MachineException when the property is not set
   */
  public static DemiHome current() throws MachineException {
    String folder = System.getProperty(PROPERTY);
    if (folder == null) {
      throw new MachineException(
          MachineException.Kind.MACHINE_MISSING,
          "the sandbox's native parts cannot be found: the system property "
              + PROPERTY
              + " is not set",
          "start through the command demi, or set -D" + PROPERTY + "=FOLDER/cli/target/dist");
    }
    return new DemiHome(Path.of(folder));
  }

  /**
   * The native front, which starts the sandbox and its gateway.
   *
   * @throws MachineException when it is not there
   */
  public Path front() throws MachineException {
    return executable("demi-front");
  }

  /**
   * The sandbox loader.
   *
   * @throws MachineException when it is not there
   */
  public Path loader() throws MachineException {
    return executable("demi-loader");
  }

  private Path executable(String name) throws MachineException {
    Path file = folder.resolve("bin").resolve(name);
    if (!Files.isExecutable(file)) {
      throw new MachineException(
          MachineException.Kind.MACHINE_MISSING,
          "the sandbox cannot be started: there is no program " + file,
          "build demi again (delete " + folder + " and run demi --version)");
    }
    return file;
  }
}
