package org.demitasse.net.device;

import java.util.Arrays;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;

/**
 * One interface. Addresses are 128-bit pairs ({@code org.demitasse.net.ip.IpAddress}). A frame that
 * the device has no room for waits in a bounded queue.
 */
public final class NetInterface {
  /**
   * Frames that wait for the device at most: enough for bursts of many connections, little enough
   * not to delay by more than some milliseconds at a gigabit.
   */
  private static final int QUEUE_LIMIT = 1024;

  /** RFC 8200, section 5. */
  private static final int LEAST_MTU6 = 1280;

  private final String name;
  private final int index;
  private final NetDevice device;
  private final boolean loopback;
  private final Counters counters = new Counters();
  private long[] addressHigh = {};
  private long[] addressLow = {};
  private int[] prefixLength = {};
  private long[] groupHigh = {};
  private long[] groupLow = {};
  private int[] groupUses = {};
  private boolean[] deprecated = {};
  private int mtu6 = Integer.MAX_VALUE;
  private int mtuLimit = Integer.MAX_VALUE;
  private int hopLimit = 64;
  private long reachableTime = 30_000_000_000L;
  private long retransTime = 1_000_000_000L;
  private PacketBuffer queueHead;
  private PacketBuffer queueTail;
  private int queued;
  private boolean unflushed;
  private PacketCapture capture;

  public NetInterface(String name, int index, NetDevice device, boolean loopback) {
    this.name = name;
    this.index = index;
    this.device = device;
    this.loopback = loopback;
  }

  public String name() {
    return name;
  }

  public int index() {
    return index;
  }

  public NetDevice device() {
    return device;
  }

  public boolean isLoopback() {
    return loopback;
  }

  public long mac() {
    return device.macAddress();
  }

  /** Longest packet, bytes: the device's, or less where DHCP says so. */
  public int mtu() {
    return Math.min(mtuLimit, device.mtu());
  }

  /** Bounds the length of packets (RFC 2132, section 5.1); IPv6's never below its least. */
  public void limitMtu(int bytes) {
    mtuLimit = bytes;
  }

  /** Longest packet of a family: routers may advertise less for IPv6 (RFC 4861, section 6.3.4). */
  public int mtu(boolean v4) {
    return v4 ? mtu() : Math.min(mtu6, Math.min(Math.max(mtuLimit, LEAST_MTU6), device.mtu()));
  }

  public void setMtu6(int bytes) {
    mtu6 = bytes;
  }

  /** The hop limit of IPv6 packets that ask for no other. */
  public int hopLimit() {
    return hopLimit;
  }

  public void setHopLimit(int hops) {
    hopLimit = hops;
  }

  /** For how long an IPv6 neighbour that has answered is there, nanoseconds (RFC 4861, 6.3.2). */
  public long reachableTime() {
    return reachableTime;
  }

  public void setReachableTime(long nanos) {
    reachableTime = nanos;
  }

  /** How long the answer to an IPv6 neighbour solicitation is waited for, nanoseconds. */
  public long retransTime() {
    return retransTime;
  }

  public void setRetransTime(long nanos) {
    retransTime = nanos;
  }

  public boolean offloads(int bit) {
    return (device.offloads() & bit) != 0;
  }

  public PacketPool pool() {
    return device.pool();
  }

  public Counters counters() {
    return counters;
  }

  /** Copies every frame to a capture from now on; null ends that. */
  public void setCapture(PacketCapture newCapture) {
    capture = newCapture;
  }

  /** Notes a received frame, its Ethernet header still there. */
  public void received(PacketBuffer frame) {
    counters.receivedFrames++;
    counters.receivedBytes += frame.length();
    if (capture != null) {
      capture.frame(frame, false);
    }
  }

  /** Number of addresses; they are indexed from 0, in the order of preference. */
  public int addressCount() {
    return addressHigh.length;
  }

  public long addressHigh(int i) {
    return addressHigh[i];
  }

  public long addressLow(int i) {
    return addressLow[i];
  }

  /** Prefix length of the address's own family: 0 to 32 or 0 to 128. */
  public int prefixLength(int i) {
    return prefixLength[i];
  }

  public void addAddress(long high, long low, int prefix) {
    if (hasAddress(high, low)) {
      return;
    }
    int n = addressHigh.length;
    addressHigh = Arrays.copyOf(addressHigh, n + 1);
    addressLow = Arrays.copyOf(addressLow, n + 1);
    prefixLength = Arrays.copyOf(prefixLength, n + 1);
    deprecated = Arrays.copyOf(deprecated, n + 1);
    addressHigh[n] = high;
    addressLow[n] = low;
    prefixLength[n] = prefix;
  }

  public void removeAddress(long high, long low) {
    for (int i = 0; i < addressHigh.length; i++) {
      if (addressHigh[i] == high && addressLow[i] == low) {
        addressHigh = without(addressHigh, i);
        addressLow = without(addressLow, i);
        int[] lengths = Arrays.copyOf(prefixLength, prefixLength.length - 1);
        System.arraycopy(prefixLength, i + 1, lengths, i, lengths.length - i);
        prefixLength = lengths;
        boolean[] flags = Arrays.copyOf(deprecated, lengths.length);
        System.arraycopy(deprecated, i + 1, flags, i, lengths.length - i);
        deprecated = flags;
        return;
      }
    }
  }

