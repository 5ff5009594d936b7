/* What finding devices and enabling them share. */
#ifndef NUCLEUS_PVH_DEVICE_H
#define NUCLEUS_PVH_DEVICE_H

#include "pvh.h"

struct interrupt_source {
    uint32_t line;              /* of the I/O APIC, when message is null */
    volatile uint32_t *message; /* entry 0 of the MSI-X table */
};

/* Adds a device of a known kind; null: another kind, or there is no room. */
struct nucleus_device *pvh_device_add(uint32_t kind, const struct interrupt_source *source);

void pvh_pci_start(void);

#endif
