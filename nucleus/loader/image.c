/* Checks an image file against docs/image-format.md, rule by rule, and maps it. The bytes are hostile:
 * the first page is read once into private memory, so a file that changes meanwhile gains nothing. */
#include <linux/elf.h>
#include <linux/mman.h>

#include "loader.h"

#define ENTRIES_MAX 16

struct image_note {
    uint32_t version, flags;
    uint64_t entry, heap_begin, heap_image_end, heap_reserved_end, pages_begin, pages_end, file_size;
    uint32_t checksum, minimum_memory;
};
#define CHECKSUM_OFFSET offsetof(struct image_note, checksum)

static const char *image_path;

static void require(int holds, const char *rule) {
    if (!holds) {
        refuse("not a usable image", image_path, rule);
    }
}

static int page_aligned(uint64_t value) {
    return (value & (PAGE - 1)) == 0;
}

/* CRC-32 (IEEE 802.3) of the page, four bits at a time, with the four bytes at zero read as 0. */
static uint32_t page_checksum(const uint8_t *page, uint64_t zero) {
    uint32_t table[16];
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 4; bit++) {
            value = (value >> 1) ^ (value & 1 ? 0xedb88320 : 0);
        }
        table[i] = value;
    }
    uint32_t crc = 0xffffffff;
    for (uint64_t i = 0; i < PAGE; i++) {
        crc ^= i - zero < 4 ? 0 : page[i];
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return ~crc;
}

/* The descriptor of the one note with this owner and type inside [at, end) of the page. */
static const uint8_t *note_find(const uint8_t *page, uint64_t at, uint64_t end, const char *owner, uint32_t type,
                                uint64_t *size) {
    const uint8_t *found = 0;
    while (at < end) {
        require(end - at >= sizeof(Elf64_Nhdr), "a note is cut short");
        const Elf64_Nhdr *note = (const void *)(page + at);
        require(note->n_namesz <= PAGE && note->n_descsz <= PAGE, "a note is longer than the page it is in");
        uint64_t name = at + sizeof *note;
        uint64_t descriptor = name + ((note->n_namesz + 3ul) & ~3ul);
        at = descriptor + ((note->n_descsz + 3ul) & ~3ul);
        require(at <= end, "a note is longer than the notes");
        uint64_t i = 0;
        while (i < note->n_namesz && owner[i] != 0 && page[name + i] == (uint8_t)owner[i]) {
            i++;
        }
        if (note->n_type == type && i + 1 == note->n_namesz && owner[i] == 0 && page[name + i] == 0) {
            require(found == 0, "a note is there twice");
            found = page + descriptor;
            *size = note->n_descsz;
        }
    }
    return found;
}

static void check_header(const Elf64_Ehdr *header) {
    static const uint8_t identification[16] = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT};
    for (int i = 0; i < 4; i++) {
        require(header->e_ident[i] == identification[i], "it is not an ELF file");
    }
    for (int i = 4; i < 16; i++) {
        require(header->e_ident[i] == identification[i], "it is not a 64-bit little-endian ELF file of version 1");
    }
    require(header->e_type == ET_EXEC, "its ELF type is not EXEC");
    require(header->e_machine == EM_X86_64, "its machine is not x86-64");
    require(header->e_version == EV_CURRENT && header->e_flags == 0, "its ELF version or flags are unknown");
    require(header->e_ehsize == 64 && header->e_phentsize == 56, "its ELF header sizes are wrong");
    require(header->e_phoff == 64, "its program headers do not follow the ELF header");
    require(header->e_phnum > 0 && header->e_phnum <= ENTRIES_MAX, "it has no or too many program headers");
    require(header->e_shnum == 0 || (header->e_shentsize == 64 && header->e_shoff <= PAGE &&
                                     header->e_shnum <= (PAGE - header->e_shoff) / 64),
            "its section headers are not inside the first page");
}

