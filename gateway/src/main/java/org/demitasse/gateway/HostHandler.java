package org.demitasse.gateway;

/**
 * What is attached to a selection key: called under the gateway's lock when its channel is ready.
 */
interface HostHandler {
  void hostReady();
}
