/* What the files of the PVH platform share: address space, port and register access, boot steps. */
#ifndef NUCLEUS_PVH_H
#define NUCLEUS_PVH_H

#include "internal.h"

/* Address space above the image's ranges (which end below 2^46). All of it is reached with positive
 * Java longs. */
#define DIRECT_MAP UINT64_C(0x600000000000) /* all memory but the image's own, at its physical address */
#define DEVICE_MAP UINT64_C(0x680000000000) /* device registers, uncached */
#define STACK_MAP UINT64_C(0x700000000000)  /* the boot stack and the fault stack, between guard pages */

#define BOOT_STACK_SIZE UINT64_C(0x100000)
#define FAULT_STACK_SIZE UINT64_C(0x40000)
#define LARGE_PAGE UINT64_C(0x200000)

#define MAP_PRESENT UINT64_C(1)
#define MAP_WRITE UINT64_C(2)
#define MAP_UNCACHED UINT64_C(0x18) /* PCD, PWT */
#define MAP_USED UINT64_C(0x60)     /* accessed, dirty: saves the processor the update */
#define MAP_LARGE UINT64_C(0x80)
#define MAP_NO_EXECUTE (UINT64_C(1) << 63)

enum { VECTOR_TIMER = 32, VECTOR_COM2 = 33, VECTOR_COM1 = 34, VECTOR_DEVICE = 64, VECTOR_SPURIOUS = 127 };

/* Start information of the PVH protocol, version 1. */
struct pvh_start {
    uint32_t magic, version, flags, module_count;
    uint64_t modules, command_line, acpi;
    uint64_t memory_map;
    uint32_t memory_map_count, reserved;
};
#define PVH_START_MAGIC 0x336ec578
struct pvh_module {
    uint64_t address, size, command_line, reserved;
};
struct pvh_memory {
    uint64_t address, size;
    uint32_t type, reserved;
};

static inline void *direct(uint64_t physical) {
    return (void *)(DIRECT_MAP + physical);
}

#define PORT_FUNCTIONS(bits, suffix) \
    static inline void out##bits(uint16_t port, uint##bits##_t value) { \
        __asm__ volatile("out" suffix " %0, %1" : : "a"(value), "Nd"(port)); \
    } \
    static inline uint##bits##_t in##bits(uint16_t port) { \
        uint##bits##_t value; \
        __asm__ volatile("in" suffix " %1, %0" : "=a"(value) : "Nd"(port)); \
        return value; \
    }
PORT_FUNCTIONS(8, "b")
PORT_FUNCTIONS(32, "l")
static inline uint64_t read_register(uint32_t number) {
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}
static inline void write_register(uint32_t number, uint64_t value) {
    __asm__ volatile("wrmsr" : : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}
static inline uint64_t read_counter(void) {
    uint32_t low, high;
    __asm__ volatile("lfence; rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}
struct cpuid {
    uint32_t a, b, c, d;
};
static inline struct cpuid cpuid(uint32_t leaf, uint32_t subleaf) {
    struct cpuid result;
    __asm__ volatile("cpuid" : "=a"(result.a), "=b"(result.b), "=c"(result.c), "=d"(result.d) : "a"(leaf), "c"(subleaf));
    return result;
}
#define interrupts_off() __asm__ volatile("cli" : : : "memory")
#define interrupts_on() __asm__ volatile("sti" : : : "memory")

static inline void pvh_load_gates(const void *gates, size_t size) {
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) table = {(uint16_t)(size - 1), (uint64_t)gates};
    __asm__ volatile("lidt %0" : : "m"(table));
}

/* clock.c: the CPUID base leaf of the hypervisor with this 12-byte signature, or 0; time-stamp counts. */
uint32_t hypervisor_leaf(const char *signature);
uint64_t pvh_clock_counts(uint64_t nanoseconds);

/* Boot steps, in the order of pvh/boot.c. */
void pvh_console_start(void);
void pvh_clock_start(void);
void pvh_memory_start(const struct pvh_start *start, const struct image *image);
void pvh_fault_start(void);
void pvh_wait_start(void);
void pvh_device_start(char *command_line);
int pvh_exit_configure(const char *setting); /* 0: it is no port */
void pvh_console_control(void);

struct span {
    uint64_t begin, end;
};

/* frames.c: physical memory; addresses, not zeroed; 0: none left. */
void frames_add(uint64_t begin, uint64_t end);
extern uint64_t frames_free; /* how many there are */
uint64_t frame_take(void);
void frame_give(uint64_t frame);
uint64_t frames_take_contiguous(uint64_t length);

/* pages.c */
void *pvh_map_device(uint64_t physical, uint64_t length);
uint64_t pvh_map_stack(uint64_t at, uint64_t size); /* returns the top */

/* device.c: how a device interrupts; adding a device, if of a known kind. */
struct interrupt_source {
    uint32_t line;              /* of the I/O APIC, when message is null */
    volatile uint32_t *message; /* entry 0 of the MSI-X table */
};
void pvh_device_add(const struct nucleus_device *device, const struct interrupt_source *source);
void pvh_pci_start(void);

#define XEN_MEMORY_MAX 64
void xen_memory_map(struct pvh_start *start); /* xen.c */

/* wait.c: bits that interrupts have set and nucleus_wait has not yet answered. */
extern volatile uint64_t pvh_pending;
void pvh_interrupt_route(uint32_t line, uint32_t vector); /* one I/O APIC line, edge-triggered */
uint32_t pvh_interrupt_lines(void);
void pvh_interrupt(uint64_t vector);
uint32_t pvh_processor(void); /* its number at the interrupt controllers */

/* console.c: one byte of the control channel that has come in, or -1. */
int pvh_control_read(void);
void pvh_control_write(const char *text);
int pvh_console_readable(void);
void pvh_console_end(uint64_t length); /* the input has so many bytes in all */

#define PVH_FUNCTION(result, name, parameters) result pvh_##name parameters;
NUCLEUS_PLATFORM(PVH_FUNCTION)

#endif
