/* The little text handling that the loader needs, and the functions gcc may call. */
#include "loader.h"

void *memcpy(void *restrict to, const void *restrict from, size_t length) {
    void *result = to;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
    return result;
}

void *memset(void *to, int value, size_t length) {
    void *result = to;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
    return result;
}

size_t length_of(const char *text) {
    size_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    return length;
}

const char *after_prefix(const char *text, const char *prefix) {
    while (*prefix != 0) {
        if (*text++ != *prefix++) {
            return 0;
        }
    }
    return text;
}

int equal(const char *left, const char *right) {
    const char *rest = after_prefix(left, right);
    return rest != 0 && *rest == 0;
}

const char *parse_number(const char *text, uint64_t *value) {
    uint64_t result = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (result > (UINT64_MAX - 9) / 10) {
            return 0;
        }
        result = result * 10 + (uint64_t)(*at - '0');
    }
    *value = result;
    return at == text ? 0 : at;
}

void say(const char *text) {
    (void)CALL(__NR_write, 2, text, length_of(text));
}
