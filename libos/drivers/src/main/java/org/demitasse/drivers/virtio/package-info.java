/**
 * Drivers for virtio 1.2 devices over MMIO and PCI, with split virtqueues. Section numbers are
 * those of "Virtual I/O Device (VIRTIO) Version 1.2". Rules for callers are those of {@code
 * org.demitasse.drivers}.
 */
package org.demitasse.drivers.virtio;
