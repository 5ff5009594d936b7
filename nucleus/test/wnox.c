/* No memory is writable and executable: argument 0 says what to do to which part. */
#include "guest.h"

static const char readonly[] = "read only";
static uint8_t data[16] = {0xc3};
static uint8_t bss[16];
extern uint8_t test_heap[];

static void execute(void *code) {
    *(volatile uint8_t *)code = 0xc3; /* ret */
    ((void (*)(void))code)();
}

int demitasse_main(const struct nucleus_boot *boot) {
    const char *what = argument(0);
    uint8_t stack[16];
    void *page = (void *)boot->pages_begin;
    if (equal(what, "write-text")) {
        *(volatile uint8_t *)(uintptr_t)&demitasse_main = 0;
    } else if (equal(what, "write-rodata")) {
        *(volatile char *)(uintptr_t)readonly = 0;
    } else if (equal(what, "write-header")) {
        *(volatile char *)0x200000 = 0;
    } else if (equal(what, "execute-rodata")) {
        ((void (*)(void))(uintptr_t)readonly)();
    } else if (equal(what, "execute-data")) {
        execute(data);
    } else if (equal(what, "execute-bss")) {
        execute(bss);
    } else if (equal(what, "execute-stack")) {
        execute(stack);
    } else if (equal(what, "execute-heap")) {
        execute(test_heap);
    } else if (equal(what, "execute-pages")) {
        check(nucleus_pages_commit(page, 0x400000) == 0, "commit");
        execute(page);
    } else if (equal(what, "execute-dma")) {
        execute(nucleus_dma_allocate(4096));
    }
    return 0;
}
