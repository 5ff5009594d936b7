/**
 * The internet layer: addresses, checksums, routes, IPv4 (RFC 791, 1122) with fragments and
 * reassembly. Transports hand packets to {@link org.demitasse.net.ip.IpLayer} and get theirs from
 * it. Used under the stack's lock.
 */
package org.demitasse.net.ip;
