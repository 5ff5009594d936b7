package org.demitasse.net.dns;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Answers of name servers that nobody should send; run by {@code scripts/fuzz}. */
class DnsMessageInputTest {
  private static final int[] TYPES = {DnsMessage.A, DnsMessage.AAAA, DnsMessage.PTR};

  @FuzzTest(maxDuration = "")
  void anAnswerIsReadOrRefused(FuzzedDataProvider input) {
    int type = input.pickValue(TYPES);
    byte[] query = DnsMessage.query(7, "www.example.com", type, input.consumeBoolean(), -1);
    byte[] answer = input.consumeRemainingAsBytes();
    // The reader of datagrams drops shorter ones, and answers to other questions.
    if (answer.length < query.length || !DnsMessage.answers(query, answer, answer.length, false)) {
      return;
    }
    try {
      DnsMessage message = DnsMessage.decode(query, answer, answer.length, type);
      if (!message.truncated && message.target == null) {
        throw new AssertionError("an answer without a name");
      }
    } catch (DnsMessage.MalformedException e) {
      if (e.getMessage().isEmpty()) {
        throw new AssertionError("refused without a reason", e);
      }
    }
  }
}
