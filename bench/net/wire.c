/*
 * A wire that loses, delays and reorders frames, in user space: what `tc netem` does where a kernel has it.
 *   wire [--loss PERCENT] [--delay MS] [--reorder PERCENT] [--swallow BYTES] [--queue FRAMES] [--seed N] TAP --tap PID TAP
 *   wire [...] TAP --run PROGRAM [ARGUMENT...]
 * One end is a tap of this network namespace. The other is a tap in the namespace of process PID, or PROGRAM, which
 * gets a SOCK_SEQPACKET socket of frames as descriptor 3 (demi-loader --net fd=3). Both directions are treated alike,
 * each from its own sequence of random numbers: a lost frame is lost whatever else happens. Of the others,
 * those chosen for reordering skip the delay, as netem's "reorder" has it. Frames longer than --swallow are lost without a
 * word, as on a path whose routers send no ICMP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { FRAME_MAX = 2048, QUEUE_MAX = 1 << 16 };

struct frame {
    uint64_t due; /* ns */
    uint64_t number; /* of two that are due at the same time the older one goes first */
    int length;
    uint8_t bytes[FRAME_MAX];
};

/* One direction: a heap of frames by due time. */
struct direction {
    struct frame *heap[QUEUE_MAX];
    int count;
    uint64_t random, numbers, passed, lost, overflowed;
    int from, to;
};

static double loss, reorder;
static uint64_t delay_ns;
static int queue_limit = 10000, longest = FRAME_MAX;
static struct direction directions[2];

static void die(const char *what) {
    fprintf(stderr, "wire: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* A number in [0, 1) (xorshift64*). */
static double next_random(struct direction *d) {
    d->random ^= d->random >> 12;
    d->random ^= d->random << 25;
    d->random ^= d->random >> 27;
    return (double)(d->random * 0x2545f4914f6cdd1dULL >> 11) / 9007199254740992.0;
}

static int earlier(const struct frame *a, const struct frame *b) {
    return a->due != b->due ? a->due < b->due : a->number < b->number;
}

static void put(struct direction *d, struct frame *frame) {
    int i = d->count++;
    for (; i > 0 && earlier(frame, d->heap[(i - 1) / 2]); i = (i - 1) / 2) {
        d->heap[i] = d->heap[(i - 1) / 2];
    }
    d->heap[i] = frame;
}

static struct frame *take(struct direction *d) {
    struct frame *first = d->heap[0], *last = d->heap[--d->count];
    int i = 0;
    for (int child; (child = 2 * i + 1) < d->count; i = child) {
        if (child + 1 < d->count && earlier(d->heap[child + 1], d->heap[child])) {
            child++;
        }
        if (!earlier(d->heap[child], last)) {
            break;
        }
        d->heap[i] = d->heap[child];
    }
    d->heap[i] = last;
    return first;
}

static int open_tap(const char *name) {
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    snprintf(request.ifr_name, IFNAMSIZ, "%s", name);
    int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    /* Whoever had it before may have let the kernel leave sums and cutting to it. */
    if (tap < 0 || ioctl(tap, TUNSETIFF, &request) != 0 || ioctl(tap, TUNSETOFFLOAD, 0) != 0) {
        die(name);
    }
    return tap;
}

/* Reads what there is. Returns 0 when the other end is gone. */
static int receive(struct direction *d) {
    for (int i = 0; i < 256; i++) {
        struct frame *frame = malloc(sizeof *frame);
        if (!frame) {
            die("memory");
        }
        ssize_t n = read(d->from, frame->bytes, FRAME_MAX);
        if (n <= 0) {
            free(frame);
            return n < 0 && (errno == EAGAIN || errno == EINTR);
        }
        frame->length = (int)n;
        frame->number = d->numbers++;
        double fate = next_random(d), order = next_random(d);
        if (fate < loss || n > longest) {
            d->lost++;
            free(frame);
        } else if (d->count >= queue_limit) {
            d->overflowed++;
            free(frame);
        } else {
            frame->due = now() + (order < reorder ? 0 : delay_ns);
            put(d, frame);
        }
    }
    return 1;
}

static void send_due(struct direction *d) {
    while (d->count > 0 && d->heap[0]->due <= now()) {
        struct frame *frame = take(d);
        if (write(d->to, frame->bytes, (size_t)frame->length) == frame->length) {
            d->passed++;
        } else {
            d->overflowed++;
        }
        free(frame);
    }
}

static volatile sig_atomic_t ending;

static void end(int signal) {
    (void)signal;
    ending = 1;
}

static pid_t run(char **words, int *near) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
        die("socketpair");
    }
    int bytes = 4 << 20;
    for (int i = 0; i < 2; i++) {
        setsockopt(ends[i], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
    }
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int far = fcntl(ends[1], F_DUPFD, 100);
        dup2(far, 3);
        close_range(4, ~0u, 0);
        execv(words[0], words);
        die(words[0]);
    }
    close(ends[1]);
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    *near = ends[0];
    return child;
}

