package org.demitasse.builder.metadata;

import java.util.Objects;

/**
 * A library by its Maven coordinates.
 *
 * @param group group id
 * @param artifact artifact id
 * @param version as its maker writes it; empty when nothing tells it
 */
record Library(String group, String artifact, String version) {

  Library {
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(artifact, "artifact");
    Objects.requireNonNull(version, "version");
  }

  /** As people read it. */
  String people() {
    return version.isEmpty() ? artifact : artifact + " " + version;
  }
}
