/* Random bytes of every length, never the same. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    uint8_t seen[256] = {0};
    uint8_t bytes[64];
    int error = 0;
    for (size_t length = 1; length <= sizeof bytes && error == 0; length++) {
        bytes[length - 1] = 0;
        error = nucleus_entropy(bytes, length);
        for (size_t i = 0; i < length && error == 0; i++) {
            seen[bytes[i]] = 1;
        }
    }
    if (error == NUCLEUS_ERROR_ENTROPY) {
        say("no entropy\n");
        return 3;
    }
    int different = 0;
    for (int i = 0; i < 256; i++) {
        different += seen[i];
    }
    check(different > 200, "more than 200 values in 2,080 random bytes");
    say("entropy well\n");
    return 0;
}
