/** A command-line tool with a third-party library: profiles JSON from standard input. */
package org.demitasse.examples.json;
