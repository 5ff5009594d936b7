package org.demitasse.machine;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** QEMU's command line for one run. */
final class QemuCommand {

  /** I/O port of the isa-debug-exit device. */
  static final String EXIT_PORT = "0x501";

  private final QemuMachine.Board board;
  private final boolean kvm;
  private final Path program;

  QemuCommand(QemuMachine.Board board, boolean kvm, Path program) {
    this.board = board;
    this.kvm = kvm;
    this.program = program;
  }

  List<String> words(RunRequest request, QemuFiles files) {
    List<String> words = new ArrayList<>();
    words.add(program.toString());
    // microvm's own serial port goes, so that both boards get the same two from here.
    add(words, "-M", board == QemuMachine.Board.MICROVM ? "microvm,isa-serial=off,rtc=on" : "q35");
    add(words, "-accel", kvm ? "kvm" : "tcg,thread=single");
    add(words, "-cpu", kvm ? "host" : "max");
    long memory = request.memory() == 0 ? QemuMachine.DEFAULT_MEMORY : request.memory();
    add(words, "-m", Math.ceilDiv(memory, 1L << 20) + "M");
    words.addAll(List.of("-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"));
    add(words, "-kernel", request.image().toString());
    add(words, "-initrd", files.block().toString());
    // The terminal stays as it is: the image has its own idea of a console, and ^C is for demi.
    add(words, "-chardev", "stdio,id=console,signal=off");
    add(words, "-device", "isa-serial,chardev=console,iobase=0x3f8,irq=4");
    add(words, "-chardev", "socket,id=control,path=" + escape(files.control()) + ",server=off");
    add(words, "-device", "isa-serial,chardev=control,iobase=0x2f8,irq=3");
    add(words, "-device", "isa-debug-exit,iobase=" + EXIT_PORT + ",iosize=0x04");
    add(words, "-device", virtio("rng") + modern());
    network(words, request, files);
    if (board == QemuMachine.Board.MICROVM) {
      add(words, "-global", "virtio-mmio.force-legacy=false");
    }
    return words;
  }

  private void network(List<String> words, RunRequest request, QemuFiles files) {
    String address = "";
    switch (request.network()) {
      case Network.None none -> {
        return;
      }
      case Network.User user ->
          // QEMU's own user network takes the host's connections in one at a time.
          add(
              words,
              "-netdev",
              "stream,id=net,server=off,addr.type=unix,addr.path=" + escape(files.wire()));
      case Network.Tap tap -> {
        add(words, "-netdev", "tap,id=net,ifname=" + tap.name() + ",script=no,downscript=no");
        for (String setting : tap.device()) {
          address += setting.startsWith("mtu=") ? ",host_" + setting : "," + setting;
        }
      }
    }
    add(words, "-device", virtio("net") + ",netdev=net" + address + modern());
  }

  private String virtio(String kind) {
    return "virtio-" + kind + (board == QemuMachine.Board.MICROVM ? "-device" : "-pci");
  }

  private String modern() {
    return board == QemuMachine.Board.MICROVM ? "" : ",disable-legacy=on";
  }

  /** A comma divides QEMU's options; two stand for one. */
  private static String escape(Path path) {
    return path.toString().replace(",", ",,");
  }

  private static void add(List<String> words, String option, String value) {
    words.add(option);
    words.add(value);
  }
}
