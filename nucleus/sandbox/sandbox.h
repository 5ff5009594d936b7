/* What the files of the sandbox platform share. */
#ifndef NUCLEUS_SANDBOX_H
#define NUCLEUS_SANDBOX_H

#include "../loader/handover.h"
#include "internal.h"

/* System call numbers of Linux on x86-64: all that the loader's filter lets through. */
enum {
    SYS_READ = 0,
    SYS_WRITE = 1,
    SYS_MPROTECT = 10,
    SYS_MADVISE = 28,
    SYS_TIMER_SETTIME = 223,
    SYS_CLOCK_GETTIME = 228,
    SYS_EXIT_GROUP = 231,
    SYS_PPOLL = 271,
    SYS_GETRANDOM = 318
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
extern const struct platform sandbox_platform;

/* device.c: devices whose descriptor still answers; the others are waited for no more. */
extern uint64_t sandbox_devices_alive;

void sandbox_pages_start(const struct image *image);

long sandbox_console_write(int stream, const void *bytes, size_t length);
long sandbox_console_read(void *bytes, size_t length);
uint64_t sandbox_clock_monotonic(void);
uint64_t sandbox_clock_wall(void);
int sandbox_pages_commit(void *address, size_t length);
void sandbox_pages_uncommit(void *address, size_t length);
void sandbox_pages_protect(void *address, size_t length, int access);
uint64_t sandbox_wait(uint64_t deadline);
void sandbox_wait_for(uint64_t events);
void sandbox_tick(volatile int32_t *word, uint64_t period);
void sandbox_tick_word(volatile int32_t *word);
int sandbox_entropy(void *bytes, size_t length);
_Noreturn void sandbox_exit(int code);
long sandbox_device_read(uint32_t device, void *bytes, size_t length);
long sandbox_device_write(uint32_t device, const void *bytes, size_t length);
void *sandbox_dma_allocate(size_t length);
uint64_t sandbox_dma_address(const void *address);
void sandbox_device_enable(uint32_t device);

#endif
