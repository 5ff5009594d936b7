package org.demitasse.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.demitasse.gateway.UserNetwork;
import org.demitasse.image.ImageFile;
import org.demitasse.image.ImageFormatException;

/**
 * QEMU, which emulates a whole machine (TCG) and needs no rights, or uses KVM when asked to. The
 * image boots over PVH; the boot protocol's block is its initial RAM disk, COM1 its console, and
 * COM2 the control channel. Its user network is the gateway, in this process.
 */
public final class QemuMachine implements Machine {

  /** The machines of QEMU that images boot on. */
  public enum Board {
    /** Small and quick to boot: virtio over MMIO, no PCI. */
    MICROVM,
    /** A PC with PCI Express: virtio over PCI. */
    Q35;

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Memory of a machine when the request names none, bytes. */
  static final long DEFAULT_MEMORY = 512L << 20;

  private static final String PROGRAM = "qemu-system-x86_64";

  private final Board board;
  private final boolean kvm;

  /** A QEMU machine; {@code kvm} takes the processor itself instead of emulating it. */
  public QemuMachine(Board board, boolean kvm) {
    this.board = Objects.requireNonNull(board, "board");
    this.kvm = kvm;
  }

  @Override
  public String name() {
    return "qemu:" + board.text();
  }

  /** QEMU's program on the path, or empty. */
  public static Optional<Path> program() {
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(":")) {
      Path file = Path.of(folder.isEmpty() ? "." : folder, PROGRAM);
      if (Files.isExecutable(file)) {
        return Optional.of(file);
      }
    }
    return Optional.empty();
  }

  @Override
  public RunningMachine start(RunRequest request) throws MachineException {
    Path program =
        program()
            .orElseThrow(
                () ->
                    new MachineException(
                        MachineException.Kind.MACHINE_MISSING,
                        "QEMU is not installed: there is no " + PROGRAM + " on the path",
                        "apt-get install qemu-system-x86 (Fedora: dnf install qemu-system-x86-core),"
                            + " or run in the sandbox: --machine sandbox"));
    if (kvm && !Files.isWritable(Path.of("/dev/kvm"))) {
      throw new MachineException(
          MachineException.Kind.MACHINE_MISSING,
          "KVM was asked for and /dev/kvm "
              + (Files.exists(Path.of("/dev/kvm")) ? "may not be opened by you" : "does not exist"),
          Files.exists(Path.of("/dev/kvm"))
              ? "join its group: usermod -aG kvm $USER, then log in again"
              : "leave out --kvm: QEMU then emulates the processor");
    }
    check(request.image());
    HostPorts.check(request.ports());
    QemuFiles files = null;
    UserNetwork network = null;
    try {
      files = QemuFiles.create();
      List<String> settings = List.of("exit=port:" + QemuCommand.EXIT_PORT, "control=com2");
      Files.write(files.block(), BootBlock.of(request, settings));
      if (request.network() instanceof Network.User) {
        network = UserNetwork.open(files.wire(), forwards(request.ports()));
      }
      List<String> command = new QemuCommand(board, kvm, program).words(request, files);
      return QemuRun.start(command, request, files, network);
    } catch (IOException e) {
      release(files, network);
      throw new MachineException(
          MachineException.Kind.HOST, "QEMU could not be started: " + e.getMessage(), "", e);
    } catch (MachineException e) {
      release(files, network);
      throw e;
    }
  }

  private static void release(QemuFiles files, UserNetwork network) {
    if (network != null) {
      network.close();
    }
    if (files != null) {
      files.delete();
    }
  }

  private static List<String> forwards(List<PortForward> ports) {
    List<String> forwards = new ArrayList<>();
    for (PortForward port : ports) {
      String address = port.address();
      forwards.add(
          port.protocol().text()
              + ":"
              + (address.indexOf(':') >= 0 ? "[" + address + "]" : address)
              + ":"
              + port.host()
              + ":"
              + port.guest());
    }
    return forwards;
  }

  /** Headers are checked here, so that a hypervisor's own message is not the first to be seen. */
  private static void check(Path image) throws MachineException {
    try {
      ImageFile.open(image);
    } catch (ImageFormatException e) {
      throw new MachineException(
          MachineException.Kind.IMAGE_REFUSED,
          e.getMessage(),
          "build it again: demi build -o " + image + " app.jar",
          e);
    } catch (IOException e) {
      throw new MachineException(
          MachineException.Kind.IMAGE_REFUSED,
          "the image " + image + " cannot be read: " + e.getMessage(),
          "",
          e);
    }
  }
}
