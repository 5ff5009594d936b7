package org.demitasse.nio.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketOptions;
import java.net.StandardSocketOptions;

/**
 * The numbered options of {@code java.net.SocketOptions} in terms of the named ones, with the
 * checks and words of the JDK. The caller holds the socket's state lock.
 */
abstract class LegacyOptions {
  /** Sets an option of the stack. */
  abstract <T> void set(SocketOption<T> option, T value) throws IOException;

  /** Returns an option of the stack. */
  abstract <T> T get(SocketOption<T> option) throws IOException;

  abstract void setTimeout(int millis);

  abstract int timeout();

  /** Returns the address that the socket is bound to, the wildcard address before. */
  abstract InetAddress boundAddress();

  void set(int option, Object value) throws SocketException {
    try {
      switch (option) {
        case SocketOptions.SO_TIMEOUT -> {
          int millis = number(value, "SO_TIMEOUT");
          if (millis < 0) {
            throw new IllegalArgumentException("timeout < 0");
          }
          setTimeout(millis);
        }
        case SocketOptions.SO_LINGER ->
            set(
                StandardSocketOptions.SO_LINGER,
                Boolean.FALSE.equals(value) ? -1 : number(value, "SO_LINGER"));
        case SocketOptions.IP_TOS -> set(StandardSocketOptions.IP_TOS, number(value, "IP_TOS"));
        case SocketOptions.TCP_NODELAY ->
            set(StandardSocketOptions.TCP_NODELAY, bool(value, "TCP_NODELAY"));
        case SocketOptions.SO_SNDBUF ->
            set(StandardSocketOptions.SO_SNDBUF, size(value, "SO_SNDBUF"));
        case SocketOptions.SO_RCVBUF ->
            set(StandardSocketOptions.SO_RCVBUF, size(value, "SO_RCVBUF"));
        case SocketOptions.SO_KEEPALIVE ->
            set(StandardSocketOptions.SO_KEEPALIVE, bool(value, "SO_KEEPALIVE"));
        case SocketOptions.SO_REUSEADDR ->
            set(StandardSocketOptions.SO_REUSEADDR, bool(value, "SO_REUSEADDR"));
        case SocketOptions.SO_REUSEPORT ->
            set(StandardSocketOptions.SO_REUSEPORT, bool(value, "SO_REUSEPORT"));
        case SocketOptions.SO_OOBINLINE -> {
          if (!bool(value, "SO_OOBINLINE")) {
            throw new SocketException(
                "SO_OOBINLINE cannot be switched off: urgent data always stays in the stream");
          }
        }
        default -> throw new SocketException("Unknown option " + option);
      }
    } catch (IllegalArgumentException | UnsupportedOperationException | IOException e) {
      throw DemitasseSocketImpl.asSocketException(e);
    }
  }

  Object get(int option) throws SocketException {
    try {
      return switch (option) {
        case SocketOptions.SO_TIMEOUT -> timeout();
        case SocketOptions.SO_LINGER -> {
          int seconds = get(StandardSocketOptions.SO_LINGER);
          yield seconds < 0 ? (Object) Boolean.FALSE : (Object) seconds;
        }
        case SocketOptions.SO_BINDADDR -> boundAddress();
        case SocketOptions.IP_TOS -> get(StandardSocketOptions.IP_TOS);
        case SocketOptions.TCP_NODELAY -> get(StandardSocketOptions.TCP_NODELAY);
        case SocketOptions.SO_SNDBUF -> get(StandardSocketOptions.SO_SNDBUF);
        case SocketOptions.SO_RCVBUF -> get(StandardSocketOptions.SO_RCVBUF);
        case SocketOptions.SO_KEEPALIVE -> get(StandardSocketOptions.SO_KEEPALIVE);
        case SocketOptions.SO_REUSEADDR -> get(StandardSocketOptions.SO_REUSEADDR);
        case SocketOptions.SO_REUSEPORT -> get(StandardSocketOptions.SO_REUSEPORT);
        case SocketOptions.SO_OOBINLINE -> Boolean.TRUE;
        default -> throw new SocketException("Unknown option " + option);
      };
    } catch (IllegalArgumentException | UnsupportedOperationException | IOException e) {
      throw DemitasseSocketImpl.asSocketException(e);
    }
  }

  private static boolean bool(Object value, String option) throws SocketException {
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new SocketException("Bad value for " + option);
  }

  private static int number(Object value, String option) throws SocketException {
    if (value instanceof Integer number) {
      return number;
    }
    throw new SocketException("Bad value for " + option);
  }

  private static int size(Object value, String option) throws SocketException {
    int size = number(value, option);
    if (size <= 0) {
      throw new SocketException(option + " <= 0");
    }
    return size;
  }
}
