/**
 * The DHCP client (RFC 2131, 2132, 3442, 4039): the message's codec, and the state machine that
 * gets, renews and loses an address. Used under the stack's lock.
 */
package org.demitasse.net.dhcp;
