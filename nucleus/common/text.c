/* Messages of the nucleus itself, on the error stream. */
#include "internal.h"

size_t text_length(const char *text) {
    size_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    return length;
}

void print(const char *text) {
    (void)nucleus_console_write(2, text, text_length(text));
}

void print_hex(uint64_t value, int digits) {
    char text[17];
    for (int i = digits - 1; i >= 0; i--) {
        text[i] = "0123456789abcdef"[value & 15];
        value >>= 4;
    }
    text[digits] = 0;
    print(text);
}

void print_decimal(uint64_t value) {
    char text[21];
    int at = 20;
    text[at] = 0;
    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    print(text + at);
}
