/**
 * From what the user names (a jar, a class path, a source file, an image) to what is built or run.
 * Reads class files and manifests, which may be anything: a file that cannot be read is a mistake
 * with a message. Called on the main thread.
 */
package org.demitasse.cli.program;
