/* Page tables (SDM volume 3, 4.5). A page of the reserved ranges is committed when its entry is not zero; one
 * without access keeps its frame in an entry that is not present. */
#include "frames.h"
#include "pvh.h"

#define ADDRESS_BITS UINT64_C(0x000ffffffffff000)
#define TABLE_FLAGS (MAP_PRESENT | MAP_WRITE | MAP_USED)
#define PAGE_FLAGS (MAP_PRESENT | MAP_WRITE | MAP_USED | MAP_NO_EXECUTE)
#define SPANS_MAX 80
#define SLACK_FRAMES 16 /* page tables that a single commit may need above one for each 2 MiB */

struct span {
    uint64_t begin, end;
};

extern uint64_t boot_pml4[512];
static uint64_t *root;

static uint64_t table_take(void) {
    uint64_t frame = frame_take();
    if (frame == 0) {
        boot_refuse("no memory for page tables", "give the machine more memory");
    }
    memset(direct(frame), 0, PAGE_SIZE);
    return frame;
}

/* The entry for the address in the table of level 1 (4 KiB pages) or 2 (2 MiB pages, or the table below), or
 * null where a level above is missing and create is 0. A large page above level 1 answers null too. */
static uint64_t *entry_of(uint64_t address, int level, int create) {
    uint64_t *table = root;
    for (int at = 4; at > level; at--) {
        uint64_t *entry = &table[address >> (3 + 9 * at) & 511];
        if ((*entry & MAP_LARGE) != 0 && at < 4) {
            return 0;
        }
        if (*entry == 0) {
            if (!create) {
                return 0;
            }
            *entry = table_take() | TABLE_FLAGS;
        }
        table = direct(*entry & ADDRESS_BITS);
    }
    return &table[address >> (3 + 9 * level) & 511];
}

static void map(uint64_t address, uint64_t physical, uint64_t length, uint64_t flags) {
    uint64_t end = address + length;
    while (address < end) {
        uint64_t step = PAGE_SIZE;
        if (((address | physical) & (LARGE_PAGE - 1)) == 0 && end - address >= LARGE_PAGE) {
            step = LARGE_PAGE;
            *entry_of(address, 2, 1) = physical | flags | MAP_LARGE;
        } else {
            *entry_of(address, 1, 1) = physical | flags;
        }
        address += step;
        physical += step;
    }
}

