/* Exceptions: descriptor tables and the stacks they are taken on. */
#include "pvh.h"

/* Code that runs out of its stack cannot take an exception there, and compiled Java has no room reserved for
 * interrupts: everything comes in on stacks of its own (interrupt stack table, SDM volume 3, 6.14.5). */
enum { STACK_EXCEPTION = 1, STACK_DOUBLE_FAULT = 2, STACK_INTERRUPT = 3 };
#define SMALL_STACK_SIZE 8192

struct gate {
    uint16_t offset_low, selector;
    uint8_t stack, type;
    uint16_t offset_middle;
    uint32_t offset_high, reserved;
};

struct task_state {
    uint32_t reserved0;
    uint64_t stacks[3];
    uint64_t reserved1;
    uint64_t interrupt_stacks[7];
    uint64_t reserved2;
    uint16_t reserved3, io_map;
} __attribute__((packed));

static struct gate gates[128];
static struct task_state task;
static uint8_t double_fault_stack[SMALL_STACK_SIZE] __attribute__((aligned(16)));
static uint8_t interrupt_stack[SMALL_STACK_SIZE] __attribute__((aligned(16)));

extern const uint8_t pvh_vectors[];
extern uint64_t pvh_gdt[];

void pvh_fault_start(void) {
    task.interrupt_stacks[STACK_EXCEPTION - 1] =
        pvh_map_stack(nucleus_boot_information.stack_end + PAGE_SIZE, FAULT_STACK_SIZE);
    task.interrupt_stacks[STACK_DOUBLE_FAULT - 1] = (uint64_t)double_fault_stack + SMALL_STACK_SIZE;
    task.interrupt_stacks[STACK_INTERRUPT - 1] = (uint64_t)interrupt_stack + SMALL_STACK_SIZE;
    task.io_map = sizeof task;
    uint64_t base = (uint64_t)&task;
    pvh_gdt[2] = (sizeof task - 1) | (base & 0xffffff) << 16 | UINT64_C(0x89) << 40 | (base >> 24 & 0xff) << 56;
    pvh_gdt[3] = base >> 32;
    __asm__ volatile("ltr %w0" : : "r"(16));
    for (uint32_t i = 0; i < 128; i++) {
        uint64_t target = (uint64_t)pvh_vectors + 16 * i;
        int stack = i >= 32 ? STACK_INTERRUPT : i == 8 || i == 2 || i == 18 ? STACK_DOUBLE_FAULT : STACK_EXCEPTION;
        gates[i] = (struct gate){(uint16_t)target, 8, (uint8_t)stack, 0x8e, (uint16_t)(target >> 16),
                                 (uint32_t)(target >> 32), 0};
    }
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) table = {sizeof gates - 1, (uint64_t)gates};
    __asm__ volatile("lidt %0" : : "m"(table));
}
