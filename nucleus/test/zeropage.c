/* No page at zero: argument 0 is the address to read. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    say_number(*(volatile uint64_t *)argument_number(0));
    return 0;
}
