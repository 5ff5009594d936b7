/* Physical memory in frames of 4 KiB. Fresh ones are cut from the front of the spans, contiguous ones from the
 * end; what comes back is kept in a list threaded through the free frames themselves. */
#include "pvh.h"

#define SPANS_MAX 64

static struct span spans[SPANS_MAX];
static uint32_t span_count;
uint64_t frames_free;
static uint64_t free_list;

void frames_add(uint64_t begin, uint64_t end) {
    if (span_count < SPANS_MAX) { /* of more than 64 pieces the rest stays unused */
        spans[span_count++] = (struct span){begin, end};
        frames_free += (end - begin) / PAGE_SIZE;
    }
}

uint64_t frame_take(void) {
    uint64_t frame = free_list;
    if (frame != 0) {
        free_list = *(uint64_t *)direct(frame);
    }
    for (uint32_t i = 0; frame == 0 && i < span_count; i++) {
        if (spans[i].begin < spans[i].end) {
            frame = spans[i].begin;
            spans[i].begin += PAGE_SIZE;
        }
    }
    frames_free -= frame != 0;
    return frame;
}

void frame_give(uint64_t frame) {
    *(uint64_t *)direct(frame) = free_list;
    free_list = frame;
    frames_free++;
}

uint64_t frames_take_contiguous(uint64_t length) {
    for (uint32_t i = span_count; i-- > 0;) {
        if (spans[i].end - spans[i].begin >= length) {
            spans[i].end -= length;
            frames_free -= length / PAGE_SIZE;
            return spans[i].end;
        }
    }
    return 0;
}
