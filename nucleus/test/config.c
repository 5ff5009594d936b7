/* Prints the configuration block, one record a line. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    const char *at = (const char *)boot->config;
    const char *end = at + boot->config_size;
    while (at < end) {
        say(at);
        say("\n");
        while (*at++ != 0) {
        }
    }
    check(at == end, "the last record ends with the block");
    return 0;
}
