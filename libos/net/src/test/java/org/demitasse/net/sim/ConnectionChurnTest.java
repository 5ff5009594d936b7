package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** {@code -Dchurn.connections=N} and {@code -Dchurn.seed=N} run more, or others. */
class ConnectionChurnTest {
  @Test
  void nothingIsLeftOfConnectionsOpenedAndClosedInRandomWays() throws IOException {
    long total = Long.getLong("churn.connections", 20_000);
    ConnectionChurn churn = new ConnectionChurn(total, Long.getLong("churn.seed", 1));
    churn.run(false);
    assertThat(churn.opened()).isEqualTo(total);
    assertThat(churn.accepted()).isGreaterThan(total / 2);
  }
}
