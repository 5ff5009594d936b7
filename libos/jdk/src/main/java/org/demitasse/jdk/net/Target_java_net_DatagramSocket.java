package org.demitasse.jdk.net;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.net.DatagramSocket;
import java.net.DatagramSocketImplFactory;
import java.net.SocketAddress;
import java.net.SocketException;

/** Datagram sockets delegate to the stack's. */
@TargetClass(DatagramSocket.class)
final class Target_java_net_DatagramSocket {
  @Alias static SocketAddress NO_DELEGATE;
  @Alias private static volatile DatagramSocketImplFactory factory;

  private Target_java_net_DatagramSocket() {}

  @Substitute
  @SuppressWarnings("unchecked")
  static <T extends DatagramSocket> T createDelegate(SocketAddress bindaddr, Class<T> type)
      throws SocketException {
    if (bindaddr == NO_DELEGATE) {
      return null;
    }
    DatagramSocketImplFactory factory = Target_java_net_DatagramSocket.factory;
    if (factory != null) {
      return (T) DatagramDelegates.open(factory, bindaddr, type);
    }
    MachineNetwork.start();
    return (T) DatagramDelegates.open(bindaddr, type);
  }
}
