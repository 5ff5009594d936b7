/**
 * The stack against Linux: a tap device through {@code java.lang.foreign}, and {@link
 * org.demitasse.net.tap.TapMain}, a program that answers real clients. See libos/net/README.md.
 */
package org.demitasse.net.tap;
