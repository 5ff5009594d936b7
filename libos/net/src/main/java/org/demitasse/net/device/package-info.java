/**
 * Network interfaces: a {@link org.demitasse.core.NetDevice} with a name, addresses, a transmit
 * queue and counters; and the loopback device. Used by the stack's layers under its lock.
 */
package org.demitasse.net.device;
