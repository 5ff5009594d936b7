/* From the loader's handover to demitasse_main. */
#include "sandbox.h"

struct handover *sandbox;

#define ENTRY(result, name, parameters) .name = sandbox_##name,
static const struct platform sandbox_platform = {NUCLEUS_PLATFORM(ENTRY)};

_Noreturn void sandbox_boot(struct handover *handover);

void sandbox_boot(struct handover *handover) {
    sandbox = handover;
    nucleus_platform = &sandbox_platform;
    if (handover == 0) {
        boot_refuse("this file is a Demitasse image, not a Linux program", "run it with: demi run IMAGE");
    }
    if (handover->magic != HANDOVER_MAGIC || handover->version != HANDOVER_VERSION) {
        boot_refuse("this sandbox loader does not fit this image", "start it with the demi it was built with");
    }
    struct nucleus_boot *boot = &nucleus_boot_information;
    boot->start_ns = sandbox_clock_monotonic();
    boot->stack_begin = handover->stack_begin;
    boot->stack_end = handover->stack_end;
    handover->fault = fault_report;
    struct image image;
    image_read(&image);
    boot->platform = NUCLEUS_PLATFORM_SANDBOX;
    boot->memory = handover->memory;
    boot->config = handover->config;
    boot->config_size = handover->config_size;
    boot->console_flags = handover->console_flags;
    boot->device_count = handover->device_count;
    for (uint32_t i = 0; i < handover->device_count; i++) {
        struct nucleus_device *device = &boot->devices[i];
        device->kind = NUCLEUS_DEVICE_NET;
        device->transport = NUCLEUS_TRANSPORT_FRAMES;
        device->mtu = handover->devices[i].mtu;
        memcpy(device->mac, handover->devices[i].mac, sizeof device->mac);
        device->header = handover->devices[i].header;
    }
    sandbox_devices_alive = (UINT64_C(1) << handover->device_count) - 1;
    sandbox_wait_for(sandbox_devices_alive);
    sandbox_pages_start(&image);
    nucleus_exit(demitasse_main(boot));
}
