package org.demitasse.cli.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.demitasse.cli.cache.CacheFolder;
import org.demitasse.machine.DemiHome;
import org.demitasse.machine.MachineException;
import org.demitasse.machine.MemorySize;
import org.demitasse.machine.QemuMachine;

/** The checks of {@code demi doctor}, in the order in which they are shown. */
public final class HostChecks {

  /** The compiler needs about this much for a hello; larger programs need more. */
  private static final long BUILD_MEMORY = 3L << 30;

  /** Room for a few dozen images. */
  private static final long DISK = 1L << 30;

  private static final int FEATURE = 25;

  private static final Pattern QEMU_VERSION =
      Pattern.compile("version ([0-9]{1,4})\\.([0-9]{1,4})");

  private final Path root;

  /**
   * Checks of a host.
   *
   * @param root the folder below which {@code proc} and {@code dev} lie: {@code /}, or a test's
   */
  public HostChecks(Path root) {
    this.root = root;
  }

  /** All checks. */
  public List<Check> all() {
    return List.of(
        HostChecks::jdk,
        this::processor,
        this::memory,
        HostChecks::disk,
        HostChecks::sandbox,
        this::seccomp,
        this::namespaces,
        this::tun,
        HostChecks::qemu,
        this::kvm,
        () -> tool("Maven", "mvn", "builds demi itself", "apt-get install maven"),
        () -> tool("gcc", "gcc", "builds demi itself", "apt-get install gcc libc6-dev"));
  }

  private static Finding jdk() {
    int feature = Runtime.version().feature();
    String text = Runtime.version() + " in " + System.getProperty("java.home");
    boolean whole =
        ModuleLayer.boot().findModule("jdk.compiler").isPresent()
            && ModuleLayer.boot().findModule("java.base").isPresent();
    if (feature != FEATURE || !whole) {
      return Finding.bad("JDK", text, "apt-get install temurin-" + FEATURE + "-jdk");
    }
    return Finding.good("JDK", text);
  }

  private Finding processor() {
    String flags = field("proc/cpuinfo", "flags").orElse("");
    boolean v3 =
        List.of("avx2", "bmi1", "bmi2", "fma", "movbe").stream()
            .allMatch(flag -> (" " + flags + " ").contains(" " + flag + " "));
    String model = field("proc/cpuinfo", "model name").orElse("unknown processor");
    if (!System.getProperty("os.arch").equals("amd64")) {
      return Finding.bad(
          "processor", System.getProperty("os.arch") + ", and images are x86-64", "");
    }
    return v3
        ? Finding.good("processor", model + ", x86-64-v3")
        : Finding.optional(
            "processor",
            model + ", older than x86-64-v3",
            "build images for it: --builder-option=-march=x86-64-v2");
  }

  private Finding memory() {
    Optional<Long> available =
        field("proc/meminfo", "MemAvailable")
            .map(text -> Long.parseLong(text.replaceAll("[^0-9]", "")) << 10);
    if (available.isEmpty()) {
      return Finding.optional("memory", "cannot be seen in /proc/meminfo", "");
    }
    String text = MemorySize.format(available.get()) + " free";
    return available.get() >= BUILD_MEMORY
        ? Finding.good("memory", text)
        : Finding.optional(
            "memory",
            text + "; building takes " + MemorySize.format(BUILD_MEMORY) + " and more",
            "end other programs, or build on a larger machine and run the image here");
  }

