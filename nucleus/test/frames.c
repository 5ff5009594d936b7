/* Sends every frame back with its first byte raised by one, until one begins with 'Q'. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    static uint8_t frame[2048];
    check(boot->device_count == 1 && boot->devices[0].kind == NUCLEUS_DEVICE_NET, "one network device");
    check(boot->devices[0].mtu == 1400 && boot->devices[0].mac[0] == 2 && boot->devices[0].mac[5] == 0xab, "its options");
    check(boot->devices[0].header == 12, "a header in front of frames");
    for (;;) {
        long n = nucleus_device_read(0, frame, sizeof frame);
        if (n == NUCLEUS_ERROR_AGAIN) {
            check(nucleus_wait(UINT64_MAX) == 1, "the device's event");
        } else if (n == NUCLEUS_ERROR_IO) {
            say("frame refused\n");
        } else {
            check(n > 0 && n < (long)sizeof frame, "a frame");
            if (frame[0] == 'Q') {
                return 0;
            }
            frame[0]++;
            struct nucleus_piece pieces[] = {{frame, 1}, {frame + 1, (size_t)n - 1}};
            check(nucleus_device_write(0, pieces, 2) == n, "write");
        }
    }
}
