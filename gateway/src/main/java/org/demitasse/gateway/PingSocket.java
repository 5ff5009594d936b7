package org.demitasse.gateway;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * A socket that sends ICMP echo requests without rights: {@code SOCK_DGRAM} with {@code
 * IPPROTO_ICMP} or {@code IPPROTO_ICMPV6}, which Linux gives to the groups of {@code
 * net.ipv4.ping_group_range} (icmp(7)). The kernel puts its own identifier into requests; sequence
 * numbers and data stay. Java has no such sockets, so that these are the C library's functions.
 */
final class PingSocket implements Pings {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int EAGAIN = 11;
  private static final int ENFILE = 23;
  private static final int EMFILE = 24;
  private static final int EAFNOSUPPORT = 97;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;

  /** Bytes of {@code sockaddr_in} and {@code sockaddr_in6}, and where the address is in them. */
  private static final int SOCKADDR4 = 16;

  private static final int SOCKADDR6 = 28;
  private static final int ADDRESS4 = 4;
  private static final int ADDRESS6 = 8;

  private static final int MESSAGE_MAX = 65_535;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final MethodHandle SOCKET =
      function(
          "socket",
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT);
  private static final MethodHandle SETSOCKOPT =
      function(
          "setsockopt",
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_INT);
  private static final MethodHandle CLOSE =
      function("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
  private static final MethodHandle SENDTO =
      function(
          "sendto",
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_INT);
  private static final MethodHandle RECVFROM =
      function(
          "recvfrom",
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.JAVA_LONG,
          ValueLayout.JAVA_INT,
          ValueLayout.ADDRESS,
          ValueLayout.ADDRESS);

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment sendState = arena.allocate(STATE);
  private final MemorySegment receiveState = arena.allocate(STATE);
  private final MemorySegment out = arena.allocate(MESSAGE_MAX);
  private final MemorySegment in = arena.allocate(MESSAGE_MAX);
  private final MemorySegment target = arena.allocate(SOCKADDR6, 4);
  private final MemorySegment source = arena.allocate(SOCKADDR6, 4);
  private final MemorySegment sourceLength = arena.allocate(ValueLayout.JAVA_INT);
  private final boolean v4;
  private final int descriptor;
  private volatile boolean closed;

  /**
   * @throws IOException when the host lets this user not ping, or has no such family
   */
  PingSocket(boolean v4) throws IOException {
    this.v4 = v4;
    int family = v4 ? AF_INET : AF_INET6;
    int protocol = v4 ? Packets.ICMP : Packets.ICMPV6;
    int made;
    try {
      made = (int) SOCKET.invokeExact(sendState, family, SOCK_DGRAM_CLOEXEC, protocol);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    if (made < 0) {
      int errno = (int) ERRNO.get(sendState, 0L);
      if (errno == EMFILE || errno == ENFILE) {
        throw new IOException("Too many open files");
      }
      throw new IOException(
          errno == EAFNOSUPPORT
              ? "this host has no " + (v4 ? "IPv4" : "IPv6")
              : "this host gives its user no ping socket (errno "
                  + errno
                  + "; see net.ipv4.ping_group_range)");
    }
    descriptor = made;
    MemorySegment second = arena.allocate(ValueLayout.JAVA_LONG, 2);
    second.set(ValueLayout.JAVA_LONG, 0, 1);
    try {
      int unused =
          (int) SETSOCKOPT.invokeExact(sendState, descriptor, SOL_SOCKET, SO_RCVTIMEO, second, 16);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("restricted") // the C library's own functions, called as its header says
  private static MethodHandle function(
      String name, MemoryLayout result, MemoryLayout... parameters) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, parameters),
        Linker.Option.captureCallState("errno"));
  }

  @Override
  public boolean send(InetAddress address, ByteBuffer message) {
    int length = message.remaining();
    if (closed || length > MESSAGE_MAX) {
      return false;
    }
    MemorySegment.copy(MemorySegment.ofBuffer(message), 0, out, 0, length);
    byte[] bytes = address.getAddress();
    target.set(ValueLayout.JAVA_SHORT, 0, (short) (v4 ? AF_INET : AF_INET6));
    MemorySegment.copy(
        bytes, 0, target, ValueLayout.JAVA_BYTE, v4 ? ADDRESS4 : ADDRESS6, bytes.length);
    int size = v4 ? SOCKADDR4 : SOCKADDR6;
    try {
      long sent =
          (long)
              SENDTO.invokeExact(
                  sendState, descriptor, out, (long) length, MSG_DONTWAIT, target, size);
      // A full socket buffer loses the request, as any network may.
      return sent == length || (int) ERRNO.get(sendState, 0L) == EAGAIN;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  // The thread that waits sees within a second that the socket was closed, and then gives the
  // descriptor back: closed by another thread, its number could be another file's meanwhile.
  @Override
  public InetAddress receive(ByteBuffer target) {
    while (!closed) {
      sourceLength.set(ValueLayout.JAVA_INT, 0, SOCKADDR6);
      long length;
      try {
        length =
            (long)
                RECVFROM.invokeExact(
                    receiveState, descriptor, in, (long) MESSAGE_MAX, 0, source, sourceLength);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
      if (length > 0 && length <= target.capacity()) {
        target.clear().limit((int) length);
        MemorySegment.copy(in, 0, MemorySegment.ofBuffer(target), 0, length);
        return sender();
      }
    }
    try {
      int unused = (int) CLOSE.invokeExact(receiveState, descriptor);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    return null;
  }

  private InetAddress sender() {
    byte[] bytes = new byte[v4 ? 4 : 16];
    MemorySegment.copy(
        source, ValueLayout.JAVA_BYTE, v4 ? ADDRESS4 : ADDRESS6, bytes, 0, bytes.length);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
