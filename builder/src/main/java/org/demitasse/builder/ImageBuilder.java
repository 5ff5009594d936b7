package org.demitasse.builder;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.demitasse.builder.compile.CompilerHome;
import org.demitasse.builder.compile.CompilerMemory;
import org.demitasse.builder.compile.CompilerRequest;
import org.demitasse.builder.compile.CompilerResult;
import org.demitasse.builder.compile.CompilerStep;
import org.demitasse.builder.compile.CompilerVersion;
import org.demitasse.builder.input.ClassFileCheck;
import org.demitasse.builder.input.ClassPathInput;
import org.demitasse.builder.input.Fingerprints;
import org.demitasse.builder.input.MainClassCheck;
import org.demitasse.builder.input.ProgramUse;
import org.demitasse.builder.metadata.FieldMetadata;
import org.demitasse.builder.metadata.MetadataRepository;
import org.demitasse.builder.option.CompilerOptions;
import org.demitasse.builder.option.LibraryMetadata;
import org.demitasse.image.Manifest;
import org.demitasse.image.link.LinkException;
import org.demitasse.image.link.LinkRequest;
import org.demitasse.image.link.LinkResult;
import org.demitasse.image.link.Linker;

/**
 * Builds images with the ahead-of-time compiler in a process of its own, and our linker.
 *
 * <p>Safe to use from several threads; each build takes one to four gigabytes of memory.
 */
public final class ImageBuilder implements Builder {

  /** What {@link LinkResult#sizes()} calls a part, and what people are told. */
  private static final Map<String, String> PART_NAMES =
      Map.of(
          "headers", "headers",
          "rodata", "read-only data",
          "files", "packed files",
          "nucleus text", "nucleus code",
          "program text", "code",
          "data", "data",
          "heap", "heap",
          "manifest", "manifest",
          "padding", "padding");

  private final CompilerHome home; // null: that of the process, looked up when it is needed
  private final Path temporary;

  /** A builder with the parts of the installed demi that this process was started from. */
  public ImageBuilder() {
    this(null, Path.of(System.getProperty("java.io.tmpdir")));
  }

  /**
   * A builder with other parts.
   *
   * @param temporary an existing folder for temporary files; a failed compiler's log stays there
   */
  public ImageBuilder(CompilerHome home, Path temporary) {
    this.home = home;
    this.temporary = temporary;
  }

  @Override
  public BuildResult build(BuildRequest request, BuildListener listener)
      throws BuildException, InterruptedException {
    CompilerHome parts = home == null ? CompilerHome.current() : home;
    try (WorkFolder work = WorkFolder.in(temporary, "demi-image-")) {
      return build(parts, request, listener, work.path());
    } catch (IOException e) {
      throw new BuildException(
          BuildException.Kind.IO,
          "a file could not be read or written while building: " + e,
          "see whether there is space left: df -h",
          List.of(),
          e);
    }
  }

