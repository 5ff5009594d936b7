package org.demitasse.cli;

import java.util.ServiceLoader;
import org.demitasse.builder.Builder;

/** The builder that this demi was put together with. */
final class Builders {

  private Builders() {}

  static Builder installed() throws CliException {
    return ServiceLoader.load(Builder.class)
        .findFirst()
        .orElseThrow(
            () ->
                new CliException(
                    ExitCode.INTERNAL, "this demi was put together without a builder", ""));
  }
}
