package org.demitasse.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * The sandbox: a process of this host, locked to the few system calls an image needs. Needs neither
 * root nor KVM. The native front starts the loader and, for {@link Network.User}, the gateway
 * beside it.
 */
public final class SandboxMachine implements Machine {

  private final DemiHome home;

  /** A sandbox with the native parts of that home. */
  public SandboxMachine(DemiHome home) {
    this.home = home;
  }

  @Override
  public String name() {
    return "sandbox";
  }

  @Override
  public RunningMachine start(RunRequest request) throws MachineException {
    List<String> command = new ArrayList<>();
    command.add(home.front().toString());
    command.add("run");
    command.addAll(frontArguments(request));
    ProcessBuilder builder = new ProcessBuilder(command);
    if (request.streams() == RunRequest.Streams.INHERIT) {
      builder.inheritIO();
    }
    // The run must not be taken for one that this process was asked to hand over.
    builder.environment().remove("DEMI_HANDOFF");
    builder.environment().put("DEMI_REFRESHED", "1");
    try {
      return new ProcessRun(builder.start(), request.streams());
    } catch (IOException e) {
      throw new MachineException(
          MachineException.Kind.HOST, "the sandbox could not be started: " + e.getMessage(), "", e);
    }
  }

  /**
   * The words after {@code demi run} by which the native front starts this run without Java.
   *
   * @throws MachineException when the image is not a file
   */
  public static List<String> frontArguments(RunRequest request) throws MachineException {
    if (!Files.isRegularFile(request.image())) {
      throw new MachineException(
          MachineException.Kind.IMAGE_REFUSED, "there is no image " + request.image(), "");
    }
    List<String> words = new ArrayList<>();
    if (request.memory() > 0) {
      words.add("--memory=" + request.memory());
    }
    switch (request.network()) {
      case Network.None none -> {}
      case Network.User user -> words.add("--net=user");
      case Network.Tap tap -> words.add("--net=" + tap);
    }
    for (PortForward port : request.ports()) {
      words.add("--publish=" + port);
    }
    request.environment().forEach((key, value) -> words.add("--env=" + key + "=" + value));
    request.properties().forEach((key, value) -> words.add("-D" + key + "=" + value));
    words.add("--");
    words.add(request.image().toString());
    words.add("--");
    words.addAll(request.arguments());
    return words;
  }
}
