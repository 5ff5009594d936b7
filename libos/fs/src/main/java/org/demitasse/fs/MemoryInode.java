package org.demitasse.fs;

/** What all inodes in memory have. The monitor of the inode guards its fields. */
abstract class MemoryInode extends Inode {
  final MemoryVolume memory;
  private final long number;
  private int permissions;
  private int owner;
  private int group;
  private int links;
  private long accessed;
  private long modified;
  private long changed;
  private final long created;

  MemoryInode(MemoryVolume memory, int permissions) {
    super(memory);
    this.memory = memory;
    this.permissions = permissions & 07777;
    number = memory.nextInode();
    owner = memory.owner();
    group = memory.group();
    created = memory.now();
    accessed = modified = changed = created;
    links = 1;
  }

  @Override
  public final synchronized FileAttributes attributes() {
    return new FileAttributes(
        kind(),
        memory.number(),
        number,
        permissions,
        owner,
        group,
        links,
        size(),
        accessed,
        modified,
        changed,
        created);
  }

  @Override
  public abstract long size();

  @Override
  public final synchronized void setPermissions(int permissions) {
    this.permissions = permissions & 07777;
    changed = memory.now();
  }

  @Override
  public final synchronized void setOwner(int owner, int group) {
    if (owner != -1) {
      this.owner = owner;
    }
    if (group != -1) {
      this.group = group;
    }
    changed = memory.now();
  }

  @Override
  public final synchronized void setTimes(long accessed, long modified) {
    this.accessed = accessed;
    this.modified = modified;
    changed = memory.now();
  }

  final synchronized void contentChanged() {
    modified = changed = memory.now();
  }

  final synchronized void addLinks(int n) {
    links += n;
    changed = memory.now();
  }

  final synchronized int links() {
    return links;
  }

  /** Says that the last name is gone. */
  void unlinked() {
    memory.giveBack(MemoryVolume.INODE_BYTES);
  }
}
