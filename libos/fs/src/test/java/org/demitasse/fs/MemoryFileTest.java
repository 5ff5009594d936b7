package org.demitasse.fs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.demitasse.core.Clock;

class MemoryFileTest {
  /** Random writes, reads and cuts against one array. */
  @Property(tries = 100)
  void isAnArrayOfBytes(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    MemoryVolume volume = new MemoryVolume("m", 1 << 24, Clock.system(), 0777, 0, 0);
    long free = volume.freeBytes();
    Vfs vfs = new Vfs(volume, "/");
    int flags = OpenFile.READ | OpenFile.WRITE | OpenFile.CREATE;
    byte[] model = new byte[400_000];
    int size = 0;
    try (OpenFile file = vfs.open("/f", flags, 0666)) {
      vfs.unlink("/f");
      for (int i = 0; i < 60; i++) {
        int at = random.nextInt(200_000);
        int n = random.nextInt(random.nextBoolean() ? 100 : 100_000);
        byte[] bytes = new byte[n];
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            random.nextBytes(bytes);
            ByteBuffer from = random.nextBoolean() ? ByteBuffer.wrap(bytes) : direct(bytes);
            file.write(at, from);
            System.arraycopy(bytes, 0, model, at, n);
            size = n == 0 ? size : Math.max(size, at + n);
          }
          case 2 -> {
            boolean array = random.nextBoolean();
            ByteBuffer to = array ? ByteBuffer.wrap(bytes) : ByteBuffer.allocateDirect(n);
            int got = file.read(at, to);
            int expected = Math.clamp(size - at, 0, n);
            assertThat(got).isEqualTo(expected == 0 && n > 0 ? -1 : expected);
            assertThat(to.flip()).isEqualTo(ByteBuffer.wrap(model, at, expected));
          }
          default -> {
            file.truncate(at);
            Arrays.fill(model, Math.min(at, size), model.length, (byte) 0);
            size = at;
          }
        }
        assertThat(file.size()).isEqualTo(size);
      }
      byte[] all = new byte[size];
      file.seek(0);
      if (size > 0) {
        assertThat(file.read(all, 0, size)).isEqualTo(size);
      }
      assertThat(all).isEqualTo(Arrays.copyOf(model, size));
      assertThat(file.available()).isZero();
    }
    assertThat(volume.freeBytes()).isEqualTo(free);
  }

  private static ByteBuffer direct(byte[] bytes) {
    return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }
}
