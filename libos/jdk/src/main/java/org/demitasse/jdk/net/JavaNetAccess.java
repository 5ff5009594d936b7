package org.demitasse.jdk.net;

import com.oracle.svm.core.SubstrateUtil;
import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.TargetClass;
import java.lang.ref.Cleaner;
import java.net.DatagramPacket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.List;
import jdk.internal.ref.CleanerFactory;
import jdk.net.ExtendedSocketOptions;
import org.demitasse.nio.net.JdkAccess;

/** The members of {@code java.net} that are not public, for the providers. */
final class JavaNetAccess implements JdkAccess {
  @Override
  public SocketAddress noDelegate() {
    return Target_java_net_DatagramSocket.NO_DELEGATE;
  }

  @Override
  public Cleaner cleaner() {
    return CleanerFactory.cleaner();
  }

  @Override
  public List<SocketOption<Integer>> keepAliveOptions() {
    return List.of(
        ExtendedSocketOptions.TCP_KEEPIDLE,
        ExtendedSocketOptions.TCP_KEEPINTERVAL,
        ExtendedSocketOptions.TCP_KEEPCOUNT);
  }

  @Override
  public SocketOption<Boolean> dontFragmentOption() {
    return ExtendedSocketOptions.IP_DONTFRAGMENT;
  }

  @Override
  public int bufferLength(DatagramPacket packet) {
    return SubstrateUtil.cast(packet, Target_java_net_DatagramPacket.class).bufLength;
  }

  @Override
  public void receivedLength(DatagramPacket packet, int length) {
    SubstrateUtil.cast(packet, Target_java_net_DatagramPacket.class).length = length;
  }

  @Override
  public NetworkInterface networkInterface(
      String name, int index, InetAddress[] addresses, InterfaceAddress[] bindings) {
    Target_java_net_NetworkInterface_Fields made =
        new Target_java_net_NetworkInterface_Fields(name, index, addresses);
    made.displayName = name;
    made.bindings = bindings;
    made.childs = new NetworkInterface[0];
    return SubstrateUtil.cast(made, NetworkInterface.class);
  }

  @Override
  public InterfaceAddress interfaceAddress(
      InetAddress address, Inet4Address broadcast, short maskLength) {
    Target_java_net_InterfaceAddress made = new Target_java_net_InterfaceAddress();
    made.address = address;
    made.broadcast = broadcast;
    made.maskLength = maskLength;
    return SubstrateUtil.cast(made, InterfaceAddress.class);
  }
}

@TargetClass(DatagramPacket.class)
final class Target_java_net_DatagramPacket {
  @Alias int bufLength;
  @Alias int length;

  private Target_java_net_DatagramPacket() {}
}

@TargetClass(NetworkInterface.class)
final class Target_java_net_NetworkInterface_Fields {
  @Alias String displayName;
  @Alias InterfaceAddress[] bindings;
  @Alias NetworkInterface[] childs;

  @Alias
  @SuppressWarnings("unused")
  Target_java_net_NetworkInterface_Fields(String name, int index, InetAddress[] addrs) {}
}

@TargetClass(InterfaceAddress.class)
final class Target_java_net_InterfaceAddress {
  @Alias InetAddress address;
  @Alias Inet4Address broadcast;
  @Alias short maskLength;

  @Alias
  Target_java_net_InterfaceAddress() {}
}
