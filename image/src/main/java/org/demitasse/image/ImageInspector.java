package org.demitasse.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.demitasse.image.elf.ElfSection;
import org.demitasse.image.elf.ElfSegment;

/** What {@code demi inspect} prints. The whole file has been checked before anything is said. */
public final class ImageInspector {
  private final ImageFile image;
  private final Manifest manifest;
  private final StringBuilder text = new StringBuilder();

  private ImageInspector(ImageFile image) throws IOException {
    image.verifyContents();
    this.image = image;
    this.manifest = image.manifest();
  }

  /**
   * The report for people, in lines.
   *
   * @throws ImageFormatException if the contents were changed or the manifest is none
   * @throws IOException if the file cannot be read
   */
  public static String text(ImageFile image) throws IOException {
    return new ImageInspector(image).text();
  }

  /**
   * The report for programs: one JSON object with the fields {@code file}, {@code bytes}, {@code
   * buildId}, {@code minimumMemoryMiB}, {@code entries}, {@code segments}, {@code ranges}, {@code
   * sizes} and {@code manifest}. Addresses are hexadecimal texts.
   *
   * @throws ImageFormatException if the contents were changed or the manifest is none
   * @throws IOException if the file cannot be read
   */
  public static String json(ImageFile image) throws IOException {
    return Json.write(new ImageInspector(image).values());
  }

  private String text() {
    line("%s: %,d bytes, build id %s", image.path(), image.size(), image.buildId());
    field("program", join(", main class ", manifest.name(), manifest.mainClass()));
    field(
        "built with",
        join(
            ", ",
            labelled("Demitasse ", manifest.demitasseVersion()),
            labelled("JDK ", manifest.jdkVersion()),
            labelled("native-image ", manifest.builderVersion())));
    field("needs", join(", ", manifest.cpu(), image.note().minimumMemoryMiB() + " MiB of memory"));
    if (manifest.methods() > 0) {
      field(
          "compiled",
          String.format(
              Locale.ROOT, "%,d types, %,d methods", manifest.types(), manifest.methods()));
    }
    field("options", String.join(" ", manifest.options()));
    entries();
    segments();
    sizes();
    components("JDK modules", manifest.modules());
    components("Class path", manifest.jars());
    return text.toString();
  }

  private void entries() {
    heading("Entry points");
    field("sandbox", address(image.sandboxEntry()));
    field("PVH", address(image.pvhEntry()) + " (physical)");
  }

  private void segments() {
    heading("Segments");
    line(
        "  %-12s %-12s %14s %14s  %-6s  %s",
        "address", "physical", "in memory", "in the file", "access", "holds");
    for (var segment : image.segments()) {
      line(
          "  %-12s %-12s %,14d %,14d  %-6s  %s",
          address(segment.address()),
          address(segment.physicalAddress()),
          segment.memorySize(),
          segment.fileSize(),
          access(segment),
          String.join(" ", holds(segment)));
    }
    var note = image.note();
    line(
        "  reserved: heap to %s, stacks and off-heap memory %s to %s",
        address(note.heapReservedEnd()), address(note.pagesBegin()), address(note.pagesEnd()));
  }

  private void sizes() {
    heading("Sizes");
    image
        .sizes()
        .forEach(
            (part, bytes) -> {
              if (part.equals(".bss")) {
                line("  %-20s %,14d  not in the file", part, bytes);
              } else {
                line("  %-20s %,14d  %5.1f %%", part, bytes, 100.0 * bytes / image.size());
              }
            });
    if (!manifest.sizes().isEmpty()) {
      heading("Sizes as the builder counts them");
      manifest.sizes().forEach((part, bytes) -> line("  %-20s %,14d", part, bytes));
    }
  }

  private void components(String title, List<Manifest.Component> components) {
    if (components.isEmpty()) {
      return;
    }
    heading(title);
    for (var component : components) {
      line("  %s", join("  sha256:", component.name(), component.sha256()));
    }
  }

  private Map<String, Object> values() {
    var values = new LinkedHashMap<String, Object>();
    values.put("file", image.path().toString());
    values.put("bytes", image.size());
    values.put("buildId", image.buildId());
    values.put("minimumMemoryMiB", image.note().minimumMemoryMiB());
    var entries = new LinkedHashMap<String, Object>();
    entries.put("sandbox", address(image.sandboxEntry()));
    entries.put("pvh", address(image.pvhEntry()));
    values.put("entries", entries);
    var segments = new ArrayList<Object>();
    for (var segment : image.segments()) {
      var value = new LinkedHashMap<String, Object>();
      value.put("address", address(segment.address()));
      value.put("physicalAddress", address(segment.physicalAddress()));
      value.put("memoryBytes", segment.memorySize());
      value.put("fileOffset", segment.offset());
      value.put("fileBytes", segment.fileSize());
      value.put("access", access(segment));
      value.put("sections", holds(segment));
      segments.add(value);
    }
    values.put("segments", segments);
    var ranges = new LinkedHashMap<String, Object>();
    ranges.put("heapBegin", address(image.note().heapBegin()));
    ranges.put("heapImageEnd", address(image.note().heapImageEnd()));
    ranges.put("heapReservedEnd", address(image.note().heapReservedEnd()));
    ranges.put("pagesBegin", address(image.note().pagesBegin()));
    ranges.put("pagesEnd", address(image.note().pagesEnd()));
    values.put("ranges", ranges);
    values.put("sizes", image.sizes());
    values.put("manifest", manifest.toMap());
    return values;
  }

  private List<String> holds(ElfSegment segment) {
    return image.sections().stream()
        .filter(s -> s.address() >= segment.address() && s.address() < segment.end())
        .map(ElfSection::name)
        .toList();
  }

  private static String access(ElfSegment segment) {
    return "r" + (segment.isWritable() ? "w" : "-") + (segment.isExecutable() ? "x" : "-");
  }

  private static String address(long address) {
    return String.format(Locale.ROOT, "0x%08x", address);
  }

  private static String labelled(String label, String value) {
    return value.isEmpty() ? "" : label + value;
  }

  private static String join(String separator, String... values) {
    return String.join(separator, Arrays.stream(values).filter(v -> !v.isEmpty()).toList());
  }

  private void heading(String title) {
    text.append('\n').append(title).append('\n');
  }

  private void field(String name, String value) {
    if (!value.isEmpty()) {
      line("  %-12s %s", name, value);
    }
  }

  private void line(String format, Object... arguments) {
    // Names from the file must not speak to the terminal.
    text.append(String.format(Locale.ROOT, format, arguments).replaceAll("\\p{Cntrl}", "?"))
        .append('\n');
  }
}
