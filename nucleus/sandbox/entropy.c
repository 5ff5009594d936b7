/* Entropy: the host kernel's generator, which is never weaker than what this process could mix itself. */
#include "sandbox.h"

int sandbox_entropy(void *bytes, size_t length) {
    size_t done = 0;
    while (done < length) {
        long n = system_call(SYS_GETRANDOM, (long)bytes + (long)done, (long)(length - done), 0, 0, 0);
        if (n > 0) {
            done += (size_t)n;
        } else if (n != -ERRNO_INTR) {
            return NUCLEUS_ERROR_ENTROPY;
        }
    }
    return 0;
}
