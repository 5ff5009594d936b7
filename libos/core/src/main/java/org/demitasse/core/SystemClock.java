package org.demitasse.core;

final class SystemClock implements Clock {
  static final SystemClock INSTANCE = new SystemClock();

  private SystemClock() {}

  @Override
  public long monotonicNanos() {
    return System.nanoTime();
  }

  @Override
  public long wallNanos() {
    return System.currentTimeMillis() * 1_000_000L;
  }
}
