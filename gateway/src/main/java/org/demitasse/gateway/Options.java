package org.demitasse.gateway;

import java.util.ArrayList;
import java.util.List;

/**
 * What the gateway was asked to do.
 *
 * @param forwards ports of the host that lead to the guest
 * @param network the addresses on the wire
 * @param outbound whether the guest may open connections
 * @param allowHost whether the gateway's address leads to services on the host's loopback
 */
record Options(List<Forward> forwards, Network network, boolean outbound, boolean allowHost) {
  static final String USAGE =
      "usage: gateway [--forward tcp|udp:HOST_ADDRESS:HOST_PORT:GUEST_PORT]... "
          + "[--address GUEST_ADDRESS/BITS] [--no-outbound] [--allow-host]";

  static Options parse(String[] arguments) throws GatewayException {
    List<Forward> forwards = new ArrayList<>();
    Network network = Network.DEFAULT;
    boolean outbound = true;
    boolean allowHost = false;
    for (int i = 0; i < arguments.length; i++) {
      String word = arguments[i];
      switch (word) {
        case "--no-outbound" -> outbound = false;
        case "--allow-host" -> allowHost = true;
        case "--forward", "--address" -> {
          i++;
          if (i == arguments.length) {
            throw new GatewayException(GatewayException.USAGE, word + " wants a value; " + USAGE);
          }
          if (word.equals("--forward")) {
            forwards.add(Forward.parse(arguments[i]));
          } else {
            network = Network.parse(arguments[i]);
          }
        }
        default ->
            throw new GatewayException(
                GatewayException.USAGE, "no such option: " + word + "; " + USAGE);
      }
    }
    return new Options(forwards, network, outbound, allowHost);
  }
}
