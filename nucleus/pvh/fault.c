/* Exceptions: descriptor tables and the stacks they are taken on. */
#include "pvh.h"

/* Code that runs out of its stack cannot take an exception there, and compiled Java has no room reserved for
 * interrupts: everything comes in on stacks of its own (interrupt stack table, SDM volume 3, 6.14.5). */
enum { STACK_EXCEPTION = 1, STACK_DOUBLE_FAULT = 2, STACK_INTERRUPT = 3 };
#define SMALL_STACK_SIZE 8192

static uint64_t gates[128][2];
static uint32_t task[26]; /* task state segment, 64-bit (SDM volume 3, 7.7) */
static uint8_t double_fault_stack[SMALL_STACK_SIZE] __attribute__((aligned(16)));
static uint8_t interrupt_stack[SMALL_STACK_SIZE] __attribute__((aligned(16)));

extern const uint8_t pvh_vectors[];
extern uint64_t pvh_gdt[];

static void set_stack(int number, uint64_t top) {
    task[7 + 2 * number] = (uint32_t)top;
    task[8 + 2 * number] = (uint32_t)(top >> 32);
}

void pvh_fault_start(void) {
    set_stack(STACK_EXCEPTION, pvh_map_stack(nucleus_boot_information.stack_end + PAGE_SIZE, FAULT_STACK_SIZE));
    set_stack(STACK_DOUBLE_FAULT, (uint64_t)double_fault_stack + SMALL_STACK_SIZE);
    set_stack(STACK_INTERRUPT, (uint64_t)interrupt_stack + SMALL_STACK_SIZE);
    task[25] = sizeof task << 16; /* no map of ports */
    uint64_t base = (uint64_t)task;
    pvh_gdt[2] = (sizeof task - 1) | (base & 0xffffff) << 16 | UINT64_C(0x89) << 40 | (base >> 24 & 0xff) << 56;
    pvh_gdt[3] = base >> 32;
    __asm__ volatile("ltr %w0" : : "r"(16));
    for (uint64_t i = 0; i < 128; i++) { /* interrupt gates, code segment 8 */
        uint64_t target = (uint64_t)pvh_vectors + 16 * i;
        uint64_t stack = i >= 32 ? STACK_INTERRUPT : i == 8 || i == 2 || i == 18 ? STACK_DOUBLE_FAULT : STACK_EXCEPTION;
        gates[i][0] = (target & 0xffff) | 8 << 16 | stack << 32 | UINT64_C(0x8e) << 40 | (target >> 16 & 0xffff) << 48;
        gates[i][1] = target >> 32;
    }
    pvh_load_gates(gates, sizeof gates);
}
