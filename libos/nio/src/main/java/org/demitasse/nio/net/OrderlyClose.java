package org.demitasse.nio.net;

import java.io.IOException;
import org.demitasse.net.socket.SocketSetting;
import org.demitasse.net.socket.TcpSocket;

/** How a connection is ended that may have bytes nobody has read. */
public final class OrderlyClose {
  private OrderlyClose() {}

  /**
   * Sends the FIN of an orderly close, to be called before {@link TcpSocket#close()}. By itself,
   * closing with unread bytes resets the connection (RFC 2525, section 2.17), and a reset overtakes
   * what the peer has yet to read. Does nothing to a socket that is meant to reset: one that
   * lingers 0 seconds.
   */
  public static void endOutput(TcpSocket socket) {
    try {
      if (socket.getOption(SocketSetting.LINGER) != 0) {
        socket.shutdownOutput();
      }
    } catch (IOException e) {
      // The connection is broken already: there is nothing to end in order.
      return;
    }
  }
}
