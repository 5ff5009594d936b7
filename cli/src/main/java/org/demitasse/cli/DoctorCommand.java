package org.demitasse.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.demitasse.cli.doctor.Check;
import org.demitasse.cli.doctor.Finding;
import org.demitasse.cli.doctor.HostChecks;
import picocli.CommandLine.Command;

/** {@code demi doctor}. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    header = "Tells what this machine has and lacks for demi, and the command that mends it.")
final class DoctorCommand implements Callable<Integer> {

  @Override
  public Integer call() {
    List<Finding> findings = new HostChecks(Path.of("/")).all().stream().map(Check::look).toList();
    for (Finding finding : findings) {
      String mark =
          switch (finding.state()) {
            case GOOD -> "ok";
            case OPTIONAL -> "--";
            case BAD -> "NO";
          };
      System.out.println(
          String.format(Locale.ROOT, "%s  %-16s %s", mark, finding.subject(), finding.text()));
      if (!finding.remedy().isEmpty()) {
        System.out.println(String.format(Locale.ROOT, "    %-16s   -> %s", "", finding.remedy()));
      }
    }
    long bad = findings.stream().filter(f -> f.state() == Finding.State.BAD).count();
    System.out.println();
    System.out.println(
        bad == 0
            ? "Everything that building and the sandbox need is there."
            : bad + " essential things are missing.");
    return bad == 0 ? ExitCode.OK.code() : ExitCode.UNHEALTHY.code();
  }
}
