package org.demitasse.nio.net;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.demitasse.net.socket.SocketSetting;

/** The JDK's socket options as the stack's settings. Any thread may call. */
public final class SocketSettings {
  private static volatile Set<SocketOption<?>> client;
  private static volatile Set<SocketOption<?>> server;
  private static volatile Set<SocketOption<?>> datagram;

  private SocketSettings() {}

  /** Returns the options of a TCP connection. */
  public static Set<SocketOption<?>> client() {
    Set<SocketOption<?>> options = client;
    if (options == null) {
      options = new HashSet<>();
      options.add(StandardSocketOptions.SO_SNDBUF);
      options.add(StandardSocketOptions.SO_RCVBUF);
      options.add(StandardSocketOptions.SO_KEEPALIVE);
      options.add(StandardSocketOptions.SO_REUSEADDR);
      options.add(StandardSocketOptions.SO_REUSEPORT);
      options.add(StandardSocketOptions.SO_LINGER);
      options.add(StandardSocketOptions.TCP_NODELAY);
      options.add(StandardSocketOptions.IP_TOS);
      addKeepAlive(options);
      client = options = Collections.unmodifiableSet(options);
    }
    return options;
  }

  /** Returns the options of a listener. */
  public static Set<SocketOption<?>> server() {
    Set<SocketOption<?>> options = server;
    if (options == null) {
      options = new HashSet<>();
      options.add(StandardSocketOptions.SO_RCVBUF);
      options.add(StandardSocketOptions.SO_REUSEADDR);
      options.add(StandardSocketOptions.SO_REUSEPORT);
      server = options = Collections.unmodifiableSet(options);
    }
    return options;
  }

  /** Returns the options of a UDP socket. */
  public static Set<SocketOption<?>> datagram() {
    Set<SocketOption<?>> options = datagram;
    if (options == null) {
      options = new HashSet<>();
      options.add(StandardSocketOptions.SO_SNDBUF);
      options.add(StandardSocketOptions.SO_RCVBUF);
      options.add(StandardSocketOptions.SO_REUSEADDR);
      options.add(StandardSocketOptions.SO_REUSEPORT);
      options.add(StandardSocketOptions.SO_BROADCAST);
      options.add(StandardSocketOptions.IP_TOS);
      options.add(StandardSocketOptions.IP_MULTICAST_IF);
      options.add(StandardSocketOptions.IP_MULTICAST_TTL);
      options.add(StandardSocketOptions.IP_MULTICAST_LOOP);
      JdkAccess jdk = Network.jdkOrNull();
      SocketOption<Boolean> dontFragment = jdk == null ? null : jdk.dontFragmentOption();
      if (dontFragment != null) {
        options.add(dontFragment);
      }
      datagram = options = Collections.unmodifiableSet(options);
    }
    return options;
  }

  private static void addKeepAlive(Set<SocketOption<?>> options) {
    JdkAccess jdk = Network.jdkOrNull();
    if (jdk != null) {
      List<SocketOption<Integer>> extended = jdk.keepAliveOptions();
      for (int i = 0; i < extended.size(); i++) {
        options.add(extended.get(i));
      }
    }
  }

  /**
   * Checks that {@code option} is one of {@code supported}.
   *
   * @throws UnsupportedOperationException when it is not
   */
  public static void checkSupported(SocketOption<?> option, Set<SocketOption<?>> supported) {
    Objects.requireNonNull(option);
    if (!supported.contains(option)
        && !(isKeepAlive(option) && supported.contains(StandardSocketOptions.SO_KEEPALIVE))
        && !(isDontFragment(option) && supported.contains(StandardSocketOptions.SO_BROADCAST))) {
      throw new UnsupportedOperationException("'" + option + "' not supported");
    }
  }

  /** Checks {@code value}'s type, too, which generics alone do not guarantee. */
  public static void checkSupported(
      SocketOption<?> option, Object value, Set<SocketOption<?>> supported) {
    checkSupported(option, supported);
    if (!option.type().isInstance(value)) {
      throw new IllegalArgumentException("Invalid value '" + value + "'");
    }
  }

