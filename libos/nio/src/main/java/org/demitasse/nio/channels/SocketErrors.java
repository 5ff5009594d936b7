package org.demitasse.nio.channels;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;
import org.demitasse.nio.net.Addresses;

/**
 * The JDK's checks of addresses, and the words its socket views have for a channel's exceptions.
 */
final class SocketErrors {
  private SocketErrors() {}

  /** Returns {@code address} as an Internet one that a channel of {@code family} can use. */
  static InetSocketAddress checkAddress(SocketAddress address, ProtocolFamily family) {
    Objects.requireNonNull(address);
    if (!(address instanceof InetSocketAddress inet)) {
      throw new UnsupportedAddressTypeException();
    }
    if (inet.isUnresolved()) {
      throw new UnresolvedAddressException();
    }
    if (family == StandardProtocolFamily.INET && !(inet.getAddress() instanceof Inet4Address)) {
      throw new UnsupportedAddressTypeException();
    }
    return inet;
  }

  /** Returns what a channel of {@code family} binds to; null stands for any address and port. */
  static InetSocketAddress checkBindAddress(SocketAddress local, ProtocolFamily family) {
    InetSocketAddress inet =
        local == null
            ? new InetSocketAddress(Addresses.any(family), 0)
            : checkAddress(local, family);
    return Addresses.bindTarget(inet, family);
  }

  /**
   * Returns what is left of a wait of {@code nanos} nanoseconds (0: for any time, and so is the
   * result) that has begun at {@code start}.
   */
  static long left(long nanos, long start, String timedOut) throws SocketTimeoutException {
    if (nanos == 0) {
      return 0;
    }
    long left = nanos - (System.nanoTime() - start);
    if (left <= 0) {
      throw new SocketTimeoutException(timedOut);
    }
    return left;
  }

  /** Throws {@code e} as {@code java.net} would: an IOException as it is, others translated. */
  static RuntimeException translate(Exception e) throws IOException {
    if (e instanceof IOException io) {
      throw io;
    }
    throw translateToSocketException(e);
  }

  /** Throws {@code e} as a SocketException where it means one, else as it is. */
  static RuntimeException translateToSocketException(Exception e) throws SocketException {
    // Not a switch over patterns: its bootstrap method is more than an image should carry for this.
    String message;
    if (e instanceof SocketException socketException) {
      throw socketException;
    } else if (e instanceof ClosedChannelException) {
      message = "Socket is closed";
    } else if (e instanceof NotYetConnectedException) {
      message = "Socket is not connected";
    } else if (e instanceof AlreadyBoundException) {
      message = "Already bound";
    } else if (e instanceof AlreadyConnectedException) {
      message = "Already connected";
    } else if (e instanceof NotYetBoundException) {
      message = "Socket is not bound yet";
    } else if (e instanceof UnsupportedAddressTypeException) {
      message = "Unsupported address type";
    } else if (e instanceof UnresolvedAddressException) {
      message = "Unresolved address";
    } else if (e instanceof RuntimeException runtime) {
      throw runtime;
    } else {
      message = e.getMessage();
    }
    throw new SocketException(message, e);
  }

  /**
   * Returns what a channel throws when writing fails: the JDK's channels throw a plain IOException
   * with the words of POSIX, where the stack says it with a SocketException.
   */
  static IOException writeFailure(IOException e) {
    if (e.getClass() != SocketException.class) {
      return e;
    }
    String message = e.getMessage();
    return new IOException(
        "Connection reset".equals(message) ? "Connection reset by peer" : message, e);
  }
}
