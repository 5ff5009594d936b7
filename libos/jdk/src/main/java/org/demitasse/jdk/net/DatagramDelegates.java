package org.demitasse.jdk.net;

import com.oracle.svm.core.SubstrateUtil;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.DatagramSocketImpl;
import java.net.DatagramSocketImplFactory;
import java.net.MulticastSocket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.Objects;
import org.demitasse.nio.channels.DemitasseSelectorProvider;

/** What a {@link DatagramSocket} delegates to. */
final class DatagramDelegates {
  private DatagramDelegates() {}

  /** Opens a delegate and binds it, unless {@code bindAddress} is null. */
  static DatagramSocket open(SocketAddress bindAddress, Class<?> type) throws SocketException {
    try {
      return bound(DemitasseSelectorProvider.get().openDatagramSocketDelegate(), bindAddress, type);
    } catch (SocketException e) {
      throw e;
    } catch (IOException e) {
      throw new SocketException(e.getMessage(), e);
    }
  }

  /** As the other, over an implementation of the program's own. */
  static DatagramSocket open(
      DatagramSocketImplFactory factory, SocketAddress bindAddress, Class<?> type)
      throws SocketException {
    DatagramSocketImpl own = factory.createDatagramSocketImpl();
    Objects.requireNonNull(
        own, "Implementation returned by installed DatagramSocketImplFactory is null");
    Target_java_net_NetMulticastSocket legacy = new Target_java_net_NetMulticastSocket(own);
    legacy.getImpl(); // creates what is below it
    return bound(SubstrateUtil.cast(legacy, DatagramSocket.class), bindAddress, type);
  }

  /** Binds {@code delegate}, unless {@code bindAddress} is null; closes it when that fails. */
  private static DatagramSocket bound(
      DatagramSocket delegate, SocketAddress bindAddress, Class<?> type) throws SocketException {
    DatagramSocket open = delegate;
    try {
      if (type == MulticastSocket.class) {
        delegate.setReuseAddress(true); // has to be set before binding
      }
      if (bindAddress != null) {
        delegate.bind(bindAddress);
      }
      open = null;
      return delegate;
    } finally {
      if (open != null) {
        open.close();
      }
    }
  }
}
