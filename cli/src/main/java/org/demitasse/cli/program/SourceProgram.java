package org.demitasse.cli.program;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.demitasse.cli.CliException;
import org.demitasse.cli.ExitCode;

/**
 * A program as a source file, as {@code java Main.java} takes it (JEP 330, 458 and 512): the first
 * class of the file is launched, and other sources of its folder are compiled where it refers to
 * them.
 */
final class SourceProgram {

  private static final int ERRORS_SHOWN = 20;

  private final Path work;

  SourceProgram(Path work) {
    this.work = work;
  }

  Target.Program compile(Path source, List<Path> classPath, String wantedMain)
      throws CliException, IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    Path classes = Files.createDirectories(work.resolve("classes"));
    List<String> declared;
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(diagnostics, Locale.ROOT, StandardCharsets.UTF_8)) {
      Iterable<? extends JavaFileObject> units = files.getJavaFileObjects(source);
      // The package tells where the folder of the sources begins: parse once to know it.
      CompilationUnitTree unit = parse(compiler, files, diagnostics, units, source);
      declared = declaredClasses(unit, source);
      List<String> options = new ArrayList<>();
      options.addAll(List.of("-d", classes.toString(), "-g", "-proc:none", "-parameters"));
      options.addAll(List.of("-sourcepath", sourceRoot(source, unit).toString()));
      options.add("-cp");
      options.add(classPath.stream().map(Path::toString).collect(Collectors.joining(":")));
      boolean compiled = compiler.getTask(null, files, diagnostics, options, null, units).call();
      if (!compiled) {
        throw refused(source, diagnostics);
      }
    }
    List<Path> all = new ArrayList<>(List.of(classes));
    all.addAll(classPath);
    String mainClass = wantedMain == null ? launchedClass(declared, classes, source) : wantedMain;
    MainClasses.check(all, mainClass);
    return new Target.Program(all, mainClass, TargetResolver.baseName(source));
  }

  private static CompilationUnitTree parse(
      JavaCompiler compiler,
      StandardJavaFileManager files,
      DiagnosticCollector<JavaFileObject> diagnostics,
      Iterable<? extends JavaFileObject> units,
      Path source)
      throws CliException, IOException {
    JavacTask task = (JavacTask) compiler.getTask(null, files, diagnostics, null, null, units);
    CompilationUnitTree unit = task.parse().iterator().next();
    if (diagnostics.getDiagnostics().stream()
        .anyMatch(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)) {
      throw refused(source, diagnostics);
    }
    return unit;
  }

  /** The names of the top-level classes, in the order of the file. */
  private static List<String> declaredClasses(CompilationUnitTree unit, Path source)
      throws CliException {
    String prefix = unit.getPackageName() == null ? "" : unit.getPackageName() + ".";
    List<String> names = new ArrayList<>();
    for (Tree declaration : unit.getTypeDecls()) {
      if (declaration instanceof ClassTree type) {
        // A compact source file (JEP 512) is a class that is named after the file.
        names.add(
            prefix
                + (type.getSimpleName().isEmpty()
                    ? TargetResolver.baseName(source)
                    : type.getSimpleName()));
      }
    }
    if (names.isEmpty()) {
      throw new CliException(
          ExitCode.NO_MAIN_CLASS, source + " declares no class", "add: void main() { }");
    }
    return names;
  }

  /**
   * The class that java would launch: the first one, or when that has no main method the one named
   * after the file.
   */
  private static String launchedClass(List<String> declared, Path classes, Path source)
      throws CliException, IOException {
    String first = declared.getFirst();
    String named = first.substring(0, first.lastIndexOf('.') + 1) + TargetResolver.baseName(source);
    return declared.contains(named)
            && !MainClasses.hasMain(List.of(classes), first)
            && MainClasses.hasMain(List.of(classes), named)
        ? named
        : first;
  }

  private static Path sourceRoot(Path source, CompilationUnitTree unit) {
    Path root = source.toAbsolutePath().getParent();
    if (unit.getPackageName() != null) {
      String[] names = unit.getPackageName().toString().split("\\.");
      for (int i = names.length - 1; i >= 0; i--) {
        if (root.getFileName() == null || !root.getFileName().toString().equals(names[i])) {
          // The folders do not follow the package: only this file is compiled, as java does.
          return source.toAbsolutePath().getParent();
        }
        root = root.getParent();
      }
    }
    return root;
  }

  private static CliException refused(
      Path source, DiagnosticCollector<JavaFileObject> diagnostics) {
    List<String> lines = new ArrayList<>();
    diagnostics.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .limit(ERRORS_SHOWN)
        .forEach(diagnostic -> lines.addAll(diagnostic.toString().lines().toList()));
    return new CliException(ExitCode.SOURCE_ERROR, source + " does not compile:", lines, "", null);
  }
}
