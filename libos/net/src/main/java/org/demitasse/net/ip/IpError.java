package org.demitasse.net.ip;

/**
 * What an ICMP error of either family means to a transport (RFC 1122, section 4.2.3.9; RFC 5461).
 */
public enum IpError {
  NETWORK_UNREACHABLE,
  HOST_UNREACHABLE,
  PROTOCOL_UNREACHABLE,
  PORT_UNREACHABLE,
  PROHIBITED,
  TIME_EXCEEDED,
  TOO_BIG
}
