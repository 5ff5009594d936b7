package org.demitasse.builder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.demitasse.builder.compile.CompilerHome;

/** A home whose "JVM" is a shell script. */
final class FakeCompiler {

  private FakeCompiler() {}

  static CompilerHome home(Path folder, String script) throws IOException {
    Path java = Files.writeString(folder.resolve("java"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
    Path os =
        new SampleJar()
            .file("META-INF/demitasse/builder-exports", "# none\n")
            .write(folder.resolve("demitasse-jdk.jar"));
    Path metadata =
        new SampleJar()
            .file(
                "com.acme/lib/index.json",
                """
                [{"latest": true, "metadata-version": "1", "tested-versions": ["1.0"],
                  "allowed-packages": ["com.acme"]}]
                """)
            .file("com.acme/lib/1/reachability-metadata.json", "{}")
            .write(folder.resolve("metadata.zip"));
    return new CompilerHome(java, List.of(), List.of(), List.of(os), metadata);
  }
}
