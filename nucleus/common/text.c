/* Text: messages of the nucleus itself on the error stream, and numbers. */
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

void print_hex(uint64_t value) {
    char text[17] = {0};
    for (int i = 15; i >= 0; i--) {
        text[i] = "0123456789abcdef"[value & 15];
        value >>= 4;
    }
    print(text);
}

const char *parse_number(const char *text, uint64_t *value) {
    uint64_t base = text[0] == '0' && text[1] == 'x' ? 16 : 10;
    uint64_t digit = 0;
    *value = 0;
    for (text += base == 16 ? 2 : 0; *value >> 58 == 0; text++) {
        char c = *text;
        digit = (uint64_t)(c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 16);
        if (digit >= base) {
            break;
        }
        *value = *value * base + digit;
    }
    return text;
}
