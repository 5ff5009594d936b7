package org.demitasse.image.link;

import java.util.Map;

/**
 * What came out of a link.
 *
 * @param buildId the image's build id, 40 hexadecimal digits
 * @param imageBytes size of the image file
 * @param minimumMemoryMiB smallest memory that the image boots with, as in its note
 * @param sizes bytes by part: {@code headers}, {@code rodata}, {@code files}, {@code nucleus text},
 *     {@code program text}, {@code data}, {@code heap}, {@code manifest}, {@code padding}, which
 *     together are the file, and {@code bss}, which takes no file space
 */
public record LinkResult(
    String buildId, long imageBytes, int minimumMemoryMiB, Map<String, Long> sizes) {}
