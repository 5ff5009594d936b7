package org.demitasse.nio.net;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.List;
import jdk.net.ExtendedSocketOptions;

/** The door to {@code java.net} of an ordinary JVM that was started with it opened. */
public final class OpenedJdkAccess implements JdkAccess {
  private static final Cleaner CLEANER = Cleaner.create();
  private static final SocketAddress NO_DELEGATE;
  private static final VarHandle BUFFER_LENGTH;
  private static final VarHandle LENGTH;
  private static final MethodHandle NEW_INTERFACE;
  private static final VarHandle DISPLAY_NAME;
  private static final VarHandle BINDINGS;
  private static final VarHandle CHILDREN;
  private static final MethodHandle NEW_INTERFACE_ADDRESS;
  private static final VarHandle ADDRESS;
  private static final VarHandle BROADCAST;
  private static final VarHandle MASK_LENGTH;

  static {
    try {
      MethodHandles.Lookup own = MethodHandles.lookup();
      NO_DELEGATE =
          (SocketAddress)
              MethodHandles.privateLookupIn(DatagramSocket.class, own)
                  .findStaticVarHandle(DatagramSocket.class, "NO_DELEGATE", SocketAddress.class)
                  .get();
      MethodHandles.Lookup packets = MethodHandles.privateLookupIn(DatagramPacket.class, own);
      BUFFER_LENGTH = packets.findVarHandle(DatagramPacket.class, "bufLength", int.class);
      LENGTH = packets.findVarHandle(DatagramPacket.class, "length", int.class);
      Class<NetworkInterface> type = NetworkInterface.class;
      MethodHandles.Lookup interfaces = MethodHandles.privateLookupIn(type, own);
      NEW_INTERFACE =
          interfaces.findConstructor(
              type,
              MethodType.methodType(void.class, String.class, int.class, InetAddress[].class));
      DISPLAY_NAME = interfaces.findVarHandle(type, "displayName", String.class);
      BINDINGS = interfaces.findVarHandle(type, "bindings", InterfaceAddress[].class);
      CHILDREN = interfaces.findVarHandle(type, "childs", NetworkInterface[].class);
      Class<InterfaceAddress> address = InterfaceAddress.class;
      MethodHandles.Lookup addresses = MethodHandles.privateLookupIn(address, own);
      NEW_INTERFACE_ADDRESS = addresses.findConstructor(address, MethodType.methodType(void.class));
      ADDRESS = addresses.findVarHandle(address, "address", InetAddress.class);
      BROADCAST = addresses.findVarHandle(address, "broadcast", Inet4Address.class);
      MASK_LENGTH = addresses.findVarHandle(address, "maskLength", short.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Override
  public SocketAddress noDelegate() {
    return NO_DELEGATE;
  }

  @Override
  public int bufferLength(DatagramPacket packet) {
    return (int) BUFFER_LENGTH.get(packet);
  }

  @Override
  public void receivedLength(DatagramPacket packet, int length) {
    LENGTH.set(packet, length);
  }

  @Override
  public NetworkInterface networkInterface(
      String name, int index, InetAddress[] addresses, InterfaceAddress[] bindings) {
    try {
      NetworkInterface created =
          (NetworkInterface) NEW_INTERFACE.invokeExact(name, index, addresses);
      DISPLAY_NAME.set(created, name);
      BINDINGS.set(created, bindings);
      CHILDREN.set(created, new NetworkInterface[0]);
      return created;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public InterfaceAddress interfaceAddress(
      InetAddress address, Inet4Address broadcast, short maskLength) {
    try {
      InterfaceAddress created = (InterfaceAddress) NEW_INTERFACE_ADDRESS.invokeExact();
      ADDRESS.set(created, address);
      BROADCAST.set(created, broadcast);
      MASK_LENGTH.set(created, maskLength);
      return created;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Cleaner cleaner() {
    return CLEANER;
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
}
