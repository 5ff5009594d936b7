package org.demitasse.net.dns;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Queries and answers of RFC 1035, section 4. */
final class DnsMessage {
  static final int A = 1;
  static final int CNAME = 5;
  static final int SOA = 6;
  static final int PTR = 12;
  static final int AAAA = 28;
  private static final int OPT = 41;
  private static final int IN = 1;

  static final int NO_ERROR = 0;
  static final int FORMAT_ERROR = 1;
  static final int NAME_ERROR = 3;
  static final int NOT_IMPLEMENTED = 4;

  /** RFC 9715: what gets through everywhere without fragments. */
  static final int UDP_SIZE = 1232;

  private static final int HEADER = 12;
  private static final int MAX_NAME = 255;

  /** CNAMEs followed inside one answer. */
  private static final int MAX_CHAIN = 16;

  final int code;
  final boolean truncated;

  /** Addresses (four or sixteen bytes each), or for PTR the name's bytes. */
  final List<byte[]> records = new ArrayList<>(2);

  /** Where the chain of aliases ends: the name that the records belong to. */
  String target;

  /** For how many seconds the answer, positive or negative, may be kept. */
  long seconds = Long.MAX_VALUE;

  private DnsMessage(int code, boolean truncated) {
    this.code = code;
    this.truncated = truncated;
  }

