/* Time-stamp counts for a number of nanoseconds, for the timer. */
#ifndef NUCLEUS_PVH_CLOCK_H
#define NUCLEUS_PVH_CLOCK_H

#include <stdint.h>

uint64_t pvh_clock_counts(uint64_t nanoseconds);

#endif