int main(int count, char **words) {
    uint64_t seed = 1;
    int i = 1;
    for (; i + 1 < count && strncmp(words[i], "--", 2) == 0; i += 2) {
        double value = atof(words[i + 1]);
        if (strcmp(words[i], "--loss") == 0) {
            loss = value / 100;
        } else if (strcmp(words[i], "--reorder") == 0) {
            reorder = value / 100;
        } else if (strcmp(words[i], "--delay") == 0) {
            delay_ns = (uint64_t)(value * 1e6);
        } else if (strcmp(words[i], "--swallow") == 0 && value >= 60) {
            longest = (int)value;
        } else if (strcmp(words[i], "--queue") == 0 && value >= 1 && value <= QUEUE_MAX) {
            queue_limit = (int)value;
        } else if (strcmp(words[i], "--seed") == 0) {
            seed = strtoull(words[i + 1], 0, 10);
        } else {
            break;
        }
    }
    if (count - i < 3) {
        fputs("usage: see the head of wire.c\n", stderr);
        return 64;
    }
    int left = open_tap(words[i]), right;
    pid_t program = -1;
    if (strcmp(words[i + 1], "--tap") == 0 && count - i == 4) {
        char path[64];
        snprintf(path, sizeof path, "/proc/%d/ns/net", atoi(words[i + 2]));
        int space = open(path, O_RDONLY | O_CLOEXEC);
        if (space < 0 || setns(space, CLONE_NEWNET) != 0) {
            die(path);
        }
        right = open_tap(words[i + 3]);
    } else if (strcmp(words[i + 1], "--run") == 0) {
        program = run(words + i + 2, &right);
    } else {
        fputs("usage: see the head of wire.c\n", stderr);
        return 64;
    }
    signal(SIGTERM, end);
    signal(SIGINT, end);
    for (int n = 0; n < 2; n++) {
        directions[n].from = n == 0 ? left : right;
        directions[n].to = n == 0 ? right : left;
        directions[n].random = (seed * 2 + (uint64_t)n + 1) * 0x9e3779b97f4a7c15ULL;
    }
    struct pollfd polls[2] = {{left, POLLIN, 0}, {right, POLLIN, 0}};
    while (!ending) {
        uint64_t due = UINT64_MAX, time = now();
        for (int n = 0; n < 2; n++) {
            if (directions[n].count > 0 && directions[n].heap[0]->due < due) {
                due = directions[n].heap[0]->due;
            }
        }
        uint64_t wait = due == UINT64_MAX ? 1000000000 : due > time ? due - time : 0;
        struct timespec timeout = {(time_t)(wait / 1000000000), (long)(wait % 1000000000)};
        ppoll(polls, 2, &timeout, 0);
        if (!receive(&directions[0]) || !receive(&directions[1])) {
            break;
        }
        send_due(&directions[0]);
        send_due(&directions[1]);
    }
    for (int n = 0; n < 2; n++) {
        struct direction *d = &directions[n];
        fprintf(stderr, "wire: %s: %llu passed, %llu lost, %llu without room\n", n == 0 ? "to the far end" : "back",
                (unsigned long long)d->passed, (unsigned long long)d->lost, (unsigned long long)d->overflowed);
    }
    if (program > 0) {
        kill(program, SIGTERM);
        waitpid(program, 0, 0);
    }
    return 0;
}
