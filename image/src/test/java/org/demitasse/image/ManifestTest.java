package org.demitasse.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
  static Manifest full() {
    var sizes = new LinkedHashMap<String, Long>();
    sizes.put("code", 3_500_000L);
    sizes.put("heap", 5_000_000_000L);
    return new Manifest(
        "hello",
        "com.example.Hello",
        "0.1.0",
        "25.0.3+9",
        "25.0.2",
        "x86-64-v3",
        List.of(new Manifest.Component("java.base", "")),
        List.of(new Manifest.Component("grüße \"1\".jar", "ab".repeat(32))),
        sizes,
        3440,
        16562,
        List.of("--quick", "-O2"));
  }

  @Test
  void theTextIsReadBack() throws Exception {
    assertThat(Manifest.parse(full().toJson())).isEqualTo(full());
    assertThat(Manifest.parse(full().toJson()).sizes().keySet()).containsExactly("code", "heap");
    assertThat(Manifest.parse(Manifest.named("x").toJson())).isEqualTo(Manifest.named("x"));
  }

  @Test
  void equalManifestsHaveTheSameText() {
    assertThat(full().toJson()).isEqualTo(full().toJson()).doesNotContain("\r");
  }

  @Test
  void unknownFieldsAreLeftOut() throws Exception {
    var json = full().toJson().replaceFirst("\\{", "{ \"later\": {\"a\": [1, 2.5, null, true]}, ");
    assertThat(Manifest.parse(json)).isEqualTo(full());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"format\" : 1 | \"format\" : 2 | has the format 2",
        "\"name\" : \"hello\" | \"nam\" : \"hello\" | no field name",
        "\"types\" : 3440 | \"types\" : \"3440\" | field types has the wrong type",
        "\"types\" : 3440 | \"types\" : 1e9 | field types has the wrong type",
        "\"types\" : 3440 | \"types\" : 99999999999999999999 | out of range",
        "\"code\" : 3500000 | \"code\" : null | field sizes has the wrong type",
        "\"--quick\" | 7 | field options has the wrong type",
        "abababab | ABABABAB | no SHA-256",
        "\"jars\" : [ | \"jars\" : [ [ ], | field jars has the wrong type",
        "\"jdk\" | \"name\" | Duplicate field 'name'",
      })
  void wrongFieldsAreNamed(String from, String to, String message) {
    String changed = full().toJson().replace(from, to);
    assertThat(changed).isNotEqualTo(full().toJson());
    assertThatThrownBy(() -> Manifest.parse(changed))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"''", "[]", "{", "{}", "{} {}", "hello", "{\"format\":1"})
  void whatIsNoManifestIsRefused(String json) {
    assertThatThrownBy(() -> Manifest.parse(json)).isInstanceOf(IOException.class);
  }

  @Test
  void deepNestingIsRefused() {
    assertThatThrownBy(() -> Manifest.parse("[".repeat(100_000))).isInstanceOf(IOException.class);
  }
}
