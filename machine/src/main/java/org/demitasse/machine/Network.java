package org.demitasse.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The network that a machine gives its image. */
public sealed interface Network {

  /** No network device. */
  record None() implements Network {}

  /** A private network that reaches the host's network by address translation; no rights needed. */
  record User() implements Network {}

  /**
   * A tap device of the host.
   *
   * @param name the device's name
   * @param device settings of the device, {@code mac=..} and {@code mtu=..}
   * @param settings settings of the network inside, as letter {@code n} of the boot protocol has
   *     them; empty for DHCP
   */
  record Tap(String name, List<String> device, List<String> settings) implements Network {

    /** Copies the settings. */
    public Tap {
      device = List.copyOf(device);
      settings = List.copyOf(settings);
    }

    @Override
    public String toString() {
      List<String> words = new ArrayList<>(List.of("tap=" + name));
      words.addAll(device);
      words.addAll(settings);
      return String.join(",", words);
    }
  }

  /**
   * Reads {@code none}, {@code user} or {@code
   * tap=NAME[,mac=..][,mtu=N][,address=A/BITS][,gateway=A] [,dns=A][,hostname=H]}.
   *
   * @throws IllegalArgumentException when the text is none of them
   */
  static Network parse(String text) {
    if (text.equals("none")) {
      return new None();
    }
    if (text.equals("user")) {
      return new User();
    }
    String[] words = text.split(",", -1);
    if (!words[0].matches("tap=[^/\\s]{1,15}")) {
      throw new IllegalArgumentException("expected none, user or tap=NAME, not '" + text + "'");
    }
    List<String> device = new ArrayList<>();
    List<String> settings = new ArrayList<>();
    for (String word : List.of(words).subList(1, words.length)) {
      int equals = word.indexOf('=');
      String key = equals < 0 ? word : word.substring(0, equals);
      if (Set.of("mac", "mtu").contains(key) && equals > 0) {
        device.add(word);
      } else if (Set.of("address", "gateway", "dns", "hostname").contains(key) && equals > 0) {
        settings.add(word);
      } else {
        throw new IllegalArgumentException(
            "a tap has mac=, mtu=, address=, gateway=, dns= and hostname=, not '" + word + "'");
      }
    }
    return new Tap(words[0].substring(4), device, settings);
  }
}
