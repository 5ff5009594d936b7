/* Entropy: the processor's generator. Without RDSEED and RDRAND the answer is an error, and Java goes on to
 * a virtio entropy device or fails closed. */
#include "pvh.h"

#define ATTEMPTS 100 /* Intel's guide: ten are enough for RDRAND; RDSEED may pause for longer */

static int random_word(uint64_t *word, int has_rdseed, int has_rdrand) {
    uint8_t good = 0;
    for (int i = 0; i < ATTEMPTS && !good; i++) {
        if (has_rdseed) {
            __asm__ volatile("rdseed %0; setc %1" : "=r"(*word), "=qm"(good) : : "cc");
        }
        if (has_rdrand && !good) {
            __asm__ volatile("rdrand %0; setc %1" : "=r"(*word), "=qm"(good) : : "cc");
        }
    }
    /* Known broken processors answer all zeros or all ones after resume. */
    return good && *word != 0 && *word != UINT64_MAX;
}

int pvh_entropy(void *bytes, size_t length) {
    int has_rdseed = cpuid(0, 0).a >= 7 && (cpuid(7, 0).b & 1u << 18) != 0;
    int has_rdrand = (cpuid(1, 0).c & 1u << 30) != 0;
    uint8_t *at = bytes;
    while (length > 0) {
        uint64_t word = 0;
        if (!random_word(&word, has_rdseed, has_rdrand)) {
            return NUCLEUS_ERROR_ENTROPY;
        }
        size_t part = length < sizeof word ? length : sizeof word;
        memcpy(at, &word, part);
        at += part;
        length -= part;
    }
    return 0;
}
