package org.demitasse.drivers;

import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;

/**
 * {@code struct virtio_net_hdr} with {@code num_buffers} (virtio 1.2, section 5.1.6), as it stands
 * in front of each frame of a virtio network device and of a tap with {@code IFF_VNET_HDR}: what
 * the other end is to finish (a checksum, cutting into segments), and what it left unfinished.
 */
public final class NetHeader {
  /** Bytes of the header. */
  public static final int BYTES = 12;

  private static final int NEEDS_CSUM = 1;
  private static final int DATA_VALID = 2;
  private static final int GSO_NONE = 0;
  private static final int GSO_TCP4 = 1;
  private static final int GSO_TCP6 = 4;
  private static final int NUM_BUFFERS = 10;

  private NetHeader() {}

  /**
   * Writes what a frame asks for.
   *
   * @param offloads the {@code OFFLOAD_} bits in force (see {@link NetDevice})
   * @throws IllegalArgumentException when the frame asks for one that is not
   */
  public static void write(MachineAccess machine, long address, PacketBuffer frame, int offloads) {
    long first = 0;
    int second = 0;
    int checksumStart = frame.checksumStart();
    if (checksumStart >= 0) {
      require(offloads, NetDevice.OFFLOAD_TX_CHECKSUM);
      first = NEEDS_CSUM | (checksumStart & 0xffffL) << 48;
      second = frame.checksumOffset() & 0xffff;
    }
    int kind = frame.segmentKind();
    if (kind != PacketBuffer.SEGMENT_NONE) {
      require(
          offloads,
          kind == PacketBuffer.SEGMENT_TCP4
              ? NetDevice.OFFLOAD_TX_TCP4
              : NetDevice.OFFLOAD_TX_TCP6);
      first |=
          (kind & 0xffL) << 8
              | (frame.segmentHeaderLength() & 0xffffL) << 16
              | (frame.segmentSize() & 0xffffL) << 32;
    }
    machine.spLong(address, first);
    machine.spInt(address + 8, second);
  }

  private static void require(int offloads, int one) {
    if ((offloads & one) == 0) {
      throw new IllegalArgumentException("a frame asks for an offload that is not in force");
    }
  }

  /**
   * Takes over what the header in front of a received frame says of it.
   *
   * @return false when it says what was not negotiated: such a frame is to be dropped
   */
  public static boolean read(
      MachineAccess machine, long address, PacketBuffer frame, int offloads) {
    int flags = machine.lpByte(address) & 0xff;
    int kind = machine.lpByte(address + 1) & 0xff;
    if (kind != GSO_NONE
        && ((offloads & NetDevice.OFFLOAD_RX_TCP) == 0 || kind != GSO_TCP4 && kind != GSO_TCP6)) {
      return false;
    }
    // A partial checksum is one the host has not computed yet because it never left the host.
    frame.setChecksumGood(
        (offloads & NetDevice.OFFLOAD_RX_CHECKSUM) != 0
            && (flags & (NEEDS_CSUM | DATA_VALID)) != 0);
    return true;
  }

  /** Returns over how many buffers a received frame is spread (VIRTIO_NET_F_MRG_RXBUF). */
  public static int buffers(MachineAccess machine, long address) {
    return machine.lpShort(address + NUM_BUFFERS) & 0xffff;
  }
}
