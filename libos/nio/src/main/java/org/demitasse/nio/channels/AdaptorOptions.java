package org.demitasse.nio.channels;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.util.concurrent.TimeUnit;

/**
 * The options of a channel's {@code java.net} view: the channel's own, with its exceptions in that
 * package's words, and the timeout, which channels have not.
 */
final class AdaptorOptions {
  private final NetworkChannel channel;
  private volatile int timeout;

  AdaptorOptions(NetworkChannel channel) {
    this.channel = channel;
  }

  <T> void set(SocketOption<T> option, T value) throws SocketException {
    try {
      channel.setOption(option, value);
    } catch (IOException e) {
      throw SocketErrors.translateToSocketException(e);
    }
  }

  <T> T get(SocketOption<T> option) throws SocketException {
    try {
      return channel.getOption(option);
    } catch (IOException e) {
      throw SocketErrors.translateToSocketException(e);
    }
  }

  void setTimeout(int millis) throws SocketException {
    ensureOpen();
    if (millis < 0) {
      throw new IllegalArgumentException("timeout < 0");
    }
    timeout = millis;
  }

  int timeout() throws SocketException {
    ensureOpen();
    return timeout;
  }

  /** The timeout, also of a closed channel; 0 for any time. */
  long timeoutNanos() {
    return TimeUnit.MILLISECONDS.toNanos(timeout);
  }

  void ensureOpen() throws SocketException {
    if (!channel.isOpen()) {
      throw new SocketException("Socket is closed");
    }
  }
}
