/* What the files of the sandbox platform share. */
#ifndef NUCLEUS_SANDBOX_H
#define NUCLEUS_SANDBOX_H

#include "../loader/handover.h"
#include "internal.h"

/* System call numbers of Linux on x86-64: all that the loader's filter lets through. */
enum {
    SYS_READ = 0, SYS_WRITE = 1, SYS_MPROTECT = 10, SYS_WRITEV = 20, SYS_MADVISE = 28, SYS_TIMER_SETTIME = 223,
    SYS_CLOCK_GETTIME = 228, SYS_EXIT_GROUP = 231, SYS_PPOLL = 271, SYS_GETRANDOM = 318
};

enum { ERRNO_INTR = 4, ERRNO_AGAIN = 11, ERRNO_NOBUFS = 105 };

static inline long system_call(long number, long a, long b, long c, long d, long e) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
}

struct poll_descriptor {
    int32_t descriptor;
    int16_t events, happened;
};
#define POLL_IN 1
#define POLL_OUT 4

extern struct handover *sandbox;

/* device.c: devices whose descriptor still answers; the others are waited for no more. */
extern uint64_t sandbox_devices_alive;

void sandbox_pages_start(const struct image *image);

#define SANDBOX_FUNCTION(result, name, parameters) result sandbox_##name parameters;
NUCLEUS_PLATFORM(SANDBOX_FUNCTION)

#endif
