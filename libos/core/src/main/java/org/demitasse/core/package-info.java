/**
 * What the library OS asks of the machine below it: network devices, clocks, entropy, a console,
 * and the packet buffers that travel between drivers and the network stack. Pure Java on {@code
 * java.base} alone; drivers implement these interfaces, file systems and the network stack use
 * them. Each type says on which thread it may be called.
 */
package org.demitasse.core;