static void forget(uint64_t address) {
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

/* ---- boot ------------------------------------------------------------------------------------ */

static struct span taken[SPANS_MAX];
static uint32_t taken_count;

static void take(uint64_t address, uint64_t length) {
    if (length == 0) {
        return;
    }
    if (taken_count == SPANS_MAX || address + length < address) {
        boot_refuse("the hypervisor's start information is malformed", "use another hypervisor");
    }
    taken[taken_count++] = (struct span){ALIGN_DOWN(address, PAGE_SIZE), ALIGN_UP(address + length, PAGE_SIZE)};
}

/* Gives the parts of [begin, end) that nobody has taken to the allocator. */
static void add_free(uint64_t begin, uint64_t end) {
    while (begin < end) {
        uint64_t stop = end;
        uint64_t next = end;
        for (uint32_t i = 0; i < taken_count; i++) {
            if (taken[i].begin <= begin && taken[i].end > begin) {
                stop = begin;
                next = taken[i].end;
                break;
            }
            if (taken[i].begin > begin && taken[i].begin < stop) {
                stop = next = taken[i].begin;
            }
        }
        frames_add(begin, stop);
        begin = next;
    }
}

/* The direct map leaves the image out, or its text would be writable there. */
static void map_direct(uint64_t begin, uint64_t end, const struct span *image) {
    struct span parts[2] = {{begin, end < image->begin ? end : image->begin}, {begin > image->end ? begin : image->end, end}};
    for (int i = 0; i < 2; i++) {
        if (parts[i].begin < parts[i].end) {
            map(DIRECT_MAP + parts[i].begin, parts[i].begin, parts[i].end - parts[i].begin, PAGE_FLAGS);
        }
    }
}

void pvh_memory_start(const struct pvh_start *start, const struct image *image) {
    struct nucleus_boot *boot = &nucleus_boot_information;
    const struct pvh_memory *memory = direct(start->memory_map);
    const struct pvh_module *modules = direct(start->modules);
    struct span span = {UINT64_MAX, 0};
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *segment = &image->segments[i];
        uint64_t end = segment->physical + (segment->end - segment->begin);
        span.begin = segment->physical < span.begin ? segment->physical : span.begin;
        span.end = end > span.end ? end : span.end;
    }
    take(0, 0x100000); /* firmware, and what hypervisors put there */
    take(span.begin, span.end - span.begin);
    take((uint64_t)start - DIRECT_MAP, sizeof *start);
    take(start->memory_map, start->memory_map_count * sizeof *memory);
    take(start->modules, start->module_count * sizeof *modules);
    for (uint32_t i = 0; i < start->module_count && i < 8; i++) {
        take(modules[i].address, modules[i].size);
    }
    if (start->command_line != 0) {
        take(start->command_line, text_length(direct(start->command_line)) + 1);
    }

    /* Page tables come from memory below 4 GiB until the full direct map is in force: the entries are
     * walked in the order of the map, which hypervisors give from the bottom up. */
    uint64_t total = 0;
    for (uint32_t i = 0; i < start->memory_map_count; i++) {
        if (memory[i].type == 1) {
            uint64_t begin = ALIGN_UP(memory[i].address, PAGE_SIZE);
            uint64_t end = ALIGN_DOWN(memory[i].address + memory[i].size, PAGE_SIZE);
            total += begin < end ? end - begin : 0;
            add_free(begin, end);
        }
    }
    root = direct(table_take());
    map_direct(0, 0x100000, &span);
    for (uint32_t i = 0; i < start->memory_map_count; i++) {
        uint64_t begin = ALIGN_UP(memory[i].address, PAGE_SIZE);
        uint64_t end = ALIGN_DOWN(memory[i].address + memory[i].size, PAGE_SIZE);
        if (memory[i].type == 1 && begin < end && end > 0x100000) {
            map_direct(begin < 0x100000 ? 0x100000 : begin, end, &span);
        }
    }
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct image_segment *segment = &image->segments[i];
        uint64_t flags = MAP_PRESENT | MAP_USED | ((segment->flags & 2) != 0 ? MAP_WRITE : 0) |
                         ((segment->flags & 1) != 0 ? 0 : MAP_NO_EXECUTE);
        map(segment->begin, segment->physical, segment->end - segment->begin, flags);
        if (segment->begin == boot->heap_begin) { /* uncommitting a part of it must be able to split */
            frames_keep((int64_t)((segment->end - segment->begin) / LARGE_PAGE));
        }
    }
    __asm__ volatile("movq %0, %%cr3" : : "r"((uint64_t)root - DIRECT_MAP) : "memory");
    boot->memory = total;
    if (total < image->minimum_memory) {
        boot_refuse("the machine has too little memory for this image", "give it more (QEMU: -m)");
    }
}

uint64_t pvh_map_stack(uint64_t at, uint64_t size) {
    for (uint64_t page = at; page < at + size; page += PAGE_SIZE) {
        *entry_of(page, 1, 1) = table_take() | PAGE_FLAGS;
    }
    uint64_t all = frames_free();
    uint64_t tables = all / 512 + SLACK_FRAMES;
    nucleus_boot_information.memory_free = all > tables ? (all - tables) * PAGE_SIZE : 0;
    return at + size;
}

void *pvh_map_device(uint64_t physical, uint64_t length) {
    static uint64_t next = DEVICE_MAP;
    uint64_t begin = ALIGN_DOWN(physical, PAGE_SIZE);
    uint64_t size = ALIGN_UP(physical + length, PAGE_SIZE) - begin;
    void *mapped = (void *)(next + physical - begin);
    for (uint64_t done = 0; done < size; done += PAGE_SIZE) {
        *entry_of(next + done, 1, 1) = (begin + done) | PAGE_FLAGS | MAP_UNCACHED;
    }
    next += size;
    return mapped;
}

/* ---- Java's pages ---------------------------------------------------------------------------- */

/* Cuts a large page into small ones; the frame for the table was kept back when it was mapped. */
static void split(uint64_t *large) {
    frames_keep(-1);
    uint64_t frame = frame_take();
    uint64_t *table = direct(frame);
    uint64_t first = *large & ~MAP_LARGE;
    for (uint64_t i = 0; i < 512; i++) {
        table[i] = first + i * PAGE_SIZE;
    }
    *large = frame | TABLE_FLAGS;
    uint64_t cr3;
    __asm__ volatile("movq %%cr3, %0; movq %0, %%cr3" : "=r"(cr3) : : "memory");
}

