package org.demitasse.net.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class DnsMessageFuzzTest {
  @Property(tries = 5000)
  void bytesFromOutsideAreReadOrRefused(@ForAll long seed) {
    Random random = new Random(seed);
    byte[] query = DnsMessage.query(7, "www.example.com", DnsMessage.A, true, -1);
    byte[] answer = new byte[random.nextInt(query.length - 11, 600)];
    random.nextBytes(answer);
    System.arraycopy(query, 0, answer, 0, Math.min(query.length - 11, answer.length));
    answer[2] = (byte) 0x80;
    answer[6] = 0;
    answer[7] = (byte) random.nextInt(5);
    answer[8] = 0;
    for (int i = query.length - 11; i < answer.length; i++) {
      if (random.nextInt(3) == 0) {
        answer[i] = (byte) (random.nextBoolean() ? 0xc0 : random.nextInt(16));
      }
    }
    assertThat(DnsMessage.answers(query, answer, answer.length, false)).isTrue();
    try {
      DnsMessage message = DnsMessage.decode(query, answer, answer.length, DnsMessage.A);
      assertThat(message.truncated || message.target != null).isTrue();
    } catch (DnsMessage.MalformedException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }
}
