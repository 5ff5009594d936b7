/** {@code java.lang} and its helpers, where the JDK calls the operating system. */
package org.demitasse.jdk.lang;
