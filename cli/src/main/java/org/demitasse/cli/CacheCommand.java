package org.demitasse.cli;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import org.demitasse.cli.cache.CacheFolder;
import org.demitasse.cli.cache.ImageCache;
import org.demitasse.machine.MemorySize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demi cache}. */
@Command(
    name = "cache",
    mixinStandardHelpOptions = true,
    header = "Shows or clears the cache of built images.")
final class CacheCommand implements Callable<Integer> {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneId.systemDefault());

  @Option(names = "--clear", description = "Remove all images from the cache.")
  private boolean clear;

  @Override
  public Integer call() throws Exception {
    ImageCache cache = new ImageCache(CacheFolder.standard());
    if (clear) {
      System.out.println("freed " + MemorySize.format(cache.clear()));
      return ExitCode.OK.code();
    }
    List<ImageCache.Entry> entries = cache.entries();
    long bytes = entries.stream().mapToLong(ImageCache.Entry::bytes).sum();
    System.out.println(
        cache.location()
            + ": "
            + entries.size()
            + " images, "
            + MemorySize.format(bytes)
            + " of "
            + MemorySize.format(ImageCache.LIMIT_BYTES));
    for (ImageCache.Entry entry : entries) {
      System.out.println(
          "  "
              + entry.key().substring(0, Math.min(16, entry.key().length()))
              + "  "
              + TIME.format(entry.used())
              + "  "
              + MemorySize.format(entry.bytes()));
    }
    return ExitCode.OK.code();
  }
}
