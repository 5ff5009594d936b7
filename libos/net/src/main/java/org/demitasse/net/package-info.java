/**
 * A TCP/IP stack in Java, on {@code org.demitasse.core} alone. {@link
 * org.demitasse.net.NetworkStack} puts the layers together; the packages below it go the packet's
 * way: device, link, ip, icmp, udp, tcp, dhcp, dns, socket.
 */
package org.demitasse.net;
