/**
 * The stub resolver (RFC 1034, 1035, 2308, 6891, 7766, 6761; RFC 5452 against forged answers).
 * {@link org.demitasse.net.dns.DnsResolver} blocks its callers, as the platform's resolver
 * interface wants; it works above the sockets and holds no lock of the stack while it waits.
 */
package org.demitasse.net.dns;
