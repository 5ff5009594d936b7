package org.demitasse.machine;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Locale;

/** Checks that ports of the host can be had, for a message before the machine's own. */
final class HostPorts {

  private HostPorts() {}

  static void check(List<PortForward> ports) throws MachineException {
    for (PortForward port : ports) {
      InetSocketAddress address = new InetSocketAddress(port.address(), port.host());
      try {
        if (port.protocol() == PortForward.Protocol.UDP) {
          new DatagramSocket(address).close();
        } else {
          try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address, 1);
          }
        }
      } catch (BindException e) {
        throw refused(port, e);
      } catch (IOException e) {
        throw new MachineException(
            MachineException.Kind.HOST, "port " + port.host() + ": " + e.getMessage(), "", e);
      }
    }
  }

  private static MachineException refused(PortForward port, BindException e) {
    String kind = port.protocol().text().toUpperCase(Locale.ROOT);
    String message = String.valueOf(e.getMessage());
    if (message.contains("Permission denied")) {
      return new MachineException(
          MachineException.Kind.PORT_DENIED,
          kind + " port " + port.host() + " may be opened by root alone",
          "give one from 1024 up: -p " + (port.host() + 8000) + ":" + port.guest(),
          e);
    }
    if (message.contains("Cannot assign")) {
      return new MachineException(
          MachineException.Kind.PORT_DENIED,
          port.address() + " is no address of this machine",
          "see: ip address",
          e);
    }
    int other = port.host() < 64000 ? port.host() + 1000 : port.host() - 1000;
    return new MachineException(
        MachineException.Kind.PORT_TAKEN,
        kind + " port " + port.host() + " of " + port.address() + " is taken by another process",
        "give a free one: -p "
            + other
            + ":"
            + port.guest()
            + " (who has it: ss -lnp 'sport = :"
            + port.host()
            + "')",
        e);
  }
}
