/**
 * RFC tests as text: a small language in which a script plays the peer of one stack, frame by frame
 * on the virtual clock, as packetdrill does. {@link org.demitasse.net.script.ScriptFile} says how a
 * script is written; the scripts are the resources under {@code rfc/}.
 */
package org.demitasse.net.script;
