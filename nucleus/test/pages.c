/* Committing gives zeroed pages, uncommitting gives them back, the machine's memory bounds both. */
#include "guest.h"

#define MIB UINT64_C(0x100000)

static void check_zero(const uint64_t *at, uint64_t length) {
    for (uint64_t i = 0; i < length / 8; i++) {
        check(at[i] == 0, "fresh pages are zero");
    }
}

static void fill(uint64_t *at, uint64_t length) {
    for (uint64_t i = 0; i < length / 8; i++) {
        at[i] = i + 1;
    }
}

int demitasse_main(const struct nucleus_boot *boot) {
    char *pages = (char *)boot->pages_begin;
    char *heap = (char *)boot->heap_image_end;
    const char *what = argument(0);
    check(boot->memory >= 16 * MIB && boot->memory_free > 4 * MIB && boot->memory_free < boot->memory, "memory is told");
    if (equal(what, "protect-none") || equal(what, "protect-read")) {
        check(nucleus_pages_commit(pages, 4 * MIB) == 0, "commit");
        fill((uint64_t *)pages, 4 * MIB);
        nucleus_pages_protect(pages + 0x1000, 0x1000, NUCLEUS_ACCESS_READ);
        check(*(volatile uint64_t *)(pages + 0x1000) == 513, "readable");
        pages[0] = pages[0x2000] = 1;
        nucleus_pages_protect(pages + 0x1000, 0x1000, NUCLEUS_ACCESS_NONE);
        nucleus_pages_protect(pages + 0x1000, 0x1000, NUCLEUS_ACCESS_WRITE);
        check(*(volatile uint64_t *)(pages + 0x1000) == 513, "content survives protection");
        pages[0x1000] = 1;
        if (equal(what, "protect-none")) {
            nucleus_pages_protect(pages, 2 * MIB, NUCLEUS_ACCESS_NONE);
            return pages[5];
        }
        nucleus_pages_protect(pages, 2 * MIB, NUCLEUS_ACCESS_READ);
        pages[5] = 1;
    } else if (equal(what, "uncommitted")) {
        check(nucleus_pages_commit(pages, 0x3000) == 0, "commit");
        nucleus_pages_uncommit(pages + 0x1000, 0x1000);
        pages[0] = pages[0x2000] = 1;
        return pages[0x1000];
    } else if (equal(what, "outside")) {
        nucleus_pages_commit((void *)(boot->pages_end - 0x1000), 0x2000);
    } else if (equal(what, "misaligned")) {
        nucleus_pages_commit(pages + 8, 0x1000);
    } else if (equal(what, "twice")) {
        nucleus_pages_commit(pages, 0x1000);
        nucleus_pages_commit(pages, 0x1000);
    }
    for (int round = 0; round < 3; round++) {
        for (uint64_t size = 0x1000; size <= 4 * MIB; size *= 4) {
            check(nucleus_pages_commit(pages, size) == 0 && nucleus_pages_commit(heap, size) == 0, "commit");
            check_zero((uint64_t *)pages, size);
            check_zero((uint64_t *)heap, size);
            fill((uint64_t *)pages, size);
            fill((uint64_t *)heap, size);
            nucleus_pages_uncommit(pages, size);
            nucleus_pages_uncommit(heap, size);
        }
    }
    /* A hole in the middle of large pages, filled again. */
    check(nucleus_pages_commit(pages, 4 * MIB) == 0, "commit");
    fill((uint64_t *)pages, 4 * MIB);
    nucleus_pages_uncommit(pages + MIB, 2 * MIB);
    check(nucleus_pages_commit(pages + MIB, 2 * MIB) == 0, "commit the hole");
    check_zero((uint64_t *)(pages + MIB), 2 * MIB);
    check(*(uint64_t *)(pages + MIB - 8) == MIB / 8 && *(uint64_t *)(pages + 4 * MIB - 8) == 4 * MIB / 8, "around the hole");
    nucleus_pages_uncommit(pages, 4 * MIB);

    check(nucleus_pages_commit(pages, boot->memory) == NUCLEUS_ERROR_MEMORY, "no more than the machine has");
    for (int round = 0; round < 3; round++) { /* nothing is lost on the way; four pages of tables may be */
        uint64_t done = 0;
        while (nucleus_pages_commit(pages + done, MIB / 4) == 0) {
            *(volatile uint64_t *)(pages + done) = 1;
            done += MIB / 4;
        }
        check(done + MIB >= boot->memory_free && done <= boot->memory_free + MIB, "all free memory can be had");
        nucleus_pages_uncommit(pages, done);
    }
    say("pages well\n");
    return 0;
}
