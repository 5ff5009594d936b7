/* Drives a virtio entropy device (virtio 1.2, 5.4) over either transport: DMA memory and interrupts work. */
#include "guest.h"

#define QUEUE_SIZE 8

struct descriptor {
    uint64_t address;
    uint32_t length;
    uint16_t flags, next;
};
struct queue {
    struct descriptor descriptors[QUEUE_SIZE];
    uint16_t available_flags;
    volatile uint16_t available_index;
    uint16_t available[QUEUE_SIZE], available_event;
    uint8_t gap[2];
    uint16_t used_flags;
    volatile uint16_t used_index;
    struct {
        uint32_t id, length;
    } used[QUEUE_SIZE];
    uint8_t buffer[1024];
};

static uint64_t registers, notify;
static int pci;

static void write32(uint64_t offset, uint32_t value) {
    *(volatile uint32_t *)(registers + offset) = value;
}
static void write16(uint64_t offset, uint16_t value) {
    *(volatile uint16_t *)(registers + offset) = value;
}
static void write64(uint64_t offset, uint64_t value) {
    write32(offset, (uint32_t)value);
    write32(offset + 4, (uint32_t)(value >> 32));
}
static void status(uint8_t value) {
    if (pci) {
        *(volatile uint8_t *)(registers + 20) = value;
    } else {
        write32(0x70, value);
    }
}

int demitasse_main(const struct nucleus_boot *boot) {
    uint32_t index = 0;
    while (index < boot->device_count && boot->devices[index].kind != NUCLEUS_DEVICE_ENTROPY) {
        index++;
    }
    check(index < boot->device_count, "an entropy device");
    const struct nucleus_device *device = &boot->devices[index];
    pci = device->transport == NUCLEUS_TRANSPORT_VIRTIO_PCI;
    registers = device->registers;
    struct queue *queue = nucleus_dma_allocate(sizeof *queue);
    check(queue != 0, "memory for the device");
    uint64_t physical = nucleus_dma_address(queue);
    uint64_t available = physical + offsetof(struct queue, available_flags);
    uint64_t used = physical + offsetof(struct queue, used_flags);
    status(0);
    status(1);
    status(3);
    if (pci) {
        write32(8, 1); /* feature bit 32: version 1 */
        write32(12, 1);
    } else {
        write32(0x24, 1);
        write32(0x20, 1);
    }
    status(11);
    if (pci) {
        write16(22, 0); /* queue 0 */
        write16(24, QUEUE_SIZE);
        write16(16, 0); /* vector for configuration changes */
        write16(26, 0); /* vector of the queue */
        write64(32, physical);
        write64(40, available);
        write64(48, used);
        write16(28, 1);
        notify = device->notify + *(volatile uint16_t *)(registers + 30) * device->notify_multiplier;
    } else {
        write32(0x30, 0);
        write32(0x38, QUEUE_SIZE);
        write64(0x80, physical);
        write64(0x90, available);
        write64(0xa0, used);
        write32(0x44, 1);
        notify = registers + 0x50;
    }
    nucleus_device_enable(index);
    status(15);
    for (uint16_t round = 1; round <= 20; round++) {
        queue->descriptors[0] = (struct descriptor){physical + offsetof(struct queue, buffer), 64, 2, 0};
        queue->available[(round - 1) % QUEUE_SIZE] = 0;
        __asm__ volatile("mfence" : : : "memory");
        queue->available_index = round;
        if (pci) {
            *(volatile uint16_t *)notify = 0;
        } else {
            *(volatile uint32_t *)notify = 0;
        }
        uint64_t limit = nucleus_clock_monotonic() + 10000000000;
        uint64_t events = 0;
        while (queue->used_index != round) {
            events |= nucleus_wait(limit); /* woken by the interrupt, not by the deadline */
            check(nucleus_clock_monotonic() < limit, "an interrupt within ten seconds");
            if (!pci) {
                write32(0x64, *(volatile uint32_t *)(registers + 0x60));
            }
        }
        check(events == UINT64_C(1) << index || events == 0, "the device's event alone");
        check(queue->used[(round - 1) % QUEUE_SIZE].length > 0, "bytes were written");
    }
    int different = 0;
    for (int i = 1; i < 64; i++) {
        different += queue->buffer[i] != queue->buffer[0];
    }
    check(different > 0, "random bytes");
    say("virtio well\n");
    return 0;
}