  /** Whether an address is still valid but no longer wanted for what is new (RFC 4862, 5.5.4). */
  public boolean isDeprecated(int i) {
    return deprecated[i];
  }

  public void setDeprecated(long high, long low, boolean value) {
    for (int i = 0; i < addressHigh.length; i++) {
      if (addressHigh[i] == high && addressLow[i] == low) {
        deprecated[i] = value;
      }
    }
  }

  public boolean hasAddress(long high, long low) {
    for (int i = 0; i < addressHigh.length; i++) {
      if (addressLow[i] == low && addressHigh[i] == high) {
        return true;
      }
    }
    return false;
  }

  /** Listens to a multicast group once more. Returns whether it is new. */
  public boolean joinGroup(long high, long low) {
    int i = groupIndex(high, low);
    if (i >= 0) {
      groupUses[i]++;
      return false;
    }
    int n = groupHigh.length;
    groupHigh = Arrays.copyOf(groupHigh, n + 1);
    groupLow = Arrays.copyOf(groupLow, n + 1);
    groupUses = Arrays.copyOf(groupUses, n + 1);
    groupHigh[n] = high;
    groupLow[n] = low;
    groupUses[n] = 1;
    return true;
  }

  /** Undoes one {@link #joinGroup}. Returns whether nobody listens any more. */
  public boolean leaveGroup(long high, long low) {
    int i = groupIndex(high, low);
    if (i < 0 || --groupUses[i] > 0) {
      return false;
    }
    groupHigh = without(groupHigh, i);
    groupLow = without(groupLow, i);
    int[] uses = Arrays.copyOf(groupUses, groupUses.length - 1);
    System.arraycopy(groupUses, i + 1, uses, i, uses.length - i);
    groupUses = uses;
    return true;
  }

  public boolean inGroup(long high, long low) {
    return groupIndex(high, low) >= 0;
  }

  public int groupCount() {
    return groupHigh.length;
  }

  public long groupHigh(int i) {
    return groupHigh[i];
  }

  public long groupLow(int i) {
    return groupLow[i];
  }

  private int groupIndex(long high, long low) {
    for (int i = 0; i < groupHigh.length; i++) {
      if (groupLow[i] == low && groupHigh[i] == high) {
        return i;
      }
    }
    return -1;
  }

  private static long[] without(long[] values, int i) {
    long[] fewer = new long[values.length - 1];
    System.arraycopy(values, 0, fewer, 0, i);
    System.arraycopy(values, i + 1, fewer, i, fewer.length - i);
    return fewer;
  }

  /** Whether a sender that can wait should send now. */
  public boolean hasRoom() {
    return queued < QUEUE_LIMIT / 2;
  }

  /** Whether frames wait for the device. */
  public boolean hasQueued() {
    return queued > 0;
  }

  /**
   * Makes a packet for this interface one that may be kept: its tail is copied behind it. Takes the
   * packet; returns null when there is no memory, and counts that as a drop.
   */
  public PacketBuffer whole(PacketBuffer packet) {
    if (packet.tail() == null) {
      return packet;
    }
    PacketBuffer copy = packet.copyTo(device.largePool());
    packet.release();
    if (copy == null) {
      counters.sendDrops++;
    }
    return copy;
  }

  /** Sends or queues a frame; takes it in any case (a full queue drops and counts it). */
  public void transmit(PacketBuffer packet) {
    PacketBuffer frame = packet;
    int bytes = frame.totalLength();
    if (capture != null) {
      frame = whole(frame);
      if (frame == null) {
        return;
      }
      capture.frame(frame, true);
    }
    if (queued == 0 && device.transmit(frame)) {
      counters.sentFrames++;
      counters.sentBytes += bytes;
      unflushed = true;
      return;
    }
    if (queued >= QUEUE_LIMIT) {
      counters.sendDrops++;
      frame.release();
      return;
    }
    frame = whole(frame);
    if (frame == null) {
      return;
    }
    frame.next = null;
    if (queued++ == 0) {
      queueHead = frame;
    } else {
      queueTail.next = frame;
    }
    queueTail = frame;
  }

  /** Offers queued frames to the device again. Returns whether any was taken. */
  public boolean drainQueue() {
    boolean progress = false;
    while (queued > 0) {
      PacketBuffer frame = queueHead;
      PacketBuffer following = frame.next;
      int bytes = frame.length();
      if (!device.transmit(frame)) {
        frame.next = following;
        break;
      }
      counters.sentFrames++;
      counters.sentBytes += bytes;
      queueHead = following;
      queued--;
      progress = true;
      unflushed = true;
    }
    return progress;
  }

  /** Makes the device start on what it was given. */
  public void flush() {
    if (unflushed) {
      unflushed = false;
      device.flush();
    }
  }

  /** What went through an interface since it came up. */
  public static final class Counters {
    public long receivedFrames;
    public long receivedBytes;
    public long receiveDrops;
    public long sentFrames;
    public long sentBytes;
    public long sendDrops;
  }
}
