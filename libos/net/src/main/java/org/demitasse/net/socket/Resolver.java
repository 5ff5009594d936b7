package org.demitasse.net.socket;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Names to addresses and back. Methods block the calling thread (virtual ones park). */
public interface Resolver {
  /** Which address families an answer may hold, in the order wanted. */
  enum Family {
    IPV4,
    IPV6,
    ANY
  }

  /**
   * Returns the addresses of a name, best first; never empty. The addresses carry {@code name}.
   *
   * @throws UnknownHostException when there is no such name or no server answered; the message says
   *     which
   */
  List<InetAddress> lookup(String name, Family family) throws UnknownHostException;

  /**
   * Returns the name of an address.
   *
   * @throws UnknownHostException when it has none or no server answered
   */
  String reverse(InetAddress address) throws UnknownHostException;
}
