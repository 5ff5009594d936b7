/* Sleeping and the tick. Signals run in the loader's handlers, which store into the handover. */
#include "sandbox.h"

static uint64_t listening;
static uint64_t tick_period;

static void timer_set(uint64_t period) {
    struct handover_time time = {(int64_t)(period / 1000000000), (int64_t)(period % 1000000000)};
    struct handover_time times[2] = {time, time}; /* interval, first */
    if (system_call(SYS_TIMER_SETTIME, sandbox->timer, 0, (long)times, 0, 0) != 0) {
        fault_contract("nucleus_tick", "the host refused timer_settime");
    }
}

void sandbox_tick(volatile int32_t *word, uint64_t period) {
    sandbox->tick_word = word;
    uint64_t wanted = word == 0 ? 0 : period;
    if (wanted != tick_period) {
        tick_period = wanted;
        timer_set(wanted);
    }
}

void sandbox_tick_word(volatile int32_t *word) {
    sandbox->tick_word = word;
}

void sandbox_wait_for(uint64_t events) {
    listening = events;
}

static uint64_t shutdown_take(void) {
    if (sandbox->shutdown == 1) {
        sandbox->shutdown = 2;
        return NUCLEUS_EVENT_SHUTDOWN;
    }
    return 0;
}

uint64_t sandbox_wait(uint64_t deadline) {
    struct poll_descriptor polls[HANDOVER_DEVICES_MAX + 1];
    uint64_t bits[HANDOVER_DEVICES_MAX + 1];
    long count = 0;
    for (uint32_t i = 0; i < sandbox->device_count; i++) {
        if ((listening & sandbox_devices_alive & (UINT64_C(1) << i)) != 0) {
            polls[count] = (struct poll_descriptor){(int32_t)sandbox->devices[i].descriptor, POLL_IN, 0};
            bits[count++] = UINT64_C(1) << i;
        }
    }
    if ((listening & NUCLEUS_EVENT_CONSOLE) != 0) {
        polls[count] = (struct poll_descriptor){0, POLL_IN, 0};
        bits[count++] = NUCLEUS_EVENT_CONSOLE;
    }
    int tick_paused = 0;
    uint64_t events = 0;
    for (;;) {
        uint64_t now = deadline == 0 || deadline == UINT64_MAX ? 0 : sandbox_clock_monotonic();
        uint64_t left = deadline > now ? deadline - now : 0;
        sandbox->ticked = 0;
        sandbox->wait_timeout.seconds = (int64_t)(left / 1000000000);
        sandbox->wait_timeout.nanoseconds = (int64_t)(left % 1000000000);
        if ((events = shutdown_take()) != 0) {
            sandbox->wait_timeout.seconds = sandbox->wait_timeout.nanoseconds = 0;
        }
        (void)system_call(SYS_PPOLL, (long)polls, count, (long)&sandbox->wait_timeout, 0, 0);
        for (long i = 0; i < count; i++) {
            events |= polls[i].happened != 0 ? bits[i] : 0;
        }
        events |= shutdown_take();
        if (events != 0 || left == 0 || sandbox->ticked == 0) {
            break;
        }
        /* Only the tick woke us: nobody needs it during a long sleep, so let the next one last. */
        if (!tick_paused && tick_period != 0) {
            tick_paused = 1;
            timer_set(0);
        }
    }
    if (tick_paused) {
        timer_set(tick_period);
    }
    return events;
}
