package org.demitasse.builder;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Jars and class folders for tests. */
public final class SampleJar {

  private final Map<String, byte[]> files = new LinkedHashMap<>();

  public SampleJar file(String name, String content) {
    files.put(name, content.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public SampleJar file(String name, byte[] content) {
    files.put(name, content);
    return this;
  }

  public Path write(Path jar) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        out.putNextEntry(new ZipEntry(file.getKey()));
        out.write(file.getValue());
        out.closeEntry();
      }
    }
    return jar;
  }

  public Path writeFolder(Path folder) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.write(path, file.getValue());
    }
    return folder;
  }

  /** A class with one empty method. */
  public static byte[] classWith(
      String name, String superName, String method, String type, int flags) {
    return ClassFile.of()
        .build(
            ClassDesc.of(name),
            builder ->
                builder
                    .withSuperclass(ClassDesc.of(superName))
                    .withMethodBody(
                        method, MethodTypeDesc.ofDescriptor(type), flags, code -> code.return_()));
  }

  /** A class without methods. */
  public static byte[] emptyClass(String name, String superName) {
    return ClassFile.of()
        .build(ClassDesc.of(name), builder -> builder.withSuperclass(ClassDesc.of(superName)));
  }
}
