/* Waits for the shutdown event and answers it with 42; argument "spin": never looks. The tick, which rests during
 * the wait, goes on after it, long before the deadline that the event came before. */
#include "guest.h"

static volatile int32_t word = 1;

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    nucleus_wait_for(0);
    say("ready\n");
    if (equal(argument(0), "spin")) {
        for (;;) {
            __asm__ volatile("pause");
        }
    }
    nucleus_tick(&word, 2000000);
    uint64_t deadline = nucleus_clock_monotonic() + 3600000000000;
    uint64_t events = 0;
    while (events == 0) {
        events = nucleus_wait(deadline);
    }
    word = 1;
    uint64_t limit = nucleus_clock_monotonic() + 2000000000;
    while (word != 0) {
        check(nucleus_clock_monotonic() < limit, "the tick goes on");
    }
    check(events == NUCLEUS_EVENT_SHUTDOWN, "the shutdown event alone");
    check(nucleus_wait(0) == 0, "it comes once");
    return 42;
}
