package org.demitasse.net.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class TimerWheelTest {
  private static final long TICK = 1 << 20;

  private static final class Recorded extends Timer {
    long deadline;
    long fired = -1;

    @Override
    protected void expire(long now) {
      fired = now;
    }
  }

  @Property(tries = 300)
  void timersFireNeverEarlyAndAtMostATickLate(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long now = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
    TimerWheel wheel = new TimerWheel(now);
    List<Recorded> timers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      switch (random.nextInt(4)) {
        case 0, 1 -> {
          Recorded timer = new Recorded();
          timer.deadline = now + random.nextLong(1L << random.nextInt(10, 50));
          wheel.schedule(timer, timer.deadline);
          timers.add(timer);
        }
        case 2 -> {
          if (!timers.isEmpty()) {
            Recorded timer = timers.get(random.nextInt(timers.size()));
            wheel.cancel(timer);
            timers.remove(timer);
          }
        }
        default -> {
          long next = wheel.nextDeadline();
          now =
              next != Long.MAX_VALUE && random.nextBoolean()
                  ? Math.max(next, now)
                  : now + random.nextLong(1L << random.nextInt(10, 45));
          wheel.advance(now);
          for (Recorded timer : List.copyOf(timers)) {
            if (timer.fired >= 0 || timer.fired != -1) {
              assertThat(timer.fired).isGreaterThanOrEqualTo(timer.deadline);
              timers.remove(timer);
            } else {
              assertThat(timer.deadline).isGreaterThan(now - 2 * TICK);
              assertThat(wheel.nextDeadline()).isLessThanOrEqualTo(timer.deadline + TICK);
            }
          }
        }
      }
    }
    assertThat(wheel.armed()).isEqualTo(timers.size());
  }
}
