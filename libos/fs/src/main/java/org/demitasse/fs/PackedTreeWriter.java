package org.demitasse.fs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * Packs directories of the host into the bytes of a {@link PackedTree}. The same names, contents
 * and execute permissions give the same bytes, whenever and wherever: times of files are all {@code
 * modified}, and permissions are those of a read-only tree. One thread at a time.
 */
public final class PackedTreeWriter {
  private final long modified;
  private final Node root = new Node(PackedTree.DIRECTORY, null);

  /** Makes a writer of an empty tree; files will carry the time {@code modified}, ns since 1970. */
  public PackedTreeWriter(long modified) {
    this.modified = modified;
  }

  /**
   * Adds what is in {@code directory} at the absolute path {@code target}. Symbolic links are kept
   * as links, and must lead to a place inside {@code directory}.
   *
   * @throws IOException saying which file cannot be packed, and why
   */
  public void add(Path directory, String target) throws IOException {
    if (!Files.exists(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory.toString());
    }
    if (!target.startsWith("/")) {
      throw new IOException("The path in the image must start with '/': " + target);
    }
    Node at = root;
    for (String name : target.split("/")) {
      if (name.isEmpty()) {
        continue;
      }
      if (name.equals(".") || name.equals("..")) {
        throw new IOException("The path in the image must be without '.' and '..': " + target);
      }
      at = at.directory(name, target);
    }
    Path real = directory.toRealPath();
    addEntries(at, real, real);
  }

