package org.demitasse.jdk.net;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.MulticastSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import org.demitasse.nio.channels.DemitasseSelectorProvider;

/** What a {@link DatagramSocket} delegates to. */
final class DatagramDelegates {
  private DatagramDelegates() {}

  /** Opens a delegate and binds it, unless {@code bindAddress} is null. */
  static DatagramSocket open(SocketAddress bindAddress, Class<?> type) throws SocketException {
    DatagramSocket delegate = null;
    try {
      delegate = DemitasseSelectorProvider.get().openDatagramSocketDelegate();
      if (type == MulticastSocket.class) {
        delegate.setReuseAddress(true); // has to be set before binding
      }
      if (bindAddress != null) {
        delegate.bind(bindAddress);
      }
      DatagramSocket opened = delegate;
      delegate = null;
      return opened;
    } catch (SocketException e) {
      throw e;
    } catch (IOException e) {
      throw new SocketException(e.getMessage(), e);
    } finally {
      if (delegate != null) {
        delegate.close();
      }
    }
  }
}
