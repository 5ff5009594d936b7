package org.demitasse.gateway;

import java.io.File;
import java.io.IOException;
import org.demitasse.core.Clock;

/**
 * The gateway's process. Standard input and output are the wire; mistakes are told on standard
 * error.
 */
public final class Main {
  static final File RESOLV_CONF = new File("/etc/resolv.conf");

  private Main() {}

  /**
   * Runs until the wire ends.
   *
   * @param arguments see {@link Options#USAGE}
   */
  public static void main(String[] arguments) {
    int code = 0;
    try {
      serve(arguments);
    } catch (GatewayException e) {
      System.err.println("demi: gateway: " + e.getMessage());
      code = e.code();
    } catch (IOException e) {
      System.err.println("demi: gateway: " + e);
      code = GatewayException.FAILED;
    } catch (RuntimeException | Error e) {
      System.err.println("demi: gateway: an internal error, please report it:");
      e.printStackTrace();
      code = GatewayException.FAILED;
    }
    System.exit(code);
  }

  private static void serve(String[] arguments) throws GatewayException, IOException {
    Options options = Options.parse(arguments);
    HostPorts ports = HostPorts.open(options.forwards());
    try (Gateway gateway =
        new Gateway(
            options, new DescriptorWire(), Clock.system(), new HostEntropy(), RESOLV_CONF)) {
      ports.lead(gateway);
      gateway.run();
    }
  }
}
