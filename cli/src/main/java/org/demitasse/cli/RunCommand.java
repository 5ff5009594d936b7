package org.demitasse.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.demitasse.builder.BuildException;
import org.demitasse.cli.cache.CacheFolder;
import org.demitasse.cli.cache.ImageCache;
import org.demitasse.cli.program.Target;
import org.demitasse.cli.program.TargetResolver;
import org.demitasse.machine.DemiHome;
import org.demitasse.machine.Machine;
import org.demitasse.machine.MachineException;
import org.demitasse.machine.MemorySize;
import org.demitasse.machine.Network;
import org.demitasse.machine.PortForward;
import org.demitasse.machine.QemuMachine;
import org.demitasse.machine.RunRequest;
import org.demitasse.machine.RunningMachine;
import org.demitasse.machine.SandboxMachine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code demi run}. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    header = "Runs a program as a unikernel, building its image first where that is needed.",
    description = {
      "",
      "Streams and the exit code are the program's. Ctrl-C and SIGTERM end it in order (shutdown"
          + " hooks run); a second one kills it."
    },
    customSynopsis = {
      "demi run [OPTIONS] APP.jar|Main.java|IMAGE [ARGUMENTS...]",
      "demi run [OPTIONS] -cp PATH CLASS [ARGUMENTS...]"
    },
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  /** Names the file by which the native front takes a finished run over; set by the front alone. */
  static final String HANDOFF_VARIABLE = "DEMI_HANDOFF";

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "TARGET",
      description = "A jar, a Java source file, an image, or with -cp a class.")
  private String target;

  @Parameters(
      index = "1..*",
      paramLabel = "ARGUMENTS",
      description = "Arguments of the program; a first -- is left out.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--machine",
      paramLabel = "MACHINE",
      defaultValue = "sandbox",
      description = "sandbox (default), qemu (= qemu:microvm) or qemu:q35.")
  private String machine;

  @Option(
      names = {"-m", "--memory"},
      paramLabel = "SIZE",
      description = "Memory of the machine, such as 256M. Default: 512M, taken as it is used.")
  private String memory;

  @Option(
      names = {"-p", "--publish"},
      paramLabel = "HOST:GUEST",
      description = {
        "Forward a port of the host to the program: [ADDRESS:]HOST:GUEST[/udp]. Repeatable.",
        "ADDRESS is 127.0.0.1 unless given; 0.0.0.0 opens the port to the network."
      })
  private List<String> ports = new ArrayList<>();

  @Option(
      names = {"-e", "--env"},
      paramLabel = "KEY=VALUE",
      description =
          "Environment variable of the program; KEY alone passes this shell's. Repeatable.")
  private List<String> variables = new ArrayList<>();

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      mapFallbackValue = "",
      description = "System property of the program. Repeatable.")
  private Map<String, String> properties = new LinkedHashMap<>();

  @Option(
      names = "--net",
      paramLabel = "NET",
      description = {
        "none (default), user (outgoing connections without any rights; comes with -p), or",
        "tap=NAME[,address=A/BITS][,gateway=A][,dns=A][,mac=M][,mtu=N] for a tap device."
      })
  private String net;

  @Option(names = "--kvm", description = "With qemu: use KVM instead of emulating the processor.")
  private boolean kvm;

  @Mixin private BuildOptions build;

  @Override
  public Integer call() throws Exception {
    Machine chosen = machine();
    boolean qemu = chosen instanceof QemuMachine;
    ImageCache cache = new ImageCache(CacheFolder.standard());
    Path image = image(cache);
    RunRequest request = request(image);
    String handoff = System.getenv(HANDOFF_VARIABLE);
    try {
      if (!qemu && handoff != null) {
        handOver(Path.of(handoff), request);
        return ExitCode.OK.code();
      }
      return run(chosen, request);
    } catch (MachineException e) {
      throw Mistakes.of(e, qemu);
    }
  }

  private Path image(ImageCache cache)
      throws BuildException, CliException, IOException, InterruptedException {
    Path work = Files.createTempDirectory("demi-run");
    try {
      Target resolved = new TargetResolver(work).resolve(target, build.classPath, build.mainClass);
      return switch (resolved) {
        case Target.Image file -> {
          if (build.shapesImage()) {
            throw new ParameterException(
                spec.commandLine(),
                file.file()
                    + " is an image already: -cp, --main, --quick, --files and the like belong to"
                    + " 'demi build'");
          }
          yield file.file();
        }
        case Target.Program program ->
            new Images(Builders.installed(), cache, System.err)
                .get(program, build.wish(Map.of()))
                .result()
                .image();
      };
    } finally {
      ImageCache.delete(work);
    }
  }

  private Machine machine() throws CliException {
    if (kvm && !machine.startsWith("qemu")) {
      throw new ParameterException(spec.commandLine(), "--kvm needs --machine qemu");
    }
    try {
      return switch (machine) {
        case "sandbox" -> new SandboxMachine(DemiHome.current());
        case "qemu", "qemu:microvm" -> new QemuMachine(QemuMachine.Board.MICROVM, kvm);
        case "qemu:q35" -> new QemuMachine(QemuMachine.Board.Q35, kvm);
        default ->
            throw new ParameterException(
                spec.commandLine(),
                "there is no machine '" + machine + "'; there are sandbox, qemu and qemu:q35");
      };
    } catch (MachineException e) {
      throw Mistakes.of(e, false);
    }
  }

  private RunRequest request(Path image) {
    try {
      List<PortForward> forwards = ports.stream().map(PortForward::parse).toList();
      List<String> words =
          !arguments.isEmpty() && arguments.getFirst().equals("--")
              ? arguments.subList(1, arguments.size())
              : arguments;
      return new RunRequest(
          image,
          words,
          memory == null ? 0 : MemorySize.parse(memory),
          environment(),
          properties,
          forwards,
          net == null ? new Network.None() : Network.parse(net),
          RunRequest.Streams.INHERIT);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    for (String variable : variables) {
      int equals = variable.indexOf('=');
      if (equals == 0) {
        throw new IllegalArgumentException("-e needs KEY=VALUE or KEY, not '" + variable + "'");
      }
      if (equals > 0) {
        environment.put(variable.substring(0, equals), variable.substring(equals + 1));
      } else if (System.getenv(variable) != null) {
        environment.put(variable, System.getenv(variable));
      }
    }
    return environment;
  }

  /** Leaves the run to the native front, so that no JVM stays beside the program. */
  private static void handOver(Path file, RunRequest request) throws IOException, MachineException {
    StringBuilder words = new StringBuilder();
    for (String word : SandboxMachine.frontArguments(request)) {
      words.append(word).append('\0');
    }
    Files.writeString(file, words);
  }

  private static int run(Machine machine, RunRequest request)
      throws MachineException, InterruptedException {
    try (RunningMachine running = machine.start(request)) {
      Interrupts interrupts = Interrupts.passTo(running);
      int code = running.waitFor();
      return interrupts.exitCode().orElse(code);
    }
  }
}