static void check_segment(const struct image *image, const Elf64_Phdr *entry) {
    uint64_t begin = entry->p_vaddr;
    require(page_aligned(entry->p_offset) && page_aligned(begin), "a segment does not start on a page boundary");
    require(entry->p_filesz <= entry->p_memsz && entry->p_memsz > 0, "a segment's file size exceeds its memory size");
    require(entry->p_offset <= image->file_size && entry->p_filesz <= image->file_size - entry->p_offset,
            "a segment is beyond the end of the file (the file is cut)");
    require(begin >= 0x10000, "a segment is inside the first 64 KiB");
    require(begin < 0x80000000 && entry->p_memsz <= 0x80000000 - begin, "a segment is above 2 GiB");
    require((entry->p_flags & ~(uint32_t)(PF_R | PF_W | PF_X)) == 0 && (entry->p_flags & PF_R) != 0,
            "a segment has unknown permissions");
    require((entry->p_flags & (PF_W | PF_X)) != (PF_W | PF_X), "a segment is writable and executable");
    if (image->segment_count > 0) {
        const struct segment *last = &image->segments[image->segment_count - 1];
        require(begin >= ((last->begin + last->memory_size + PAGE - 1) & ~(PAGE - 1)), "segments overlap");
        require(entry->p_filesz == 0 || entry->p_offset >= last->offset + last->file_size,
                "segments overlap in the file");
    } else {
        require(entry->p_offset == 0 && entry->p_flags == PF_R,
                "the first segment is not the read-only start of the file");
    }
}

static void check_note(struct image *image, const struct image_note *note, uint64_t header_entry) {
    require(note->version == 1 && note->flags == 0, "the image note has another version or unknown flags");
    require(note->file_size == image->file_size, "the file is not as long as the image note says (it is cut or longer)");
    require(note->entry == header_entry, "the entry differs between ELF header and image note");
    const struct segment *heap = &image->segments[image->segment_count - 1];
    require(page_aligned(note->heap_begin) && page_aligned(note->heap_image_end) &&
                page_aligned(note->heap_reserved_end) && page_aligned(note->pages_begin) &&
                page_aligned(note->pages_end),
            "a reserved range is not page aligned");
    require(note->heap_begin == heap->begin && (heap->protection & PROT_WRITE) != 0,
            "the image heap is not the last segment");
    require(note->heap_image_end == ((heap->begin + heap->memory_size + PAGE - 1) & ~(PAGE - 1)),
            "the end of the image heap is not that of its segment");
    require(note->heap_reserved_end >= note->heap_image_end && note->pages_begin >= note->heap_reserved_end &&
                note->pages_end >= note->pages_begin && note->pages_end <= RANGES_LIMIT,
            "the reserved ranges are not in order");
    require(note->minimum_memory <= 1 << 20, "the smallest memory is more than 1 TiB");
    image->entry = note->entry;
    image->heap_begin = note->heap_begin;
    image->heap_image_end = note->heap_image_end;
    image->heap_reserved_end = note->heap_reserved_end;
    image->pages_begin = note->pages_begin;
    image->pages_end = note->pages_end;
    image->minimum_memory = (uint64_t)note->minimum_memory << 20;
    int executable = 0;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct segment *segment = &image->segments[i];
        executable |= (segment->protection & PROT_EXEC) != 0 && note->entry >= segment->begin &&
                      note->entry < segment->begin + segment->file_size;
    }
    require(executable, "the entry is in no executable segment");
}

