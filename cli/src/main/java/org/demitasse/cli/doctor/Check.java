package org.demitasse.cli.doctor;

/** Looks at one thing of the host. Must not throw: what cannot be seen is a finding. */
@FunctionalInterface
public interface Check {

  /** Looks. */
  Finding look();
}
