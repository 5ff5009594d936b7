package org.demitasse.fs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A directory in memory; lists names in the order they were made. */
final class MemoryDirectory extends MemoryInode {
  private final Map<String, MemoryInode> entries = new LinkedHashMap<>();

  MemoryDirectory(MemoryVolume memory, int permissions) {
    super(memory, permissions);
    addLinks(1); // "."
  }

  @Override
  public FileKind kind() {
    return FileKind.DIRECTORY;
  }

  @Override
  public synchronized long size() {
    return 16L * entries.size();
  }

  @Override
  protected synchronized Inode find(String name) {
    return entries.get(name);
  }

  @Override
  protected synchronized List<String> names() {
    return new ArrayList<>(entries.keySet());
  }

  @Override
  protected Inode createFile(String name, int permissions) throws FsException {
    memory.take(MemoryVolume.INODE_BYTES);
    return add(name, new MemoryFile(memory, permissions));
  }

  @Override
  protected Inode createDirectory(String name, int permissions) throws FsException {
    memory.take(MemoryVolume.INODE_BYTES);
    addLinks(1); // the new one's ".."
    return add(name, new MemoryDirectory(memory, permissions));
  }

  @Override
  protected Inode createLink(String name, String target) throws FsException {
    memory.take(MemoryVolume.INODE_BYTES);
    return add(name, new MemoryLink(memory, target));
  }

  @Override
  protected void link(String name, Inode existing) {
    MemoryInode inode = (MemoryInode) existing;
    add(name, inode).addLinks(1);
  }

  private synchronized MemoryInode add(String name, MemoryInode inode) {
    entries.put(name, inode);
    contentChanged();
    return inode;
  }

  @Override
  protected void remove(String name) {
    MemoryInode inode = take(name);
    if (inode.isDirectory()) {
      addLinks(-1);
      inode.addLinks(-1);
    }
    inode.addLinks(-1);
    if (inode.links() == 0) {
      inode.unlinked();
    }
  }

  private synchronized MemoryInode take(String name) {
    contentChanged();
    return entries.remove(name);
  }

  @Override
  protected void move(String name, Inode directory, String newName) {
    MemoryDirectory to = (MemoryDirectory) directory;
    if (to.find(newName) != null) {
      to.remove(newName);
    }
    MemoryInode inode = take(name);
    to.add(newName, inode);
    if (inode.isDirectory() && to != this) {
      addLinks(-1);
      to.addLinks(1);
    }
    inode.addLinks(0);
  }
}
