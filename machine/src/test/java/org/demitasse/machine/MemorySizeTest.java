package org.demitasse.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySizeTest {

  @ParameterizedTest
  @CsvSource({"1,1", "4k,4096", "256M,268435456", "1G,1073741824", "2g,2147483648"})
  void unitsArePowersOf1024(String text, long bytes) {
    assertThat(MemorySize.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "0M", "-1M", "1T", "1.5G", "M", "99999999999999999G", "1 M"})
  void otherFormsAreRefused(String text) {
    assertThatThrownBy(() -> MemorySize.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void sizesForPeople() {
    assertThat(MemorySize.format(1023)).isEqualTo("1023 B");
    assertThat(MemorySize.format(9_856_000)).isEqualTo("9.4 MB");
    assertThat(MemorySize.format(256L << 20)).isEqualTo("256 MB");
  }
}
