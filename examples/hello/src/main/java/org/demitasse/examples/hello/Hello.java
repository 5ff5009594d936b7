package org.demitasse.examples.hello;

/** Greets the world, or whoever is named. */
public final class Hello {

  private Hello() {}

  /** Prints one line. */
  public static void main(String[] arguments) {
    System.out.println("Hello, " + (arguments.length == 0 ? "world" : arguments[0]) + "!");
  }
}
