/* The running image, read from its own headers (docs/image-format.md). On a hypervisor nobody has checked
 * them before, so every field is checked here. */
#include "internal.h"

const struct platform *nucleus_platform;
struct nucleus_boot nucleus_boot_information;

struct elf_header {
    uint8_t identification[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, program_headers, section_headers;
    uint32_t flags;
    uint16_t size, program_header_size, program_header_count;
    uint16_t section_header_size, section_header_count, section_names;
};

struct elf_program_header {
    uint32_t type, flags;
    uint64_t offset, address, physical, file_size, memory_size, alignment;
};

struct elf_note {
    uint32_t owner_size, descriptor_size, type;
};

struct image_note {
    uint32_t version, flags;
    uint64_t entry, heap_begin, heap_image_end, heap_reserved_end, pages_begin, pages_end, file_size;
    uint32_t checksum, minimum_memory;
};

extern const struct elf_header __ehdr_start;

/* Ranges end below this, so that the platforms' own mappings above it cannot collide with them. */
#define RANGES_LIMIT UINT64_C(0x400000000000)

static _Noreturn void refuse(const char *rule) {
    boot_refuse(rule, "build the image again");
}

static const struct image_note *note_find(const uint8_t *notes, uint64_t size) {
    uint64_t at = 0;
    while (size - at >= sizeof(struct elf_note)) {
        const struct elf_note *note = (const void *)(notes + at);
        uint64_t owner = at + sizeof *note;
        uint64_t descriptor = owner + ALIGN_UP((uint64_t)note->owner_size, 4);
        uint64_t end = descriptor + ALIGN_UP((uint64_t)note->descriptor_size, 4);
        if (end > size) {
            break;
        }
        if (note->type == 1 && note->owner_size == 10 && note->descriptor_size >= sizeof(struct image_note) &&
            memcmp(notes + owner, "Demitasse", 10) == 0) {
            return (const void *)(notes + descriptor);
        }
        at = end;
    }
    return 0;
}

void image_read(struct image *image) {
    const struct elf_header *header = &__ehdr_start;
    const struct elf_program_header *program = (const void *)((const uint8_t *)header + header->program_headers);
    const struct image_note *note = 0;
    image->segment_count = 0;
    for (uint32_t i = 0; i < header->program_header_count; i++) {
        if (program[i].type == 1) { /* PT_LOAD */
            if (image->segment_count == IMAGE_SEGMENTS_MAX) {
                refuse("the image has more than 8 segments");
            }
            struct image_segment *segment = &image->segments[image->segment_count++];
            segment->flags = program[i].flags;
            segment->begin = program[i].address;
            segment->end = ALIGN_UP(program[i].address + program[i].memory_size, PAGE_SIZE);
            segment->physical = program[i].physical;
            if (((segment->begin | segment->physical) & (PAGE_SIZE - 1)) != 0) {
                refuse("a segment of the image is not page aligned");
            }
            if ((segment->flags & 3) == 3) {
                refuse("a segment of the image is writable and executable");
            }
            if (segment->begin < 0x10000 || segment->end > 0x80000000 || segment->end < segment->begin) {
                refuse("a segment of the image is outside 64 KiB to 2 GiB");
            }
        } else if (program[i].type == 4) { /* PT_NOTE */
            if (program[i].offset > PAGE_SIZE || program[i].memory_size > PAGE_SIZE - program[i].offset) {
                refuse("the notes of the image are not in its first page");
            }
            note = note_find((const uint8_t *)header + program[i].offset, program[i].memory_size);
        }
    }
    if (note == 0 || note->version != 1 || note->flags != 0) {
        refuse("the image has no image note of version 1");
    }
    uint64_t bounds[] = {note->heap_begin, note->heap_image_end, note->heap_reserved_end, note->pages_begin,
                         note->pages_end};
    for (int i = 0; i < 5; i++) {
        if ((bounds[i] & (PAGE_SIZE - 1)) != 0 || bounds[i] > RANGES_LIMIT || (i > 0 && bounds[i] < bounds[i - 1])) {
            refuse("the reserved ranges of the image note are not in order");
        }
    }
    nucleus_boot_information.version = NUCLEUS_BOOT_VERSION;
    nucleus_boot_information.heap_begin = note->heap_begin;
    nucleus_boot_information.heap_image_end = note->heap_image_end;
    nucleus_boot_information.heap_reserved_end = note->heap_reserved_end;
    nucleus_boot_information.pages_begin = note->pages_begin;
    nucleus_boot_information.pages_end = note->pages_end;
    image->minimum_memory = (uint64_t)note->minimum_memory << 20;
}
