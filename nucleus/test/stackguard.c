/* Recursion without end meets the guard page of the boot stack, or of a stack in the pages range. */
#include "guest.h"

static volatile uint64_t depth;

static uint64_t __attribute__((noinline)) recurse(uint64_t n) {
    volatile uint64_t frame[64];
    frame[n & 63] = n;
    depth = n;
    return recurse(n + 1) + frame[n & 63];
}

static void entry(void *argument) {
    recurse((uint64_t)argument);
}

int demitasse_main(const struct nucleus_boot *boot) {
    check((uint64_t)&boot >= boot->stack_begin && (uint64_t)&boot < boot->stack_end, "main runs on the boot stack");
    check(boot->stack_end - boot->stack_begin >= 0x100000, "the boot stack has 1 MiB");
    if (equal(argument(0), "other")) {
        char *stack = (char *)boot->pages_begin + 0x10000;
        check(nucleus_pages_commit(stack, 0x10000) == 0, "commit");
        void *here;
        nucleus_stack_switch(&here, nucleus_stack_prepare(stack + 0x10000, entry, 0));
    }
    return (int)recurse(0);
}
