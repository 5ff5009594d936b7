package org.demitasse.jdk.net;

import org.demitasse.nio.net.DemitasseSocketImpl;
import sun.net.PlatformSocketImpl;

/** The platform's {@code SocketImpl}: the marker makes the JDK treat it as its own. */
final class MachineSocketImpl extends DemitasseSocketImpl implements PlatformSocketImpl {
  MachineSocketImpl(boolean server) {
    super(server);
  }
}
