/* Pages. The loader has reserved both ranges without access; committing makes pages accessible, and the
 * kernel backs them with zeroed memory at the first touch. The kernel knows nothing of the machine's
 * bound, so the account is kept here. */
#include "sandbox.h"

static uint64_t pages_free;

void sandbox_pages_start(const struct image *image) {
    struct nucleus_boot *boot = &nucleus_boot_information;
    uint64_t used = boot->stack_end - boot->stack_begin;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        used += image->segments[i].end - image->segments[i].begin;
    }
    if (boot->memory < image->minimum_memory || boot->memory <= used) {
        boot_refuse("the machine has too little memory for this image", "give it more (demi run -m)");
    }
    pages_free = (boot->memory - used) / PAGE_SIZE;
    boot->memory_free = pages_free * PAGE_SIZE;
}

static void protect(const char *function, void *address, size_t length, int access) {
    if (system_call(SYS_MPROTECT, (long)address, (long)length, access, 0, 0) != 0) {
        fault_contract(function, "the host refused mprotect: too many separate ranges");
    }
}

int sandbox_pages_commit(void *address, size_t length) {
    range_check("nucleus_pages_commit", (uint64_t)address, length);
    if (length / PAGE_SIZE > pages_free) {
        return NUCLEUS_ERROR_MEMORY;
    }
    if (system_call(SYS_MPROTECT, (long)address, (long)length, NUCLEUS_ACCESS_WRITE, 0, 0) != 0) {
        return NUCLEUS_ERROR_MEMORY;
    }
    pages_free -= length / PAGE_SIZE;
    return 0;
}

void sandbox_pages_uncommit(void *address, size_t length) {
    range_check("nucleus_pages_uncommit", (uint64_t)address, length);
    if (system_call(SYS_MADVISE, (long)address, (long)length, 4 /* MADV_DONTNEED */, 0, 0) != 0) {
        fault_contract("nucleus_pages_uncommit", "the host refused madvise");
    }
    protect("nucleus_pages_uncommit", address, length, NUCLEUS_ACCESS_NONE);
    pages_free += length / PAGE_SIZE;
}

void sandbox_pages_protect(void *address, size_t length, int access) {
    range_check("nucleus_pages_protect", (uint64_t)address, length);
    if (access != NUCLEUS_ACCESS_NONE && access != NUCLEUS_ACCESS_READ && access != NUCLEUS_ACCESS_WRITE) {
        fault_contract("nucleus_pages_protect", "no such access");
    }
    protect("nucleus_pages_protect", address, length, access);
}
