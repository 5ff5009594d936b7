/* Lists the devices, for the runner to compare, and looks whether their registers answer. */
#include "guest.h"

int demitasse_main(const struct nucleus_boot *boot) {
    say("devices ");
    say_number(boot->device_count);
    say("\n");
    for (uint64_t i = 0; i < boot->device_count; i++) {
        const struct nucleus_device *device = &boot->devices[i];
        say("kind ");
        say_number(device->kind);
        say(" transport ");
        say_number(device->transport);
        if (device->transport == NUCLEUS_TRANSPORT_FRAMES) {
            say(" mtu ");
            say_number(device->mtu);
            check((device->mac[0] & 3) == 2 || device->mac[0] == 0x52, "a unicast address");
        } else {
            uint64_t config = device->config;
            check(config != 0 && device->config_size >= 8, "device configuration");
            if (device->kind == NUCLEUS_DEVICE_NET) {
                const volatile uint8_t *mac = (const volatile uint8_t *)config;
                check(mac[0] == 0x52 && mac[1] == 0x54 && mac[2] == 0 && mac[5] == 0x56, "address in the configuration");
            }
        }
        say("\n");
    }
    if (boot->command_line != 0) {
        say("command line [");
        say((const char *)boot->command_line);
        say("]\n");
    }
    return 0;
}
