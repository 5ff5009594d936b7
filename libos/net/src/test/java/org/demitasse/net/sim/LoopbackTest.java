package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.demitasse.core.Clock;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One host alone, on a clock that stands still: what it does not answer at once it never answers.
 */
class LoopbackTest {
  private final NetworkStack stack =
      new NetworkStack(
          new NetworkConfig().ipv6(true),
          new Clock() {
            @Override
            public long monotonicNanos() {
              return 1;
            }

            @Override
            public long wallNanos() {
              return 1;
            }
          },
          (bytes, offset, length) -> Arrays.fill(bytes, offset, offset + length, (byte) 5),
          () -> {});

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void refusalsToItselfAreNotLimitedInRate(String address) throws IOException {
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.ofLiteral(address), 9);
    for (int i = 0; i < 3000; i++) {
      try (TcpSocket socket = stack.openTcp()) {
        socket.connect(nobody);
        stack.poll();
        assertThatThrownBy(socket::finishConnect).isExactlyInstanceOf(ConnectException.class);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void errorsToItselfAreNotLimitedInRate(String address) throws IOException {
    try (UdpSocket socket = stack.openUdp()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), 9));
      for (int i = 0; i < 1000; i++) {
        socket.send(ByteBuffer.allocate(1), null);
        stack.poll();
        assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(1)))
            .isExactlyInstanceOf(PortUnreachableException.class);
      }
    }
  }
}
