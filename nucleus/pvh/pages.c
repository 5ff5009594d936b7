/* Page tables (SDM volume 3, 4.5). A page of the reserved ranges is committed when its entry is not zero; one
 * without access keeps its frame in an entry that is not present. */
#include "pvh.h"

#define ADDRESS_BITS UINT64_C(0x000ffffffffff000)
#define TABLE_FLAGS (MAP_PRESENT | MAP_WRITE | MAP_USED)
#define PAGE_FLAGS (TABLE_FLAGS | MAP_NO_EXECUTE)
#define TAKEN_MAX 8
#define LOW_MEMORY 0x100000
#define MEMORY_USABLE 1
#define RELEASE UINT64_MAX
#define SLACK_FRAMES 16 /* page tables that a single commit may need above one for each 2 MiB */

static uint64_t *root;

static uint64_t zeroed_take(void) {
    uint64_t frame = frame_take();
    if (frame == 0) {
        boot_refuse("no memory left for page tables", "give the machine more memory");
    }
    memset(direct(frame), 0, PAGE_SIZE);
    return frame;
}

/* The entry for the address in the table of level 1 (4 KiB pages) or 2 (2 MiB pages), or null where a level
 * above is missing and create is 0. Large pages are in the direct map alone. */
static uint64_t *entry_of(uint64_t address, int level, int create) {
    uint64_t *table = root;
    for (int at = 4; at > level; at--) {
        uint64_t *entry = &table[address >> (3 + 9 * at) & 511];
        if (*entry == 0) {
            if (!create) {
                return 0;
            }
            *entry = zeroed_take() | TABLE_FLAGS;
        }
        table = direct(*entry & ADDRESS_BITS);
    }
    return &table[address >> (3 + 9 * level) & 511];
}

static void map(uint64_t address, uint64_t physical, uint64_t length, uint64_t flags) {
    for (uint64_t done = 0; done < length; done += PAGE_SIZE) {
        *entry_of(address + done, 1, 1) = (physical + done) | flags;
    }
}

/* ---- boot ------------------------------------------------------------------------------------ */

static struct span taken[TAKEN_MAX];
static uint32_t taken_count;

static void take(uint64_t address, uint64_t length) {
    taken[taken_count++] = (struct span){ALIGN_DOWN(address, PAGE_SIZE), ALIGN_UP(address + length, PAGE_SIZE)};
}

/* Calls action for the parts of [begin, end) that are in none of the spans. */
static void without(const struct span *spans, uint32_t count, uint64_t begin, uint64_t end,
                    void (*action)(uint64_t, uint64_t)) {
    while (begin < end) {
        uint64_t stop = end;
        uint64_t next = end;
        for (uint32_t i = 0; i < count; i++) {
            if (spans[i].begin <= begin && spans[i].end > begin) {
                stop = begin;
                next = spans[i].end;
                break;
            }
            if (spans[i].begin > begin && spans[i].begin < stop) {
                stop = next = spans[i].begin;
            }
        }
        if (begin < stop) {
            action(begin, stop);
        }
        begin = next;
    }
}

static void map_direct(uint64_t begin, uint64_t end) {
    uint64_t step = PAGE_SIZE;
    for (; begin < end; begin += step) {
        int large = (begin & (LARGE_PAGE - 1)) == 0 && end - begin >= LARGE_PAGE;
        step = large ? LARGE_PAGE : PAGE_SIZE;
        *entry_of(DIRECT_MAP + begin, 1 + large, 1) = begin | PAGE_FLAGS | (large ? MAP_LARGE : 0);
    }
}

void pvh_memory_start(const struct pvh_start *start, const struct image *image) {
    const struct pvh_memory *memory = direct(start->memory_map);
    const struct pvh_module *modules = direct(start->modules);
    const struct image_segment *first = image->segments; /* physical addresses ascend too */
    const struct image_segment *last = first + image->segment_count - 1;
    take(first->physical, last->physical + (last->end - last->begin) - first->physical); /* taken[0] */
    take(0, LOW_MEMORY);                        /* firmware, and what hypervisors put there */
    take(start->memory_map, start->memory_map_count * sizeof *memory);
    if (start->module_count > 0) {
        take(start->modules, sizeof *modules);
        take(modules[0].address, modules[0].size);
    }
    if (start->command_line != 0) {
        take(start->command_line, text_length(direct(start->command_line)) + 1);
    }
    /* Twice over the map, which hypervisors give from the bottom up: page tables come from memory below 4 GiB,
     * all there is of the direct map until the new tables are in force. The direct map leaves the image out,
     * or its text would be writable there. */
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < start->memory_map_count; i++) {
            uint64_t begin = ALIGN_UP(memory[i].address, PAGE_SIZE);
            uint64_t end = ALIGN_DOWN(memory[i].address + memory[i].size, PAGE_SIZE);
            if (memory[i].type != MEMORY_USABLE || begin >= end || end > DEVICE_MAP - DIRECT_MAP) {
                continue;
            }
            if (round == 0) {
                nucleus_boot_information.memory += end - begin;
                without(taken, taken_count, begin, end, frames_add);
            } else {
                without(taken, 2, begin, end, map_direct);
            }
        }
        if (round == 0) {
            root = direct(zeroed_take());
            map_direct(0, LOW_MEMORY);
        }
    }
    for (const struct image_segment *s = first; s <= last; s++) {
        map(s->begin, s->physical, s->end - s->begin,
            MAP_PRESENT | MAP_USED | (s->flags & 2 ? MAP_WRITE : 0) | (s->flags & 1 ? 0 : MAP_NO_EXECUTE));
    }
    __asm__ volatile("movq %0, %%cr3" : : "r"((uint64_t)root - DIRECT_MAP) : "memory");
    if (nucleus_boot_information.memory < image->minimum_memory) {
        boot_refuse("the machine has too little memory for this image", "give it more (QEMU: -m)");
    }
}

