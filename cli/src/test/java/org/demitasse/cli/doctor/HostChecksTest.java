package org.demitasse.cli.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostChecksTest {

  @TempDir Path root;

  private Map<String, Finding> findings() {
    return new HostChecks(root)
        .all().stream()
            .map(Check::look)
            .collect(Collectors.toMap(Finding::subject, Function.identity()));
  }

  private void file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void emptyHostLacksEverythingAndSaysHowToMendIt() {
    Map<String, Finding> findings = findings();
    for (String subject : List.of("seccomp", "/dev/net/tun", "/dev/kvm")) {
      assertThat(findings.get(subject).state()).as(subject).isNotEqualTo(Finding.State.GOOD);
      assertThat(findings.get(subject).remedy()).as(subject).isNotEmpty();
    }
    assertThat(findings.get("seccomp").state()).isEqualTo(Finding.State.BAD);
  }

  @Test
  void wellEquippedHost() throws IOException {
    file("proc/cpuinfo", "model name\t: Test\nflags\t\t: sse avx2 bmi1 bmi2 fma movbe\n");
    file("proc/meminfo", "MemTotal: 9 kB\nMemAvailable:    8388608 kB\n");
    file("proc/self/status", "Name:\tx\nSeccomp:\t0\n");
    file("proc/sys/kernel/seccomp/actions_avail", "kill_process kill_thread errno allow\n");
    file("dev/net/tun", "");
    file("dev/kvm", "");
    Map<String, Finding> findings = findings();
    assertThat(findings.get("processor").text()).isEqualTo("Test, x86-64-v3");
    assertThat(findings.get("memory").text()).startsWith("8.0 GB");
    for (String subject :
        List.of("memory", "seccomp", "user namespaces", "/dev/net/tun", "/dev/kvm", "JDK")) {
      assertThat(findings.get(subject).state()).as(subject).isEqualTo(Finding.State.GOOD);
    }
  }

  @Test
  void anOldQemuBootsImagesWithoutPorts() {
    assertThat(HostChecks.qemu("QEMU emulator version 6.2.0 (Debian 1:6.2)").state())
        .isEqualTo(Finding.State.OPTIONAL);
    assertThat(HostChecks.qemu("QEMU emulator version 7.1.94").text()).contains("7.2");
    for (String version : List.of("7.2.22 (Debian 1:7.2+dfsg-7)", "8.0.2", "10.1.0")) {
      assertThat(HostChecks.qemu("QEMU emulator version " + version).state())
          .as(version)
          .isEqualTo(Finding.State.GOOD);
    }
  }

  @Test
  void switchedOffUserNamespacesAreSeen() throws IOException {
    file("proc/sys/user/max_user_namespaces", "0\n");
    assertThat(findings().get("user namespaces").state()).isEqualTo(Finding.State.OPTIONAL);
  }
}
