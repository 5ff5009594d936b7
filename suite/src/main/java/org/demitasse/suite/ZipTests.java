package org.demitasse.suite;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/** Checksums, deflate, gzip, zip and jar files. */
final class ZipTests {

  private ZipTests() {}

  static void addTo(TestList tests) {
    tests.add("checksums", ZipTests::checksums);
    tests.add("gzip", ZipTests::gzip);
    tests.add("a gzip file of another program", ZipTests::foreignGzip);
    tests.add("damaged gzip", ZipTests::damaged);
    tests.add("deflate at every level", ZipTests::levels);
    tests.add("deflate without a header, with a dictionary", ZipTests::rawAndDictionary);
    tests.add("inflate piece by piece", ZipTests::pieces);
    tests.add("zip streams", ZipTests::zipStreams);
    tests.add("zip files", ZipTests::zipFiles);
    tests.add("a damaged zip file", ZipTests::damagedZip);
    tests.add("jar files", ZipTests::jarFiles);
    tests.add("zip file system", ZipTests::zipFileSystem);
  }

  /** Half text, half noise. */
  private static byte[] sample(int size) {
    byte[] bytes = new byte[size];
    new Random(4).nextBytes(bytes);
    for (int i = 0; i < size / 2; i++) {
      bytes[i] = (byte) "all work and no play ".charAt(i % 21);
    }
    return bytes;
  }

