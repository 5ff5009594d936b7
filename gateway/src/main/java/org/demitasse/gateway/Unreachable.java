package org.demitasse.gateway;

/** Why a packet went nowhere, as ICMP says it. */
enum Unreachable {
  /** The host knows no way there, or has nothing to go it with. */
  NETWORK(0, 0),

  /** Nobody listens. */
  PORT(3, 4),

  /** The gateway may not pass it on. */
  PROHIBITED(13, 1);

  /** Code of destination unreachable in RFC 792 and RFC 1812, section 5.2.7.1. */
  final int code4;

  /** Code of destination unreachable in RFC 4443, section 3.1. */
  final int code6;

  Unreachable(int code4, int code6) {
    this.code4 = code4;
    this.code6 = code6;
  }
}