  private static BuildResult build(
      CompilerHome parts, BuildRequest request, BuildListener listener, Path work)
      throws BuildException, IOException, InterruptedException {
    long started = System.nanoTime();
    listener.phase(BuildPhase.PREPARE);
    ClassPathInput classPath = ClassPathInput.of(request.classPath());
    ClassFileCheck.check(classPath);
    MainClassCheck.check(classPath, request.mainClass());
    checkFiles(request.files());
    List<Path> everything = new ArrayList<>(classPath.entries());
    everything.addAll(parts.libraryOs());
    MetadataRepository.Selection metadata = metadata(parts, request, work);
    metadata.warnings().forEach(listener::warning);
    CompilerOptions options =
        LibraryMetadata.options(
            ClassPathInput.of(everything), request.options(), metadata.exclusions(), work);
    options.warnings().forEach(listener::warning);
    List<Manifest.Component> jars = components(classPath.entries());
    CompilerRequest compilerRequest =
        new CompilerRequest(
            classPath.entries(),
            request.mainClass(),
            work,
            heap(request, listener),
            request.quick(),
            buildId(request, jars, components(parts.libraryOs()), metadata),
            hosted(metadata, options, classPath, work),
            options.jvm(),
            request.properties(),
            request.files());
    CompilerResult compiled = CompilerStep.run(parts, compilerRequest, listener);
    listener.phase(BuildPhase.LINK);
    Manifest manifest =
        new Manifest(
            request.name(),
            request.mainClass(),
            CompilerVersion.DEMITASSE,
            Runtime.version().toString(),
            CompilerVersion.CURRENT,
            "x86-64-v3",
            modules(compiled.modules()),
            jars,
            Map.of(),
            compiled.types(),
            compiled.methods(),
            shapingOptions(request));
    LinkResult linked = link(compiled.object(), manifest, request, work);
    return new BuildResult(
        request.output(),
        request.symbols(),
        linked.buildId(),
        parts(linked),
        compiled.types(),
        compiled.methods(),
        compiled.resources(),
        metadata.libraries(),
        Duration.ofNanos(System.nanoTime() - started),
        compiled.peakMemory());
  }

  private static MetadataRepository.Selection metadata(
      CompilerHome parts, BuildRequest request, Path work) throws BuildException, IOException {
    if (!request.metadataRepository()) {
      return MetadataRepository.Selection.NONE;
    }
    try (MetadataRepository repository = new MetadataRepository(parts.metadata())) {
      return repository.select(
          request.classPath(), Files.createDirectory(work.resolve("metadata")));
    }
  }

  /** The options of the metadata and of what the classes use, then those of libraries and user. */
  private static List<String> hosted(
      MetadataRepository.Selection metadata,
      CompilerOptions options,
      ClassPathInput classPath,
      Path work)
      throws BuildException, IOException {
    List<String> hosted = new ArrayList<>();
    for (Path folder : metadata.folders()) {
      hosted.add("-H:ConfigurationFileDirectories@driver=" + folder);
    }
    ProgramUse use = ProgramUse.of(classPath);
    if (!use.fields().isEmpty()) {
      Path folder = Files.createDirectory(work.resolve("fields"));
      FieldMetadata.write(use.fields(), folder);
      hosted.add("-H:ConfigurationFileDirectories@driver=" + folder);
    }
    if (!use.locales().isEmpty()) {
      hosted.add("-H:IncludeLocales@driver=" + String.join(",", use.locales()));
    }
    hosted.addAll(options.hosted());
    // What the program says of URL protocols counts; else those that its classes may open.
    if (!use.protocols().isEmpty()
        && options.hosted().stream()
            .noneMatch(option -> option.matches("-H:(En|Dis)ableURLProtocols.*"))) {
      hosted.add("-H:EnableURLProtocols@driver=" + String.join(",", use.protocols()));
    }
    return hosted;
  }

  private static void checkFiles(List<FileTree> trees) throws BuildException {
    for (FileTree tree : trees) {
      if (!Files.isReadable(tree.source())) {
        throw new BuildException(
            BuildException.Kind.NO_SUCH_FILE,
            "there is no " + tree.source() + " to be packed at " + tree.target(),
            "name a folder or a file that exists and that you may read");
      }
      if (!Files.isDirectory(tree.source()) && tree.target().endsWith("/")) {
        throw new BuildException(
            BuildException.Kind.NO_SUCH_FILE,
            tree.source() + " is a file, and " + tree.target() + " names a folder for it",
            "name the file inside the image too: " + tree.target() + tree.source().getFileName());
      }
    }
  }

  private static List<Manifest.Component> modules(List<String> names) {
    return names.stream().map(name -> new Manifest.Component(name, "")).toList();
  }

  private static List<String> shapingOptions(BuildRequest request) {
    List<String> options = new ArrayList<>();
    if (request.quick()) {
      options.add("--quick");
    }
    options.addAll(request.options());
    return options;
  }

