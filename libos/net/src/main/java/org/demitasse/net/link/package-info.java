/**
 * Ethernet (IEEE 802.3, RFC 894), ARP (RFC 826) and the neighbour cache (RFC 4861, section 7.3, for
 * both families). Used by the stack under its lock.
 */
package org.demitasse.net.link;
