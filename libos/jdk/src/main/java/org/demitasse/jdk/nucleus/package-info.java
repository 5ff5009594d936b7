/**
 * The nucleus as Java sees it: its functions and the boot information. Only this module calls it;
 * every function may be called on any thread.
 */
package org.demitasse.jdk.nucleus;
