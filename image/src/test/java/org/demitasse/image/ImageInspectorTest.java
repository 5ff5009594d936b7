package org.demitasse.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.demitasse.image.link.SampleObjects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageInspectorTest {
  @TempDir Path folder;
  private Path path;
  private ImageFile image;

  @BeforeEach
  void link() throws Exception {
    new SampleObjects().link(folder, ManifestTest.full());
    path = folder.resolve("sample.img");
    image = ImageFile.open(path);
  }

  @Test
  void theReportTellsWhatIsInside() throws Exception {
    assertThat(ImageInspector.text(image).lines())
        .contains(
            path
                + ": "
                + String.format("%,d", Files.size(path)).replace('.', ',')
                + " bytes, build id "
                + image.buildId(),
            "  program      hello, main class com.example.Hello",
            "  built with   Demitasse 0.1.0, JDK 25.0.3+9, native-image 25.0.2",
            "  needs        x86-64-v3, 9 MiB of memory",
            "  compiled     3,440 types, 16,562 methods",
            "  options      --quick -O2",
            "  0x40000000   0x00400000            8,192          5,000  rw-     .svm_heap",
            "  java.base",
            "  grüße \"1\".jar  sha256:" + "ab".repeat(32))
        .anyMatch(l -> l.matches("  sandbox      0x0020[0-9a-f]{4}"))
        .anyMatch(l -> l.matches("  PVH          0x0020[0-9a-f]{4} \\(physical\\)"))
        .anyMatch(l -> l.matches("  \\.text +256 +\\d+\\.\\d %"))
        .anyMatch(l -> l.matches("  \\.bss +10,000  not in the file"));
  }

  @Test
  void programsReadTheSame() throws Exception {
    var json = (Map<?, ?>) Json.parse(ImageInspector.json(image));
    assertThat(json.get("bytes")).isEqualTo(Files.size(path));
    assertThat(json.get("buildId")).isEqualTo(image.buildId());
    assertThat(Manifest.parse(Json.write(json.get("manifest")))).isEqualTo(ManifestTest.full());
    var segments = (List<?>) json.get("segments");
    assertThat(segments).hasSize(4);
    var heap = (Map<?, ?>) segments.getLast();
    assertThat(heap.get("address")).isEqualTo("0x40000000");
    assertThat(heap.get("access")).isEqualTo("rw-");
    assertThat(heap.get("sections")).isEqualTo(List.of(".svm_heap"));
    long used = 0;
    for (var size : ((Map<?, ?>) json.get("sizes")).entrySet()) {
      used += size.getKey().equals(".bss") ? 0 : (Long) size.getValue();
    }
    assertThat(used).isEqualTo(Files.size(path));
  }

  @Test
  void aChangedImageIsNotReported() throws Exception {
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length / 2] ^= 1;
    Files.write(path, bytes);
    assertThatThrownBy(() -> ImageInspector.text(image)).isInstanceOf(ImageFormatException.class);
  }
}
