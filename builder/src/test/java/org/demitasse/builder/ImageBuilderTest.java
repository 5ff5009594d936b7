package org.demitasse.builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.demitasse.builder.BuildException.Kind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageBuilderTest {

  @TempDir private Path folder;
  private BuildRequest request;

  private final List<BuildPhase> phases = Collections.synchronizedList(new ArrayList<>());
  private final List<String> output = Collections.synchronizedList(new ArrayList<>());
  private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch analyzing = new CountDownLatch(1);

  private final BuildListener listener =
      new BuildListener() {
        @Override
        public void phase(BuildPhase phase) {
          phases.add(phase);
          if (phase == BuildPhase.ANALYZE) {
            analyzing.countDown();
          }
        }

        @Override
        public void output(String line) {
          output.add(line);
        }

        @Override
        public void warning(String message) {
          warnings.add(message);
        }
      };

  @BeforeEach
  void program() throws IOException {
    byte[] main =
        SampleJar.classWith(
            "Main", "java.lang.Object", "main", "()V", ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC);
    Path jar = new SampleJar().file("Main.class", main).write(folder.resolve("app.jar"));
    request = BuildRequest.of(List.of(jar), "Main", folder.resolve("out").resolve("app.img"));
  }

  private BuildException failure(String script) throws IOException {
    ImageBuilder builder = builder(script);
    return catchThrowableOfType(BuildException.class, () -> builder.build(request, listener));
  }

  private ImageBuilder builder(String script) throws IOException {
    return new ImageBuilder(
        FakeCompiler.home(folder, script), Files.createDirectories(folder.resolve("tmp")));
  }

  @Test
  void theCompilersStagesWarningsAndLinesAreTold() throws IOException {
    BuildException e =
        failure(
            """
            echo '[1/8] Initializing...    (1.0s @ 0.1GB)'
            echo 'Warning: take care'
            printf '[2/8] Performing analysis...  ['
            exit 1
            """);

    assertThat(e.kind()).isEqualTo(Kind.INTERNAL);
    assertThat(phases)
        .containsExactly(BuildPhase.PREPARE, BuildPhase.INITIALIZE, BuildPhase.ANALYZE);
    assertThat(warnings).contains("take care");
    assertThat(output).hasSize(3);
    Path log = Path.of(e.hint().substring(e.hint().indexOf('/')));
    assertThat(log).content().contains("Performing analysis");
  }

  @Test
  void nothingOfTheUsersEnvironmentReachesTheCompiler() throws IOException {
    failure("env; exit 1");

    assertThat(output).noneMatch(line -> line.startsWith("HOME=") || line.startsWith("PATH=/"));
    assertThat(output).contains("JVMCI_VERSION_CHECK=ignore");
  }

  @Test
  void librariesGetTheRepositorysMetadataUnlessItIsRefused() throws IOException {
    Path library =
        new SampleJar()
            .file("META-INF/maven/com.acme/lib/pom.properties", "version=1.0\n")
            .write(folder.resolve("lib.jar"));
    List<Path> classPath = List.of(request.classPath().getFirst(), library);
    String script = "for word; do tr '\\0' '\\n' < ${word#--image-args-file=}; done; exit 1";
    request = BuildRequest.of(classPath, "Main", request.output());

    failure(script);

    assertThat(output).anyMatch(line -> line.startsWith("-H:ConfigurationFileDirectories@driver="));
    output.clear();
    request =
        new BuildRequest(
            classPath,
            "Main",
            request.output(),
            "app",
            true,
            List.of(),
            Map.of(),
            List.of(),
            false,
            0);

    failure(script);

    assertThat(output).noneMatch(line -> line.contains("ConfigurationFileDirectories"));
    assertThat(output).anyMatch(line -> line.startsWith("-H:Optimize"));
  }

  @Test
  void aFailureLeavesNeitherOutputNorTemporaryFolders() throws IOException {
    BuildException e =
        failure("echo 'Fatal error: java.lang.OutOfMemoryError: Java heap space'; exit 1");

    assertThat(e.kind()).isEqualTo(Kind.OUT_OF_MEMORY);
    assertThat(request.output()).doesNotExist();
    assertThat(folder.resolve("tmp")).isEmptyDirectory();
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void aCompilerThatLeavesNoObjectIsOurFault() throws IOException {
    BuildException e = failure("exit 0");

    assertThat(e.kind()).isEqualTo(Kind.INTERNAL);
    assertThat(e.getMessage()).contains("no object");
  }

  @Test
  void anInterruptEndsTheCompiler() throws Exception {
    Path pid = folder.resolve("pid");
    ImageBuilder builder =
        builder("echo $$ > " + pid + "\necho '[2/8] Performing analysis...'\nexec sleep 600\n");
    List<Throwable> thrown = Collections.synchronizedList(new ArrayList<>());
    Thread build =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    builder.build(request, listener);
                  } catch (BuildException | InterruptedException e) {
                    thrown.add(e);
                  }
                });
    analyzing.await();
    build.interrupt();
    build.join();

    assertThat(thrown).singleElement().isInstanceOf(InterruptedException.class);
    long process = Long.parseLong(Files.readString(pid).strip());
    assertThat(ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false)).isFalse();
    assertThat(folder.resolve("tmp")).isEmptyDirectory();
  }

  @Test
  void whatIsWrongWithTheInputIsSeenBeforeTheCompilerStarts() throws IOException {
    ImageBuilder builder = builder("echo started; exit 1");

    assertThatThrownBy(
            () ->
                builder.build(
                    BuildRequest.of(request.classPath(), "Gone", request.output()), listener))
        .hasMessageContaining("Gone");
    assertThatThrownBy(
            () ->
                builder.build(
                    BuildRequest.of(List.of(folder.resolve("no")), "Main", request.output()),
                    listener))
        .hasMessageContaining("does not exist");
    assertThat(output).isEmpty();
  }

  @Test
  void aHomeWithoutItsPartsIsSaidSo() {
    assertThatThrownBy(() -> new ImageBuilder().build(request, listener))
        .isInstanceOf(BuildException.class)
        .hasMessageContaining("demitasse.home");
  }
}
