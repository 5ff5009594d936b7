package org.demitasse.builder.input;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.demitasse.builder.BuildException;
import org.demitasse.builder.BuildException.Kind;
import org.demitasse.builder.SampleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramChecksTest {

  private static final String OBJECT = "java.lang.Object";
  private static final String ARGUMENTS = "([Ljava/lang/String;)V";
  private static final int PUBLIC_STATIC = ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC;

  @TempDir private Path folder;

  private ClassPathInput input(SampleJar jar) throws IOException, BuildException {
    return ClassPathInput.of(List.of(jar.write(folder.resolve("x.jar"))));
  }

  private static void fails(Kind kind, String words, ThrowingCallable call) {
    assertThatThrownBy(call)
        .hasMessageContaining(words)
        .asInstanceOf(InstanceOfAssertFactories.type(BuildException.class))
        .extracting(BuildException::kind)
        .isEqualTo(kind);
  }

  private static void passes(ThrowingCallable call) {
    assertThatCode(call).doesNotThrowAnyException();
  }

  @Test
  void aMainMethodMayBeStaticOrNotAndInherited() throws Exception {
    ClassPathInput input =
        input(
            new SampleJar()
                .file(
                    "a/Main.class",
                    SampleJar.classWith("a.Main", OBJECT, "main", ARGUMENTS, PUBLIC_STATIC))
                .file("a/Plain.class", SampleJar.classWith("a.Plain", OBJECT, "main", "()V", 0))
                .file("a/Heir.class", SampleJar.emptyClass("a.Heir", "a.Main")));

    passes(() -> MainClassCheck.check(input, "a.Main"));
    passes(() -> MainClassCheck.check(input, "a.Plain"));
    passes(() -> MainClassCheck.check(input, "a.Heir"));
  }

  @Test
  void aClassOfTheJdkMayBeTheMainClass() throws Exception {
    ClassPathInput input = input(new SampleJar().file("a", ""));

    passes(() -> MainClassCheck.check(input, "java.util.concurrent.ForkJoinPool"));
  }

  @Test
  void whatJavaDoesNotLaunchIsRefused() throws Exception {
    ClassPathInput input =
        input(
            new SampleJar()
                .file("Empty.class", SampleJar.emptyClass("Empty", OBJECT))
                .file(
                    "Private.class",
                    SampleJar.classWith(
                        "Private", OBJECT, "main", ARGUMENTS, ClassFile.ACC_PRIVATE))
                .file(
                    "Wrong.class",
                    SampleJar.classWith("Wrong", OBJECT, "main", "(I)V", PUBLIC_STATIC))
                .file("Broken.class", "no class file"));

    fails(Kind.NO_MAIN_CLASS, "Empty", () -> MainClassCheck.check(input, "Empty"));
    fails(Kind.NO_MAIN_CLASS, "Private", () -> MainClassCheck.check(input, "Private"));
    fails(Kind.NO_MAIN_CLASS, "Wrong", () -> MainClassCheck.check(input, "Wrong"));
    fails(Kind.NO_MAIN_CLASS, "no.Such", () -> MainClassCheck.check(input, "no.Such"));
    fails(Kind.PROGRAM, "damaged", () -> MainClassCheck.check(input, "Broken"));
  }

  @Test
  void classesThatInheritInACircleEnd() throws Exception {
    ClassPathInput input =
        input(
            new SampleJar()
                .file("A.class", SampleJar.emptyClass("A", "B"))
                .file("B.class", SampleJar.emptyClass("B", "A")));

    fails(Kind.NO_MAIN_CLASS, "A", () -> MainClassCheck.check(input, "A"));
  }

  @Test
  void aClassFileOfANewerJavaIsRefused() throws Exception {
    byte[] good = SampleJar.emptyClass("A", OBJECT);
    byte[] bad = Arrays.copyOf(good, good.length);
    bad[7] = (byte) (ClassFile.latestMajorVersion() + 1);

    passes(() -> ClassFileCheck.check(input(new SampleJar().file("A.class", good))));
    fails(
        Kind.CLASS_FILE_TOO_NEW,
        "p/A.class",
        () -> ClassFileCheck.check(input(new SampleJar().file("p/A.class", bad))));
    // What this JDK would not load from a multi-release jar does not count.
    passes(
        () ->
            ClassFileCheck.check(input(new SampleJar().file("META-INF/versions/26/A.class", bad))));
    fails(
        Kind.CLASS_FILE_TOO_NEW,
        "versions/25",
        () ->
            ClassFileCheck.check(input(new SampleJar().file("META-INF/versions/25/A.class", bad))));
    passes(() -> ClassFileCheck.check(input(new SampleJar().file("A.class", "text"))));
  }
}
