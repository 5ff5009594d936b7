package org.demitasse.image.link;

import java.io.IOException;
import java.nio.file.Path;
import org.demitasse.image.Manifest;

/**
 * Links from a shell, for those who work on Demitasse itself: {@code APP.o NUCLEUS.o OUT.img}. The
 * symbol file is {@code OUT.img.debug}.
 */
public final class LinkMain {
  private LinkMain() {}

  /** Exits with 0, 1 if the link failed, or 2 if the arguments are wrong. */
  public static void main(String[] args) {
    if (args.length != 3) {
      System.err.println("Arguments: APP.o NUCLEUS.o OUT.img");
      System.exit(2);
    }
    try {
      var name = String.valueOf(Path.of(args[2]).getFileName()).replaceFirst("\\.img$", "");
      var result =
          Linker.link(
              LinkRequest.of(Path.of(args[0]), Path.of(args[1]), Manifest.named(name).toJson()),
              Path.of(args[2]),
              Path.of(args[2] + ".debug"));
      System.out.println("build id " + result.buildId() + ", " + result.imageBytes() + " bytes");
      result.sizes().forEach((part, bytes) -> System.out.printf("%12d  %s%n", bytes, part));
    } catch (LinkException | IOException e) {
      System.err.println(e instanceof LinkException ? e.getMessage() : e.toString());
      System.exit(1);
    }
  }
}
