/* The sandbox loader: what its files share. It has no libc, so that starting it costs next to nothing. */
#ifndef DEMITASSE_LOADER_H
#define DEMITASSE_LOADER_H

#include <asm/unistd.h>
#include <stddef.h>
#include <stdint.h>

#include "handover.h"

#define EXIT_REFUSED 124
#define EXIT_FAULT 125
#define PAGE 4096ul
#define SEGMENTS_MAX 8
#define RANGES_LIMIT 0x400000000000ul /* image ranges end below it; the loader is linked above */

struct segment {
    uint64_t offset, begin, file_size, memory_size;
    int protection;
};

struct image {
    int descriptor;
    uint64_t file_size, entry;
    uint32_t segment_count;
    struct segment segments[SEGMENTS_MAX];
    uint64_t heap_begin, heap_image_end, heap_reserved_end, pages_begin, pages_end, minimum_memory;
};

struct options {
    const char *image;
    int check_only;
};

/* main.c */
_Noreturn void refuse(const char *what, const char *detail, const char *rule);
_Noreturn void refuse_system(const char *what, const char *detail, long error);
_Noreturn void leave(int code);

/* text.c */
size_t length_of(const char *text);
int equal(const char *left, const char *right);
const char *after_prefix(const char *text, const char *prefix); /* null: another prefix */
const char *parse_number(const char *text, uint64_t *value);    /* null: no number */
void say(const char *text);

/* options.c: opens the devices, and writes the configuration block of docs/boot-protocol.md. */
void options_parse(int count, char **words, struct options *options, struct handover *handover);

/* image.c */
void image_open(const char *path, struct image *image);
void image_map(const struct image *image, const char *path);

/* net.c */
void net_open(const char *specification, struct handover *handover);

/* signals.c */
void signals_install(struct handover *handover);

/* seccomp.c */
void seccomp_install(const struct image *image, const struct handover *handover);

static inline long system_call6(long number, long a, long b, long c, long d, long e, long f) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#define CALL(number, a, b, c) system_call6(number, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL6(number, a, b, c, d, e, f) \
    system_call6(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))

#endif
