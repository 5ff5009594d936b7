/** UDP (RFC 768, RFC 1122 section 4.1): the header, the ports, the sockets. */
package org.demitasse.net.udp;
