/**
 * What all layers of the stack share: the one lock, the time of the current step, timers,
 * unpredictable numbers and the readiness listeners to be called once the lock is free. Everything
 * here is used with the lock held, except {@link org.demitasse.net.engine.Engine#enter}.
 */
package org.demitasse.net.engine;
