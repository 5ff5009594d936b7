package org.demitasse.drivers;

/**
 * One device of the machine: {@code struct nucleus_device} with its place in the boot information.
 *
 * @param index which device this is for the nucleus' functions; its event is bit {@code index}
 * @param kind virtio's device id, {@link #NET} and so on
 * @param transport {@link #FRAMES}, {@link #VIRTIO_MMIO} or {@link #VIRTIO_PCI}
 * @param mtu frames transport: largest payload of a frame in bytes, else 0
 * @param mac frames transport: six bytes in the low 48 bits, the first byte highest, else 0
 * @param header frames transport: 12 when a {@code virtio_net_hdr} (virtio 1.2, section 5.1.6)
 *     stands in front of each frame, which may then be larger than the MTU; else 0
 * @param registers MMIO: the registers; PCI: the common configuration (address)
 * @param notifyRegisters PCI: the first notify register (address)
 * @param notifyMultiplier PCI: bytes between two queues' notify registers
 * @param isr PCI: the ISR byte (address)
 * @param config device-specific configuration (address)
 * @param configSize bytes that may be read at {@code config}
 */
public record DeviceInfo(
    int index,
    int kind,
    int transport,
    int mtu,
    long mac,
    int header,
    long registers,
    long notifyRegisters,
    int notifyMultiplier,
    long isr,
    long config,
    long configSize) {
  public static final int NET = 1;
  public static final int BLOCK = 2;
  public static final int CONSOLE = 3;
  public static final int ENTROPY = 4;

  public static final int FRAMES = 1;
  public static final int VIRTIO_MMIO = 2;
  public static final int VIRTIO_PCI = 3;

  /** Returns a short name for messages, such as {@code device 2 (net)}. */
  public String describe() {
    String what =
        switch (kind) {
          case NET -> "net";
          case BLOCK -> "block";
          case CONSOLE -> "console";
          case ENTROPY -> "entropy";
          default -> "kind " + kind;
        };
    return "device " + index + " (" + what + ")";
  }
}
