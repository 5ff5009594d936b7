/**
 * What this machine has and lacks for demi: each {@link org.demitasse.cli.doctor.Check} looks at
 * one thing and names the command that mends it. Reads the host, changes nothing.
 */
package org.demitasse.cli.doctor;
