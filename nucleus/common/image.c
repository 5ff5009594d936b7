/* The running image, read from its own headers (docs/image-format.md). On a hypervisor nobody has checked
 * them before, so every field that is used is checked here. */
#include <linux/elf.h>

#include "internal.h"

const struct platform *nucleus_platform;
struct nucleus_boot nucleus_boot_information;

const struct nucleus_boot *nucleus_boot(void) {
    return &nucleus_boot_information;
}

struct image_note {
    Elf64_Nhdr head;
    char owner[12]; /* "Demitasse" */
    uint32_t version, flags;
    uint64_t entry, heap_begin, heap_image_end, heap_reserved_end, pages_begin, pages_end, file_size;
    uint32_t checksum, minimum_memory;
};

extern const Elf64_Ehdr __ehdr_start;

/* Ranges end below this, so that the platforms' own mappings above it cannot collide with them. */
#define RANGES_LIMIT UINT64_C(0x400000000000)

static void require(int holds, const char *rule) {
    if (!holds) {
        boot_refuse(rule, "build the image again");
    }
}

static const struct image_note *note_find(const uint8_t *at, const uint8_t *end) {
    while (end - at >= (long)sizeof(struct image_note)) {
        const struct image_note *note = (const void *)at;
        if (note->head.n_type == 1 && memcmp(note->owner, "Demitasse", 10) == 0) {
            return note;
        }
        at += sizeof note->head + ALIGN_UP((uint64_t)note->head.n_namesz, 4) + ALIGN_UP((uint64_t)note->head.n_descsz, 4);
    }
    return 0;
}

void image_read(struct image *image) {
    struct nucleus_boot *boot = &nucleus_boot_information;
    const uint8_t *first = (const uint8_t *)&__ehdr_start;
    const Elf64_Phdr *entry = (const void *)(first + __ehdr_start.e_phoff);
    const struct image_note *note = 0;
    image->segment_count = 0;
    for (const Elf64_Phdr *end = entry + __ehdr_start.e_phnum; entry < end; entry++) {
        if (entry->p_type == PT_LOAD) {
            require(image->segment_count < IMAGE_SEGMENTS_MAX, "the image has more than 8 segments");
            struct image_segment *segment = &image->segments[image->segment_count++];
            segment->flags = entry->p_flags;
            segment->begin = entry->p_vaddr;
            segment->end = ALIGN_UP(entry->p_vaddr + entry->p_memsz, PAGE_SIZE);
            segment->physical = entry->p_paddr;
            require(((segment->begin | segment->physical) & (PAGE_SIZE - 1)) == 0, "a segment is not page aligned");
            require((segment->flags & (PF_W | PF_X)) != (PF_W | PF_X), "a segment is writable and executable");
            require(segment->begin >= 0x10000 && segment->end <= 0x80000000 && segment->begin <= segment->end,
                    "a segment of the image is outside 64 KiB to 2 GiB");
        } else if (entry->p_type == PT_NOTE) {
            require(entry->p_offset <= PAGE_SIZE && entry->p_memsz <= PAGE_SIZE - entry->p_offset,
                    "the notes of the image are not in its first page");
            note = note_find(first + entry->p_offset, first + entry->p_offset + entry->p_memsz);
        }
    }
    require(note != 0 && note->version == 1 && note->flags == 0, "the image has no image note of version 1");
    const uint64_t *bounds = &note->heap_begin;
    for (int i = 0; i < 5; i++) {
        require((bounds[i] & (PAGE_SIZE - 1)) == 0 && bounds[i] <= RANGES_LIMIT && (i == 0 || bounds[i] >= bounds[i - 1]),
                "the reserved ranges of the image note are not in order");
    }
    boot->version = NUCLEUS_BOOT_VERSION;
    memcpy(&boot->heap_begin, bounds, 5 * sizeof *bounds); /* the same five in the same order */
    image->minimum_memory = (uint64_t)note->minimum_memory << 20;
}
