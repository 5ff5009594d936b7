package org.demitasse.builder;

/** The phases of a build, in their order. */
public enum BuildPhase {
  /** Class path checked, files packed, compiler's process started. */
  PREPARE("Preparing", 4),
  /** Builder set up, features registered. */
  INITIALIZE("Initializing", 6),
  /** Closed-world analysis: what the program can reach. */
  ANALYZE("Analyzing", 38),
  /** Universe of types, fields and methods fixed. */
  UNIVERSE("Building universe", 4),
  /** Methods parsed into graphs. */
  PARSE("Parsing methods", 6),
  /** Small methods inlined. */
  INLINE("Inlining methods", 5),
  /** Methods compiled to machine code. */
  COMPILE("Compiling methods", 27),
  /** Code and heap laid out. */
  LAYOUT("Laying out", 3),
  /** Object file written. */
  WRITE("Writing object", 3),
  /** Linked with the nucleus into the image. */
  LINK("Linking image", 4);

  private final String label;
  private final int weight;

  BuildPhase(String label, int weight) {
    this.label = label;
    this.weight = weight;
  }

  /** What the phase does, for people. */
  public String label() {
    return label;
  }

  /** The usual share of a build's time, percent; all of them make 100. */
  public int weight() {
    return weight;
  }
}
