/* Echoes standard input until it ends, or until a line with the letter Q. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    char bytes[64];
    nucleus_wait_for(NUCLEUS_EVENT_CONSOLE);
    say("ready\n");
    for (;;) {
        long n = nucleus_console_read(bytes, sizeof bytes);
        if (n == NUCLEUS_ERROR_END) {
            say("end\n");
            return 0;
        }
        if (n == NUCLEUS_ERROR_AGAIN) {
            check((nucleus_wait(UINT64_MAX) & ~NUCLEUS_EVENT_CONSOLE) == 0, "only the console's event");
            continue;
        }
        check(n > 0, "read");
        nucleus_console_write(1, bytes, (size_t)n);
        for (long i = 0; i < n; i++) {
            if (bytes[i] == 'Q') {
                return 0;
            }
        }
    }
}
