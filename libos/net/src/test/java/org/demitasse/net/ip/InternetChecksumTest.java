package org.demitasse.net.ip;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;
import org.junit.jupiter.api.Test;

class InternetChecksumTest {
  @Test
  void rfc1071_3_example() {
    PacketBuffer p = PacketPool.heap(1500, 1).allocate();
    p.append(8);
    p.putLong(0, 0x0001f203f4f5f6f7L);
    assertThat(InternetChecksum.fold(InternetChecksum.add(0, p, 0, 8))).isEqualTo(0xddf2);
  }

  @Property
  void sameAsWordByWord(@ForAll @Size(max = 1400) byte[] bytes) {
    PacketBuffer p = PacketPool.heap(1500, 1).allocate();
    p.append(bytes.length);
    p.put(0, bytes, 0, bytes.length);
    long sum = 0;
    for (int i = 0; i < bytes.length; i += 2) {
      int low = i + 1 < bytes.length ? bytes[i + 1] & 0xff : 0;
      sum += (bytes[i] & 0xff) << 8 | low;
      sum = (sum & 0xffff) + (sum >> 16);
    }
    assertThat(InternetChecksum.fold(InternetChecksum.add(0, p, 0, bytes.length)))
        .isEqualTo((int) sum);
  }
}
