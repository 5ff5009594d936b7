package org.demitasse.nio.fake;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.demitasse.net.socket.InterfaceInfo;
import org.demitasse.net.socket.Resolver;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.SocketStack;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;

/**
 * One machine's stack without a wire. What a test wants to be slow it holds back by hand:
 * handshakes, and bytes in full buffers. Everything happens in the calling thread.
 */
public class FakeStack implements SocketStack {
  private static final int FIRST_EPHEMERAL = 49152;

  final Map<Integer, FakeListener> listeners = new HashMap<>();
  final Map<Integer, FakeTcp> bound = new HashMap<>();
  final Map<Integer, List<FakeUdp>> datagrams = new HashMap<>();
  private final List<FakePollable> toTell = new ArrayList<>();
  private final List<FakeTcp> heldHandshakes = new ArrayList<>();
  private final Map<String, List<InetAddress>> names = new HashMap<>();
  private boolean holdHandshakes;
  private int nextPort = FIRST_EPHEMERAL;
  private int openSockets;
  private long readinessCalls;

  public FakeStack() {
    names.put("localhost", List.of(InetAddress.getLoopbackAddress()));
  }

  /** Holds handshakes back from now on, or lets those go that were held. */
  public void holdHandshakes(boolean hold) throws IOException {
    locked(
        () -> {
          holdHandshakes = hold;
          if (!hold) {
            List<FakeTcp> held = List.copyOf(heldHandshakes);
            heldHandshakes.clear();
            for (FakeTcp socket : held) {
              socket.handshakeLocked();
            }
          }
          return null;
        });
  }

  /** Gives {@code name} these addresses. */
  public synchronized void name(String name, List<InetAddress> addresses) {
    names.put(name, addresses);
  }

  /** Returns how many sockets are open. */
  public synchronized int openSockets() {
    return openSockets;
  }

  /** Returns how often sockets were asked for their readiness. */
  public synchronized long readinessCalls() {
    return readinessCalls;
  }

  void countReadinessCall() {
    readinessCalls++;
  }

  void opened() {
    openSockets++;
  }

  void closed() {
    openSockets--;
  }

  boolean isHeld(FakeTcp socket) {
    if (holdHandshakes) {
      heldHandshakes.add(socket);
    }
    return holdHandshakes;
  }

  void tell(FakePollable changed) {
    if (!toTell.contains(changed)) {
      toTell.add(changed);
    }
  }

  /** Runs {@code action} under the lock, and the listeners that it set off without. */
  <T> T locked(Callable<T> action) throws IOException {
    try {
      synchronized (this) {
        return action.call();
      }
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      for (; ; ) {
        FakePollable next;
        synchronized (this) {
          next = toTell.isEmpty() ? null : toTell.removeFirst();
        }
        if (next == null) {
          break;
        }
        next.notifyListeners();
      }
    }
  }

  int freePort(Map<Integer, ?> used) {
    while (used.containsKey(nextPort)) {
      nextPort++;
    }
    return nextPort++;
  }

  static void checkLocal(InetAddress address) throws BindException {
    if (!address.isAnyLocalAddress() && !address.isLoopbackAddress()) {
      throw new BindException("Cannot assign requested address");
    }
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  static <T> T option(Map<SocketSetting<?>, Object> options, SocketSetting<T> option) {
    Object value = options.get(option);
    if (value == null) {
      throw new UnsupportedOperationException(option.name());
    }
    return option.type().cast(value);
  }

  static <T> void set(Map<SocketSetting<?>, Object> options, SocketSetting<T> option, T value) {
    option(options, option);
    options.put(option, value);
  }

  @Override
  public TcpSocket openTcp() throws IOException {
    return locked(() -> new FakeTcp(this));
  }

  @Override
  public TcpListener openTcpListener() throws IOException {
    return locked(() -> new FakeListener(this));
  }

  @Override
  public UdpSocket openUdp() throws IOException {
    return locked(() -> new FakeUdp(this));
  }

  @Override
  public Resolver resolver() {
    return new Resolver() {
      @Override
      public List<InetAddress> lookup(String name, Family family) throws UnknownHostException {
        synchronized (FakeStack.this) {
          List<InetAddress> all = names.get(name);
          if (all == null) {
            throw new UnknownHostException(name + ": Name or service not known");
          }
          List<InetAddress> matching = new ArrayList<>();
          for (InetAddress address : all) {
            boolean v4 = address.getAddress().length == 4;
            if (family == Family.ANY || v4 == (family == Family.IPV4)) {
              matching.add(InetAddress.getByAddress(name, address.getAddress()));
            }
          }
          if (matching.isEmpty()) {
            throw new UnknownHostException(name + ": No address associated with hostname");
          }
          return matching;
        }
      }

      @Override
      public String reverse(InetAddress address) throws UnknownHostException {
        synchronized (FakeStack.this) {
          for (Map.Entry<String, List<InetAddress>> entry : names.entrySet()) {
            if (entry.getValue().contains(address)) {
              return entry.getKey();
            }
          }
        }
        throw new UnknownHostException(address.getHostAddress());
      }
    };
  }

  @Override
  public List<InterfaceInfo> interfaces() {
    InterfaceInfo.Address address =
        new InterfaceInfo.Address(InetAddress.getLoopbackAddress(), 8, null);
    return List.of(new InterfaceInfo("lo", 1, 65536, null, true, true, true, List.of(address)));
  }

  @Override
  public String hostName() {
    return "localhost";
  }

  @Override
  public boolean ping(InetAddress address, int ttl, int timeoutMillis) {
    return address.isLoopbackAddress();
  }
}
