/* Prints a line and ends with 0. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    check(boot->version == NUCLEUS_BOOT_VERSION, "boot version");
    say("hello from the image\n");
    return 0;
}