  private static void checksums() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    Check.equal(0xCBF43926L, sum(new CRC32(), digits));
    Check.equal(0xE3069283L, sum(new CRC32C(), digits));
    Check.equal(0x091E01DEL, sum(new Adler32(), digits));
    byte[] big = sample(100_000);
    for (Checksum checksum : new Checksum[] {new CRC32(), new CRC32C(), new Adler32()}) {
      long whole = sum(checksum, big);
      checksum.reset();
      for (int i = 0; i < big.length; i += 777) {
        checksum.update(big, i, Math.min(777, big.length - i));
      }
      Check.equal(whole, checksum.getValue());
      checksum.reset();
      java.nio.ByteBuffer direct = java.nio.ByteBuffer.allocateDirect(big.length).put(big).flip();
      checksum.update(direct);
      Check.equal(whole, checksum.getValue());
    }
  }

  private static long sum(Checksum checksum, byte[] bytes) {
    checksum.update(bytes, 0, bytes.length);
    return checksum.getValue();
  }

  private static byte[] gzipped(byte[] bytes) throws Exception {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static void gzip() throws Exception {
    byte[] text = "all work and no play ".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
    byte[] packed = gzipped(text);
    Check.that(packed.length < text.length / 100, "it got smaller: " + packed.length);
    Check.equalBytes(
        text, new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes(), "text");
    byte[] mixed = sample(500_000);
    Check.equalBytes(
        mixed,
        new GZIPInputStream(new ByteArrayInputStream(gzipped(mixed))).readAllBytes(),
        "mixed");
    Check.equal(
        0,
        new GZIPInputStream(new ByteArrayInputStream(gzipped(new byte[0]))).readAllBytes().length);
  }

  private static void foreignGzip() throws Exception {
    byte[] packed =
        HexFormat.of().parseHex("1f8b08000000000002ffcb48cdc9c95728cf2fca49e102002d3b08af0c000000");
    Check.equal(
        "hello world\n",
        new String(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes()));
  }

  private static void damaged() throws Exception {
    byte[] packed = gzipped(sample(10_000));
    byte[] changed = packed.clone();
    changed[packed.length - 8] ^= 1;
    Check.thrown(
        ZipException.class,
        () -> new GZIPInputStream(new ByteArrayInputStream(changed)).readAllBytes());
    Check.thrown(
        java.io.EOFException.class,
        () ->
            new GZIPInputStream(new ByteArrayInputStream(Arrays.copyOf(packed, 5_000)))
                .readAllBytes());
    Check.thrown(
        ZipException.class, () -> new GZIPInputStream(new ByteArrayInputStream(new byte[20])));
  }

  private static byte[] deflated(Deflater deflater, byte[] bytes) {
    deflater.setInput(bytes);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1000];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    return out.toByteArray();
  }

  private static void levels() throws Exception {
    byte[] bytes = sample(60_000);
    for (int level = 0; level <= 9; level++) {
      for (int strategy :
          new int[] {Deflater.DEFAULT_STRATEGY, Deflater.FILTERED, Deflater.HUFFMAN_ONLY}) {
        Deflater deflater = new Deflater(level);
        deflater.setStrategy(strategy);
        byte[] packed = deflated(deflater, bytes);
        Check.equal((long) bytes.length, deflater.getBytesRead());
        deflater.end();
        Inflater inflater = new Inflater();
        inflater.setInput(packed);
        byte[] seen = new byte[bytes.length];
        Check.equal(bytes.length, inflater.inflate(seen));
        Check.equalBytes(bytes, seen, "level " + level);
        inflater.end();
      }
    }
  }

  private static void rawAndDictionary() throws Exception {
    byte[] bytes = "the quick brown fox".getBytes(StandardCharsets.US_ASCII);
    Deflater raw = new Deflater(9, true);
    byte[] packed = deflated(raw, bytes);
    raw.end();
    Inflater inflater = new Inflater(true);
    inflater.setInput(packed);
    byte[] seen = new byte[bytes.length];
    Check.equal(bytes.length, inflater.inflate(seen));
    Check.equal(true, inflater.finished());
    inflater.end();
    Deflater with = new Deflater();
    with.setDictionary(bytes);
    byte[] small = deflated(with, bytes);
    with.end();
    Inflater needs = new Inflater();
    needs.setInput(small);
    Check.equal(0, needs.inflate(seen));
    Check.equal(true, needs.needsDictionary());
    needs.setDictionary(bytes);
    Check.equal(bytes.length, needs.inflate(seen));
    needs.end();
  }

  private static void pieces() throws Exception {
    byte[] bytes = sample(50_000);
    Deflater deflater = new Deflater();
    byte[] packed = deflated(deflater, bytes);
    deflater.end();
    Inflater inflater = new Inflater();
    byte[] seen = new byte[bytes.length];
    int in = 0;
    int out = 0;
    while (!inflater.finished()) {
      if (inflater.needsInput()) {
        int n = Math.min(97, packed.length - in);
        inflater.setInput(packed, in, n);
        in += n;
      }
      out += inflater.inflate(seen, out, Math.min(61, seen.length - out));
    }
    Check.equal(bytes.length, out);
    Check.equalBytes(bytes, seen, "pieces");
    inflater.end();
    Inflater bad = new Inflater();
    bad.setInput(new byte[] {1, 2, 3, 4});
    Check.thrown(DataFormatException.class, () -> bad.inflate(new byte[10]));
    bad.end();
  }

  private static byte[] zip() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.setComment("a comment");
      out.putNextEntry(new ZipEntry("folder/"));
      out.closeEntry();
      out.putNextEntry(new ZipEntry("folder/deflated"));
      out.write(sample(30_000));
      out.closeEntry();
      ZipEntry stored = new ZipEntry("stored ü");
      byte[] content = "stored".getBytes(StandardCharsets.US_ASCII);
      stored.setMethod(ZipEntry.STORED);
      stored.setSize(content.length);
      stored.setCrc(sum(new CRC32(), content));
      out.putNextEntry(stored);
      out.write(content);
      out.closeEntry();
    }
    return bytes.toByteArray();
  }

  private static void zipStreams() throws Exception {
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip()))) {
      Check.equal(true, in.getNextEntry().isDirectory());
      Check.equal("folder/deflated", in.getNextEntry().getName());
      Check.equalBytes(sample(30_000), in.readAllBytes(), "entry");
      Check.equal("stored ü", in.getNextEntry().getName());
      Check.equal("stored", new String(in.readAllBytes()));
      Check.equal(null, in.getNextEntry());
    }
  }

  private static void zipFiles() throws Exception {
    Path file = Files.write(Files.createTempFile("suite", ".zip"), zip());
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Check.equal(3, zip.size());
      Check.equal("a comment", zip.getComment());
      try (InputStream in = zip.getInputStream(zip.getEntry("folder/deflated"))) {
        Check.equalBytes(sample(30_000), in.readAllBytes(), "entry");
      }
      Check.equal(6L, zip.getEntry("stored ü").getSize());
      Check.equal(null, zip.getEntry("none"));
    }
    Files.delete(file);
  }

  private static void damagedZip() throws Exception {
    Path file = Files.write(Files.createTempFile("suite", ".zip"), new byte[500]);
    Check.thrown(ZipException.class, () -> new ZipFile(file.toFile()).close());
    Files.write(file, Arrays.copyOf(zip(), 3_000));
    Check.thrown(ZipException.class, () -> new ZipFile(file.toFile()).close());
    Files.delete(file);
    Check.thrown(java.nio.file.NoSuchFileException.class, () -> new ZipFile(file.toFile()).close());
  }

  private static void jarFiles() throws Exception {
    Path file = Files.createTempFile("suite", ".jar");
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "a.Main");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
      out.putNextEntry(new ZipEntry("a/data"));
      out.write(42);
    }
    try (JarFile jar = new JarFile(file.toFile())) {
      Check.equal(
          "a.Main", jar.getManifest().getMainAttributes().getValue(Attributes.Name.MAIN_CLASS));
      Check.equal(42, jar.getInputStream(jar.getEntry("a/data")).read());
    }
    Files.delete(file);
  }

  private static void zipFileSystem() throws Exception {
    Path file = Files.createTempDirectory("suite").resolve("fs.zip");
    try (FileSystem zip = FileSystems.newFileSystem(file, Map.of("create", "true"))) {
      Files.createDirectory(zip.getPath("/d"));
      Files.writeString(zip.getPath("/d/x"), "inside");
    }
    try (FileSystem zip = FileSystems.newFileSystem(URI.create("jar:" + file.toUri()), Map.of())) {
      Check.equal("inside", Files.readString(zip.getPath("/d/x")));
    }
    Files.delete(file);
    Files.delete(file.getParent());
  }
}
