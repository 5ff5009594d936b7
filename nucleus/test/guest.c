#include "guest.h"

void say(const char *text) {
    size_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    (void)nucleus_console_write(1, text, length);
}

void say_number(uint64_t value) {
    char text[21];
    int at = 20;
    text[at] = 0;
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    say(text + at);
}

void check(int holds, const char *what) {
    if (!holds) {
        say("CHECK FAILED: ");
        say(what);
        say("\n");
        nucleus_exit(1);
    }
}

__attribute__((weak)) void demitasse_fault(uint64_t ip, uint64_t sp, uint64_t fp) {
    (void)ip;
    (void)sp;
    (void)fp;
    say("fault hook called\n");
}