  private static long heap(BuildRequest request, BuildListener listener) {
    if (request.memoryLimit() > 0) {
      return request.memoryLimit();
    }
    long free = CompilerMemory.free();
    if (free < CompilerMemory.LEAST) {
      listener.warning(
          String.format(
              Locale.ROOT,
              "only %,d MB of memory are free; the compiler gets a heap of %,d MB, may be slow, and"
                  + " may fail",
              free >> 20,
              CompilerMemory.LEAST >> 20));
    }
    return CompilerMemory.choose();
  }

  private static List<Manifest.Component> components(List<Path> entries) throws IOException {
    List<Manifest.Component> components = new ArrayList<>();
    for (Path entry : entries) {
      String name = entry.toAbsolutePath().normalize().getFileName().toString();
      components.add(new Manifest.Component(name, Fingerprints.of(entry)));
    }
    return components;
  }

  /** Names the inputs: equal inputs have equal ids, on any machine. */
  private static UUID buildId(
      BuildRequest request,
      List<Manifest.Component> program,
      List<Manifest.Component> libraryOs,
      MetadataRepository.Selection metadata)
      throws IOException {
    MessageDigest digest = Fingerprints.sha256();
    StringBuilder text = new StringBuilder();
    text.append(CompilerVersion.CURRENT).append('\n').append(Runtime.version()).append('\n');
    program.forEach(component -> text.append(component).append('\n'));
    libraryOs.forEach(component -> text.append(component).append('\n'));
    for (Path folder : metadata.folders()) {
      text.append("metadata ").append(Fingerprints.of(folder)).append('\n');
    }
    text.append(request.mainClass()).append('\n').append(request.quick()).append('\n');
    request.options().forEach(option -> text.append(option).append('\n'));
    request
        .properties()
        .forEach((key, value) -> text.append(key).append('=').append(value).append('\n'));
    for (FileTree tree : request.files()) {
      text.append(tree.target()).append(' ').append(Fingerprints.of(tree.source())).append('\n');
    }
    digest.update(text.toString().getBytes(StandardCharsets.UTF_8));
    return UUID.nameUUIDFromBytes(digest.digest());
  }

  private static LinkResult link(Path object, Manifest manifest, BuildRequest request, Path work)
      throws BuildException, IOException {
    Path nucleus = work.resolve("nucleus.o");
    try (InputStream in =
        ImageBuilder.class.getResourceAsStream("/org/demitasse/nucleus/nucleus.o")) {
      if (in == null) {
        throw new IOException("the nucleus is not on the class path");
      }
      Files.copy(in, nucleus);
    }
    Path folder = request.output().toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path image = Files.createTempFile(folder, ".demi-", ".img");
    Path symbols = image.resolveSibling(image.getFileName() + ".debug");
    try {
      LinkResult linked =
          Linker.link(LinkRequest.of(object, nucleus, manifest.toJson()), image, symbols);
      Files.move(symbols, request.symbols(), StandardCopyOption.ATOMIC_MOVE);
      Files.move(image, request.output(), StandardCopyOption.ATOMIC_MOVE);
      return linked;
    } catch (LinkException e) {
      throw new BuildException(
          BuildException.Kind.INTERNAL,
          "the image could not be linked",
          "",
          e.getMessage().lines().toList(),
          e);
    } finally {
      Files.deleteIfExists(image);
      Files.deleteIfExists(symbols);
    }
  }

  private static List<BuildResult.Part> parts(LinkResult linked) {
    List<BuildResult.Part> parts = new ArrayList<>();
    linked
        .sizes()
        .forEach(
            (name, bytes) -> {
              if (PART_NAMES.containsKey(name) && bytes > 0) {
                parts.add(new BuildResult.Part(PART_NAMES.get(name), bytes));
              }
            });
    return parts;
  }
}
