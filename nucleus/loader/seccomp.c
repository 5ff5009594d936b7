/* The system calls that an image can make: eleven, with their arguments narrowed as far as a filter can see
 * them. Everything else ends the process (SIGSYS). */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/mman.h>
#include <linux/seccomp.h>

#include "loader.h"

#define PROGRAM_MAX 192

static struct sock_filter program[PROGRAM_MAX];
static uint32_t used;

static void emit(uint16_t code, uint32_t k, uint8_t yes, uint8_t no) {
    if (used == PROGRAM_MAX) {
        refuse("cannot lock the process down", "seccomp", "the filter is too long");
    }
    program[used++] = (struct sock_filter){code, yes, no, k};
}

static void verdict(uint32_t action) {
    emit(BPF_RET | BPF_K, action, 0, 0);
}

static void load(int argument, int high) {
    uint32_t place = (uint32_t)offsetof(struct seccomp_data, args) + 8u * (uint32_t)argument;
    emit(BPF_LD | BPF_W | BPF_ABS, place + (high ? 4 : 0), 0, 0);
}

/* Denies unless the accumulator equals k. */
static void require_equal(uint32_t k) {
    emit(BPF_JMP | BPF_JEQ | BPF_K, k, 1, 0);
    verdict(SECCOMP_RET_KILL_PROCESS);
}

/* Continues with the next instruction after the block when the 64-bit value in scratch words 2m (low) and
 * 2m+1 (high) is at least bound; else jumps over `skip` more instructions. Six instructions. */
static void compare_at_least(uint32_t word, uint64_t bound, uint8_t skip, int or_equal) {
    uint16_t compare = or_equal ? BPF_JGE : BPF_JGT;
    emit(BPF_LD | BPF_MEM, word + 1, 0, 0);
    emit(BPF_JMP | BPF_JGT | BPF_K, (uint32_t)(bound >> 32), 3, 0);
    emit(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(bound >> 32), 0, (uint8_t)(2 + skip));
    emit(BPF_LD | BPF_MEM, word, 0, 0);
    emit((uint16_t)(BPF_JMP | compare | BPF_K), (uint32_t)bound, 0, skip);
}

/* Allows when [args[0], args[0] + args[1]) is inside [begin, end); falls through otherwise. The sum is in
 * scratch words 2 and 3, the address in 0 and 1. */
static void allow_inside(uint64_t begin, uint64_t end) {
    if (begin == end) {
        return;
    }
    compare_at_least(0, begin, 7, 1);
    compare_at_least(2, end, 1, 0); /* beyond the end: go on with the RET below skipped */
    emit(BPF_JMP | BPF_JA, 1, 0, 0);
    verdict(SECCOMP_RET_ALLOW);
}

/* Computes address and end into the scratch words; denies when the sum wraps around. */
static void load_range(void) {
    load(0, 0);
    emit(BPF_ST, 0, 0, 0);
    load(1, 0);
    emit(BPF_MISC | BPF_TAX, 0, 0, 0);
    emit(BPF_LD | BPF_MEM, 0, 0, 0);
    emit(BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0);
    emit(BPF_ST, 2, 0, 0);
    /* carry of the low words: the sum is below what was added */
    emit(BPF_JMP | BPF_JGE | BPF_X, 0, 0, 2);
    emit(BPF_LD | BPF_IMM, 0, 0, 0);
    emit(BPF_JMP | BPF_JA, 1, 0, 0);
    emit(BPF_LD | BPF_IMM, 1, 0, 0);
    emit(BPF_ST, 3, 0, 0);
    /* The high words of address and length are below 2^15 or the range is denied: no carry is left. */
    load(1, 1);
    emit(BPF_JMP | BPF_JGT | BPF_K, 0x7fff, 0, 1);
    verdict(SECCOMP_RET_KILL_PROCESS);
    emit(BPF_MISC | BPF_TAX, 0, 0, 0);
    load(0, 1);
    emit(BPF_ST, 1, 0, 0);
    emit(BPF_JMP | BPF_JGT | BPF_K, 0x7fff, 0, 1);
    verdict(SECCOMP_RET_KILL_PROCESS);
    emit(BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0);
    emit(BPF_MISC | BPF_TAX, 0, 0, 0);
    emit(BPF_LD | BPF_MEM, 3, 0, 0);
    emit(BPF_ALU | BPF_ADD | BPF_X, 0, 0, 0);
    emit(BPF_ST, 3, 0, 0);
}

