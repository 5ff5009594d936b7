/* Makes one system call: arguments are its number and up to six numbers; H, P and T stand for an address in the
 * heap range, in the pages range and in the text. The filter must end the process. */
#include "guest.h"

static uint64_t value(int index) {
    const char *text = argument(index);
    return equal(text, "H")   ? nucleus_boot()->heap_image_end
           : equal(text, "P") ? nucleus_boot()->pages_begin
           : equal(text, "E") ? nucleus_boot()->pages_end - 4096
           : equal(text, "T") ? 0x201000
                              : argument_number(index);
}

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    uint64_t words[7];
    for (int i = 0; i < 7; i++) {
        words[i] = value(i);
    }
    register uint64_t r10 __asm__("r10") = words[4];
    register uint64_t r8 __asm__("r8") = words[5];
    register uint64_t r9 __asm__("r9") = words[6];
    int64_t result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(words[0]), "D"(words[1]), "S"(words[2]), "d"(words[3]), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    say(result < 0 ? "error\n" : "done\n");
    return 0;
}
