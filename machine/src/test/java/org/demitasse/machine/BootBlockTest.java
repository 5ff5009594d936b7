package org.demitasse.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BootBlockTest {

  private static RunRequest request(List<String> arguments, Network network) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("Z", "1");
    environment.put("A", "two words");
    return new RunRequest(
        Path.of("x.img"),
        arguments,
        0,
        environment,
        Map.of("key", "välue"),
        List.of(),
        network,
        RunRequest.Streams.PIPE);
  }

  @Test
  void recordsComeInTheProtocolsForm() throws MachineException {
    byte[] block =
        BootBlock.of(request(List.of("one", ""), new Network.User()), List.of("control=com2"));
    assertThat(new String(block, StandardCharsets.UTF_8))
        .isEqualTo("v1\0dcontrol=com2\0ndhcp=on\0eZ=1\0eA=two words\0pkey=välue\0aone\0a\0");
  }

  @Test
  void staticAddressesTakeThePlaceOfDhcp() throws MachineException {
    Network tap = new Network.Tap("t", List.of(), List.of("address=10.0.0.2/24"));
    String block =
        new String(BootBlock.of(request(List.of(), tap), List.of()), StandardCharsets.UTF_8);
    assertThat(block).contains("naddress=10.0.0.2/24\0").doesNotContain("dhcp");
  }

  @Test
  void withoutNetworkThereIsNoNetworkRecord() throws MachineException {
    byte[] block = BootBlock.of(request(List.of(), new Network.None()), List.of());
    assertThat(new String(block, StandardCharsets.UTF_8)).doesNotContain("\0n");
  }

  @Test
  void whatNoMachineCanPassOnIsRefused() {
    assertThatThrownBy(() -> BootBlock.of(request(List.of("a\0b"), new Network.None()), List.of()))
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("NUL");
    assertThatThrownBy(
            () ->
                BootBlock.of(
                    request(List.of("x".repeat(BootBlock.MAX_BYTES)), new Network.None()),
                    List.of()))
        .isInstanceOf(MachineException.class)
        .hasMessageContaining("1 MiB");
  }
}