/* The entry of a committed page at address, large only when all of it is inside the range. */
static uint64_t *committed(const char *function, uint64_t address, uint64_t end, uint64_t *step) {
    uint64_t *entry = entry_of(address, 2, 0);
    if (entry != 0 && (*entry & MAP_LARGE) != 0) {
        if ((address & (LARGE_PAGE - 1)) == 0 && end - address >= LARGE_PAGE) {
            *step = LARGE_PAGE;
            return entry;
        }
        split(entry);
    }
    *step = PAGE_SIZE;
    entry = entry_of(address, 1, 0);
    if (entry == 0 || *entry == 0) {
        fault_contract(function, "a page is not committed");
    }
    return entry;
}

int pvh_pages_commit(void *start, size_t length) {
    uint64_t address = (uint64_t)start;
    uint64_t end = address + length;
    range_check("nucleus_pages_commit", address, length);
    uint64_t need = length / PAGE_SIZE + length / LARGE_PAGE + SLACK_FRAMES;
    if (need > frames_free()) {
        return NUCLEUS_ERROR_MEMORY;
    }
    while (address < end) {
        uint64_t *entry = entry_of(address, 2, 1);
        uint64_t frame = 0;
        if (*entry == 0 && (address & (LARGE_PAGE - 1)) == 0 && end - address >= LARGE_PAGE &&
            (frame = frame_take_large()) != 0) {
            frames_keep(1);
            memset(direct(frame), 0, LARGE_PAGE);
            *entry = frame | PAGE_FLAGS | MAP_LARGE;
            address += LARGE_PAGE;
            continue;
        }
        entry = entry_of(address, 1, 1);
        if (entry == 0 || *entry != 0) {
            fault_contract("nucleus_pages_commit", "a page is committed already");
        }
        frame = frame_take();
        memset(direct(frame), 0, PAGE_SIZE);
        *entry = frame | PAGE_FLAGS;
        address += PAGE_SIZE;
    }
    return 0;
}

void pvh_pages_uncommit(void *start, size_t length) {
    uint64_t address = (uint64_t)start;
    uint64_t end = address + length;
    range_check("nucleus_pages_uncommit", address, length);
    while (address < end) {
        uint64_t step;
        uint64_t *entry = committed("nucleus_pages_uncommit", address, end, &step);
        uint64_t frame = *entry & ADDRESS_BITS;
        *entry = 0;
        forget(address);
        if (step == LARGE_PAGE) {
            frame_give_large(frame);
            frames_keep(-1);
        } else {
            frame_give(frame);
        }
        address += step;
    }
}

void pvh_pages_protect(void *start, size_t length, int access) {
    uint64_t address = (uint64_t)start;
    uint64_t end = address + length;
    range_check("nucleus_pages_protect", address, length);
    uint64_t flags = access == NUCLEUS_ACCESS_WRITE ? MAP_PRESENT | MAP_WRITE : access == NUCLEUS_ACCESS_READ ? MAP_PRESENT : 0;
    if (flags == 0 && access != NUCLEUS_ACCESS_NONE) {
        fault_contract("nucleus_pages_protect", "no such access");
    }
    while (address < end) {
        uint64_t step;
        uint64_t *entry = committed("nucleus_pages_protect", address, end, &step);
        *entry = (*entry & ~(MAP_PRESENT | MAP_WRITE)) | flags;
        forget(address);
        address += step;
    }
}

/* ---- memory for devices ---------------------------------------------------------------------- */

void *pvh_dma_allocate(size_t length) {
    length = ALIGN_UP(length, PAGE_SIZE);
    uint64_t physical = length == 0 || length / PAGE_SIZE > frames_free() ? 0 : frames_take_contiguous(length);
    return physical == 0 ? 0 : memset(direct(physical), 0, length);
}

uint64_t pvh_dma_address(const void *address) {
    if ((uint64_t)address < DIRECT_MAP || (uint64_t)address >= DEVICE_MAP) {
        fault_contract("nucleus_dma_address", "the address is not from nucleus_dma_allocate");
    }
    return (uint64_t)address - DIRECT_MAP;
}
