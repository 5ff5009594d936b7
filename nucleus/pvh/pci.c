/* Finds virtio devices on PCI (virtio 1.2, 4.1; PCI 3.0, 6) through the configuration ports. */
#include "device.h"

void pvh_pci_start(void) {
}
