/* The memory map by hypercall: Xen's first domain finds none in its start information. */
#include "pvh.h"

#define MEMORY_OPERATION 12
#define MEMORY_MAP 9

void xen_memory_map(struct pvh_start *start) {
    static struct {
        uint64_t address, size;
        uint32_t type;
    } __attribute__((packed)) given[XEN_MEMORY_MAX];
    static struct pvh_memory memory[XEN_MEMORY_MAX];
    struct {
        uint64_t count;
        void *buffer;
    } request = {XEN_MEMORY_MAX, given};
    long result = MEMORY_OPERATION;
    if (cpuid(0, 0).c == 0x444d4163) { /* "AuthenticAMD" */
        __asm__ volatile("vmmcall" : "+a"(result) : "D"(MEMORY_MAP), "S"(&request) : "memory");
    } else {
        __asm__ volatile("vmcall" : "+a"(result) : "D"(MEMORY_MAP), "S"(&request) : "memory");
    }
    for (uint64_t i = 0; result == 0 && i < request.count; i++) {
        memory[i] = (struct pvh_memory){given[i].address, given[i].size, given[i].type, 0};
        start->memory_map_count++;
    }
    start->memory_map = (uint64_t)memory; /* .bss: its physical address is its address */
}
