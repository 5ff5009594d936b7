package org.demitasse.nio.net;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.util.List;
import jdk.net.ExtendedSocketOptions;

/** The door to {@code java.net} of an ordinary JVM that was started with it opened. */
public final class OpenedJdkAccess implements JdkAccess {
  private static final SocketAddress NO_DELEGATE;
  private static final VarHandle BUFFER_LENGTH;
  private static final VarHandle LENGTH;
  private static final MethodHandle NEW_INTERFACE;

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
      NEW_INTERFACE =
          MethodHandles.privateLookupIn(NetworkInterface.class, own)
              .findConstructor(
                  NetworkInterface.class,
                  MethodType.methodType(
                      void.class, String.class, int.class, InetAddress[].class));
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
  public NetworkInterface networkInterface(String name, int index, InetAddress[] addresses) {
    try {
      return (NetworkInterface) NEW_INTERFACE.invokeExact(name, index, addresses);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public List<SocketOption<Integer>> keepAliveOptions() {
    return List.of(
        ExtendedSocketOptions.TCP_KEEPIDLE,
        ExtendedSocketOptions.TCP_KEEPINTERVAL,
        ExtendedSocketOptions.TCP_KEEPCOUNT);
  }
}