static uint32_t call_begin(uint32_t number) {
    emit(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 0);
    return used - 1;
}

/* Ends the block of one call: other calls jump behind it. */
static void call_end(uint32_t begin, uint32_t action) {
    verdict(action);
    program[begin].jf = (uint8_t)(used - begin - 1);
}

/* Allows a call whose first argument, of which the kernel reads 32 bits, is in [first, last]. */
static void allow_between(uint32_t number, uint32_t first, uint32_t last) {
    uint32_t call = call_begin(number);
    load(0, 0);
    emit(BPF_JMP | BPF_JGE | BPF_K, first, 0, 1);
    emit(BPF_JMP | BPF_JGT | BPF_K, last, 0, 1);
    verdict(SECCOMP_RET_KILL_PROCESS);
    call_end(call, SECCOMP_RET_ALLOW);
}

static void allow_ranges(const struct image *image) {
    load_range();
    allow_inside(image->heap_begin, image->heap_reserved_end);
    allow_inside(image->pages_begin, image->pages_end);
}

void seccomp_install(const struct image *image, const struct handover *handover) {
    uint32_t devices = handover->device_count;
    emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch), 0, 0);
    require_equal(AUDIT_ARCH_X86_64);
    emit(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0, 0);

    uint32_t call = call_begin(__NR_ppoll);
    load(3, 0); /* the signal mask stays as it is */
    require_equal(0);
    load(3, 1);
    require_equal(0);
    call_end(call, SECCOMP_RET_ALLOW);

    call = call_begin(__NR_read);
    load(0, 0);
    emit(BPF_JMP | BPF_JEQ | BPF_K, 0, 3, 0);
    emit(BPF_JMP | BPF_JGE | BPF_K, 3, 0, 1);
    emit(BPF_JMP | BPF_JGE | BPF_K, 3 + devices, 0, 1);
    verdict(SECCOMP_RET_KILL_PROCESS);
    call_end(call, SECCOMP_RET_ALLOW);

    allow_between(__NR_writev, 3, 2 + devices);
    allow_between(__NR_write, 1, 2);
    allow_between(__NR_clock_gettime, 0, 1); /* CLOCK_REALTIME, CLOCK_MONOTONIC */
    call_end(call_begin(__NR_rt_sigreturn), SECCOMP_RET_ALLOW);
    call_end(call_begin(__NR_exit_group), SECCOMP_RET_ALLOW);

    call = call_begin(__NR_getrandom);
    load(2, 0);
    require_equal(0);
    call_end(call, SECCOMP_RET_ALLOW);

    call = call_begin(__NR_timer_settime);
    load(0, 0);
    require_equal((uint32_t)handover->timer);
    call_end(call, SECCOMP_RET_ALLOW);

    call = call_begin(__NR_madvise);
    load(2, 0);
    require_equal(4 /* MADV_DONTNEED */);
    allow_ranges(image);
    call_end(call, SECCOMP_RET_KILL_PROCESS);

    call = call_begin(__NR_mprotect);
    load(2, 0);
    emit(BPF_JMP | BPF_JSET | BPF_K, ~(uint32_t)(PROT_READ | PROT_WRITE), 0, 1);
    verdict(SECCOMP_RET_KILL_PROCESS);
    load(2, 1);
    require_equal(0);
    allow_ranges(image);
    call_end(call, SECCOMP_RET_KILL_PROCESS);

    verdict(SECCOMP_RET_KILL_PROCESS);

    struct sock_fprog filter = {(unsigned short)used, program};
    long error = CALL(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter);
    if (error != 0) {
        refuse_system("cannot lock the process down", "seccomp", error);
    }
}
