/* Physical memory. Fresh memory is cut from spans; what comes back is kept in two lists threaded through the
 * free frames themselves. Large frames are cut into small ones only when no small one is left. */
#include "frames.h"
#include "pvh.h"

#define SPANS_MAX 128
#define FRAMES_PER_LARGE (LARGE_PAGE / PAGE_SIZE)

static struct {
    uint64_t begin, end;
} spans[SPANS_MAX], piece; /* piece: what small frames are being cut from */
static uint32_t span_count;
static uint64_t small_list, large_list, free_count;
static int64_t kept_count;

void frames_add(uint64_t begin, uint64_t end) {
    while (begin < end && span_count < SPANS_MAX) { /* of more than 128 pieces the rest stays unused */
        uint64_t boundary = ALIGN_UP(begin, LARGE_PAGE);
        uint64_t stop = begin < boundary && boundary < end ? boundary : end;
        spans[span_count].begin = begin;
        spans[span_count++].end = stop;
        free_count += (stop - begin) / PAGE_SIZE;
        begin = stop;
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

/* Cuts fresh contiguous memory from the span that is the least loss: the shortest that has it. */
static uint64_t span_cut(uint64_t length) {
    uint32_t best = SPANS_MAX;
    for (uint32_t i = 0; i < span_count; i++) {
        uint64_t room = spans[i].end - spans[i].begin;
        if (room >= length && (best == SPANS_MAX || room < spans[best].end - spans[best].begin)) {
            best = i;
        }
    }
    if (best == SPANS_MAX) {
        return 0;
    }
    spans[best].begin += length;
    return spans[best].begin - length;
}

/* Makes room for length contiguous bytes in piece; what is left of it goes to the list. */
static int piece_refill(uint64_t length) {
    uint64_t size = ALIGN_UP(length, LARGE_PAGE);
    uint64_t begin = 0;
    for (uint32_t i = 0; length == PAGE_SIZE && begin == 0 && i < span_count; i++) { /* ends shorter than 2 MiB */
        if (spans[i].begin < spans[i].end && spans[i].end - spans[i].begin < LARGE_PAGE) {
            begin = spans[i].begin;
            size = spans[i].end - begin;
            spans[i].begin = spans[i].end;
        }
    }
    if (begin == 0 && size == LARGE_PAGE) {
        begin = list_pop(&large_list);
    }
    if (begin == 0 && (begin = span_cut(size)) == 0) {
        return 0;
    }
    for (; piece.begin < piece.end; piece.begin += PAGE_SIZE) {
        list_push(&small_list, piece.begin);
    }
    piece.begin = begin;
    piece.end = begin + size;
    return 1;
}

uint64_t frames_take_contiguous(uint64_t length) {
    if (length > free_count * PAGE_SIZE || (length > piece.end - piece.begin && !piece_refill(length))) {
        return 0;
    }
    free_count -= length / PAGE_SIZE;
    piece.begin += length;
    return piece.begin - length;
}

uint64_t frame_take(void) {
    uint64_t frame = list_pop(&small_list);
    free_count -= frame != 0;
    return frame != 0 ? frame : frames_take_contiguous(PAGE_SIZE);
}

uint64_t frame_take_large(void) {
    uint64_t frame = list_pop(&large_list);
    if (frame == 0) {
        frame = span_cut(LARGE_PAGE);
    }
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
