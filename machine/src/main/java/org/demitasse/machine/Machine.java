package org.demitasse.machine;

/** Something that runs images. Implementations hold no state of a run and may be shared. */
public interface Machine {

  /** The name by which users choose it ({@code --machine NAME}). */
  String name();

  /**
   * Starts an image.
   *
   * @throws MachineException when this machine cannot run here, a port is taken, or the process
   *     could not be started; nothing is left running then
   */
  RunningMachine start(RunRequest request) throws MachineException;
}
