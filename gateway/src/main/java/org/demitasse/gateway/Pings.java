package org.demitasse.gateway;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Where echo requests of the guest leave, and answers come in; one for each family. */
interface Pings extends Closeable {
  /** Opens the host's way out. */
  interface Opener {
    /**
     * @throws IOException when the host lets this user not ping, or has no such family
     */
    Pings open() throws IOException;
  }

  /**
   * Sends an echo request, without waiting; used by one thread at a time.
   *
   * @param message header and data, from position to limit; identifier and checksum are made on the
   *     way
   * @return whether there is a way there
   */
  boolean send(InetAddress address, ByteBuffer message);

  /**
   * Waits for an answer; used by one thread.
   *
   * @param target filled from 0 on with the ICMP message
   * @return its source address, or null once this was closed
   */
  InetAddress receive(ByteBuffer target);

  @Override
  void close();
}
