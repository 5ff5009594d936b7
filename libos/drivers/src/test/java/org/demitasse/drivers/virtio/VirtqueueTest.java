package org.demitasse.drivers.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.demitasse.drivers.DeviceException;
import org.demitasse.drivers.DeviceInfo;
import org.demitasse.drivers.SimulatedMachine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Split virtqueues, section 2.7. */
class VirtqueueTest {
  private final SimulatedMachine machine = new SimulatedMachine(1 << 20);
  private SimulatedDevice.Queue theirs;

  private Virtqueue open(boolean eventIndex, int size) throws DeviceException {
    SimulatedDevice device =
        new SimulatedDevice(
            machine, DeviceInfo.BLOCK, eventIndex ? VirtioDevice.F_EVENT_IDX : 0, 1);
    VirtioDevice driver = VirtioDevice.open(machine, device.attachMmio(), 0);
    Virtqueue queue = driver.queue(0, size);
    driver.start();
    theirs = device.queues[0];
    return queue;
  }

  private long memory(int bytes) {
    return machine.dmaAddress(machine.dmaAllocate(bytes));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void chainsGoThereAndBackInAnyOrder(boolean eventIndex) throws Exception {
    Virtqueue ours = open(eventIndex, 16);
    long memory = memory(4096);
    Random random = new Random(1);
    Map<Integer, Integer> given = new HashMap<>();
    ArrayDeque<SimulatedDevice.Chain> held = new ArrayDeque<>();
    // More rounds than the ring's indexes can count, so that they wrap.
    for (int round = 0; round < 70_000; round++) {
      int parts = 1 + random.nextInt(3);
      if (ours.free() >= parts) {
        int writable = 0;
        for (int i = 0; i < parts; i++) {
          boolean write = i == parts - 1;
          ours.add(memory + 64 * i, 10 + i, write);
          writable += write ? 10 + i : 0;
        }
        given.put(ours.endChain(), writable);
        ours.publish();
      }
      SimulatedDevice.Chain chain = theirs.take();
      if (chain != null) {
        if (random.nextBoolean()) {
          held.addFirst(chain);
        } else {
          held.addLast(chain);
        }
      }
      if (!held.isEmpty() && random.nextBoolean()) {
        SimulatedDevice.Chain done = held.pollFirst();
        int length = random.nextInt(given.get(done.id()) + 1);
        theirs.use(done.id(), length);
        assertThat(ours.take()).isEqualTo(done.id());
        assertThat(ours.takenLength()).isEqualTo(length);
        given.remove(done.id());
      }
      assertThat(ours.take()).isEqualTo(Virtqueue.NONE);
      assertThat(ours.inFlight()).isEqualTo(given.size());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void notifiesOnlyADeviceThatWantsIt(boolean eventIndex) throws Exception {
    Virtqueue ours = open(eventIndex, 16);
    long memory = memory(4096);
    theirs.wantNotifications(true);
    ours.addChain(memory, 8, false);
    ours.publish();
    assertThat(theirs.notifications).isEqualTo(1);
    theirs.take();
    theirs.wantNotifications(false);
    ours.addChain(memory, 8, false);
    ours.publish();
    assertThat(theirs.notifications).isEqualTo(1);
    theirs.take();
    theirs.wantNotifications(true);
    ours.addChain(memory, 8, false);
    ours.addChain(memory, 8, false);
    ours.publish();
    ours.publish();
    assertThat(theirs.notifications).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void neverSleepsOverAUsedBuffer(boolean eventIndex) throws Exception {
    Virtqueue ours = open(eventIndex, 16);
    long memory = memory(4096);
    for (int i = 0; i < 4; i++) {
      ours.addChain(memory, 8, true);
    }
    ours.publish();
    assertThat(ours.enableEvents(0)).isTrue();
    assertThat(theirs.use(theirs.take().id(), 1)).as("interrupt").isTrue();
    assertThat(ours.hasUsed()).isTrue();
    assertThat(ours.enableEvents(0)).as("may sleep").isFalse();
    assertThat(ours.take()).isNotEqualTo(Virtqueue.NONE);
    ours.disableEvents();
    assertThat(theirs.use(theirs.take().id(), 1)).as("interrupt while polling").isFalse();
    assertThat(ours.enableEvents(0)).as("may sleep").isFalse();
  }

  @Test
  void waitsForSeveralWithAnEventIndex() throws Exception {
    Virtqueue ours = open(true, 16);
    long memory = memory(4096);
    for (int i = 0; i < 4; i++) {
      ours.addChain(memory, 8, true);
    }
    ours.publish();
    assertThat(ours.enableEvents(2)).isTrue();
    assertThat(theirs.use(theirs.take().id(), 1)).isFalse();
    assertThat(theirs.use(theirs.take().id(), 1)).isFalse();
    assertThat(theirs.use(theirs.take().id(), 1)).isTrue();
    assertThat(ours.enableEvents(2)).isFalse();
  }

  @Test
  void refusesAnIdOutsideTheQueue() throws Exception {
    Virtqueue ours = open(true, 16);
    ours.addChain(memory(64), 8, true);
    ours.publish();
    theirs.use(16, 1);
    assertThatThrownBy(ours::take)
        .isInstanceOf(DeviceException.class)
        .hasMessageContaining("has used buffer 16");
  }

  @Test
  void refusesANegativeId() throws Exception {
    Virtqueue ours = open(true, 16);
    ours.addChain(memory(64), 8, true);
    ours.publish();
    theirs.use(-1, 1);
    assertThatThrownBy(ours::take).hasMessageContaining("has used buffer 4294967295");
  }

  @Test
  void refusesABufferTwice() throws Exception {
    Virtqueue ours = open(true, 16);
    long memory = memory(64);
    int first = ours.addChain(memory, 8, true);
    ours.addChain(memory, 8, true);
    ours.publish();
    theirs.use(first, 1);
    theirs.use(first, 1);
    assertThat(ours.take()).isEqualTo(first);
    assertThatThrownBy(ours::take).hasMessageContaining("which it does not have");
  }

  @Test
  void refusesTheMiddleOfAChain() throws Exception {
    Virtqueue ours = open(true, 16);
    long memory = memory(64);
    ours.add(memory, 8, false);
    ours.add(memory, 8, true);
    int id = ours.endChain();
    ours.publish();
    theirs.use(id + 1, 1);
    assertThatThrownBy(ours::take).hasMessageContaining("which it does not have");
  }

  @Test
  void refusesMoreBytesThanTheBufferHas() throws Exception {
    Virtqueue ours = open(true, 16);
    int id = ours.addChain(memory(64), 8, true);
    ours.publish();
    theirs.use(id, 9);
    assertThatThrownBy(ours::take).hasMessageContaining("9 bytes into a buffer of 8");
  }

  @Test
  void refusesMoreAnswersThanQuestions() throws Exception {
    Virtqueue ours = open(true, 16);
    int id = ours.addChain(memory(64), 8, true);
    ours.publish();
    theirs.use(id, 1);
    theirs.use(id, 1);
    assertThatThrownBy(ours::take).hasMessageContaining("has used 2 buffers of the 1");
  }
}
