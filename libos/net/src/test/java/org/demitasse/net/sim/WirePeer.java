package org.demitasse.net.sim;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.ip.InternetChecksum;
import org.demitasse.net.ip.IpAddress;
import org.demitasse.net.ip.Ipv4Header;
import org.demitasse.net.link.Ethernet;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;

/**
 * One stack with a script in place of its peer: the test makes every frame that arrives and looks
 * at every frame that leaves, as packetdrill does. The stack is 10.0.0.1, the script 10.0.0.2.
 */
public final class WirePeer {
  public static final int FIN = 1;
  public static final int SYN = 2;
  public static final int RST = 4;
  public static final int PSH = 8;
  public static final int ACK = 16;
  public static final int LOCAL = 0x0a000001;
  public static final int REMOTE = 0x0a000002;
  public static final long LOCAL_MAC = 0x02_00_00_00_00_01L;
  public static final long REMOTE_MAC = 0x02_00_00_00_00_02L;
  public static final long MILLI = 1_000_000L;

  /** A segment that the stack has sent. */
  public record Segment(
      int sourcePort,
      int destinationPort,
      int seq,
      int ack,
      int flags,
      int window,
      byte[] options,
      byte[] data) {
    public boolean has(int flag) {
      return (flags & flag) != 0;
    }

    /** Returns the value of an option (without kind and length), or null. */
    public byte[] option(int kind) {
      for (int i = 0; i < options.length && options[i] != 0; ) {
        if (options[i] == 1) {
          i++;
          continue;
        }
        if (options[i] == kind) {
          return java.util.Arrays.copyOfRange(options, i + 2, i + options[i + 1]);
        }
        i += options[i + 1];
      }
      return null;
    }
  }

  private final SimNetwork network;
  private final SimHost host;
  private final PacketPool pool = PacketPool.heap(1500, 64);
  private final ArrayDeque<byte[]> sent = new ArrayDeque<>();
  private int traced;

  /** Port of the script in {@link #connect()} and {@link #inject}. */
  public int port = 40000;

  /** Port of the stack. */
  public int stackPort = 80;

  public WirePeer() {
    network = new SimNetwork(7, Impairment.NONE);
    SimDevice device = new SimDevice(network, LOCAL_MAC, 1500);
    NetworkConfig config =
        new NetworkConfig()
            .address("eth0", device, SimNetwork.address(1), 24, SimNetwork.address(2))
            .moreAddress(SimNetwork.address6(1), 64)
            .ipv6(true);
    device.trace();
    host = network.host(device, config);
    network.run(MILLI);
    traced = device.trace().size();
    network.tap(this::answerArp);
  }

  /** Answers as the host that the script plays. */
  private void answerArp(byte[] frame) {
    boolean request = frame[12] == 8 && frame[13] == 6 && frame[21] == 1;
    if (!request || frame[41] != (byte) REMOTE) {
      return;
    }
    byte[] reply = new byte[42];
    PacketBuffer p = pool.allocate();
    p.append(42);
    p.putMac(0, LOCAL_MAC);
    p.putMac(6, REMOTE_MAC);
    p.putShort(12, Ethernet.TYPE_ARP);
    p.putLong(14, 0x0001_0800_0604_0002L);
    p.putMac(22, REMOTE_MAC);
    p.putInt(28, REMOTE);
    p.putMac(32, LOCAL_MAC);
    p.putInt(38, LOCAL);
    p.get(0, reply, 0, 42);
    p.release();
    network.after(
        0,
        () -> {
          host.device().arrive(reply);
          host.wake();
        });
  }

  public NetworkStack stack() {
    return host.stack();
  }

  public SimHost host() {
    return host;
  }

  public SimNetwork network() {
    return network;
  }

  /** Lets virtual time pass. */
  public void run(long nanos) {
    network.run(nanos);
  }

  /** Puts a frame on the wire towards the stack. */
  public void arrive(byte[] frame) {
    host.device().arrive(frame);
    host.wake();
    network.runUntil(() -> false, 0);
  }

  /** Frames that the stack has sent and nobody has looked at. */
  public ArrayDeque<byte[]> frames() {
    network.runUntil(() -> false, 0);
    var trace = host.device().trace();
    while (traced < trace.size()) {
      sent.add(trace.get(traced++));
    }
    return sent;
  }

  /** Returns the next segment that the stack has sent, or null. */
  public Segment next() {
    for (byte[] frame = frames().poll(); frame != null; frame = frames().poll()) {
      if (frame[12] == 8 && frame[13] == 0 && frame[23] == 6) {
        return decode(frame);
      }
    }
    return null;
  }

