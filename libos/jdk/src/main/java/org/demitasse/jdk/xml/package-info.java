/** {@code javax.xml}, where it would make classes at run time. Called on any thread. */
package org.demitasse.jdk.xml;
