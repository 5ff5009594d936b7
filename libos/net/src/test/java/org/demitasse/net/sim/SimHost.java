package org.demitasse.net.sim;

import org.demitasse.net.NetworkStack;

/** One host of a simulated network. */
public final class SimHost {
  private final SimNetwork network;
  private SimDevice device;
  private NetworkStack stack;
  private long nextPoll = Long.MAX_VALUE;
  private boolean plugged = true;

  SimHost(SimNetwork network, SimDevice device) {
    this.network = network;
    this.device = device;
  }

  /** Runs a stack from now on; one that ran before is gone as if its power had failed. */
  void start(SimDevice newDevice, NetworkStack newStack) {
    device = newDevice;
    stack = newStack;
    wake();
  }

  public NetworkStack stack() {
    return stack;
  }

  public SimDevice device() {
    return device;
  }

  public void wake() {
    nextPoll = network.monotonicNanos();
  }

  boolean isPlugged() {
    return plugged;
  }

  void setPlugged(boolean in) {
    plugged = in;
  }

  long nextPoll() {
    return nextPoll;
  }

  boolean pollIfDue(long now) {
    if (stack == null || nextPoll > now) {
      return false;
    }
    nextPoll = Long.MAX_VALUE;
    long sleep = stack.poll();
    if (sleep != Long.MAX_VALUE) {
      nextPoll = Math.min(nextPoll, now + sleep);
    }
    return true;
  }
}
