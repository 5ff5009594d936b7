/**
 * ICMP of both families (RFC 792, 1122 section 3.2.2, 4443): answers echoes, reports errors to
 * transports, sends errors at a bounded rate, and pings; neighbour discovery and autoconfiguration
 * (RFC 4861, 4862); multicast membership (RFC 2236, 2710). Used under the stack's lock.
 */
package org.demitasse.net.icmp;
