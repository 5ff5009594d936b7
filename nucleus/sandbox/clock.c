/* Clocks: the vDSO's when the loader found one, else the system call. */
#include "sandbox.h"

static uint64_t clock_read(long clock) {
    struct handover_time time = {0, 0};
    if (sandbox->clock_gettime == 0 || sandbox->clock_gettime(clock, &time) != 0) {
        if (system_call(SYS_CLOCK_GETTIME, clock, (long)&time, 0, 0, 0) != 0) {
            fault_contract("the clock", "clock_gettime failed");
        }
    }
    return (uint64_t)time.seconds * 1000000000 + (uint64_t)time.nanoseconds;
}

uint64_t sandbox_clock_monotonic(void) {
    return clock_read(1);
}

uint64_t sandbox_clock_wall(void) {
    return clock_read(0);
}
