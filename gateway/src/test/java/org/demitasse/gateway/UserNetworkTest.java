package org.demitasse.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserNetworkTest {
  private static final long MAC = 0x525400123456L;

  @TempDir Path folder;
  private Path socket;

  @BeforeEach
  void choose() {
    socket = folder.resolve("wire");
  }

  private SocketChannel machine() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(socket));
  }

  @Test
  void aMachineFindsTheGatewayAndLeaves() throws Exception {
    try (UserNetwork network = UserNetwork.open(socket, List.of())) {
      try (SocketChannel machine = machine()) {
        ByteBuffer request = ByteBuffer.allocate(4 + Packets.ETHERNET + Packets.ARP);
        request.putInt(0, request.capacity() - 4);
        ByteBuffer arp = request.slice(4, request.capacity() - 4);
        Packets.putArpRequest(arp, MAC, Network.DEFAULT.guest(), Network.DEFAULT.gateway());
        machine.write(request.clear());
        // The gateway announces its own address before (RFC 5227).
        ByteBuffer frame = next(machine);
        while (!isArpReply(frame)) {
          frame = next(machine);
        }
        assertThat(network.ended()).isNotDone();
      }
      network.ended().get(10, TimeUnit.SECONDS);
    }
  }

  private static ByteBuffer next(SocketChannel machine) throws IOException {
    ByteBuffer frame = read(machine, read(machine, 4).getInt());
    assertThat(frame.capacity()).isGreaterThanOrEqualTo(Packets.ETHERNET);
    return frame;
  }

  private static ByteBuffer read(SocketChannel machine, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      assertThat(machine.read(bytes)).isPositive();
    }
    return bytes.flip();
  }

  /** By EtherType and operation (RFC 826). */
  private static boolean isArpReply(ByteBuffer frame) {
    return frame.getShort(12) == 0x0806 && frame.getShort(Packets.ETHERNET + 6) == 2;
  }

  @Test
  void aMachineOutOfStepIsTold() throws Exception {
    try (UserNetwork network = UserNetwork.open(socket, List.of());
        SocketChannel machine = machine()) {
      machine.write(ByteBuffer.allocate(4).putInt(0, -1));
      assertThatThrownBy(() -> network.ended().get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasRootCauseMessage("the machine announced a frame of 4294967295 bytes");
    }
  }

  @Test
  void withoutAMachineItEndsWhenClosed() throws Exception {
    UserNetwork network = UserNetwork.open(socket, List.of());
    network.close();
    network.ended().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aPortThatIsTakenIsSaid() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = "tcp:127.0.0.1:" + taken.getLocalPort() + ":80";
      assertThatThrownBy(() -> UserNetwork.open(socket, List.of(port)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("taken by another process");
      assertThat(Files.exists(socket)).isFalse();
    }
  }
}