  /**
   * Returns the stack's setting of an option that {@link #checkSupported} let through and that has
   * one (all but IP_MULTICAST_IF, whose values differ).
   */
  @SuppressWarnings("unchecked")
  public static <T> SocketSetting<T> of(SocketOption<T> option) {
    return (SocketSetting<T>) find(option);
  }

  private static SocketSetting<?> find(SocketOption<?> option) {
    if (option == StandardSocketOptions.SO_SNDBUF) {
      return SocketSetting.SEND_BUFFER;
    } else if (option == StandardSocketOptions.SO_RCVBUF) {
      return SocketSetting.RECEIVE_BUFFER;
    } else if (option == StandardSocketOptions.SO_KEEPALIVE) {
      return SocketSetting.KEEP_ALIVE;
    } else if (option == StandardSocketOptions.SO_REUSEADDR) {
      return SocketSetting.REUSE_ADDRESS;
    } else if (option == StandardSocketOptions.SO_REUSEPORT) {
      return SocketSetting.REUSE_PORT;
    } else if (option == StandardSocketOptions.SO_LINGER) {
      return SocketSetting.LINGER;
    } else if (option == StandardSocketOptions.TCP_NODELAY) {
      return SocketSetting.NO_DELAY;
    } else if (option == StandardSocketOptions.IP_TOS) {
      return SocketSetting.TRAFFIC_CLASS;
    } else if (option == StandardSocketOptions.SO_BROADCAST) {
      return SocketSetting.BROADCAST;
    } else if (option == StandardSocketOptions.IP_MULTICAST_TTL) {
      return SocketSetting.MULTICAST_TTL;
    } else if (option == StandardSocketOptions.IP_MULTICAST_LOOP) {
      return SocketSetting.MULTICAST_LOOP;
    }
    return switch (option.name()) {
      case "TCP_KEEPIDLE" -> SocketSetting.KEEP_ALIVE_IDLE;
      case "TCP_KEEPINTERVAL" -> SocketSetting.KEEP_ALIVE_INTERVAL;
      case "TCP_KEEPCOUNT" -> SocketSetting.KEEP_ALIVE_COUNT;
      case "IP_DONTFRAGMENT" -> SocketSetting.DONT_FRAGMENT;
      default -> throw new UnsupportedOperationException("'" + option + "' not supported");
    };
  }

  private static boolean isDontFragment(SocketOption<?> option) {
    return option.type() == Boolean.class && option.name().equals("IP_DONTFRAGMENT");
  }

  // By name: a reference to jdk.net.ExtendedSocketOptions would run its native initialiser.
  private static boolean isKeepAlive(SocketOption<?> option) {
    if (option.type() != Integer.class) {
      return false;
    }
    return switch (option.name()) {
      case "TCP_KEEPIDLE", "TCP_KEEPINTERVAL", "TCP_KEEPCOUNT" -> true;
      default -> false;
    };
  }

  /**
   * Returns {@code value} brought into the option's range as the JDK does.
   *
   * @throws IllegalArgumentException when it is outside and the JDK refuses it
   */
  @SuppressWarnings("unchecked")
  public static <T> T inRange(SocketOption<T> option, T value) {
    if (value == null) {
      throw new IllegalArgumentException("Invalid option value");
    }
    if (!(value instanceof Integer boxed)) {
      return value;
    }
    int number = boxed;
    if (option == StandardSocketOptions.SO_SNDBUF || option == StandardSocketOptions.SO_RCVBUF) {
      if (number < 0) {
        throw new IllegalArgumentException("Invalid send/receive buffer size");
      }
    } else if (option == StandardSocketOptions.SO_LINGER) {
      return (T) Integer.valueOf(Math.clamp(number, -1, 65535));
    } else if (option == StandardSocketOptions.IP_TOS) {
      if (number < 0 || number > 255) {
        throw new IllegalArgumentException("Invalid IP_TOS value");
      }
    } else if (option == StandardSocketOptions.IP_MULTICAST_TTL) {
      if (number < 0 || number > 255) {
        throw new IllegalArgumentException("Invalid TTL/hop value");
      }
    }
    return value;
  }
}
