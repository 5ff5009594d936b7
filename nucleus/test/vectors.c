/* AVX state is switched on where the processor has it, and survives ticks. */
#include "guest.h"

static volatile int32_t word;

int demitasse_main(const struct nucleus_boot *boot) {
    (void)boot;
    uint32_t a = 1, b, c, d;
    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "=c"(c), "=d"(d));
    if ((c & (1u << 28)) == 0) {
        say("no avx\n");
        return 0;
    }
    check((c & (1u << 27)) != 0, "OSXSAVE");
    uint64_t in[4] = {1, 2, 3, 4};
    uint64_t out[4];
    __asm__ volatile("vmovdqu %0, %%ymm5" : : "m"(in) : "xmm5");
    nucleus_tick(&word, 1000000);
    for (int i = 0; i < 5; i++) {
        word = 1;
        while (word != 0) {
        }
    }
    __asm__ volatile("vmovdqu %%ymm5, %0; vzeroupper" : "=m"(out));
    for (int i = 0; i < 4; i++) {
        check(in[i] == out[i], "ymm5 survives");
    }
    say("vectors well\n");
    return 0;
}
