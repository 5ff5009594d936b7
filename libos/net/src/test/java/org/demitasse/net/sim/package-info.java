/**
 * Whole networks in one thread, on a virtual clock, from one seed: hosts are real {@link
 * org.demitasse.net.NetworkStack}s, the wire between them loses, repeats, delays, reorders and
 * corrupts. The same seed gives the same run, so a failure is repeated by its seed.
 */
package org.demitasse.net.sim;
