/* Standard input, output and error: the descriptors 0, 1 and 2 of the process. */
#include "sandbox.h"

/* Descriptors are shared with other processes, so whether they block is not ours to set. */
static long poll_one(int descriptor, int16_t events, struct handover_time *timeout) {
    struct poll_descriptor poll = {descriptor, events, 0};
    return system_call(SYS_PPOLL, (long)&poll, 1, (long)timeout, 0, 0);
}

long sandbox_console_write(int stream, const void *bytes, size_t length) {
    if (stream != 1 && stream != 2) {
        fault_contract("nucleus_console_write", "the stream is neither 1 nor 2");
    }
    size_t done = 0;
    while (done < length) {
        long n = system_call(SYS_WRITE, stream, (long)bytes + (long)done, (long)(length - done), 0, 0);
        if (n == -ERRNO_AGAIN) {
            (void)poll_one(stream, POLL_OUT, 0);
        } else if (n == 0 || (n < 0 && n != -ERRNO_INTR)) {
            return done > 0 ? (long)done : NUCLEUS_ERROR_IO;
        } else if (n > 0) {
            done += (size_t)n;
        }
    }
    return (long)done;
}

long sandbox_console_read(void *bytes, size_t length) {
    if (length == 0) {
        fault_contract("nucleus_console_read", "the length is zero");
    }
    struct handover_time now = {0, 0};
    if (poll_one(0, POLL_IN, &now) <= 0) {
        return NUCLEUS_ERROR_AGAIN;
    }
    long n = system_call(SYS_READ, 0, (long)bytes, (long)length, 0, 0);
    if (n > 0) {
        return n;
    }
    if (n == 0) {
        return NUCLEUS_ERROR_END;
    }
    return n == -ERRNO_INTR || n == -ERRNO_AGAIN ? NUCLEUS_ERROR_AGAIN : NUCLEUS_ERROR_IO;
}
