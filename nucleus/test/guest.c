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

int equal(const char *left, const char *right) {
    while (*left != 0 && *left == *right) {
        left++;
        right++;
    }
    return *left == *right;
}

const char *argument(int index) {
    const char *at = (const char *)nucleus_boot()->config;
    const char *end = at + nucleus_boot()->config_size;
    while (at < end) {
        if (*at == 'a' && index-- == 0) {
            return at + 1;
        }
        while (*at++ != 0) {
        }
    }
    return "";
}

uint64_t argument_number(int index) {
    uint64_t value = 0;
    for (const char *at = argument(index); *at != 0; at++) {
        check(*at >= '0' && *at <= '9', "a number as argument");
        value = value * 10 + (uint64_t)(*at - '0');
    }
    return value;
}

__attribute__((weak)) void demitasse_fault(uint64_t ip, uint64_t sp, uint64_t fp) {
    (void)ip;
    (void)sp;
    (void)fp;
    say("fault hook called\n");
}
