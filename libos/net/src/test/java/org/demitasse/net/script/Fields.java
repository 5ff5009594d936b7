package org.demitasse.net.script;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One frame, or what is expected of one, as names and values. The protocol is {@code proto}; names
 * that are true or not there have an empty value.
 */
final class Fields {
  /** Names that stand alone. */
  private static final Set<String> FLAGS =
      Set.of("df", "more", "last", "badsum", "nosum", "badheader", "noquote", "own");

  private static final Set<String> PROTOCOLS =
      Set.of(
          "arp",
          "udp",
          "icmp",
          "icmp6",
          "ns",
          "na",
          "ra",
          "rs",
          "igmp",
          "mld",
          "fragment",
          "ip",
          "raw");

  final Map<String, String> map = new LinkedHashMap<>();
  final List<String> options = new ArrayList<>();
  boolean hasOptions;

  String get(String name) {
    return map.get(name);
  }

  boolean has(String name) {
    return map.containsKey(name);
  }

  void put(String name, Object value) {
    map.put(name, String.valueOf(value));
  }

  /** Parses what follows {@code <} or {@code >}. */
  static Fields parse(String text) {
    Fields fields = new Fields();
    String rest = text;
    int open = text.indexOf('<');
    // An option list starts with '<' and a letter or ends at once; "<=5" is a value.
    while (open >= 0 && text.startsWith("<=", open)) {
      open = text.indexOf('<', open + 1);
    }
    if (open >= 0) {
      int close = text.indexOf('>', open);
      if (close < 0) {
        throw new ScriptFailure("the options in '" + text + "' do not end");
      }
      fields.hasOptions = true;
      for (String option : text.substring(open + 1, close).split(",")) {
        if (!option.isBlank()) {
          fields.options.add(option.strip());
        }
      }
      rest = text.substring(0, open) + text.substring(close + 1);
    }
    String[] words = rest.strip().split("\\s+");
    int i = 1;
    if (PROTOCOLS.contains(words[0])) {
      fields.put("proto", words[0]);
    } else {
      if (words.length < 2 || !words[0].matches("[SFRPUEW.]+|-")) {
        throw new ScriptFailure("'" + text + "' is neither a TCP segment nor a known protocol");
      }
      fields.put("proto", "tcp");
      fields.put("flags", words[0]);
      fields.sequence(words[1]);
      i = 2;
    }
    while (i < words.length) {
      String name = words[i++];
      if (FLAGS.contains(name)) {
        fields.put(name, "");
      } else if (i == words.length) {
        throw new ScriptFailure("'" + name + "' has no value in '" + text + "'");
      } else {
        fields.put(name, words[i++]);
      }
    }
    return fields;
  }

  private void sequence(String text) {
    int colon = text.indexOf(':');
    int open = text.indexOf('(');
    if (colon < 1 || open < colon || !text.endsWith(")")) {
      throw new ScriptFailure("'" + text + "' is not first:last(length)");
    }
    put("seq", text.substring(0, colon));
    put("end", text.substring(colon + 1, open));
    put("len", text.substring(open + 1, text.length() - 1));
  }

  /** Returns why a frame is not as these fields say, or null when it is. */
  String mismatch(Fields seen, Values values) {
    for (Map.Entry<String, String> wanted : map.entrySet()) {
      String value = seen.get(wanted.getKey());
      if (!values.matches(wanted.getValue(), value)) {
        return wanted.getKey() + (value == null ? " is not there" : " is " + value);
      }
    }
    if (hasOptions) {
      List<String> plain = withoutPadding(options);
      List<String> others = withoutPadding(seen.options);
      if (plain.size() != others.size()) {
        return "the options are " + others;
      }
      for (int i = 0; i < plain.size(); i++) {
        String[] a = plain.get(i).split("[ :]+");
        String[] b = others.get(i).split("[ :]+");
        boolean same = a.length == b.length;
        for (int j = 0; same && j < a.length; j++) {
          same = values.matches(a[j], b[j]);
        }
        if (!same) {
          return "an option is '" + others.get(i) + "', not '" + plain.get(i) + "'";
        }
      }
    }
    return null;
  }

  private static List<String> withoutPadding(List<String> options) {
    return options.stream().filter(o -> !o.equals("nop") && !o.equals("eol")).toList();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    if ("tcp".equals(get("proto"))) {
      text.append(get("flags")).append(' ').append(get("seq")).append(':').append(get("end"));
      text.append('(').append(get("len")).append(')');
    } else {
      text.append(get("proto"));
    }
    for (Map.Entry<String, String> each : map.entrySet()) {
      boolean shown = Set.of("flags", "seq", "end", "len").contains(each.getKey());
      if (!each.getKey().equals("proto") && !(shown && "tcp".equals(get("proto")))) {
        text.append(' ').append(each.getKey());
        if (!each.getValue().isEmpty()) {
          text.append(' ').append(each.getValue());
        }
      }
    }
    if (hasOptions || !options.isEmpty()) {
      text.append(" <").append(String.join(",", options)).append('>');
    }
    return text.toString();
  }
}
