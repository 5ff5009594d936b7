package org.demitasse.drivers;

import org.demitasse.core.PacketMemory;

/** Packet buffers in memory that a device may read and write. */
public final class DmaMemory implements PacketMemory {
  private final MachineAccess machine;

  public DmaMemory(MachineAccess machine) {
    this.machine = machine;
  }

  @Override
  public Slab allocate(int size) {
    long address = machine.dmaAllocate(size);
    return address == 0
        ? null
        : new Slab(machine.view(address, size), address, machine.dmaAddress(address));
  }
}
