/**
 * ICMP (RFC 792, RFC 1122 section 3.2.2): answers echoes, reports errors to transports, sends errors at a
 * bounded rate, and pings. Used under the stack's lock.
 */
package org.demitasse.net.icmp;
