/* From the hypervisor's start information to demitasse_main. */
#include "pvh.h"

#define ENTRY(result, name, parameters) .name = pvh_##name,
static const struct platform pvh_platform = {NUCLEUS_PLATFORM(ENTRY)};

/* Java code may be compiled for AVX: the state must be switched on for it. */
static void enable_vectors(void) {
    struct cpuid features = cpuid(1, 0);
    if ((features.c & (1u << 26)) == 0) { /* XSAVE */
        return;
    }
    uint64_t cr4;
    __asm__ volatile("movq %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("movq %0, %%cr4" : : "r"(cr4 | 1u << 18)); /* OSXSAVE */
    uint32_t offered = cpuid(13, 0).a;
    uint32_t wanted = 3 | (offered & 4) | ((offered & 0xe4) == 0xe4 ? 0xe0 : 0); /* x87, SSE; AVX; AVX-512 */
    __asm__ volatile("xsetbv" : : "c"(0), "a"(wanted), "d"(0));
}

/* The configuration block (docs/boot-protocol.md): its frame is checked here, and the settings of the
 * machine itself are taken; the rest is Java's. */
static void read_configuration(const char *block, uint64_t size) {
    if (size < 3 || size > 1024 * 1024 || memcmp(block, "v1", 3) != 0 || block[size - 1] != 0) {
        boot_refuse("the boot module is no configuration block of version 1", "see docs/boot-protocol.md");
    }
    for (const char *record = block; record < block + size; record += text_length(record) + 1) {
        if (record[0] != 'd') {
            continue;
        }
        if (text_length(record) == 13 && memcmp(record, "dcontrol=com2", 13) == 0) {
            pvh_console_control();
        } else if (text_length(record) <= 11 || memcmp(record, "dexit=port:", 11) != 0 || !pvh_exit_configure(record + 11)) {
            boot_refuse("the configuration block has an unknown setting of the machine", record);
        }
    }
}

static void run(void *boot) {
    nucleus_exit(demitasse_main(boot));
}

_Noreturn void pvh_boot(uint64_t start_address);

void pvh_boot(uint64_t start_address) {
    struct nucleus_boot *boot = &nucleus_boot_information;
    nucleus_platform = &pvh_platform;
    enable_vectors();
    pvh_console_start();
    struct image image;
    image_read(&image);
    pvh_clock_start();
    struct pvh_start copy = *(const struct pvh_start *)direct(start_address);
    struct pvh_start *start = &copy;
    start->memory_map_count = start->version == 0 ? 0 : start->memory_map_count;
    if (start->memory_map_count == 0 && hypervisor_leaf("XenVMMXenVMM") != 0) {
        xen_memory_map(start);
    }
    if (start->magic != PVH_START_MAGIC || start->memory_map_count == 0) {
        boot_refuse("the hypervisor gives no PVH start information with a memory map", "use a newer hypervisor");
    }
    boot->platform = NUCLEUS_PLATFORM_PVH;
    boot->console_flags = 7;
    pvh_memory_start(start, &image);
    boot->stack_end = pvh_map_stack(STACK_MAP + PAGE_SIZE, BOOT_STACK_SIZE);
    boot->stack_begin = boot->stack_end - BOOT_STACK_SIZE;
    pvh_fault_start();
    if (start->module_count > 0) {
        const struct pvh_module *module = direct(start->modules);
        boot->config = DIRECT_MAP + module->address;
        boot->config_size = module->size;
        read_configuration(direct(module->address), module->size);
    }
    char *command_line = start->command_line == 0 ? 0 : direct(start->command_line);
    boot->command_line = (uint64_t)command_line;
    pvh_wait_start();
    pvh_device_start(command_line);
    pvh_wait_for((UINT64_C(1) << boot->device_count) - 1);
    interrupts_on();
    void *left;
    nucleus_stack_switch(&left, nucleus_stack_prepare((void *)boot->stack_end, run, boot));
    __builtin_unreachable();
}
