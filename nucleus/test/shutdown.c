/* Waits for the shutdown event and answers it with 42; argument "spin": never looks. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    nucleus_wait_for(0);
    say("ready\n");
    if (equal(argument(0), "spin")) {
        for (;;) {
            __asm__ volatile("pause");
        }
    }
    uint64_t events = 0;
    while (events == 0) {
        events = nucleus_wait(UINT64_MAX);
    }
    check(events == NUCLEUS_EVENT_SHUTDOWN, "the shutdown event alone");
    check(nucleus_wait(0) == 0, "it comes once");
    return 42;
}
