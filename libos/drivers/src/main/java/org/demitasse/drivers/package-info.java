/**
 * Drivers: what stands between the devices of a machine and the interfaces of {@code
 * org.demitasse.core}. They reach memory and device registers through {@link
 * org.demitasse.drivers.MachineAccess} alone, so they run in the image and, against simulated
 * devices, in a plain JVM.
 *
 * <p>Devices are hostile: no id, length or index that a device wrote is used before it is checked,
 * each is read once, and a device that breaks a rule is reset and never used again. Drivers do not
 * allocate once they are open. A driver is called by one thread at a time; who owns it decides
 * which.
 */
package org.demitasse.drivers;