uint64_t pvh_map_stack(uint64_t at, uint64_t size) {
    uint64_t physical = frames_take_contiguous(size);
    if (physical == 0) {
        boot_refuse("no memory left for stacks", "give the machine more memory");
    }
    map(at, physical, size, PAGE_FLAGS);
    uint64_t all = frames_free;
    uint64_t tables = all / 512 + SLACK_FRAMES;
    nucleus_boot_information.memory_free = all > tables ? (all - tables) * PAGE_SIZE : 0;
    return at + size;
}

void *pvh_map_device(uint64_t physical, uint64_t length) {
    static uint64_t next = DEVICE_MAP;
    uint64_t begin = ALIGN_DOWN(physical, PAGE_SIZE);
    uint64_t size = ALIGN_UP(physical + length, PAGE_SIZE) - begin;
    void *mapped = (void *)(next + physical - begin);
    map(next, begin, size, PAGE_FLAGS | MAP_UNCACHED);
    next += size;
    return mapped;
}

/* ---- Java's pages ---------------------------------------------------------------------------- */

int pvh_pages_commit(void *start, size_t length) {
    uint64_t end = (uint64_t)start + length;
    range_check("nucleus_pages_commit", (uint64_t)start, length);
    if (length / PAGE_SIZE + length / LARGE_PAGE + SLACK_FRAMES > frames_free) {
        return NUCLEUS_ERROR_MEMORY;
    }
    for (uint64_t address = (uint64_t)start; address < end; address += PAGE_SIZE) {
        uint64_t *entry = entry_of(address, 1, 1);
        if (*entry != 0) {
            fault_contract("nucleus_pages_commit", "a page is committed already");
        }
        *entry = zeroed_take() | PAGE_FLAGS;
    }
    return 0;
}

/* Gives the pages of the range other flags, or with RELEASE back to the allocator. */
static void change(const char *function, void *start, size_t length, uint64_t flags) {
    uint64_t end = (uint64_t)start + length;
    range_check(function, (uint64_t)start, length);
    for (uint64_t address = (uint64_t)start; address < end; address += PAGE_SIZE) {
        uint64_t *entry = entry_of(address, 1, 0);
        if (entry == 0 || *entry == 0) {
            fault_contract(function, "a page is not committed");
        }
        uint64_t frame = *entry & ADDRESS_BITS;
        *entry = flags == RELEASE ? 0 : frame | MAP_USED | MAP_NO_EXECUTE | flags;
        __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
        if (flags == RELEASE) {
            frame_give(frame);
        }
    }
}

void pvh_pages_uncommit(void *start, size_t length) {
    change("nucleus_pages_uncommit", start, length, RELEASE);
}

void pvh_pages_protect(void *start, size_t length, int access) {
    if (access != NUCLEUS_ACCESS_NONE && access != NUCLEUS_ACCESS_READ && access != NUCLEUS_ACCESS_WRITE) {
        fault_contract("nucleus_pages_protect", "no such access");
    }
    change("nucleus_pages_protect", start, length, (uint64_t)access); /* the bits are those of an entry */
}

/* ---- memory for devices ---------------------------------------------------------------------- */

void *pvh_dma_allocate(size_t length) {
    length = ALIGN_UP(length, PAGE_SIZE);
    uint64_t physical = length == 0 ? 0 : frames_take_contiguous(length);
    return physical == 0 ? 0 : memset(direct(physical), 0, length);
}

uint64_t pvh_dma_address(const void *address) {
    if ((uint64_t)address < DIRECT_MAP || (uint64_t)address >= DEVICE_MAP) {
        fault_contract("nucleus_dma_address", "the address is not from nucleus_dma_allocate");
    }
    return (uint64_t)address - DIRECT_MAP;
}
