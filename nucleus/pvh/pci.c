/* Finds virtio devices on PCI (virtio 1.2, 4.1; PCI 3.0, 6) through the configuration ports. Each gets one
 * MSI-X vector. Firmware has usually placed the registers; where none ran, they are placed here. */
#include "pvh.h"

#define PORT_ADDRESS 0xcf8
#define PORT_DATA 0xcfc
#define ENABLE 0x80000000u
#define WINDOW_BEGIN UINT64_C(0xf0000000) /* below the APICs, above where hypervisors put low memory */
#define WINDOW_END UINT64_C(0xfe000000)
#define VIRTIO_VENDOR 0x1af4
#define CAPABILITIES_MAX 48 /* as many as fit into the configuration space */
#define REGISTERS_MAX 0x100000

enum { COMMAND = 4, HEADER_TYPE = 12, BAR_FIRST = 16, BUSES = 24, SUBSYSTEM = 44, CAPABILITIES = 52 };
enum { CAPABILITY_VIRTIO = 9, CAPABILITY_MSIX = 17 };

static uint64_t window = WINDOW_BEGIN;

static uint32_t pci_read(uint32_t function, uint32_t offset) {
    out32(PORT_ADDRESS, function | (offset & 0xfc));
    return in32(PORT_DATA) >> 8 * (offset & 3);
}

static void pci_write(uint32_t function, uint32_t offset, uint32_t value) {
    out32(PORT_ADDRESS, function | (offset & 0xfc));
    out32(PORT_DATA, value);
}

/* Maps length bytes at an offset of a memory BAR, which is given an address if it has none; null when they
 * are not there. */
static void *map_registers(uint32_t function, uint32_t index, uint32_t place, uint32_t length) {
    uint32_t offset = BAR_FIRST + 4 * index;
    uint32_t low = index < 6 ? pci_read(function, offset) : 1;
    int wide = (low & 6) == 4 && index < 5;
    if ((low & 1) != 0 || length == 0 || length > REGISTERS_MAX) {
        return 0;
    }
    uint64_t address = (low & ~15u) | (wide ? (uint64_t)pci_read(function, offset + 4) << 32 : 0);
    if (address == 0) {
        pci_write(function, offset, UINT32_MAX);
        uint64_t size = ~(pci_read(function, offset) & ~15u) + 1;
        address = size == 0 ? 0 : ALIGN_UP(window, size);
        if (address == 0 || address + size > WINDOW_END) {
            return 0;
        }
        window = address + size;
        pci_write(function, offset, (uint32_t)address);
    }
    return pvh_map_device(address + place, length);
}

static void add_function(uint32_t function, uint32_t kind) {
    uint32_t at = pci_read(function, CAPABILITIES) & 0xfc;
    struct nucleus_device found = {.kind = kind, .transport = NUCLEUS_TRANSPORT_VIRTIO_PCI};
    struct interrupt_source source = {0, 0};
    for (int i = 0; i < CAPABILITIES_MAX && at != 0; i++) {
        uint32_t head = pci_read(function, at);
        if ((head & 255) == CAPABILITY_MSIX) {
            uint32_t table = pci_read(function, at + 4);
            source.message = map_registers(function, table & 7, table & ~7u, 16);
            pci_write(function, at, (head & 0x3fffffff) | 0x80000000); /* on, not masked as a whole */
        } else if ((head & 255) == CAPABILITY_VIRTIO) {
            uint32_t bar = pci_read(function, at + 4) & 255;
            uint32_t offset = pci_read(function, at + 8);
            uint32_t length = pci_read(function, at + 12);
            uint32_t type = head >> 24;
            uint64_t *registers = type == 1 ? &found.registers : type == 2 ? &found.notify : type == 3 ? &found.isr
                                : type == 4 ? &found.config : 0;
            if (registers != 0 && *registers == 0) { /* of several, the first is preferred (4.1.4.1) */
                *registers = (uint64_t)map_registers(function, bar, offset, length);
                found.notify_multiplier = type == 2 ? pci_read(function, at + 16) : found.notify_multiplier;
                found.config_size = type == 4 ? length : found.config_size;
            }
        }
        at = head >> 8 & 0xfc;
    }
    if (found.registers == 0 || found.notify == 0 || found.isr == 0 || source.message == 0) {
        print("nucleus: a virtio device on PCI is left out: it has no modern registers or no MSI-X\n");
        return;
    }
    pvh_device_add(&found, &source);
    pci_write(function, COMMAND, 0x406); /* memory, bus master, no legacy interrupt */
}

static void scan_bus(uint32_t bus, int depth) {
    for (uint32_t slot = 0; slot < 32; slot++) {
        uint32_t functions = 1;
        for (uint32_t i = 0; i < functions; i++) {
            uint32_t function = ENABLE | bus << 16 | slot << 11 | i << 8;
            uint32_t id = pci_read(function, 0);
            if ((id & 0xffff) == 0xffff) {
                continue;
            }
            uint32_t type = pci_read(function, HEADER_TYPE) >> 16;
            functions = i == 0 && (type & 0x80) != 0 ? 8 : functions;
            uint32_t below = pci_read(function, BUSES) >> 8 & 255;
            if ((type & 0x7f) == 1 && below > bus && depth < 8) {
                scan_bus(below, depth + 1);
            } else if ((type & 0x7f) == 0 && (id & 0xffff) == VIRTIO_VENDOR) {
                uint32_t product = id >> 16; /* transitional devices have the kind in the subsystem */
                add_function(function, product >= 0x1040 ? product - 0x1040 : pci_read(function, SUBSYSTEM) >> 16);
            }
        }
    }
}

void pvh_pci_start(void) {
    out32(PORT_ADDRESS, ENABLE);
    if (in32(PORT_ADDRESS) == ENABLE) {
        scan_bus(0, 0);
    }
}
