package org.demitasse.net.tap;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/** The few system calls that a tap device needs. */
@SuppressWarnings("restricted")
final class Linux {
  static final int AGAIN = 11;
  private static final int READ_WRITE_NONBLOCKING = 02 | 04000;
  private static final int GET_FLAGS = 3;
  private static final int SET_FLAGS = 4;
  private static final int NON_BLOCKING = 04000;
  private static final long SET_INTERFACE = 0x400454caL;
  private static final short TAP_WITHOUT_PACKET_INFO = 0x1002;
  private static final short VIRTIO_HEADER = 0x4000;
  private static final long SET_OFFLOAD = 0x400454d0L;
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MethodHandle OPEN =
      function(
          "open",
          FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle IOCTL =
      function(
          "ioctl",
          FunctionDescriptor.of(INT, INT, LONG, ValueLayout.ADDRESS),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle READ =
      function("read", FunctionDescriptor.of(LONG, INT, LONG, LONG));
  private static final MethodHandle WRITE =
      function("write", FunctionDescriptor.of(LONG, INT, LONG, LONG));
  private static final MethodHandle POLL =
      function("poll", FunctionDescriptor.of(INT, ValueLayout.ADDRESS, LONG, INT));
  private static final MethodHandle FCNTL =
      function(
          "fcntl", FunctionDescriptor.of(INT, INT, INT, INT), Linker.Option.firstVariadicArg(2));
  private static final MethodHandle EVENTFD =
      function("eventfd", FunctionDescriptor.of(INT, INT, INT));

  private final MemorySegment state = Arena.ofAuto().allocate(STATE);

  private static MethodHandle function(
      String name, FunctionDescriptor type, Linker.Option... options) {
    Linker.Option[] all = new Linker.Option[options.length + 1];
    all[0] = CAPTURE;
    System.arraycopy(options, 0, all, 1, options.length);
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), type, all);
  }

  int errno() {
    return (int) ERRNO.get(state, 0L);
  }

  /**
   * @param offloads TUN_F_ bits of what the kernel may leave undone; -1 for no virtio header
   */
  static int openTap(String name, long offloads) throws IOException {
    Linux linux = new Linux();
    MemorySegment state = linux.state;
    try (Arena arena = Arena.ofConfined()) {
      int fd =
          (int) OPEN.invokeExact(state, arena.allocateFrom("/dev/net/tun"), READ_WRITE_NONBLOCKING);
      if (fd < 0) {
        throw new IOException("cannot open /dev/net/tun: errno " + linux.errno() + "; run as root");
      }
      MemorySegment request = arena.allocate(40);
      request.setString(0, name);
      int kind = TAP_WITHOUT_PACKET_INFO | (offloads < 0 ? 0 : VIRTIO_HEADER);
      request.set(ValueLayout.JAVA_SHORT, 16, (short) kind);
      if ((int) IOCTL.invokeExact(state, fd, SET_INTERFACE, request) < 0) {
        throw new IOException("cannot make tap device " + name + ": errno " + linux.errno());
      }
      // Without a header none: whoever had the tap before may have left some.
      MemorySegment bits = MemorySegment.ofAddress(Math.max(offloads, 0));
      if ((int) IOCTL.invokeExact(state, fd, SET_OFFLOAD, bits) < 0) {
        throw new IOException("cannot set offloads of " + name + ": errno " + linux.errno());
      }
      return fd;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Makes a descriptor's calls return at once, and returns it. */
  static int nonBlocking(int fd) throws IOException {
    Linux linux = new Linux();
    try {
      int flags = (int) FCNTL.invokeExact(linux.state, fd, GET_FLAGS, 0);
      if (flags < 0
          || (int) FCNTL.invokeExact(linux.state, fd, SET_FLAGS, flags | NON_BLOCKING) < 0) {
        throw new IOException("cannot use descriptor " + fd + ": errno " + linux.errno());
      }
      return fd;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  long read(int fd, long address, long length) {
    try {
      return (long) READ.invokeExact(state, fd, address, length);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  long write(int fd, long address, long length) {
    try {
      return (long) WRITE.invokeExact(state, fd, address, length);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  int eventfd() {
    try {
      return (int) EVENTFD.invokeExact(state, 0, 04000);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until a descriptor of the array of pollfd can be read. */
  int poll(MemorySegment descriptors, int count, int timeoutMillis) {
    try {
      return (int) POLL.invokeExact(state, descriptors, (long) count, timeoutMillis);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