  private void addEntries(Node to, Path directory, Path top) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        BasicFileAttributes attributes =
            Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (attributes.isDirectory()) {
          addEntries(to.directory(name, entry.toString()), entry, top);
        } else if (attributes.isSymbolicLink()) {
          Path leadsTo = entry.getParent().resolve(Files.readSymbolicLink(entry)).normalize();
          if (Files.readSymbolicLink(entry).isAbsolute() || !leadsTo.startsWith(top)) {
            throw new IOException(
                "The symbolic link "
                    + entry
                    + " leads out of "
                    + top
                    + ", and what is there would be missing in the image: replace the link by"
                    + " its target");
          }
          to.put(name, new Node(PackedTree.LINK, entry), entry);
        } else if (attributes.isRegularFile()) {
          to.put(name, new Node(PackedTree.FILE, entry), entry);
        } else {
          throw new IOException(
              "Only files, directories and symbolic links can be packed: " + entry);
        }
      }
    }
  }

  /** Writes the tree; {@code out} stays open. */
  public void write(OutputStream out) throws IOException {
    List<Node> nodes = number();
    long dataBytes = measure(nodes);
    int namesBytes = 0;
    for (Node node : nodes) {
      namesBytes += node.name.length;
    }
    long indexBytes = PackedTree.HEADER_BYTES + (long) nodes.size() * PackedTree.ENTRY_BYTES;
    long dataStart = align(indexBytes + namesBytes);
    if (dataStart + dataBytes > Integer.MAX_VALUE) {
      throw new IOException(
          "The files to pack have " + dataBytes + " bytes; a packed tree holds at most 2 GiB");
    }
    out.write(index(nodes, namesBytes, (int) dataStart, dataStart + dataBytes).array());
    for (Node node : nodes) {
      if (node.kind != PackedTree.DIRECTORY) {
        copy(node, out);
        out.write(new byte[(int) (align(node.size) - node.size)]);
      }
    }
  }

  private static long align(long bytes) {
    return bytes + 15 & ~15;
  }

  /** Puts directories before what is in them, and the entries of each side by side. */
  private List<Node> number() {
    List<Node> nodes = new ArrayList<>();
    nodes.add(root);
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (node.kind == PackedTree.DIRECTORY) {
        node.offset = nodes.size();
        node.size = node.children.size();
        for (Node child : node.children.values()) {
          child.parent = i;
          nodes.add(child);
        }
      }
    }
    return nodes;
  }

  private static long measure(List<Node> nodes) throws IOException {
    long offset = 0;
    byte[] buffer = new byte[1 << 16];
    for (Node node : nodes) {
      if (node.kind == PackedTree.DIRECTORY) {
        continue;
      }
      CRC32 crc = new CRC32();
      long size = 0;
      try (InputStream in = node.open()) {
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          crc.update(buffer, 0, n);
          size += n;
        }
      }
      node.offset = offset;
      node.size = size;
      node.crc = (int) crc.getValue();
      offset += align(size);
    }
    return offset;
  }

  private ByteBuffer index(List<Node> nodes, int namesBytes, int dataStart, long total) {
    ByteBuffer index = ByteBuffer.allocate(dataStart).order(ByteOrder.LITTLE_ENDIAN);
    index.putLong(PackedTree.MAGIC).putInt(PackedTree.VERSION).putInt(nodes.size());
    index.putLong(total).putInt(namesBytes).putInt(0).putLong(dataStart);
    index.position(PackedTree.HEADER_BYTES);
    int nameAt = 0;
    for (Node node : nodes) {
      index.putInt(nameAt).putShort((short) node.name.length).put((byte) node.kind).put((byte) 0);
      index.putInt(node.permissions()).putInt(node.parent).putLong(modified);
      index.putLong(node.offset).putLong(node.size).putInt(node.crc).putInt(0);
      nameAt += node.name.length;
    }
    for (Node node : nodes) {
      index.put(node.name);
    }
    index.putInt(PackedTree.CRC_AT, PackedTree.crc(index, dataStart));
    return index;
  }

  private static void copy(Node node, OutputStream out) throws IOException {
    byte[] buffer = new byte[1 << 16];
    CRC32 crc = new CRC32();
    long size = 0;
    try (InputStream in = node.open()) {
      for (int n = in.read(buffer); n >= 0 && size + n <= node.size; n = in.read(buffer)) {
        out.write(buffer, 0, n);
        crc.update(buffer, 0, n);
        size += n;
      }
    }
    if (size != node.size || (int) crc.getValue() != node.crc) {
      throw new IOException("The file changed while it was packed; pack again: " + node.source);
    }
  }

  private static final class Node {
    final int kind;
    final Path source;
    final TreeMap<byte[], Node> children = new TreeMap<>(Arrays::compareUnsigned);
    byte[] name = {};
    int parent;
    long offset;
    long size;
    int crc;

    Node(int kind, Path source) {
      this.kind = kind;
      this.source = source;
    }

    Node directory(String name, String what) throws IOException {
      byte[] key = key(name, what);
      Node child = children.get(key);
      if (child == null) {
        child = new Node(PackedTree.DIRECTORY, null);
        child.name = key;
        children.put(key, child);
      } else if (child.kind != PackedTree.DIRECTORY) {
        throw new IOException(
            "Two things of the same name are to be packed: the directory "
                + what
                + " and the file "
                + child.source);
      }
      return child;
    }

    void put(String name, Node child, Path what) throws IOException {
      child.name = key(name, what.toString());
      Node before = children.putIfAbsent(child.name, child);
      if (before != null) {
        throw new IOException(
            "Two things of the same name are to be packed: "
                + what
                + " and "
                + (before.source == null ? "a directory" : before.source));
      }
    }

    private static byte[] key(String name, String what) throws IOException {
      byte[] key = name.getBytes(StandardCharsets.UTF_8);
      if (key.length > Vfs.MAX_NAME_BYTES) {
        throw new IOException(
            "The name is longer than " + Vfs.MAX_NAME_BYTES + " bytes in UTF-8: " + what);
      }
      return key;
    }

    int permissions() {
      return switch (kind) {
        case PackedTree.DIRECTORY -> 0555;
        case PackedTree.LINK -> 0777;
        default -> Files.isExecutable(source) ? 0555 : 0444;
      };
    }

    InputStream open() throws IOException {
      if (kind == PackedTree.LINK) {
        String target = Files.readSymbolicLink(source).toString();
        return new ByteArrayInputStream(target.getBytes(StandardCharsets.UTF_8));
      }
      return Files.newInputStream(source);
    }
  }
}
