package org.demitasse.suite;

/**
 * A test.
 *
 * @param name {@code concern.what}
 * @param body what it does
 * @param machineOnly whether it makes sense inside a machine alone
 */
record TestCase(String name, TestBody body, boolean machineOnly) {}
