package org.demitasse.image.elf;

/**
 * A program header whose fields have been checked: the bytes lie in the file.
 *
 * @param type one of {@code Elf.PT_}
 * @param flags the bits {@code Elf.PF_}
 * @param offset first byte in the file
 * @param address virtual address of the first byte
 * @param physicalAddress physical address of the first byte
 * @param fileSize bytes in the file
 * @param memorySize bytes in memory, at least {@code fileSize}
 * @param alignment a power of two, at least 1
 */
public record ElfSegment(
    int type,
    int flags,
    long offset,
    long address,
    long physicalAddress,
    long fileSize,
    long memorySize,
    long alignment) {

  /** First address behind the segment. */
  public long end() {
    return address + memorySize;
  }

  public boolean isLoad() {
    return type == Elf.PT_LOAD;
  }

  public boolean isWritable() {
    return (flags & Elf.PF_W) != 0;
  }

  public boolean isExecutable() {
    return (flags & Elf.PF_X) != 0;
  }
}