  /** A message that is not what it should be. */
  static final class MalformedException extends Exception {
    MalformedException(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * Returns a query for one name, or null when it is no domain name.
   *
   * @param mix bits that choose the case of letters: the answer must repeat them
   */
  static byte[] query(int id, String name, int type, boolean edns, long mix) {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    byte[] message = new byte[HEADER + text.length + 2 + 4 + (edns ? 11 : 0)];
    message[0] = (byte) (id >> 8);
    message[1] = (byte) id;
    message[2] = 1;
    message[5] = 1;
    message[11] = (byte) (edns ? 1 : 0);
    int at = HEADER;
    int label = at++;
    long bits = mix;
    for (byte c : text) {
      if (c == '.') {
        if (at - label - 1 < 1 || at - label - 1 > 63) {
          return null;
        }
        message[label] = (byte) (at - label - 1);
        label = at++;
        continue;
      }
      if (c <= ' ' || c == 127) {
        return null;
      }
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      message[at++] = letter ? (byte) (c & ~0x20 | (bits & 1) << 5) : c;
      bits = Long.rotateRight(bits, 1);
    }
    if (at - label - 1 < 1 || at - label - 1 > 63 || at - HEADER > MAX_NAME - 1) {
      return null;
    }
    message[label] = (byte) (at - label - 1);
    at++;
    at = put(message, at, type);
    at = put(message, at, IN);
    if (edns) {
      at = put(message, at + 1, OPT);
      put(message, at, UDP_SIZE);
    }
    return message;
  }

  private static int put(byte[] message, int at, int value) {
    message[at] = (byte) (value >> 8);
    message[at + 1] = (byte) value;
    return at + 2;
  }

  /** Length of the question section's single entry of a query made by {@link #query}. */
  private static int questionEnd(byte[] query) {
    int at = HEADER;
    while (query[at] != 0) {
      at += 1 + query[at];
    }
    return at + 5;
  }

  /**
   * Whether bytes from outside answer the query: the same id and the same question, to the case of
   * every letter (draft-vixie-dnsext-dns0x20).
   *
   * @param anyCase whether letters may come back in another case
   */
  static boolean answers(byte[] query, byte[] answer, int length, boolean anyCase) {
    int end = questionEnd(query);
    if (length < end
        || answer[0] != query[0]
        || answer[1] != query[1]
        || answer[2] >= 0
        || answer[4] != 0
        || answer[5] != 1) {
      return false;
    }
    for (int i = HEADER; i < end; i++) {
      if (answer[i] != query[i] && !(anyCase && isSameLetter(answer[i], query[i]))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSameLetter(byte a, byte b) {
    int upper = a & ~0x20;
    return upper == (b & ~0x20) && upper >= 'A' && upper <= 'Z';
  }

  /**
   * Returns the error that an answer without any question is (as of servers that did not understand
   * it), null when it is something else.
   */
  static DnsMessage refusal(byte[] query, byte[] answer, int length) {
    if (length < HEADER
        || answer[0] != query[0]
        || answer[1] != query[1]
        || answer[2] >= 0
        || u16(answer, 4) != 0) {
      return null;
    }
    int code = answer[3] & 15;
    return code == NO_ERROR || code == NAME_ERROR ? null : new DnsMessage(code, false);
  }

  /** Reads an answer that {@link #answers} the query. */
  static DnsMessage decode(byte[] query, byte[] m, int length, int type) throws MalformedException {
    DnsMessage message = new DnsMessage(m[3] & 15, (m[2] & 2) != 0);
    if (message.truncated) {
      return message;
    }
    int answers = u16(m, 6);
    int authorities = u16(m, 8);
    int at = questionEnd(query);
    StringBuilder name = new StringBuilder();
    readName(m, length, HEADER, name);
    String wanted = name.toString().toLowerCase(Locale.ROOT);
    List<String> aliasOwners = new ArrayList<>(0);
    List<String> aliasTargets = new ArrayList<>(0);
    List<String> owners = new ArrayList<>(2);
    for (int i = 0; i < answers + authorities; i++) {
      name.setLength(0);
      at = readName(m, length, at, name);
      if (at + 10 > length) {
        throw new MalformedException("a record is cut off");
      }
      int recordType = u16(m, at);
      int recordClass = u16(m, at + 2);
      long ttl = Math.max((long) u16(m, at + 4) << 16 | u16(m, at + 6), 0);
      ttl = ttl > Integer.MAX_VALUE ? 0 : ttl;
      int size = u16(m, at + 8);
      at += 10;
      if (at + size > length) {
        throw new MalformedException("a record is cut off");
      }
      String owner = name.toString().toLowerCase(Locale.ROOT);
      if (recordClass == IN) {
        if (i >= answers) {
          if (recordType == SOA && message.records.isEmpty() && size >= 20) {
            // RFC 2308, section 5: the lesser of the record's TTL and its last field.
            long minimum = (long) u16(m, at + size - 4) << 16 | u16(m, at + size - 2);
            message.seconds = Math.min(message.seconds, Math.min(ttl, minimum));
          }
        } else if (recordType == CNAME) {
          StringBuilder target = new StringBuilder();
          readName(m, length, at, target);
          aliasOwners.add(owner);
          aliasTargets.add(target.toString().toLowerCase(Locale.ROOT));
          message.seconds = Math.min(message.seconds, ttl);
        } else if (recordType == type) {
          byte[] data = data(m, length, at, size, type);
          if (data != null) {
            owners.add(owner);
            message.records.add(data);
            message.seconds = Math.min(message.seconds, ttl);
          }
        }
      }
      at += size;
    }
    message.follow(wanted, aliasOwners, aliasTargets, owners);
    return message;
  }

  private void follow(
      String wanted, List<String> aliasOwners, List<String> aliasTargets, List<String> owners) {
    target = wanted;
    for (int i = 0; i < MAX_CHAIN; i++) {
      int alias = aliasOwners.indexOf(target);
      if (alias < 0) {
        break;
      }
      target = aliasTargets.get(alias);
    }
    // Records that the question did not lead to are nobody's business.
    for (int i = owners.size() - 1; i >= 0; i--) {
      if (!owners.get(i).equals(target)) {
        records.remove(i);
      }
    }
  }

  private static byte[] data(byte[] m, int length, int at, int size, int type)
      throws MalformedException {
    if (type == PTR) {
      StringBuilder name = new StringBuilder();
      readName(m, length, at, name);
      return name.toString().getBytes(StandardCharsets.UTF_8);
    }
    if (size != (type == A ? 4 : 16)) {
      return null;
    }
    byte[] data = new byte[size];
    System.arraycopy(m, at, data, 0, size);
    return data;
  }

  /** Reads a name with compression (RFC 1035, section 4.1.4); returns where it ends. */
  private static int readName(byte[] m, int length, int from, StringBuilder name)
      throws MalformedException {
    int at = from;
    int end = -1;
    // Pointers must go back, so that names cannot go in circles.
    int floor = from;
    while (true) {
      if (at >= length) {
        throw new MalformedException("a name is cut off");
      }
      int label = m[at] & 0xff;
      if (label == 0) {
        return end < 0 ? at + 1 : end;
      }
      if (label >= 192) {
        if (at + 1 >= length) {
          throw new MalformedException("a name is cut off");
        }
        end = end < 0 ? at + 2 : end;
        int pointer = (label & 63) << 8 | m[at + 1] & 0xff;
        if (pointer >= floor || pointer < HEADER) {
          throw new MalformedException("a name points forward");
        }
        at = pointer;
        floor = pointer;
        continue;
      }
      if (label > 63 || at + 1 + label > length || name.length() + label + 1 > MAX_NAME) {
        throw new MalformedException("a name is too long");
      }
      if (!name.isEmpty()) {
        name.append('.');
      }
      for (int i = 1; i <= label; i++) {
        name.append((char) (m[at + i] & 0xff));
      }
      at += 1 + label;
    }
  }

  private static int u16(byte[] m, int at) {
    return (m[at] & 0xff) << 8 | m[at + 1] & 0xff;
  }
}
