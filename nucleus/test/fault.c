/* Exceptions are reported with registers, the hook of Java is called, and its own fault ends the machine. */
#include "guest.h"

static int hook_faults;

void demitasse_fault(uint64_t ip, uint64_t sp, uint64_t fp) {
    (void)fp;
    check(*(const uint8_t *)ip != 0 && sp != 0, "the hook sees the faulting code");
    say("fault hook called\n");
    if (hook_faults) {
        __builtin_trap();
    }
}

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    const char *what = argument(0);
    if (equal(what, "divide")) {
        __asm__ volatile("xorl %%ecx, %%ecx; xorl %%edx, %%edx; divl %%ecx" : : "a"(1) : "ecx", "edx");
    }
    if (equal(what, "protection")) {
        return *(volatile int *)0x8000000000000000;
    }
    if (equal(what, "port")) {
        __asm__ volatile("lidt 0");
    }
    hook_faults = equal(what, "twice");
    __asm__ volatile("movl $0x1234abcd, %eax; ud2");
    return 0;
}
