package org.demitasse.net.script;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads a script: a text file with {@code rfc NUMBER} in its first line and one or several cases.
 *
 * <pre>{@code
 * rfc 9293
 *
 * case 3.5 passive open answers a SYN with SYN-ACK
 *   listen
 *   < S 0:0(0) win 65535 <mss 1000>
 *   > S. 0:0(0) ack 1 <mss 1460>
 *   +0.1 < . 1:1(0) ack 1
 *   accept
 *   write 100
 *   > P. 1:101(100) ack 1
 *   +0.25~0.35 > P. 1:101(100) ack 1
 * }</pre>
 *
 * <p>A line is one step; {@code #} starts a comment. {@code +TIME} in front (seconds, or with
 * {@code ms}) lets that much time pass since the step before: a frame then arrives, or must be sent
 * just then (within the tolerance, 5 ms unless {@code tolerance} says other), or within {@code
 * +FROM~TO}. Without a time a frame must have been sent by now. Every frame that is sent must be
 * expected, up to the end of the case; only address resolution and group membership are done behind
 * the script's back unless it says {@code watch arp}, {@code nd}, {@code rs}, {@code igmp} or
 * {@code mld}.
 *
 * <p>Frames: {@code <} arrives, {@code <&} arrives in one batch with the next, {@code >} is sent,
 * {@code > nothing} is not. TCP is written as packetdrill does: flags of {@code SFRPUEW.} ({@code
 * -} for none), {@code first:last(length)}, {@code ack}, {@code win}, {@code <options>}, sequence
 * numbers counted from the SYNs; every other field and protocol as {@code name value} pairs ({@link
 * FrameWriter}, {@link FrameReader}). What an expectation does not name may be anything. A value is
 * a number, {@code *}, {@code >=N}, {@code <=N}, {@code !=N}, {@code A..B}, or {@code $name}, which
 * is bound where it stands first and is equal from then on.
 *
 * <p>Payloads are a known pattern, which the sockets' and the wire's side check byte for byte.
 *
 * <p>The other steps are the methods of {@link ScriptRunner}.
 */
final class ScriptFile {
  private ScriptFile() {}

  /** One line with something in it. */
  record Line(String file, int number, String text) {
    String where() {
      return file + ":" + number;
    }
  }

  /**
   * One case.
   *
   * @param head where it starts
   */
  record Case(String rfc, String section, String title, Line head, List<Line> steps) {
    String name() {
      return "RFC " + rfc + ", " + section + ": " + title;
    }
  }

  static List<Case> read(Path path) throws IOException {
    String file = path.getParent().getFileName() + "/" + path.getFileName();
    List<Case> cases = new ArrayList<>();
    String rfc = null;
    int number = 0;
    for (String raw : Files.readAllLines(path)) {
      number++;
      String text = withoutComment(raw).strip();
      if (text.isEmpty()) {
        continue;
      }
      Line line = new Line(file, number, text);
      String[] words = text.split("\\s+", 3);
      if (words[0].equals("rfc")) {
        rfc = words[1];
      } else if (words[0].equals("case")) {
        if (rfc == null || words.length < 3) {
          throw new ScriptFailure(line.where() + ": a case is 'case SECTION TITLE' after 'rfc N'");
        }
        cases.add(new Case(rfc, words[1], words[2], line, new ArrayList<>()));
      } else if (cases.isEmpty()) {
        throw new ScriptFailure(line.where() + ": a step before the first case");
      } else {
        cases.get(cases.size() - 1).steps().add(line);
      }
    }
    return cases;
  }

  private static String withoutComment(String line) {
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == '#' && (i == 0 || Character.isWhitespace(line.charAt(i - 1)))) {
        return line.substring(0, i);
      }
    }
    return line;
  }
}
