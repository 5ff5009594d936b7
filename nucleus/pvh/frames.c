/* Physical memory. Fresh memory is cut from spans; what comes back is kept in two lists threaded through the
 * free frames themselves. Large frames are cut into small ones only when no small one is left. */
#include "frames.h"
#include "pvh.h"

#define SPANS_MAX 64
#define FRAMES_PER_LARGE (LARGE_PAGE / PAGE_SIZE)

struct span {
    uint64_t begin, end;
};

static struct span small_spans[2 * SPANS_MAX], large_spans[SPANS_MAX];
static uint32_t small_count, large_count;
static struct span piece; /* the large frame being cut */
static struct span dma_piece;
static uint64_t small_list, large_list;
static uint64_t free_count;
static int64_t kept_count;

void frames_add(uint64_t begin, uint64_t end) {
    if (begin >= end || large_count == SPANS_MAX || small_count + 2 > 2 * SPANS_MAX) {
        return; /* more than 64 pieces of memory: the rest stays unused */
    }
    uint64_t first = ALIGN_UP(begin, LARGE_PAGE);
    uint64_t last = ALIGN_DOWN(end, LARGE_PAGE);
    free_count += (end - begin) / PAGE_SIZE;
    if (first >= last) {
        small_spans[small_count++] = (struct span){begin, end};
        return;
    }
    large_spans[large_count++] = (struct span){first, last};
    if (begin < first) {
        small_spans[small_count++] = (struct span){begin, first};
    }
    if (last < end) {
        small_spans[small_count++] = (struct span){last, end};
    }
}

uint64_t frames_free(void) {
    return (int64_t)free_count > kept_count ? free_count - (uint64_t)kept_count : 0;
}

void frames_keep(int64_t count) {
    kept_count += count;
}

static uint64_t list_pop(uint64_t *list) {
    uint64_t frame = *list;
    if (frame != 0) {
        *list = *(uint64_t *)direct(frame);
    }
    return frame;
}

static void list_push(uint64_t *list, uint64_t frame) {
    *(uint64_t *)direct(frame) = *list;
    *list = frame;
}

static uint64_t large_cut(void) {
    uint64_t frame = list_pop(&large_list);
    for (uint32_t i = 0; frame == 0 && i < large_count; i++) {
        if (large_spans[i].begin < large_spans[i].end) {
            frame = large_spans[i].begin;
            large_spans[i].begin += LARGE_PAGE;
        }
    }
    return frame;
}

static uint64_t span_cut(struct span *span) {
    uint64_t frame = 0;
    if (span->begin < span->end) {
        frame = span->begin;
        span->begin += PAGE_SIZE;
    }
    return frame;
}

uint64_t frame_take(void) {
    uint64_t frame = list_pop(&small_list);
    for (uint32_t i = 0; frame == 0 && i < small_count; i++) {
        frame = span_cut(&small_spans[i]);
    }
    if (frame == 0) {
        frame = span_cut(&piece);
    }
    if (frame == 0) {
        frame = span_cut(&dma_piece);
    }
    if (frame == 0 && (frame = large_cut()) != 0) {
        piece = (struct span){frame + PAGE_SIZE, frame + LARGE_PAGE};
    }
    free_count -= frame != 0;
    return frame;
}

uint64_t frame_take_large(void) {
    if (frames_free() <= FRAMES_PER_LARGE) {
        return 0;
    }
    uint64_t frame = large_cut();
    free_count -= frame != 0 ? FRAMES_PER_LARGE : 0;
    return frame;
}

void frame_give(uint64_t frame) {
    list_push(&small_list, frame);
    free_count++;
}

void frame_give_large(uint64_t frame) {
    list_push(&large_list, frame);
    free_count += FRAMES_PER_LARGE;
}

uint64_t frames_take_contiguous(uint64_t length) {
    if (length / PAGE_SIZE > frames_free()) {
        return 0;
    }
    if (length > dma_piece.end - dma_piece.begin) {
        uint64_t wanted = ALIGN_UP(length, LARGE_PAGE);
        uint64_t begin = 0;
        for (uint32_t i = 0; begin == 0 && i < large_count; i++) {
            if (large_spans[i].end - large_spans[i].begin >= wanted) {
                begin = large_spans[i].begin;
                large_spans[i].begin += wanted;
            }
        }
        if (begin == 0 && wanted == LARGE_PAGE) {
            begin = list_pop(&large_list);
        }
        if (begin == 0) {
            return 0;
        }
        while (dma_piece.begin < dma_piece.end) { /* too short for this one: back into the pool */
            list_push(&small_list, span_cut(&dma_piece));
        }
        dma_piece = (struct span){begin, begin + wanted};
    }
    uint64_t frames = dma_piece.begin;
    dma_piece.begin += length;
    free_count -= length / PAGE_SIZE;
    return frames;
}
