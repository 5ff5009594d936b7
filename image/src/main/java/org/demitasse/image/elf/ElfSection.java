package org.demitasse.image.elf;

/**
 * A section header whose fields have been checked: the contents lie in the file.
 *
 * @param index its number in the section header table
 * @param name its name, possibly empty
 * @param type one of {@code Elf.SHT_}
 * @param flags the bits {@code Elf.SHF_}
 * @param address virtual address, 0 in relocatable objects
 * @param offset first byte in the file; meaningless for SHT_NOBITS
 * @param size bytes in memory; also the bytes in the file unless SHT_NOBITS
 * @param link index of the associated section, by type
 * @param info extra number, by type
 * @param alignment a power of two, at least 1
 * @param entrySize bytes of one entry of a table, or 0
 */
public record ElfSection(
    int index,
    String name,
    int type,
    long flags,
    long address,
    int offset,
    long size,
    int link,
    int info,
    long alignment,
    long entrySize) {

  /** True if any of the flag bits is set. */
  public boolean has(long flag) {
    return (flags & flag) != 0;
  }

  /** True if the section takes no bytes in the file. */
  public boolean isNobits() {
    return type == Elf.SHT_NOBITS;
  }
}
