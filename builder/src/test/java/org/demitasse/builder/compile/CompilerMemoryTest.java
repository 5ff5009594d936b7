package org.demitasse.builder.compile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilerMemoryTest {

  private static final long MIB = 1 << 20;

  @TempDir private Path root;

  private void file(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private void machine(long availableMib) throws IOException {
    file(
        "proc/meminfo",
        "MemTotal: 99999999 kB\nMemFree: 1 kB\nMemAvailable: " + availableMib * 1024 + " kB\n");
  }

  @Test
  void withoutAGroupTheMachinesMemoryIsFree() throws IOException {
    machine(5000);

    assertThat(CompilerMemory.free(root)).isEqualTo(5000 * MIB);
  }

  @Test
  void aGroupsLimitCountsWithoutItsCache() throws IOException {
    machine(50_000);
    file("proc/self/cgroup", "0::/user/build\n");
    file("sys/fs/cgroup/user/build/memory.max", 4000 * MIB + "\n");
    file("sys/fs/cgroup/user/build/memory.current", 1500 * MIB + "\n");
    file("sys/fs/cgroup/user/build/memory.stat", "anon 1\ninactive_file " + 500 * MIB + "\n");

    assertThat(CompilerMemory.free(root)).isEqualTo(3000 * MIB);
  }

  @Test
  void theTightestGroupAboveCounts() throws IOException {
    machine(50_000);
    file("proc/self/cgroup", "0::/user/build\n");
    file("sys/fs/cgroup/user/build/memory.max", "max\n");
    file("sys/fs/cgroup/user/memory.max", 2000 * MIB + "\n");
    file("sys/fs/cgroup/user/memory.current", "0\n");

    assertThat(CompilerMemory.free(root)).isEqualTo(2000 * MIB);
  }

  @Test
  void theFirstVersionOfControlGroupsCountsToo() throws IOException {
    machine(50_000);
    file("proc/self/cgroup", "5:cpu,cpuacct:/\n4:memory:/job\n0::/\n");
    file("sys/fs/cgroup/memory/job/memory.limit_in_bytes", 3000 * MIB + "\n");
    file("sys/fs/cgroup/memory/job/memory.usage_in_bytes", 1000 * MIB + "\n");

    assertThat(CompilerMemory.free(root)).isEqualTo(2000 * MIB);
  }

  @Test
  void aGroupThatIsFullHasNothingFree() throws IOException {
    machine(50_000);
    file("proc/self/cgroup", "0::/\n");
    file("sys/fs/cgroup/memory.max", 1000 * MIB + "\n");
    file("sys/fs/cgroup/memory.current", 2000 * MIB + "\n");

    assertThat(CompilerMemory.free(root)).isZero();
  }

  @Test
  void theHeapIsMostOfWhatIsFreeWithinBounds() {
    assertThat(CompilerMemory.choose(8000 * MIB)).isEqualTo(6000 * MIB);
    assertThat(CompilerMemory.choose(100 * MIB)).isEqualTo(CompilerMemory.LEAST);
    assertThat(CompilerMemory.choose(Long.MAX_VALUE)).isEqualTo(CompilerMemory.MOST);
  }
}
