package org.demitasse.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.demitasse.image.ImageFile;
import org.demitasse.image.ImageFormatException;
import org.demitasse.image.ImageInspector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code demi inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    header = "Checks an image and tells what is inside.")
final class InspectCommand implements Callable<Integer> {

  @Parameters(paramLabel = "IMAGE", description = "The image file.")
  private Path file;

  @Option(names = "--json", description = "Print one JSON object, for programs.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    if (!Files.isRegularFile(file)) {
      throw new CliException(ExitCode.NO_SUCH_FILE, "there is no file " + file, "");
    }
    try {
      ImageFile image = ImageFile.open(file);
      System.out.println((json ? ImageInspector.json(image) : ImageInspector.text(image)).strip());
      return ExitCode.OK.code();
    } catch (ImageFormatException e) {
      throw new CliException(
          ExitCode.IMAGE_REFUSED, e.getMessage(), List.of(), "build it again: demi build", e);
    }
  }
}
