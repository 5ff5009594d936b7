/* Faults: say what happened where, let Java say what it was doing, and end the machine. */
#include "internal.h"

static const char *exception_name(uint64_t vector) {
    switch (vector) {
    case 0: return "divide error";
    case 1: return "debug exception";
    case 2: return "non-maskable interrupt";
    case 3: return "breakpoint";
    case 4: return "overflow";
    case 5: return "bound range exceeded";
    case 6: return "invalid opcode";
    case 7: return "device not available";
    case 8: return "double fault";
    case 10: return "invalid task state segment";
    case 11: return "segment not present";
    case 12: return "stack segment fault";
    case 13: return "general protection fault";
    case 14: return "page fault";
    case 16: return "x87 floating-point error";
    case 17: return "alignment check";
    case 18: return "machine check";
    case 19: return "SIMD floating-point error";
    case 21: return "control protection fault";
    default: return "unexpected exception";
    }
}

static void print_register(const char *name, uint64_t value, const char *end) {
    print(name);
    print(" ");
    print_hex(value, 16);
    print(end);
}

/* Where an address lies, in the words of docs/image-format.md. */
static const char *address_place(uint64_t address) {
    const struct nucleus_boot *boot = &nucleus_boot_information;
    if (address < 0x10000) {
        return " (null page)";
    }
    if (address >= boot->stack_begin - PAGE_SIZE && address < boot->stack_begin) {
        return " (guard page of the boot stack: stack overflow)";
    }
    if (address >= boot->heap_begin && address < boot->heap_reserved_end) {
        return " (heap range)";
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
            print_hex(r->rip, 16);
            print("\n");
        }
        nucleus_exit(NUCLEUS_EXIT_FAULT);
    }
    print("\nnucleus: ");
    print(exception_name(r->vector));
    if (r->vector == 14) {
        print(r->error & 16 ? " executing at " : r->error & 2 ? " writing to " : " reading from ");
        print_hex(address, 16);
        print(address_place(address));
    } else if (r->error != 0) {
        print(", error code ");
        print_hex(r->error, 8);
    }
    print("\n");
    print_register("rip", r->rip, "  ");
    print_register("rsp", r->rsp, "  ");
    print_register("rbp", r->rbp, "  ");
    print_register("flg", r->rflags, "\n");
    print_register("rax", r->rax, "  ");
    print_register("rbx", r->rbx, "  ");
    print_register("rcx", r->rcx, "  ");
    print_register("rdx", r->rdx, "\n");
    print_register("rsi", r->rsi, "  ");
    print_register("rdi", r->rdi, "  ");
    print_register("r8 ", r->r8, "  ");
    print_register("r9 ", r->r9, "\n");
    print_register("r10", r->r10, "  ");
    print_register("r11", r->r11, "  ");
    print_register("r12", r->r12, "  ");
    print_register("r13", r->r13, "\n");
    print_register("r14", r->r14, "  ");
    print_register("r15", r->r15, "\n");
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
