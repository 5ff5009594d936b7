package org.demitasse.gateway;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The name servers of the host, from resolv.conf(5); read again when the file has changed. */
final class ResolverConfig {
  private static final int PORT = 53;

  /** As many as the C library asks. */
  private static final int SERVERS_MAX = 3;

  /** How old what we know may get before the file's date is looked at. */
  private static final long FRESH_NANOS = 2_000_000_000L;

  private final File file;
  private List<InetSocketAddress> servers = List.of();
  private long modified = Long.MIN_VALUE;
  private long looked;

  ResolverConfig(File file) {
    this.file = file;
  }

  /** Returns the servers, in order of preference; empty when the host names none. */
  List<InetSocketAddress> servers(long now) {
    if (modified == Long.MIN_VALUE || now - looked > FRESH_NANOS) {
      looked = now;
      long date = file.lastModified();
      if (date == 0) {
        modified = date;
        servers = List.of();
      } else if (date != modified && read()) {
        modified = date;
      }
    }
    return servers;
  }

  /** Returns whether the file could be read; what was known before stays otherwise. */
  private boolean read() {
    List<InetSocketAddress> found = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(file.toPath())) {
        String text = line.replace('\t', ' ').trim();
        if (text.startsWith("nameserver ") && found.size() < SERVERS_MAX) {
          try {
            found.add(
                new InetSocketAddress(InetAddress.ofLiteral(text.substring(11).trim()), PORT));
          } catch (IllegalArgumentException e) {
            // The C library passes over what is no address, too.
          }
        }
      }
    } catch (IOException e) {
      // No descriptors left, perhaps: at the next look it may go better.
      return false;
    }
    servers = found;
    return true;
  }
}
