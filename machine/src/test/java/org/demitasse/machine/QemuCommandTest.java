package org.demitasse.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QemuCommandTest {

  private static String words(QemuMachine.Board board, boolean kvm, RunRequest request)
      throws MachineException {
    return String.join(
        " ",
        new QemuCommand(board, kvm, Path.of("/usr/bin/qemu"))
            .words(request, new QemuFiles(Path.of("/t"))));
  }

  private static RunRequest request(long memory, List<PortForward> ports, Network network) {
    return new RunRequest(
        Path.of("x.img"),
        List.of(),
        memory,
        Map.of(),
        Map.of(),
        ports,
        network,
        RunRequest.Streams.PIPE);
  }

  @Test
  void microvmHasModernMmioDevices() throws MachineException {
    String words =
        words(
            QemuMachine.Board.MICROVM,
            false,
            request(64 << 20, List.of(PortForward.parse("8080:80")), new Network.User()));
    assertThat(words)
        .contains("-M microvm,", "-accel tcg", "-m 64M", "-kernel x.img", "-initrd /t/boot.block")
        .contains("-netdev stream,id=net,server=off,addr.type=unix,addr.path=/t/wire ")
        .contains("-device virtio-net-device,netdev=net", "-device virtio-rng-device")
        .contains("-global virtio-mmio.force-legacy=false");
  }

  @Test
  void q35HasModernPciDevices() throws MachineException {
    Network tap = new Network.Tap("tap7", List.of("mac=02:00:00:00:00:01"), List.of());
    String words = words(QemuMachine.Board.Q35, true, request(0, List.of(), tap));
    assertThat(words)
        .contains("-M q35", "-accel kvm", "-cpu host", "-m 512M")
        .contains("-netdev tap,id=net,ifname=tap7,script=no,downscript=no")
        .contains(
            "-device virtio-net-pci,netdev=net,mac=02:00:00:00:00:01,disable-legacy=on",
            "-device virtio-rng-pci,disable-legacy=on");
  }

  @Test
  void withoutNetworkThereIsNoDevice() throws MachineException {
    String words = words(QemuMachine.Board.Q35, false, request(0, List.of(), new Network.None()));
    assertThat(words).doesNotContain("netdev").doesNotContain("virtio-net");
  }

  @Test
  void portsOverATapAreRefused() {
    assertThatThrownBy(
            () ->
                request(
                    0,
                    List.of(PortForward.parse("1:2")),
                    new Network.Tap("t", List.of(), List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tap");
  }
}
