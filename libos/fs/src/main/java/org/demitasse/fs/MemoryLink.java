package org.demitasse.fs;

import java.nio.charset.StandardCharsets;

/** A symbolic link in memory. */
final class MemoryLink extends MemoryInode {
  private final String target;
  private final int size;

  MemoryLink(MemoryVolume memory, String target) {
    super(memory, 0777);
    this.target = target;
    this.size = target.getBytes(StandardCharsets.UTF_8).length;
  }

  @Override
  public FileKind kind() {
    return FileKind.SYMBOLIC_LINK;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public String target() {
    return target;
  }
}
