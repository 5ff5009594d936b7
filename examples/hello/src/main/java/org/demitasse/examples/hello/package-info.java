/** The smallest program: one line. */
package org.demitasse.examples.hello;
