/* The tick stores zero into its word, moves with nucleus_tick_word and stops. */
#include "guest.h"

static volatile int32_t first = 1;
static volatile int32_t second = 1;

static void spin_until(volatile int32_t *word) {
    uint64_t limit = nucleus_clock_monotonic() + 10000000000;
    double sum = 1; /* vector registers must survive the interruption */
    while (*word != 0) {
        sum = sum * 1.0000001 + 0.5;
        if (nucleus_clock_monotonic() > limit) {
            check(0, "a tick within ten seconds");
        }
    }
    check(sum > 0, "floating point");
}

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    nucleus_tick(&first, 2000000);
    for (int i = 0; i < 5; i++) {
        first = 1;
        spin_until(&first);
    }
    first = 1;
    nucleus_tick_word(&second);
    first = 1;
    for (int i = 0; i < 5; i++) {
        second = 1;
        spin_until(&second);
    }
    check(first == 1, "the first word rests after the move");
    check(nucleus_wait(nucleus_clock_monotonic() + 20000000) == 0, "a sleep beside the tick");
    second = 1;
    spin_until(&second);
    nucleus_tick(0, 0);
    second = 1;
    uint64_t until = nucleus_clock_monotonic() + 20000000;
    while (nucleus_clock_monotonic() < until) {
    }
    check(second == 1, "no tick after the end");
    say("ticks well\n");
    return 0;
}
