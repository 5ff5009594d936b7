package org.demitasse.image.link;

import java.util.List;

/** The objects cannot become an image. The message lists everything that stands in the way. */
public final class LinkException extends Exception {
  /**
   * A symbol that somebody needs and nobody defines.
   *
   * @param name the symbol
   * @param referrers the functions or places that refer to it, the first few
   * @param references how many references there are
   */
  public record UndefinedSymbol(String name, List<String> referrers, int references) {
    public UndefinedSymbol {
      referrers = List.copyOf(referrers);
    }

    @Override
    public String toString() {
      int more = references - referrers.size();
      return name
          + ": needed by "
          + String.join(", ", referrers)
          + (more > 0 ? " and " + more + " more" : "");
    }
  }

  private final transient List<UndefinedSymbol> undefined;

  LinkException(String message) {
    super(message);
    this.undefined = List.of();
  }

  LinkException(List<String> problems, List<UndefinedSymbol> undefined) {
    super(message(problems, undefined));
    this.undefined = List.copyOf(undefined);
  }

  /** The symbols that nobody defines, by name; empty if something else was wrong. */
  public List<UndefinedSymbol> undefinedSymbols() {
    return undefined;
  }

  private static String message(List<String> problems, List<UndefinedSymbol> undefined) {
    var text = new StringBuilder();
    for (var problem : problems) {
      text.append(text.isEmpty() ? "" : "\n").append(problem);
    }
    if (!undefined.isEmpty()) {
      text.append(text.isEmpty() ? "" : "\n")
          .append(undefined.size())
          .append(undefined.size() == 1 ? " symbol is" : " symbols are")
          .append(" defined neither by the program nor by the nucleus:");
      for (var symbol : undefined) {
        text.append("\n  ").append(symbol);
      }
    }
    return text.toString();
  }
}
