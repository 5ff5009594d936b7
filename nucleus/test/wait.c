/* Sleeps end at their deadline, not before it; clocks run forwards and the date is plausible. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    check(nucleus_clock_monotonic() >= boot->start_ns, "the clock runs forwards");
    check(nucleus_wait(0) == 0, "nothing is pending");
    for (uint64_t sleep = 1000; sleep <= 100000000; sleep *= 10) {
        uint64_t deadline = nucleus_clock_monotonic() + sleep;
        while (nucleus_clock_monotonic() < deadline) {
            check(nucleus_wait(deadline) == 0, "no event");
        }
    }
    check(nucleus_wait(nucleus_clock_monotonic() - 1) == 0, "a deadline in the past");
    uint64_t wall = nucleus_clock_wall();
    uint64_t from = nucleus_clock_monotonic();
    nucleus_wait(from + 10000000);
    check(nucleus_clock_wall() > wall, "the date runs forwards");
    say("date ");
    say_number(wall / 1000000000);
    say("\n");
    return 0;
}
