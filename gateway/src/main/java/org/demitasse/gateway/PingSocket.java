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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A socket that sends ICMP echo requests without rights: {@code SOCK_DGRAM} with {@code
 * IPPROTO_ICMP}, which Linux gives to the groups of {@code net.ipv4.ping_group_range} (icmp(7)).
 * The kernel puts its own identifier into requests; sequence numbers and data stay. Java has no
 * such sockets, so that these are the C library's functions.
 */
final class PingSocket implements Pings {
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int SOL_SOCKET = 1;
  private static final int SO_RCVTIMEO = 20;
  private static final int SOCKADDR = 16;
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
  private final MemorySegment target = arena.allocate(SOCKADDR, 4);
  private final MemorySegment source = arena.allocate(SOCKADDR, 4);
  private final MemorySegment sourceLength = arena.allocate(ValueLayout.JAVA_INT);
  private final int descriptor;
  private volatile boolean closed;

  /**
   * @throws IOException when the host lets this user not ping
   */
  PingSocket() throws IOException {
    int made;
    try {
      made = (int) SOCKET.invokeExact(sendState, AF_INET, SOCK_DGRAM_CLOEXEC, Packets.ICMP);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    if (made < 0) {
      throw new IOException(
          "this host gives its user no ping socket (errno "
              + (int) ERRNO.get(sendState, 0L)
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
  public boolean send(int address, ByteBuffer message) {
    int length = message.remaining();
    if (closed || length > MESSAGE_MAX) {
      return false;
    }
    MemorySegment.copy(MemorySegment.ofBuffer(message), 0, out, 0, length);
    target.set(ValueLayout.JAVA_SHORT, 0, (short) AF_INET);
    target.set(ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN), 4, address);
    try {
      long sent =
          (long)
              SENDTO.invokeExact(
                  sendState, descriptor, out, (long) length, MSG_DONTWAIT, target, SOCKADDR);
      return sent == length;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  // The thread that waits sees within a second that the socket was closed, and then gives the
  // descriptor back: closed by another thread, its number could be another file's meanwhile.
  @Override
  public int receive(ByteBuffer target) {
    while (!closed) {
      sourceLength.set(ValueLayout.JAVA_INT, 0, SOCKADDR);
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
        return source.get(ValueLayout.JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN), 4);
      }
    }
    try {
      int unused = (int) CLOSE.invokeExact(receiveState, descriptor);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
    return 0;
  }

  @Override
  public void close() {
    closed = true;
  }
}
