package org.demitasse.builder.compile;

import java.nio.file.Path;

/**
 * What the compiler made.
 *
 * @param object the relocatable object, in the request's work folder
 * @param types types that the program can reach
 * @param methods methods that the program can reach
 * @param peakMemory the most resident memory of the compiler's process, bytes
 */
public record CompilerResult(Path object, long types, long methods, long peakMemory) {}
