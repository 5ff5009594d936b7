package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.demitasse.core.Clock;
import org.demitasse.net.NetworkConfig;
import org.demitasse.net.NetworkStack;
import org.demitasse.net.socket.TcpSocket;
import org.demitasse.net.socket.UdpSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  @CsvSource({"127.0.0.1,65507", "::1,65527"})
  void theLargestDatagramArrives(String address, int most) throws IOException {
    InetAddress own = InetAddress.ofLiteral(address);
    try (UdpSocket receiver = stack.openUdp();
        UdpSocket sender = stack.openUdp()) {
      receiver.bind(new InetSocketAddress(own, 5000));
      sender.send(ByteBuffer.allocate(most), new InetSocketAddress(own, 5000));
      stack.poll();
      ByteBuffer target = ByteBuffer.allocate(70_000);
      assertThat(receiver.receive(target)).isNotNull();
      assertThat(target.position()).isEqualTo(most);
      assertThatThrownBy(
              () -> sender.send(ByteBuffer.allocate(most + 1), new InetSocketAddress(own, 5000)))
          .isExactlyInstanceOf(SocketException.class)
          .hasMessage("Message too long");
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
