package org.demitasse.builder.compile;

import java.nio.file.Path;
import java.util.List;

/**
 * What the compiler made.
 *
 * @param object the relocatable object, in the request's work folder
 * @param types types that the program can reach
 * @param methods methods that were compiled
 * @param resources resources that are embedded
 * @param modules the JDK's modules of which the program reaches a type, by name
 * @param peakMemory the most resident memory of the compiler's process, bytes
 */
public record CompilerResult(
    Path object, long types, long methods, long resources, List<String> modules, long peakMemory) {

  /** Copies the list. */
  public CompilerResult {
    modules = List.copyOf(modules);
  }
}
