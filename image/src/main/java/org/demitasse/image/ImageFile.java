package org.demitasse.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.demitasse.image.elf.Elf;
import org.demitasse.image.elf.ElfSection;
import org.demitasse.image.elf.ElfSegment;

/**
 * An image whose headers keep all rules of {@code docs/image-format.md}. Only the first page has
 * been read; the contents behind it are checked by {@link #verifyContents}.
 */
public final class ImageFile {
  /** A manifest is a summary; what is larger is not read into memory. */
  private static final int MANIFEST_MAX = 16 << 20;

  /** Bytes that are hashed at once. */
  private static final int BLOCK = 1 << 20;

  private final Path path;
  private final ImageRules headers;

  private ImageFile(Path path, ImageRules headers) {
    this.path = path;
    this.headers = headers;
  }

  /**
   * Opens an image and checks its headers and its length.
   *
   * @throws ImageFormatException if it is no image, or was cut or changed; the message names the
   *     rule that it breaks
   * @throws IOException if the file cannot be read
   */
  public static ImageFile open(Path path) throws IOException {
    try (var channel = FileChannel.open(path)) {
      long size = channel.size();
      var page = read(channel, 0, (int) Math.min(size, ImageFormat.PAGE_SIZE));
      return new ImageFile(path, ImageRules.check(path, page, size));
    }
  }

  public Path path() {
    return path;
  }

  /** Bytes of the whole file. */
  public long size() {
    return headers.note.fileSize();
  }

  /** 40 hexadecimal digits. */
  public String buildId() {
    return HexFormat.of().formatHex(headers.buildId);
  }

  /** Virtual address at which the sandbox loader enters. */
  public long sandboxEntry() {
    return headers.note.entry();
  }

  /** Physical address at which a hypervisor enters (PVH). */
  public long pvhEntry() {
    return headers.pvhEntry;
  }

  /** The descriptor of the image note. */
  public ImageNote note() {
    return headers.note;
  }

  /** The loaded segments in the order of their addresses; the last one is the image heap. */
  public List<ElfSegment> segments() {
    return headers.segments;
  }

  /** The sections that are not empty, in the order of the file. */
  public List<ElfSection> sections() {
    return headers.elf.sections().stream().filter(s -> s.size() > 0).toList();
  }

  /**
   * Bytes by part: the headers, then each section by its name; {@code .bss} takes no file space.
   * What is left of the file is {@code padding}.
   */
  public Map<String, Long> sizes() {
    var sizes = new LinkedHashMap<String, Long>();
    long headerSize = headers.notesEnd;
    long used = headerSize;
    sizes.put("headers", headerSize);
    for (var section : sections()) {
      if (section.type() == Elf.SHT_NOTE || section.type() == Elf.SHT_STRTAB) {
        continue;
      }
      sizes.put(section.name(), section.size());
      used += section.isNobits() ? 0 : section.size();
    }
    sizes.put("padding", size() - used);
    return Collections.unmodifiableMap(sizes);
  }

  /**
   * Reads the manifest.
   *
   * @throws ImageFormatException if it is no manifest
   */
  public Manifest manifest() throws IOException {
    var section = headers.manifest;
    if (section.size() > MANIFEST_MAX) {
      throw new ImageFormatException(
          path, "its manifest has " + section.size() + " bytes, more than " + MANIFEST_MAX);
    }
    byte[] bytes;
    try (var channel = FileChannel.open(path)) {
      bytes = read(channel, section.offset(), (int) section.size());
    }
    if (bytes.length < section.size()) {
      throw new ImageFormatException(path, "it became shorter while it was read");
    }
    try {
      return Manifest.parse(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new ImageFormatException(path, "its manifest is no UTF-8 text");
    } catch (IOException e) {
      throw new ImageFormatException(path, "its manifest cannot be read: " + firstLine(e));
    }
  }

  /**
   * Reads the whole file and compares it with the build id.
   *
   * @throws ImageFormatException if a byte was changed after the link
   */
  public void verifyContents() throws IOException {
    byte[] actual;
    try (var channel = FileChannel.open(path)) {
      byte[] page = read(channel, 0, ImageFormat.PAGE_SIZE);
      var digest =
          ImageChecksums.beginBuildId(
              page, headers.buildIdAt, headers.noteAt + ImageNote.CHECKSUM_OFFSET);
      long at = page.length;
      while (at < size()) {
        byte[] block = read(channel, at, (int) Math.min(BLOCK, size() - at));
        if (block.length == 0) {
          throw new ImageFormatException(path, "it became shorter while it was read");
        }
        digest.update(block);
        at += block.length;
      }
      actual = ImageChecksums.endBuildId(digest);
    }
    if (!Arrays.equals(actual, headers.buildId)) {
      throw new ImageFormatException(
          path, "its contents do not fit its build id (the file was changed). Build it again");
    }
  }

  /** Fewer bytes than asked for come back only at the end of the file. */
  private static byte[] read(FileChannel channel, long offset, int size) throws IOException {
    var buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, offset + buffer.position()) < 0) {
        break;
      }
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static String firstLine(IOException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }
}
