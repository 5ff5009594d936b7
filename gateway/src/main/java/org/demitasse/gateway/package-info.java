/**
 * The gateway: the network that a program's machine is plugged into when the user is not root. Its
 * standard input and output are one end of a {@code SOCK_SEQPACKET} pair, one Ethernet frame a read
 * or write; behind it are a router, a DHCP server, a name server, and the sockets of the host.
 *
 * <p>Guest TCP ends in our own stack ({@code org.demitasse.net}) and goes on through a host socket;
 * UDP and DHCP are worked on packet by packet. What the guest sends is hostile. Two threads work
 * here: one reads the wire, one waits for host sockets and timers; everything but the stack (which
 * has a lock of its own) is guarded by the {@link org.demitasse.gateway.Gateway}'s lock.
 */
package org.demitasse.gateway;
