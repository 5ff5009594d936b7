/**
 * Ways of the JDK and of the compiler's runtime that nearly every image would carry and hardly any
 * walks: logging, collation, the wording of rare errors. Each is replaced by a shorter one with the
 * same outcome, or is open only in images whose program goes there by itself. Used by the builder
 * alone, through annotations and {@link org.demitasse.jdk.lean.RuntimeLogging#open}.
 */
package org.demitasse.jdk.lean;
