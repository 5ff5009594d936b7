package org.demitasse.gateway;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/** The little of DNS messages (RFC 1035) that a forwarder needs, and answers of its own. */
final class DnsMessage {
  static final int HEADER = 12;
  static final int TYPE_A = 1;
  static final int TYPE_PTR = 12;
  static final int TYPE_AAAA = 28;

  static final int NO_ERROR = 0;
  static final int FORMAT_ERROR = 1;
  static final int SERVER_FAILURE = 2;
  static final int NO_SUCH_NAME = 3;
  static final int REFUSED = 5;

  private static final int RESPONSE = 0x8000;
  private static final int OPCODE = 0x7800;
  private static final int RECURSION_DESIRED = 0x0100;
  private static final int RECURSION_AVAILABLE = 0x0080;
  private static final int CLASS_INTERNET = 1;
  private static final int NAME_MAX = 255;

  /** Seconds that an answer out of the host's own name service is good for: it tells us no time. */
  private static final int TTL = 30;

  private DnsMessage() {}

  static int id(byte[] message) {
    return (message[0] & 0xff) << 8 | message[1] & 0xff;
  }

  static void setId(byte[] message, int id) {
    message[0] = (byte) (id >>> 8);
    message[1] = (byte) id;
  }

  /** Whether this is a query that a name server answers. */
  static boolean isQuery(byte[] message) {
    return message.length >= HEADER && (flags(message) & (RESPONSE | OPCODE)) == 0;
  }

  static boolean isResponse(byte[] message) {
    return message.length >= HEADER && (flags(message) & RESPONSE) != 0;
  }

  private static int flags(byte[] message) {
    return (message[2] & 0xff) << 8 | message[3] & 0xff;
  }

  /**
   * Returns where the one question ends, or -1 when there is not exactly one well-formed question.
   */
  static int questionEnd(byte[] message) {
    if (message.length < HEADER || message[4] != 0 || message[5] != 1) {
      return -1;
    }
    int at = HEADER;
    while (at < message.length && message[at] != 0) {
      int label = message[at] & 0xff;
      at += 1 + label;
      if (label > 63 || at - HEADER > NAME_MAX) {
        return -1;
      }
    }
    return at + 5 <= message.length ? at + 5 : -1;
  }

  /** Whether a response answers the question of a query; letters may differ in case. */
  static boolean answers(byte[] query, byte[] response) {
    int end = questionEnd(query);
    if (end < 0 || questionEnd(response) != end) {
      return false;
    }
    for (int i = HEADER; i < end; i++) {
      if (lower(query[i]) != lower(response[i])) {
        return false;
      }
    }
    return true;
  }

  private static int lower(int b) {
    return b >= 'A' && b <= 'Z' ? b + 32 : b;
  }

  static int type(byte[] query, int questionEnd) {
    return (query[questionEnd - 4] & 0xff) << 8 | query[questionEnd - 3] & 0xff;
  }

  static boolean isInternet(byte[] query, int questionEnd) {
    return query[questionEnd - 2] == 0 && query[questionEnd - 1] == CLASS_INTERNET;
  }

  /** Returns the name asked for, without the last dot; null when it is no host name. */
  static String name(byte[] query, int questionEnd) {
    StringBuilder name = new StringBuilder();
    for (int at = HEADER; at < questionEnd - 5; ) {
      int label = query[at++];
      if (name.length() > 0) {
        name.append('.');
      }
      for (int i = 0; i < label; i++) {
        char c = (char) (query[at++] & 0xff);
        if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9')
            && c != '-'
            && c != '_') {
          return null;
        }
        name.append(c);
      }
    }
    return name.isEmpty() ? null : name.toString();
  }

  /** Returns the address whose name is asked for (1.2.0.192.in-addr.arpa), or null. */
  static byte[] reverseAddress(String name) {
    String lower = name.toLowerCase(java.util.Locale.ROOT);
    String[] labels = lower.split("\\.");
    try {
      if (lower.endsWith(".in-addr.arpa") && labels.length == 6) {
        byte[] address = new byte[4];
        for (int i = 0; i < 4; i++) {
          int value = Integer.parseInt(labels[3 - i]);
          if (value < 0 || value > 255) {
            return null;
          }
          address[i] = (byte) value;
        }
        return address;
      }
      if (lower.endsWith(".ip6.arpa") && labels.length == 34) {
        byte[] address = new byte[16];
        for (int i = 0; i < 32; i++) {
          int digit =
              labels[31 - i].length() == 1 ? Character.digit(labels[31 - i].charAt(0), 16) : -1;
          if (digit < 0) {
            return null;
          }
          address[i / 2] = (byte) (address[i / 2] << 4 | digit);
        }
        return address;
      }
    } catch (NumberFormatException e) {
      return null;
    }
    return null;
  }

  /** Makes an answer without records. */
  static byte[] answer(byte[] query, int code) {
    int end = Math.max(questionEnd(query), HEADER);
    ByteBuffer answer = ByteBuffer.allocate(end);
    start(answer, query, end, code, 0);
    return answer.array();
  }

  /** Makes an answer of addresses; those that do not fit 512 bytes are left out. */
  static byte[] answer(byte[] query, int questionEnd, InetAddress[] addresses) {
    ByteBuffer answer = ByteBuffer.allocate(512);
    start(answer, query, questionEnd, NO_ERROR, 0);
    int wanted = type(query, questionEnd) == TYPE_A ? 4 : 16;
    int count = 0;
    for (InetAddress address : addresses) {
      byte[] bytes = address.getAddress();
      if (bytes.length == wanted && answer.remaining() >= 12 + wanted) {
        record(answer, query, questionEnd, wanted);
        answer.put(bytes);
        count++;
      }
    }
    answer.putShort(6, (short) count);
    return java.util.Arrays.copyOf(answer.array(), answer.position());
  }

  /** Makes an answer of one name. */
  static byte[] answer(byte[] query, int questionEnd, String name) {
    String[] labels = name.split("\\.");
    int length = 1;
    for (String label : labels) {
      if (label.isEmpty() || label.length() > 63) {
        return answer(query, NO_SUCH_NAME);
      }
      length += 1 + label.length();
    }
    if (length > NAME_MAX) {
      return answer(query, NO_SUCH_NAME);
    }
    ByteBuffer answer = ByteBuffer.allocate(questionEnd + 12 + length);
    start(answer, query, questionEnd, NO_ERROR, 1);
    record(answer, query, questionEnd, length);
    for (String label : labels) {
      answer.put((byte) label.length());
      for (int i = 0; i < label.length(); i++) {
        answer.put((byte) label.charAt(i));
      }
    }
    answer.put((byte) 0);
    return answer.array();
  }

  private static void start(ByteBuffer answer, byte[] query, int end, int code, int records) {
    answer.put(query, 0, 2);
    int flags = flags(query) & RECURSION_DESIRED;
    answer.putShort((short) (RESPONSE | flags | RECURSION_AVAILABLE | code));
    answer.putShort((short) (end > HEADER ? 1 : 0));
    answer.putShort((short) records);
    answer.putInt(0);
    answer.put(query, HEADER, end - HEADER);
  }

  private static void record(ByteBuffer answer, byte[] query, int questionEnd, int length) {
    answer.putShort((short) (0xc000 | HEADER));
    answer.put(query, questionEnd - 4, 4);
    answer.putInt(TTL);
    answer.putShort((short) length);
  }
}
