package org.demitasse.net.script;

import java.util.HashMap;
import java.util.Map;

/** One connection as the wire sees it: what relative sequence numbers are counted from. */
final class Flow {
  /** Sequence number of the script's SYN. */
  int scriptInitial = 1000;

  /** Sequence number of the stack's SYN, as last seen; 0 before. */
  int stackInitial;

  /** The timestamp that the stack sent last. */
  int lastTimestamp;

  /** All connections of one case. */
  static final class Table {
    private final Map<String, Flow> flows = new HashMap<>();

    Flow of(boolean v6, int stackPort, int scriptPort) {
      return flows.computeIfAbsent(v6 + " " + stackPort + " " + scriptPort, key -> new Flow());
    }
  }

  /** The byte of a stream, in one direction, at a sequence number counted from the SYN. */
  static byte pattern(boolean byStack, long position) {
    return (byte) ((position * 0x9e3779b1L >>> 13) + (byStack ? 101 : 0));
  }
}
