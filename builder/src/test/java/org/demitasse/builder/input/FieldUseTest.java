package org.demitasse.builder.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FieldUseTest {

  @TempDir private Path folder;

  private List<FieldName> fields(String... statements) throws Exception {
    Path source =
        Files.writeString(
            folder.resolve("User.java"),
            """
            class Node { volatile int next; static int count; }
            class User {
              static long offset(Class<?> type, String name) { return 0; }
              static long swapped(String name, Class<?> type) { return 0; }
              long use(String name, Class<?> type) { return %s; }
            }
            """
                .formatted(String.join(" + ", statements)));
    assertThat(
            ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "-d", folder.toString(), source.toString()))
        .isZero();
    return ProgramUse.of(ClassPathInput.of(List.of(folder))).fields();
  }

  @Test
  void fieldsNamedByConstantsAreFound() throws Exception {
    assertThat(fields("offset(Node.class, \"next\")", "offset(Node.class, \"count\")"))
        .containsExactly(
            new FieldName("User", "Node", "count"), new FieldName("User", "Node", "next"));
  }

  @Test
  void whatIsNoFieldOfTheClassPathIsNot() throws Exception {
    assertThat(
            fields(
                "offset(Node.class, \"none\")",
                "offset(String.class, \"value\")",
                "offset(Node[].class, \"next\")",
                "offset(int.class, \"next\")"))
        .isEmpty();
  }

  @Test
  void whatIsNoConstantIsNot() throws Exception {
    assertThat(
            fields(
                "offset(Node.class, name)",
                "offset(type, \"next\")",
                "swapped(\"next\", Node.class)"))
        .isEmpty();
  }
}
