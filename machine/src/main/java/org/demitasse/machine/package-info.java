/**
 * Machines that run an image: the sandbox (a locked process of this host) and QEMU, behind one
 * interface. Called by the command line, tests and tools, from any thread. Knows the image as a
 * file and the boot protocol ({@code docs/boot-protocol.md}), and nothing of what is inside.
 */
package org.demitasse.machine;