void image_open(const char *path, struct image *image) {
    static uint8_t page[PAGE] __attribute__((aligned(4096)));
    image_path = path;
    long descriptor = CALL(__NR_open, path, 02000000 /* O_CLOEXEC */, 0);
    if (descriptor < 0) {
        refuse_system("cannot open the image", path, descriptor);
    }
    image->descriptor = (int)descriptor;
    long size = CALL(__NR_lseek, descriptor, 0, 2);
    long n = CALL6(__NR_pread64, descriptor, page, PAGE, 0, 0, 0);
    if (n < 0 || size < 0) {
        refuse_system("cannot read the image", path, n < 0 ? n : size);
    }
    image->file_size = (uint64_t)size;
    const Elf64_Ehdr *header = (const void *)page;
    require(n >= 4 && header->e_ident[0] == 0x7f && header->e_ident[1] == 'E', "it is not an ELF file");
    require(n == (long)PAGE, "it is shorter than one page (the file is cut)");
    check_header(header);
    const Elf64_Phdr *entries = (const void *)(page + header->e_phoff);
    uint64_t notes_begin = 0;
    uint64_t notes_end = 0;
    int stacks = 0;
    for (uint32_t i = 0; i < header->e_phnum; i++) {
        const Elf64_Phdr *entry = &entries[i];
        if (entry->p_type == PT_LOAD) {
            require(image->segment_count < SEGMENTS_MAX, "it has more than 8 segments");
            check_segment(image, entry);
            image->segments[image->segment_count++] = (struct segment){
                entry->p_offset, entry->p_vaddr, entry->p_filesz, entry->p_memsz,
                PROT_READ | (entry->p_flags & PF_W ? PROT_WRITE : 0) | (entry->p_flags & PF_X ? PROT_EXEC : 0)};
        } else if (entry->p_type == PT_NOTE) {
            require(notes_end == 0, "it has two lists of notes");
            require(entry->p_offset >= 64 + header->e_phnum * 56ul && entry->p_offset <= PAGE &&
                        entry->p_filesz > 0 && entry->p_filesz <= PAGE - entry->p_offset && entry->p_offset % 4 == 0,
                    "its notes are not inside the first page");
            notes_begin = entry->p_offset;
            notes_end = entry->p_offset + entry->p_filesz;
        } else if (entry->p_type == PT_GNU_STACK) {
            require((entry->p_flags & PF_X) == 0, "it wants an executable stack");
            stacks++;
        } else {
            require(0, "it has a program header of an unknown type");
        }
    }
    require(image->segment_count > 1, "it has no segments");
    require(notes_end <= image->segments[0].file_size, "its notes are not in the first segment");
    require(stacks == 1, "it does not say that its stack is not executable");
    uint64_t note_size = 0;
    const uint8_t *note = note_find(page, notes_begin, notes_end, "Demitasse", 1, &note_size);
    require(note != 0 && note_size == sizeof(struct image_note), "it has no image note: not built by demi");
    const struct image_note *image_note = (const void *)note;
    require(image_note->checksum == page_checksum(page, (uint64_t)(note - page) + CHECKSUM_OFFSET),
            "the checksum of its first page is wrong (the file was changed)");
    require(note_find(page, notes_begin, notes_end, "GNU", 3, &note_size) != 0 && note_size == 20, "it has no build id");
    require(note_find(page, notes_begin, notes_end, "Xen", 18, &note_size) != 0 && (note_size == 4 || note_size == 8),
            "it has no PVH entry");
    check_note(image, image_note, header->e_entry);
}

static void map(uint64_t begin, uint64_t length, int protection, int flags, int descriptor, uint64_t offset) {
    if (length == 0) {
        return;
    }
    long at = CALL6(__NR_mmap, begin, length, protection, flags | MAP_PRIVATE | MAP_FIXED_NOREPLACE, descriptor, offset);
    if (at != (long)begin) {
        if (at >= 0) {
            at = -17; /* EEXIST, from kernels that do not know MAP_FIXED_NOREPLACE */
        }
        refuse_system("cannot map the image", image_path, at);
    }
}

void image_map(const struct image *image, const char *path) {
    image_path = path;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct segment *segment = &image->segments[i];
        uint64_t file_end = segment->begin + ((segment->file_size + PAGE - 1) & ~(PAGE - 1));
        uint64_t end = segment->begin + ((segment->memory_size + PAGE - 1) & ~(PAGE - 1));
        map(segment->begin, file_end - segment->begin, segment->protection, 0, image->descriptor, segment->offset);
        map(file_end, end - file_end, segment->protection, MAP_ANONYMOUS, -1, 0);
        if ((segment->protection & PROT_WRITE) != 0) { /* the file's next bytes are not this segment's */
            uint64_t used = segment->begin + segment->file_size;
            for (uint8_t *at = (uint8_t *)used; at < (uint8_t *)file_end; at++) {
                *at = 0;
            }
        }
    }
    int reserve = MAP_ANONYMOUS | MAP_NORESERVE;
    map(image->heap_image_end, image->heap_reserved_end - image->heap_image_end, PROT_NONE, reserve, -1, 0);
    map(image->pages_begin, image->pages_end - image->pages_begin, PROT_NONE, reserve, -1, 0);
}