  private static Finding disk() {
    Path folder = CacheFolder.standard().folder();
    Path existing = folder;
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      FileStore store = Files.getFileStore(existing);
      String text = MemorySize.format(store.getUsableSpace()) + " free for the cache " + folder;
      if (!Files.isWritable(existing)) {
        return Finding.bad(
            "disk",
            folder + " is not writable",
            "chown -R $USER " + existing + ", or set XDG_CACHE_HOME");
      }
      return store.getUsableSpace() >= DISK
          ? Finding.good("disk", text)
          : Finding.bad("disk", text, "demi cache --clear, or set XDG_CACHE_HOME to another disk");
    } catch (IOException e) {
      return Finding.bad("disk", "cannot be seen: " + e.getMessage(), "set XDG_CACHE_HOME");
    }
  }

  private static Finding sandbox() {
    try {
      Path loader = DemiHome.current().loader();
      return Finding.good("sandbox", "loader " + loader);
    } catch (MachineException e) {
      return Finding.bad("sandbox", e.getMessage(), e.hint());
    }
  }

  private Finding seccomp() {
    boolean known = field("proc/self/status", "Seccomp").isPresent();
    Path actions = root.resolve("proc/sys/kernel/seccomp/actions_avail");
    boolean filters = read(actions).map(text -> text.contains("kill_process")).orElse(false);
    return known && filters
        ? Finding.good("seccomp", "filters are there")
        : Finding.bad(
            "seccomp",
            "the kernel has no seccomp filters, and the sandbox refuses to start without",
            "use a kernel with CONFIG_SECCOMP_FILTER, or --machine qemu");
  }

  private Finding namespaces() {
    boolean disabled =
        read(root.resolve("proc/sys/kernel/unprivileged_userns_clone"))
                .map(text -> text.strip().equals("0"))
                .orElse(false)
            || read(root.resolve("proc/sys/user/max_user_namespaces"))
                .map(text -> text.strip().equals("0"))
                .orElse(false);
    return disabled
        ? Finding.optional(
            "user namespaces",
            "switched off; tests with a tap need them, the sandbox does not",
            "sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000")
        : Finding.good("user namespaces", "there");
  }

  private Finding tun() {
    Path device = root.resolve("dev/net/tun");
    if (!Files.exists(device)) {
      return Finding.optional(
          "/dev/net/tun", "missing; --net tap= needs it, -p does not", "modprobe tun");
    }
    return Files.isReadable(device) && Files.isWritable(device)
        ? Finding.good("/dev/net/tun", "there")
        : Finding.optional(
            "/dev/net/tun", "you may not open it; --net tap= needs it", "chmod 666 /dev/net/tun");
  }

  private static Finding qemu() {
    Optional<Path> program = QemuMachine.program();
    if (program.isEmpty()) {
      return Finding.optional(
          "QEMU", "not installed; --machine qemu needs it", "apt-get install qemu-system-x86");
    }
    return qemu(firstLine(program.get().toString(), "--version"));
  }

  /** By the line that {@code qemu-system-x86_64 --version} begins with. */
  static Finding qemu(String version) {
    Matcher numbers = QEMU_VERSION.matcher(version);
    if (numbers.find()) {
      int major = Integer.parseInt(numbers.group(1));
      int minor = Integer.parseInt(numbers.group(2));
      if (major < 7 || major == 7 && minor < 2) {
        return Finding.optional(
            "QEMU",
            version + ", older than 7.2; -p with --machine qemu needs that",
            "install a newer QEMU, or publish ports from the sandbox");
      }
    }
    return Finding.good("QEMU", version);
  }

  private Finding kvm() {
    Path device = root.resolve("dev/kvm");
    if (!Files.exists(device)) {
      return Finding.optional(
          "/dev/kvm",
          "missing; QEMU emulates the processor without it",
          "modprobe kvm_intel (or kvm_amd); inside a virtual machine, allow nesting");
    }
    return Files.isWritable(device)
        ? Finding.good("/dev/kvm", "there, for --machine qemu --kvm")
        : Finding.optional("/dev/kvm", "you may not open it", "usermod -aG kvm $USER");
  }

  private static Finding tool(String subject, String program, String use, String remedy) {
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(":")) {
      if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, program))) {
        return Finding.good(subject, Path.of(folder, program).toString());
      }
    }
    return Finding.optional(subject, "not on the path; it " + use, remedy);
  }

  private Optional<String> field(String file, String name) {
    Pattern line = Pattern.compile("^" + Pattern.quote(name) + "\\s*:\\s*(.*)$", Pattern.MULTILINE);
    return read(root.resolve(file)).map(line::matcher).filter(Matcher::find).map(m -> m.group(1));
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String firstLine(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor(10, TimeUnit.SECONDS);
      return text.lines().findFirst().orElse(command[0]);
    } catch (IOException e) {
      return command[0] + " does not start: " + e.getMessage();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return command[0];
    }
  }
}
