/* Network devices: one descriptor each, one read or write a frame. */
#include "sandbox.h"

uint64_t sandbox_devices_alive;

static long descriptor_of(const char *function, uint32_t device) {
    if (device >= sandbox->device_count) {
        fault_contract(function, "no such device");
    }
    return (long)sandbox->devices[device].descriptor;
}

long sandbox_device_read(uint32_t device, void *bytes, size_t length) {
    long descriptor = descriptor_of("nucleus_device_read", device);
    long n = system_call(SYS_READ, descriptor, (long)bytes, (long)length, 0, 0);
    if (n == -ERRNO_AGAIN || n == -ERRNO_INTR) {
        return NUCLEUS_ERROR_AGAIN;
    }
    if (n <= 0) {
        sandbox_devices_alive &= ~(UINT64_C(1) << device); /* or every sleep would end at once */
        return NUCLEUS_ERROR_IO;
    }
    /* read() cuts a long frame without a word: one that fills the buffer may have been cut. */
    return (size_t)n == length ? NUCLEUS_ERROR_IO : n;
}

long sandbox_device_write(uint32_t device, const struct nucleus_piece *pieces, size_t count) {
    long descriptor = descriptor_of("nucleus_device_write", device);
    long n = system_call(SYS_WRITEV, descriptor, (long)pieces, (long)count, 0, 0);
    if (n == -ERRNO_AGAIN || n == -ERRNO_INTR || n == -ERRNO_NOBUFS) {
        return NUCLEUS_ERROR_AGAIN;
    }
    return n < 0 ? NUCLEUS_ERROR_IO : n;
}

void *sandbox_dma_allocate(size_t length) {
    (void)length;
    fault_contract("a function for virtio devices", "the sandbox has none");
}

uint64_t sandbox_dma_address(const void *address) {
    return (uint64_t)sandbox_dma_allocate((size_t)address);
}

void sandbox_device_enable(uint32_t device) {
    (void)sandbox_dma_allocate(device);
}
