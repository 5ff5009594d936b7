/**
 * The command {@code demi}: one class a subcommand, over the builder and the machines. All mistakes
 * end here, as a message and an {@link org.demitasse.cli.ExitCode}; nothing below prints. Runs on
 * the main thread of its own process; nobody calls it but the native front and tests.
 */
package org.demitasse.cli;
