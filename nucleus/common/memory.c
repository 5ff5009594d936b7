/* The functions that gcc may call on its own account; Java, too, copies large pieces by memcpy and memset. */
#include "internal.h"

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

int memcmp(const void *left, const void *right, size_t length) {
    const uint8_t *a = left;
    const uint8_t *b = right;
    size_t i = 0;
    while (i < length && a[i] == b[i]) {
        i++;
    }
    return i == length ? 0 : a[i] - b[i];
}
