package org.demitasse.net.socket;

/**
 * A socket option of this stack; the JDK's {@code SocketOption}s map onto these. A socket that does
 * not have an option throws {@link UnsupportedOperationException} naming it.
 *
 * @param <T> the value's type
 */
public record SocketSetting<T>(String name, Class<T> type) {
  public static final SocketSetting<Integer> SEND_BUFFER =
      new SocketSetting<>("SO_SNDBUF", Integer.class);
  public static final SocketSetting<Integer> RECEIVE_BUFFER =
      new SocketSetting<>("SO_RCVBUF", Integer.class);
  public static final SocketSetting<Boolean> REUSE_ADDRESS =
      new SocketSetting<>("SO_REUSEADDR", Boolean.class);
  public static final SocketSetting<Boolean> REUSE_PORT =
      new SocketSetting<>("SO_REUSEPORT", Boolean.class);
  public static final SocketSetting<Boolean> KEEP_ALIVE =
      new SocketSetting<>("SO_KEEPALIVE", Boolean.class);

  /** Seconds, -1 for off. */
  public static final SocketSetting<Integer> LINGER =
      new SocketSetting<>("SO_LINGER", Integer.class);

  public static final SocketSetting<Boolean> NO_DELAY =
      new SocketSetting<>("TCP_NODELAY", Boolean.class);

  /** Seconds. */
  public static final SocketSetting<Integer> KEEP_ALIVE_IDLE =
      new SocketSetting<>("TCP_KEEPIDLE", Integer.class);

  /** Seconds. */
  public static final SocketSetting<Integer> KEEP_ALIVE_INTERVAL =
      new SocketSetting<>("TCP_KEEPINTVL", Integer.class);

  public static final SocketSetting<Integer> KEEP_ALIVE_COUNT =
      new SocketSetting<>("TCP_KEEPCNT", Integer.class);

  /**
   * Milliseconds that the peer may leave data unacknowledged, or its window closed, before the
   * connection fails (RFC 5482, section 3: the local value); 0 for the usual limits.
   */
  public static final SocketSetting<Integer> USER_TIMEOUT =
      new SocketSetting<>("TCP_USER_TIMEOUT", Integer.class);

  public static final SocketSetting<Boolean> BROADCAST =
      new SocketSetting<>("SO_BROADCAST", Boolean.class);

  /** The DSCP and ECN byte. */
  public static final SocketSetting<Integer> TRAFFIC_CLASS =
      new SocketSetting<>("IP_TOS", Integer.class);

  /** Datagrams are sent in one packet or not at all (RFC 8899 asks for it; UDP). */
  public static final SocketSetting<Boolean> DONT_FRAGMENT =
      new SocketSetting<>("IP_DONTFRAGMENT", Boolean.class);

  public static final SocketSetting<Integer> MULTICAST_TTL =
      new SocketSetting<>("IP_MULTICAST_TTL", Integer.class);
  public static final SocketSetting<Boolean> MULTICAST_LOOP =
      new SocketSetting<>("IP_MULTICAST_LOOP", Boolean.class);

  /** Interface index, 0 for the default one. */
  public static final SocketSetting<Integer> MULTICAST_INTERFACE =
      new SocketSetting<>("IP_MULTICAST_IF", Integer.class);
}
