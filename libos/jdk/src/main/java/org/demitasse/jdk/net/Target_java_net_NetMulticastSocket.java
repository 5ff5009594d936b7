package org.demitasse.jdk.net;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.TargetClass;
import java.net.DatagramSocketImpl;
import java.net.SocketException;

/** The JDK's socket over an implementation of a program's own. */
@TargetClass(className = "java.net.NetMulticastSocket")
final class Target_java_net_NetMulticastSocket {
  @Alias
  @SuppressWarnings("unused")
  Target_java_net_NetMulticastSocket(DatagramSocketImpl impl) {}

  @Alias
  native DatagramSocketImpl getImpl() throws SocketException;
}
