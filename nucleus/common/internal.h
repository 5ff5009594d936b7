/* What the files of the nucleus share among themselves. Java and the image see nucleus.h alone. */
#ifndef NUCLEUS_INTERNAL_H
#define NUCLEUS_INTERNAL_H

#include "nucleus.h"
#include "registers.h"

#define PAGE_SIZE UINT64_C(4096)
#define ALIGN_DOWN(value, unit) ((value) & ~((uint64_t)(unit)-1))
#define ALIGN_UP(value, unit) ALIGN_DOWN((value) + (unit)-1, unit)

/* The functions of nucleus.h that differ between the platforms, in the order of common/dispatch.S, which
 * jumps through the table that the entry chose. F(result, name, parameters). */
#define NUCLEUS_PLATFORM(F) \
    F(long, console_write, (int stream, const void *bytes, size_t length)) \
    F(long, console_read, (void *bytes, size_t length)) \
    F(uint64_t, clock_monotonic, (void)) \
    F(uint64_t, clock_wall, (void)) \
    F(int, pages_commit, (void *address, size_t length)) \
    F(void, pages_uncommit, (void *address, size_t length)) \
    F(void, pages_protect, (void *address, size_t length, int access)) \
    F(uint64_t, wait, (uint64_t deadline)) \
    F(void, wait_for, (uint64_t events)) \
    F(void, tick, (volatile int32_t *word, uint64_t period)) \
    F(void, tick_word, (volatile int32_t *word)) \
    F(int, entropy, (void *bytes, size_t length)) \
    F(void, exit, (int code)) \
    F(long, device_read, (uint32_t device, void *bytes, size_t length)) \
    F(long, device_write, (uint32_t device, const struct nucleus_piece *pieces, size_t count)) \
    F(void *, dma_allocate, (size_t length)) \
    F(uint64_t, dma_address, (const void *address)) \
    F(void, device_enable, (uint32_t device))

#define PLATFORM_MEMBER(result, name, parameters) result(*name) parameters;
struct platform {
    NUCLEUS_PLATFORM(PLATFORM_MEMBER)
};

extern const struct platform *nucleus_platform;
extern struct nucleus_boot nucleus_boot_information;

/* image.c: what the running image says about itself. */
struct image_segment {
    uint32_t flags; /* PF_X 1, PF_W 2, PF_R 4 */
    uint64_t begin, end, physical;
};
#define IMAGE_SEGMENTS_MAX 8
struct image {
    uint32_t segment_count;
    struct image_segment segments[IMAGE_SEGMENTS_MAX];
    uint64_t minimum_memory; /* bytes */
};
/* Fills the heap and range fields of nucleus_boot_information too; refuses a malformed image. */
void image_read(struct image *image);

/* The range [address, address + length) as whole pages of one reserved range; anything else is a broken
 * contract of the named function. */
void range_check(const char *function, uint64_t address, uint64_t length);

/* text.c: messages on the error stream. */
void print(const char *text);
void print_hex(uint64_t value);
size_t text_length(const char *text);
const char *parse_number(const char *text, uint64_t *value); /* decimal or 0x...; returns what follows */

/* fault.c */
void fault_report(const struct registers *registers, uint64_t address);
_Noreturn void fault_contract(const char *function, const char *rule);
_Noreturn void boot_refuse(const char *what, const char *advice);

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *left, const void *right, size_t length);

#endif
