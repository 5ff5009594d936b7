package org.demitasse.net.tcp;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;

/** Why a connection ended without order, with the exceptions and words of the JDK. */
enum TcpFailure {
  REFUSED,
  RESET,
  TIMED_OUT,
  HOST_UNREACHABLE,
  NETWORK_UNREACHABLE,
  CLOSED;

  IOException toException() {
    return switch (this) {
      case REFUSED -> new ConnectException("Connection refused");
      case RESET -> new SocketException("Connection reset");
      case TIMED_OUT -> new ConnectException("Connection timed out");
      case HOST_UNREACHABLE -> new NoRouteToHostException("No route to host");
      case NETWORK_UNREACHABLE -> new SocketException("Network is unreachable");
      case CLOSED -> new SocketException("Socket closed");
    };
  }
}
