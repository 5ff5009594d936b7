package org.demitasse.builder.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Path;
import java.util.List;
import org.demitasse.builder.SampleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UrlUseTest {

  @TempDir private Path folder;

  /** A class whose method calls a method of URL and loads a constant. */
  private static byte[] user(String method, String constant) {
    ClassDesc url = ClassDesc.of("java.net.URL");
    return ClassFile.of()
        .build(
            ClassDesc.of("User"),
            builder ->
                builder.withMethodBody(
                    "use",
                    MethodTypeDesc.of(ConstantDescs.CD_void, url),
                    ClassFile.ACC_STATIC,
                    code ->
                        code.ldc(constant)
                            .pop()
                            .aload(0)
                            .invokevirtual(
                                url,
                                method,
                                MethodTypeDesc.of(
                                    InputStream.class.describeConstable().orElseThrow()))
                            .pop()
                            .return_()));
  }

  private List<String> protocols(SampleJar jar) throws Exception {
    return ProgramUse.of(ClassPathInput.of(List.of(jar.write(folder.resolve("x.jar")))))
        .protocols();
  }

  @Test
  void whoOpensAUrlGetsHttp() throws Exception {
    assertThat(protocols(new SampleJar().file("User.class", user("openStream", "http://h/"))))
        .containsExactly("http");
  }

  @Test
  void aConstantThatBeginsSoBringsHttps() throws Exception {
    assertThat(protocols(new SampleJar().file("User.class", user("openStream", "https://h/"))))
        .containsExactly("http", "https");
  }

  @Test
  void whoOpensNoneGetsNone() throws Exception {
    assertThat(protocols(new SampleJar().file("User.class", user("getPath", "https://h/"))))
        .isEmpty();
  }

  @Test
  void damagedClassFilesSayNothing() throws Exception {
    byte[] damaged = user("openStream", "https://h/");
    damaged[9] = 0x7f;
    assertThat(protocols(new SampleJar().file("User.class", damaged))).isEmpty();
    assertThat(protocols(new SampleJar().file("User.class", "java/net/URL https"))).isEmpty();
  }
}
