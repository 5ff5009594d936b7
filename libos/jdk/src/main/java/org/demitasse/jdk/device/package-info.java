/**
 * The machine's devices for the drivers of module drivers: registers, DMA memory, entropy. Each
 * device is worked by one thread at a time; who drives it says which.
 */
package org.demitasse.jdk.device;
