/* The exit code, from argument 0. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    return (int)argument_number(0);
}
