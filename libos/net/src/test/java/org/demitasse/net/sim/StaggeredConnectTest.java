package org.demitasse.net.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.demitasse.net.socket.StaggeredConnect;
import org.demitasse.net.socket.TcpListener;
import org.demitasse.net.socket.TcpSocket;
import org.junit.jupiter.api.Test;

/** RFC 8305 on the virtual clock, each test named by section. */
class StaggeredConnectTest {
  private static final long MILLI = 1_000_000L;
  private static final InetAddress SILENT = InetAddress.ofLiteral("192.0.2.9");
  private static final InetAddress SILENT6 = InetAddress.ofLiteral("2001:db8:9::9");

  private final SimNetwork network = new SimNetwork(1, Impairment.delay(5 * MILLI));
  private final SimHost server = network.host(1);
  private final SimHost client = network.host(2);
  private final long begun = network.monotonicNanos();
  private long doneAt;

  private void listen(InetAddress... addresses) throws IOException {
    for (InetAddress each : addresses) {
      TcpListener listener = server.stack().openTcpListener();
      listener.listen(new InetSocketAddress(each, 80), 10);
    }
  }

  /** Routes to hosts that do not answer. */
  private void silentRoutes() {
    var eth = client.stack().ip().interfaceByIndex(2);
    long gateway = org.demitasse.net.ip.IpAddress.v4(0x0a000001);
    var any = org.demitasse.net.ip.IpAddress.v4(0);
    client.stack().ip().routes().add(new org.demitasse.net.ip.Route(0, any, 0, 0, gateway, eth));
    long high = 0x20010db8L << 32;
    client.stack().ip().routes().add(new org.demitasse.net.ip.Route(0, 0, 0, high, 1, eth));
  }

  private StaggeredConnect connect(InetAddress... addresses) {
    boolean[] due = {true};
    StaggeredConnect attempt =
        new StaggeredConnect(client.stack(), List.of(addresses), 80, () -> due[0] = true);
    long[] next = {0};
    network.runUntil(
        () -> {
          if (due[0] || network.monotonicNanos() >= next[0]) {
            due[0] = false;
            long wait = attempt.advance(network.monotonicNanos());
            next[0] = wait == Long.MAX_VALUE ? wait : network.monotonicNanos() + wait;
            if (wait != 0 && wait != Long.MAX_VALUE) {
              network.after(wait, () -> {});
            }
          }
          return attempt.isDone();
        },
        300_000 * MILLI);
    doneAt = (network.monotonicNanos() - begun) / MILLI;
    return attempt;
  }

  private static InetAddress winner(StaggeredConnect attempt) throws IOException {
    try (TcpSocket socket = attempt.result()) {
      return socket.remoteAddress().getAddress();
    }
  }

  @Test
  void s4_familiesTakeTurns() {
    List<InetAddress> given = new ArrayList<>();
    for (String each : new String[] {"2001:db8::1", "2001:db8::2", "10.0.0.1", "10.0.0.2"}) {
      given.add(InetAddress.ofLiteral(each));
    }
    assertThat(StaggeredConnect.interleave(given))
        .containsExactly(given.get(0), given.get(2), given.get(1), given.get(3));
  }

  @Test
  void s5_theFirstThatAnswersWinsAndNobodyElseIsAsked() throws IOException {
    listen(SimNetwork.address6(1), SimNetwork.address(1));
    StaggeredConnect attempt = connect(SimNetwork.address6(1), SimNetwork.address(1));
    assertThat(winner(attempt)).isEqualTo(SimNetwork.address6(1));
    assertThat(client.stack().tcp().counters().activeOpens).isEqualTo(1);
    assertThat(doneAt).isLessThan(250);
  }

  @Test
  void s5_aSilentAddressCostsAQuarterOfASecond() throws IOException {
    silentRoutes();
    listen(SimNetwork.address(1));
    StaggeredConnect attempt = connect(SILENT6, SimNetwork.address(1));
    assertThat(winner(attempt)).isEqualTo(SimNetwork.address(1));
    assertThat(doneAt).isBetween(250L, 300L);
    network.run(120_000 * MILLI);
    assertThat(client.stack().tcp().connectionCount()).isZero();
  }

  @Test
  void s5_aSlowFirstAttemptMayStillWin() throws IOException {
    network.impair(Impairment.delay(200 * MILLI));
    listen(SimNetwork.address6(1), SimNetwork.address(1));
    StaggeredConnect attempt = connect(SimNetwork.address6(1), SimNetwork.address(1));
    assertThat(winner(attempt)).isEqualTo(SimNetwork.address6(1));
    assertThat(client.stack().tcp().counters().activeOpens).isEqualTo(2);
  }

  @Test
  void s5_aRefusalStartsTheNextAttemptAtOnce() throws IOException {
    listen(SimNetwork.address(1));
    StaggeredConnect attempt = connect(SimNetwork.address6(1), SimNetwork.address(1));
    assertThat(winner(attempt)).isEqualTo(SimNetwork.address(1));
    assertThat(doneAt).isLessThan(250);
  }

  @Test
  void anAddressWithoutAWayIsPassedOverAtOnce() throws IOException {
    listen(SimNetwork.address(1));
    StaggeredConnect attempt = connect(SILENT6, SILENT, SimNetwork.address(1));
    assertThat(winner(attempt)).isEqualTo(SimNetwork.address(1));
    assertThat(doneAt).isLessThan(250);
  }

  @Test
  void whenAllFailTheFirstReasonIsToldWithTheOthers() {
    StaggeredConnect attempt = connect(SimNetwork.address(1), SimNetwork.address6(1));
    assertThatThrownBy(attempt::result)
        .isInstanceOf(ConnectException.class)
        .hasMessage("Connection refused")
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
    assertThat(client.stack().tcp().connectionCount()).isZero();
  }

  @Test
  void closingEndsTheAttempts() {
    silentRoutes();
    StaggeredConnect attempt = new StaggeredConnect(client.stack(), List.of(SILENT), 80, () -> {});
    attempt.advance(network.monotonicNanos());
    assertThat(client.stack().tcp().connectionCount()).isEqualTo(1);
    attempt.close();
    assertThat(client.stack().tcp().connectionCount()).isZero();
    assertThatThrownBy(attempt::result).isInstanceOf(ConnectException.class);
  }
}
