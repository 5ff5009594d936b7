package org.demitasse.builder.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.demitasse.builder.SampleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocaleUseTest {

  @TempDir private Path folder;

  /** The locales of a class with these statements. */
  private List<String> tags(String... statements) throws Exception {
    Path source =
        Files.writeString(
            folder.resolve("User.java"),
            "import java.util.*; import java.util.stream.*; class User { void use(String[] in) {"
                + String.join("\n", statements)
                + "}}");
    Path classes = Files.createDirectories(folder.resolve("classes"));
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", classes.toString(), source.toString()))
        .isZero();
    return ProgramUse.of(ClassPathInput.of(List.of(classes))).locales();
  }

  @Test
  void constantsOfLocaleCount() throws Exception {
    assertThat(tags("String.format(Locale.GERMANY, \"%,d\", 1); Object o = Locale.JAPANESE;"))
        .containsExactly("de", "de-DE", "ja");
  }

  @Test
  void englishIsThereAnyway() throws Exception {
    assertThat(tags("Object[] o = {Locale.US, Locale.ENGLISH, Locale.ROOT, Locale.getDefault()};"))
        .isEmpty();
    assertThat(tags("Object o = Locale.UK;")).containsExactly("en-GB");
  }

  @Test
  void whatIsMadeOfConstantsCountsAndOtherConstantsDoNot() throws Exception {
    assertThat(
            tags(
                "Object a = Locale.of(\"pt\", \"BR\");",
                "Object b = Locale.forLanguageTag(\"zh-Hant-TW\");",
                "Object c = new Locale.Builder().setLanguage(\"sv\").build();",
                "System.out.println(\"fr\"); System.out.println(\"it-IT\");"))
        .containsExactly("pt", "pt-BR", "sv", "zh-Hant", "zh-Hant-TW");
  }

  @Test
  void whereTheTagIsNoConstantAllTagsOfTheClassCount() throws Exception {
    assertThat(
            tags(
                "for (String tag : List.of(\"fr-FR\", \"da_DK\", \"hello\", \"xx-YY\", \"\")) {",
                "  System.out.println(Locale.forLanguageTag(tag));",
                "}"))
        .containsExactly("da", "da-DK", "fr", "fr-FR");
    assertThat(tags("Stream.of(\"nl\", \"no way\").map(Locale::forLanguageTag).toList();"))
        .containsExactly("nl");
  }

  @Test
  void localesThatTheJdkHasNotAreLeftOut() throws Exception {
    assertThat(tags("Object o = Locale.forLanguageTag(\"tlh-Latn\");")).isEmpty();
  }

  @Test
  void whoMakesNoLocaleGetsNone() throws Exception {
    assertThat(tags("Object o = List.of(\"fr\", \"de-DE\"); Locale l = null;")).isEmpty();
    Path jar =
        new SampleJar()
            .file("A.class", "java/util/Locale")
            .file("B.class", new byte[] {(byte) 0xca, (byte) 0xfe, (byte) 0xba, (byte) 0xbe, 0})
            .write(folder.resolve("x.jar"));
    assertThat(ProgramUse.of(ClassPathInput.of(List.of(jar))).locales()).isEmpty();
  }
}
