package org.demitasse.fs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A {@link PackedTree} as a read-only volume. Broken entries fail with {@link FsError#IO}. */
public final class PackedVolume extends Volume {
  private final PackedTree tree;
  private final Entry root;

  public PackedVolume(String name, PackedTree tree) {
    super(name, "packed");
    this.tree = tree;
    this.root = new Entry(0);
  }

  @Override
  public Inode root() {
    return root;
  }

  @Override
  public boolean isReadOnly() {
    return true;
  }

  @Override
  public long totalBytes() {
    long sum = 0;
    for (int i = 0; i < tree.entries(); i++) {
      sum += tree.size(i);
    }
    return sum;
  }

  @Override
  public long freeBytes() {
    return 0;
  }

  private final class Entry extends Inode {
    private final int entry;

    /** The content of a file, looked up when first wanted. */
    private ByteBuffer data;

    Entry(int entry) {
      super(PackedVolume.this);
      this.entry = entry;
    }

    @Override
    public FileKind kind() {
      return switch (tree.kind(entry)) {
        case PackedTree.DIRECTORY -> FileKind.DIRECTORY;
        case PackedTree.LINK -> FileKind.SYMBOLIC_LINK;
        default -> FileKind.REGULAR;
      };
    }

    @Override
    public FileAttributes attributes() {
      long modified = tree.modified(entry);
      int links = tree.kind(entry) == PackedTree.DIRECTORY ? 2 : 1;
      return new FileAttributes(
          kind(),
          number(),
          entry + 1,
          tree.permissions(entry),
          0,
          0,
          links,
          size(),
          modified,
          modified,
          modified,
          modified);
    }

    @Override
    public long size() {
      return tree.size(entry);
    }

    private ByteBuffer data() throws FsException {
      if (isDirectory()) {
        throw new FsException(FsError.ISDIR);
      }
      ByteBuffer data = this.data;
      if (data == null) {
        this.data = data = tree.data(entry);
      }
      return data;
    }

    @Override
    public int read(long position, byte[] to, int offset, int length) throws FsException {
      ByteBuffer data = data();
      int n = (int) Math.min(length, Math.max(data.capacity() - position, 0));
      if (n > 0) {
        data.get((int) position, to, offset, n);
      }
      return n;
    }

    @Override
    public int read(long position, ByteBuffer to) throws FsException {
      ByteBuffer data = data();
      int n = (int) Math.min(to.remaining(), Math.max(data.capacity() - position, 0));
      if (n > 0) {
        to.put(to.position(), data, (int) position, n);
        to.position(to.position() + n);
      }
      return n;
    }

    @Override
    public String target() throws FsException {
      if (kind() != FileKind.SYMBOLIC_LINK) {
        return super.target();
      }
      return StandardCharsets.UTF_8.decode(data().duplicate()).toString();
    }

    @Override
    protected Inode find(String name) throws FsException {
      if (!isDirectory()) {
        return super.find(name);
      }
      int found = tree.find(entry, name);
      return found < 0 ? null : new Entry(found);
    }

    @Override
    protected List<String> names() throws FsException {
      if (!isDirectory()) {
        return super.names();
      }
      int count = tree.children(entry);
      List<String> names = new ArrayList<>(count);
      int first = count == 0 ? 0 : tree.firstChild(entry);
      for (int i = 0; i < count; i++) {
        names.add(tree.name(first + i));
      }
      return names;
    }

    /** Inodes are made anew for each look; the entry is what counts. */
    @Override
    public boolean equals(Object other) {
      return other instanceof Entry that && that.volume() == volume() && that.entry == entry;
    }

    @Override
    public int hashCode() {
      return entry;
    }
  }
}
