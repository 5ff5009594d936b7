/* Stacks: the first switch calls entry(argument) on an aligned stack, registers and modes survive. */
#include "guest.h"

static void *main_stack;
static void *other_stack;
static int turns;

static void entry(void *argument) {
    check(argument == (void *)0x1234, "argument of the entry");
    check((uint64_t)__builtin_frame_address(0) % 16 == 0, "stack alignment");
    uint32_t mode;
    for (;;) {
        __asm__ volatile("stmxcsr %0" : "=m"(mode));
        check(mode == 0x1f80, "the mode of this stack");
        turns++;
        nucleus_stack_switch(&other_stack, main_stack);
    }
}

int demitasse_main(const struct nucleus_boot *boot) {
    char *stack = (char *)boot->pages_begin;
    check(nucleus_pages_commit(stack, 0x4000) == 0, "commit");
    other_stack = nucleus_stack_prepare(stack + 0x4000, entry, (void *)0x1234);
    for (int i = 1; i <= 1000; i++) {
        uint32_t mode = 0x3f80; /* round down */
        uint64_t rbx = 1, r12 = 2, r13 = 3, r14 = 4, r15 = 5;
        __asm__ volatile("ldmxcsr %0" : : "m"(mode));
        register uint64_t in_r14 __asm__("r14") = r14 * (uint64_t)i;
        register uint64_t in_r15 __asm__("r15") = r15 * (uint64_t)i;
        register uint64_t in_rbx __asm__("rbx") = rbx * (uint64_t)i;
        register uint64_t in_r12 __asm__("r12") = r12 * (uint64_t)i;
        register uint64_t in_r13 __asm__("r13") = r13 * (uint64_t)i;
        __asm__ volatile("" : "+r"(in_r14), "+r"(in_r15), "+r"(in_rbx), "+r"(in_r12), "+r"(in_r13));
        nucleus_stack_switch(&main_stack, other_stack);
        __asm__ volatile("" : "+r"(in_r14), "+r"(in_r15), "+r"(in_rbx), "+r"(in_r12), "+r"(in_r13));
        check(in_r14 == r14 * (uint64_t)i && in_r15 == r15 * (uint64_t)i && in_rbx == rbx * (uint64_t)i &&
                  in_r12 == r12 * (uint64_t)i && in_r13 == r13 * (uint64_t)i,
              "callee-saved registers");
        __asm__ volatile("stmxcsr %0" : "=m"(mode));
        check(mode == 0x3f80, "mxcsr");
        mode = 0x1f80;
        __asm__ volatile("ldmxcsr %0" : : "m"(mode));
        check(turns == i, "turns");
    }
    say("switches well\n");
    return 0;
}
