package org.demitasse.builder.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollectionLoadTest {
  @TempDir Path process;
  private CollectionLoad load;

  @BeforeEach
  void threads() throws IOException {
    load = new CollectionLoad(process);
    thread("11", "java");
    thread("12", "GC Thread#0");
    thread("13", "VM Thread");
  }

  private void thread(String id, String name) throws IOException {
    Path folder = Files.createDirectories(process.resolve("task").resolve(id));
    Files.writeString(folder.resolve("comm"), name + "\n");
  }

  private void time(Path folder, long user, long system) throws IOException {
    // The name may hold anything.
    Files.writeString(
        folder.resolve("stat"), "11 (a) b) S 1 1 1 0 -1 4194304 9 0 0 0 " + user + " " + system);
  }

  /** Lets time pass in which the program and the collector use these ticks between two looks. */
  private boolean after(int looks, int program, int collector) throws IOException {
    boolean hopeless = false;
    for (int i = 1; i <= looks; i++) {
      long worked = (long) program * i;
      long collected = (long) collector * i;
      time(process, worked + collected, 0);
      time(process.resolve("task/11"), worked, 0);
      time(process.resolve("task/12"), collected / 2, collected / 4);
      time(process.resolve("task/13"), 0, collected - collected / 2 - collected / 4);
      hopeless = load.isHopeless();
    }
    return hopeless;
  }

  @Test
  void collectingAllTheTimeIsHopeless() throws IOException {
    assertThat(after(CollectionLoad.WINDOW + 1, 4, 96)).isTrue();
  }

  @Test
  void notBeforeTheWindowHasPassed() throws IOException {
    assertThat(after(CollectionLoad.WINDOW, 4, 96)).isFalse();
  }

  @Test
  void workThatGoesOnIsNot() throws IOException {
    assertThat(after(CollectionLoad.WINDOW + 1, 20, 80)).isFalse();
  }

  @Test
  void processThatHardlyRunsIsNot() throws IOException {
    assertThat(after(CollectionLoad.WINDOW + 1, 0, 10)).isFalse();
  }

  @Test
  void processThatHasEndedIsNot() throws IOException {
    assertThat(new CollectionLoad(process.resolve("gone")).isHopeless()).isFalse();
    assertThat(after(CollectionLoad.WINDOW, 4, 96)).isFalse();
    Files.delete(process.resolve("task/12/stat"));
    assertThat(load.isHopeless()).isFalse();
  }
}
