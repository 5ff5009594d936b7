/* Physical memory in frames of 4 KiB and of 2 MiB. */
#ifndef NUCLEUS_PVH_FRAMES_H
#define NUCLEUS_PVH_FRAMES_H

#include <stdint.h>

/* Adds free memory, page aligned. */
void frames_add(uint64_t begin, uint64_t end);

/* Frames of 4 KiB that may be taken now, without those kept back. */
uint64_t frames_free(void);

/* Keeps a frame back for the page table that splitting a large page needs, or (negative) gives it up. */
void frames_keep(int64_t count);

/* A frame, not zeroed; 0: none left. The small one may use what is kept back. */
uint64_t frame_take(void);
uint64_t frame_take_large(void);
void frame_give(uint64_t frame);
void frame_give_large(uint64_t frame);

/* Contiguous pages; 0: none left. */
uint64_t frames_take_contiguous(uint64_t length);

#endif
