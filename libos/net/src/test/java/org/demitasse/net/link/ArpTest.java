package org.demitasse.net.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.demitasse.core.PacketBuffer;
import org.demitasse.net.sim.WirePeer;
import org.junit.jupiter.api.Test;

class ArpTest {
  private final WirePeer wire = new WirePeer();

  private void arrive(int operation, long senderMac, int sender, int target) {
    PacketBuffer p = wire.pool().allocate();
    p.append(42);
    p.putMac(0, 0xffff_ffff_ffffL);
    p.putMac(6, senderMac);
    p.putShort(12, Ethernet.TYPE_ARP);
    p.putLong(14, 0x0001_0800_0604_0000L | operation);
    p.putMac(22, senderMac);
    p.putInt(28, sender);
    p.putMac(32, 0);
    p.putInt(38, target);
    byte[] frame = new byte[42];
    p.get(0, frame, 0, 42);
    p.release();
    wire.arrive(frame);
  }

  /** ARP operations sent since the last call. */
  private List<Integer> sent() {
    List<Integer> operations = new ArrayList<>();
    for (byte[] f = wire.frames().poll(); f != null; f = wire.frames().poll()) {
      if (f[12] == 8 && f[13] == 6) {
        operations.add((int) f[21]);
      }
    }
    return operations;
  }

  @Test
  void rfc826_requestsForOurAddressAreAnswered() {
    arrive(1, WirePeer.REMOTE_MAC, WirePeer.REMOTE, WirePeer.LOCAL);
    assertThat(sent()).containsExactly(2);
    arrive(1, WirePeer.REMOTE_MAC, WirePeer.REMOTE, WirePeer.LOCAL + 5);
    assertThat(sent()).isEmpty();
  }

  @Test
  void rfc5227_2_1_probesForOurAddressAreAnswered() {
    arrive(1, WirePeer.REMOTE_MAC, 0, WirePeer.LOCAL);
    assertThat(sent()).containsExactly(2);
  }

  @Test
  void rfc5227_2_4_ourAddressIsDefendedButNotWithoutEnd() {
    wire.run(20_000 * WirePeer.MILLI);
    sent();
    for (int i = 0; i < 5; i++) {
      arrive(2, 0x02_00_00_00_00_77L, WirePeer.LOCAL, WirePeer.REMOTE);
    }
    assertThat(sent()).containsExactly(1);
    wire.run(11_000 * WirePeer.MILLI);
    arrive(2, 0x02_00_00_00_00_77L, WirePeer.LOCAL, WirePeer.REMOTE);
    assertThat(sent()).containsExactly(1);
  }
}
