/**
 * Threads on one virtual CPU: the scheduler, platform threads, the runtime's locks, parking, and
 * time slices. Nothing outside of this package switches stacks.
 */
package org.demitasse.jdk.thread;
