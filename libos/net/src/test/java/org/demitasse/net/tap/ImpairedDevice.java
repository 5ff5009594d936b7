package org.demitasse.net.tap;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.demitasse.core.NetDevice;
import org.demitasse.core.PacketBuffer;
import org.demitasse.core.PacketPool;

/** A device behind a bad wire, for kernels without netem: loses, delays and reorders both ways. */
final class ImpairedDevice implements NetDevice {
  private static final int QUEUE = 4000;

  private final NetDevice inner;
  private final double loss;
  private final long delay;
  private final long jitter;
  private final SplittableRandom random = new SplittableRandom(1);
  private final PriorityQueue<Delayed> incoming = new PriorityQueue<>();
  private final PriorityQueue<Delayed> outgoing = new PriorityQueue<>();
  private long sequence;

  private record Delayed(long due, long sequence, PacketBuffer frame)
      implements Comparable<Delayed> {
    @Override
    public int compareTo(Delayed other) {
      int byDue = Long.compare(due, other.due);
      return byDue != 0 ? byDue : Long.compare(sequence, other.sequence);
    }
  }

  ImpairedDevice(NetDevice inner, double loss, long delay, long jitter) {
    this.inner = inner;
    this.loss = loss;
    this.delay = delay;
    this.jitter = jitter;
  }

  private void enqueue(PriorityQueue<Delayed> queue, PacketBuffer frame) {
    if (random.nextDouble() < loss || queue.size() >= QUEUE) {
      frame.release();
      return;
    }
    long due = System.nanoTime() + delay + (jitter > 0 ? random.nextLong(jitter) : 0);
    queue.add(new Delayed(due, sequence++, frame));
  }

  /** In how many nanoseconds the next frame moves on. */
  long nextDue() {
    long next = Long.MAX_VALUE;
    if (!incoming.isEmpty()) {
      next = incoming.peek().due();
    }
    if (!outgoing.isEmpty()) {
      next = Math.min(next, outgoing.peek().due());
    }
    return next == Long.MAX_VALUE ? next : Math.max(next - System.nanoTime(), 0);
  }

  private void move() {
    for (PacketBuffer frame = inner.receive(); frame != null; frame = inner.receive()) {
      enqueue(incoming, frame);
    }
    while (!outgoing.isEmpty() && outgoing.peek().due() <= System.nanoTime()) {
      PacketBuffer frame = outgoing.poll().frame();
      if (!inner.transmit(frame)) {
        frame.release();
      }
    }
  }

  @Override
  public PacketBuffer receive() {
    move();
    if (incoming.isEmpty() || incoming.peek().due() > System.nanoTime()) {
      return null;
    }
    return incoming.poll().frame();
  }

  @Override
  public boolean transmit(PacketBuffer frame) {
    enqueue(outgoing, frame);
    return true;
  }

  @Override
  public long macAddress() {
    return inner.macAddress();
  }

  @Override
  public int mtu() {
    return inner.mtu();
  }

  @Override
  public int offloads() {
    return inner.offloads();
  }

  @Override
  public PacketPool pool() {
    return inner.pool();
  }
}
