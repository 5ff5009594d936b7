/**
 * Runs the image of the suite from outside. Tests tagged {@code image} build it and take minutes;
 * Maven leaves them out unless {@code -Dsuite.excluded=} says otherwise.
 */
package org.demitasse.suite;
