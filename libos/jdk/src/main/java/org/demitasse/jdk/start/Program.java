package org.demitasse.jdk.start;

/** The program of the image: its main method, bound at build time. */
public interface Program {
  /** Runs the main method on the calling thread. */
  void run(String[] arguments) throws Throwable;
}
