/* Faults: say what happened where, let Java say what it was doing, and end the machine. */
#include "internal.h"

static const char *const exceptions[] = {
    "divide error", "debug exception", "non-maskable interrupt", "breakpoint", "overflow", "bound range exceeded",
    "invalid opcode (does the processor have AVX2? images need x86-64-v3)", "device not available", "double fault",
    "coprocessor overrun", "invalid task state segment", "segment not present", "stack segment fault",
    "general protection fault", "page fault", "exception 15", "x87 floating-point error", "alignment check",
    "machine check", "SIMD floating-point error", "virtualization exception", "control protection fault",
};

/* The registers in the order they are shown, with their place in struct registers. */
static const struct {
    char name[4];
    uint8_t word;
} shown[] = {
    {"rip", 17}, {"rsp", 20}, {"rbp", 10}, {"flg", 19}, {"rax", 14}, {"rbx", 11}, {"rcx", 13}, {"rdx", 12}, {"rsi", 9},
    {"rdi", 8},  {"r8 ", 7},  {"r9 ", 6},  {"r10", 5},  {"r11", 4},  {"r12", 3},  {"r13", 2},  {"r14", 1},  {"r15", 0},
};

/* Where an address lies, in the words of docs/image-format.md. */
static const char *address_place(uint64_t address) {
    const struct nucleus_boot *boot = &nucleus_boot_information;
    if (address < 0x10000) {
        return " (null page)";
    }
    if (address >= boot->stack_begin - PAGE_SIZE && address < boot->stack_begin) {
        return " (guard page of the boot stack: stack overflow)";
    }
    if (address >= boot->pages_begin && address < boot->pages_end) {
        return " (pages range; a guard page below a stack: stack overflow)";
    }
    return "";
}

void fault_report(const struct registers *r, uint64_t address) {
    static volatile int faults;
    if (faults++ > 0) {
        if (faults == 2) {
            print("\nnucleus: fault while reporting the fault, ip ");
            print_hex(r->rip);
            print("\n");
        }
        nucleus_exit(NUCLEUS_EXIT_FAULT);
    }
    print("\nnucleus: ");
    print(r->vector < sizeof exceptions / sizeof exceptions[0] ? exceptions[r->vector] : "unexpected exception");
    if (r->vector == 14) {
        print(r->error & 16 ? " executing at " : r->error & 2 ? " writing to " : " reading from ");
        print_hex(address);
        print(address_place(address));
    } else if (r->error != 0) {
        print(", error code ");
        print_hex(r->error);
    }
    print("\n");
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        print(i == 0 ? "" : i % 4 == 0 ? "\n" : "  ");
        print(shown[i].name);
        print(" ");
        print_hex(((const uint64_t *)r)[shown[i].word]);
    }
    print("\n");
    demitasse_fault(r->rip, r->rsp, r->rbp);
    nucleus_exit(NUCLEUS_EXIT_FAULT);
}

/* The undefined instruction leads to fault_report with the registers of the caller at hand. */
void fault_contract(const char *function, const char *rule) {
    print("\nnucleus: broken contract in ");
    print(function);
    print(": ");
    print(rule);
    print("\n");
    __builtin_trap();
}

void boot_refuse(const char *what, const char *advice) {
    print("nucleus: cannot boot: ");
    print(what);
    print("; ");
    print(advice);
    print("\n");
    nucleus_exit(NUCLEUS_EXIT_REFUSED);
}

void range_check(const char *function, uint64_t address, uint64_t length) {
    const struct nucleus_boot *boot = &nucleus_boot_information;
    if (((address | length) & (PAGE_SIZE - 1)) != 0 || length == 0) {
        fault_contract(function, "the range is not whole pages");
    }
    uint64_t end = address + length;
    if (end < address ||
        !((address >= boot->heap_begin && end <= boot->heap_reserved_end) ||
          (address >= boot->pages_begin && end <= boot->pages_end))) {
        fault_contract(function, "the range is outside the reserved ranges");
    }
}
