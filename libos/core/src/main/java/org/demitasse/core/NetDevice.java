package org.demitasse.core;

/**
 * An Ethernet device: frames in, frames out, never waiting.
 *
 * <p>A frame is the Ethernet header and its payload, without preamble and frame check sequence. All
 * methods are called by one thread at a time (the network stack calls them under its lock), and
 * none blocks. Nothing here announces frames: the platform sleeps on the device's event and then
 * calls the stack's {@code poll}, which takes frames until {@link #receive} has no more.
 *
 * <p>Buffers have one owner. {@link #receive} passes ownership to the caller, {@link #transmit}
 * passes it to the device when it returns true; whoever owns a buffer last calls {@link
 * PacketBuffer#release()}.
 */
public interface NetDevice {
  /**
   * Transmit: completes a TCP or UDP checksum as {@link PacketBuffer#setChecksumRequest} asks
   * (VIRTIO_NET_F_CSUM).
   */
  int OFFLOAD_TX_CHECKSUM = 1;

  /** Receive: may mark frames {@link PacketBuffer#CHECKSUM_GOOD} (VIRTIO_NET_F_GUEST_CSUM). */
  int OFFLOAD_RX_CHECKSUM = 2;

  /** Transmit: cuts TCP over IPv4 into segments (VIRTIO_NET_F_HOST_TSO4). */
  int OFFLOAD_TX_TCP4 = 4;

  /** Transmit: cuts TCP over IPv6 into segments (VIRTIO_NET_F_HOST_TSO6). */
  int OFFLOAD_TX_TCP6 = 8;

  /** Receive: may hand over TCP segments joined into frames larger than the MTU (GUEST_TSO4/6). */
  int OFFLOAD_RX_TCP = 16;

  /**
   * Transmit: takes packets with a tail ({@link PacketBuffer#setTail}), and is through with its
   * bytes when {@link #transmit} returns, whatever that answers. Such a device has a {@link
   * #largePool()}.
   */
  int OFFLOAD_TX_GATHER = 32;

  /** Returns the hardware address in the low 48 bits, first byte on the wire highest. */
  long macAddress();

  /** Returns the largest payload of a frame, in bytes (1500 for plain Ethernet). */
  int mtu();

  /** Returns the set of {@code OFFLOAD_} bits in force; never changes. */
  int offloads();

  /** Returns whether the link carries frames at the moment. */
  default boolean linkUp() {
    return true;
  }

  /**
   * Returns the pool of buffers for frames to be transmitted here. Its buffers hold a frame of
   * {@link #mtu()} (64 KiB more for a device with {@link #OFFLOAD_TX_TCP4}, through {@link
   * #largePool()}). A device copies buffers of foreign pools when it cannot send from them.
   */
  PacketPool pool();

  /** Returns the pool for frames that the device cuts into segments; null without that offload. */
  default PacketPool largePool() {
    return null;
  }

  /**
   * Returns the next received frame, which the caller then owns, or null when there is none now.
   */
  PacketBuffer receive();

  /**
   * Takes a frame to be sent.
   *
   * @return true when the device owns the frame now; false when it has no room: the caller still
   *     owns the frame and may try again after the device's next event
   */
  boolean transmit(PacketBuffer frame);

  /** Makes the device start on what was transmitted; called once after each batch. */
  default void flush() {}
}
