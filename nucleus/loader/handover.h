/* What the sandbox loader hands to the sandbox half of the nucleus. Both are built from this tree, yet an
 * old loader may meet a new image: the version must be equal. The memory stays the loader's: its signal
 * handlers store into it, and nothing else is shared afterwards. */
#ifndef DEMITASSE_HANDOVER_H
#define DEMITASSE_HANDOVER_H

#include <stdint.h>

#include "../common/registers.h"

#define HANDOVER_MAGIC UINT64_C(0x7265766f646e6168) /* "handover" */
#define HANDOVER_VERSION 2
#define HANDOVER_DEVICES_MAX 8
#define HANDOVER_CONFIG_MAX (1024 * 1024)

struct handover_time {
    int64_t seconds;
    int64_t nanoseconds;
};

struct handover_device {
    uint32_t descriptor;
    uint32_t mtu;
    uint8_t mac[6];
    uint16_t header; /* as in struct nucleus_device */
};

struct handover {
    uint64_t magic;
    uint64_t version;
    uint64_t memory;        /* bytes of the whole machine */
    uint64_t config;        /* configuration block */
    uint64_t config_size;
    uint64_t stack_begin;
    uint64_t stack_end;
    uint64_t console_flags; /* as in struct nucleus_boot */
    /* The vDSO's clock_gettime (C calling convention), or null: use the system call. */
    long (*clock_gettime)(long clock, struct handover_time *time);
    int32_t timer;          /* POSIX timer that raises the tick */
    uint32_t device_count;
    struct handover_device devices[HANDOVER_DEVICES_MAX];

    /* Stored by the guest, read by the loader's signal handlers. */
    volatile int32_t *volatile tick_word;
    void (*volatile fault)(const struct registers *registers, uint64_t address);

    /* Stored by the signal handlers. */
    volatile uint32_t shutdown; /* 1 once the host asked for an orderly end */
    volatile uint32_t ticked;   /* 1 after a tick: tells nucleus_wait why it woke */

    /* Timeout of the guest's ppoll. The handlers zero it, so that a signal between the guest's last look
     * at the words above and its system call ends the sleep at once instead of getting lost. */
    volatile struct handover_time wait_timeout;
};

#endif