  /** Returns the next segment; fails when there is none. */
  public Segment expect() {
    Segment segment = next();
    if (segment == null) {
      throw new AssertionError("the stack has sent nothing");
    }
    return segment;
  }

  /** Fails when the stack has sent a segment. */
  public void expectNothing() {
    Segment segment = next();
    if (segment != null) {
      throw new AssertionError("the stack has sent " + segment);
    }
  }

  private Segment decode(byte[] frame) {
    PacketBuffer p = pool.allocate();
    p.append(frame.length);
    p.put(0, frame, 0, frame.length);
    p.strip(14);
    if (!Ipv4Header.isValid(p)) {
      throw new AssertionError("the stack has sent a broken IP header");
    }
    p.truncate(Ipv4Header.totalLength(p));
    p.strip(20);
    long sum =
        InternetChecksum.pseudo(0, IpAddress.v4(LOCAL), 0, IpAddress.v4(REMOTE), 6, p.length());
    if (InternetChecksum.fold(InternetChecksum.add(sum, p, 0, p.length())) != 0xffff) {
      throw new AssertionError("the stack has sent a wrong TCP checksum");
    }
    int header = (p.getByte(12) >>> 4) * 4;
    byte[] options = new byte[header - 20];
    p.get(20, options, 0, options.length);
    byte[] data = new byte[p.length() - header];
    p.get(header, data, 0, data.length);
    Segment segment =
        new Segment(
            p.getShort(0),
            p.getShort(2),
            p.getInt(4),
            p.getInt(8),
            p.getByte(13),
            p.getShort(14),
            options,
            data);
    p.release();
    return segment;
  }

  /** Sends a segment to the stack. */
  public void inject(int flags, int seq, int ack, int window, byte[] options, byte[] data) {
    PacketBuffer p = pool.allocate();
    int header = 20 + options.length;
    p.append(header + data.length);
    p.putInt(0, port << 16 | stackPort);
    p.putInt(4, seq);
    p.putInt(8, ack);
    p.putInt(12, header / 4 << 28 | flags << 16 | window);
    p.putInt(16, 0);
    p.put(20, options, 0, options.length);
    p.put(header, data, 0, data.length);
    long sum =
        InternetChecksum.pseudo(0, IpAddress.v4(REMOTE), 0, IpAddress.v4(LOCAL), 6, p.length());
    p.putShort(16, InternetChecksum.finish(InternetChecksum.add(sum, p, 0, p.length())));
    arriveIp(p, 6);
  }

  public void inject(int flags, int seq, int ack, byte[] data) {
    inject(flags, seq, ack, 65535, new byte[0], data);
  }

  public void inject(int flags, int seq, int ack) {
    inject(flags, seq, ack, new byte[0]);
  }

  /** Sends an IP payload to the stack; takes the buffer. */
  public void arriveIp(PacketBuffer p, int protocol) {
    Ipv4Header.prepend(p, 0, 1, 0, 64, protocol, REMOTE, LOCAL);
    p.prepend(14);
    p.putMac(0, LOCAL_MAC);
    p.putMac(6, REMOTE_MAC);
    p.putShort(12, Ethernet.TYPE_IPV4);
    byte[] frame = new byte[p.length()];
    p.get(0, frame, 0, frame.length);
    p.release();
    arrive(frame);
  }

  public PacketPool pool() {
    return pool;
  }

  public TcpListener listen(int backlog) throws IOException {
    TcpListener listener = stack().openTcpListener();
    listener.setOption(SocketSetting.REUSE_ADDRESS, true);
    listener.listen(new InetSocketAddress(SimNetwork.address(1), stackPort), backlog);
    return listener;
  }

  /** The script's next sequence number after {@link #accept}. */
  public int seq = 1001;

  /** The stack's next sequence number after {@link #accept}. */
  public int ack;

  /** Opens a connection from the script to a listener, with the options given in the SYN. */
  public TcpSocket accept(TcpListener listener, byte... options) throws IOException {
    inject(SYN, 1000, 0, 65535, options, new byte[0]);
    Segment answer = expect();
    if (answer.flags() != (SYN | ACK) || answer.ack() != 1001) {
      throw new AssertionError("no SYN-ACK but " + answer);
    }
    seq = 1001;
    ack = answer.seq() + 1;
    inject(ACK, seq, ack);
    return listener.accept();
  }
}
