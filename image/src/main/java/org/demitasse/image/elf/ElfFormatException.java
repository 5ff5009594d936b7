package org.demitasse.image.elf;

import java.io.IOException;

/** A file breaks a rule of the ELF format. The message names the rule and where it is broken. */
public final class ElfFormatException extends IOException {
  private final String rule;
  private final long offset;

  /**
   * @param rule what is wrong, as a sentence without a full stop
   * @param offset where in the file the offending field lies, in bytes
   */
  public ElfFormatException(String rule, long offset) {
    // A section's name may be in it: it must not speak to the terminal.
    super(
        rule.replaceAll("\\p{Cntrl}", "?")
            + " (at file offset 0x"
            + Long.toHexString(offset)
            + ")");
    this.rule = rule;
    this.offset = offset;
  }

  /** What is wrong, without the offset. */
  public String rule() {
    return rule;
  }

  /** Where in the file the offending field lies, in bytes. */
  public long offset() {
    return offset;
  }
}
