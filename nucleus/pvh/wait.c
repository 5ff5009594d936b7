/* Sleeping, the tick and interrupts: local APIC and I/O APIC (SDM volume 3, 10; Intel 82093AA). The timer runs
 * once for whatever comes first, the tick or the deadline of a sleep. */
#include "pvh.h"

#define APIC_BASE 0x1b
#define APIC_X2 0x800
#define TIMER_DEADLINE 0x6e0
#define IO_APIC UINT64_C(0xfec00000)
#define IO_APIC_SECOND UINT64_C(0xfec10000) /* QEMU's microvm: lines 24 to 47 */
#define NEVER UINT64_MAX

enum {
    APIC_ID = 0x20, APIC_END = 0xb0, APIC_SPURIOUS = 0xf0, APIC_TIMER = 0x320,
    APIC_TIMER_COUNT = 0x380, APIC_TIMER_NOW = 0x390, APIC_TIMER_DIVIDE = 0x3e0
};
#define APIC_MASKED 0x10000
#define APIC_TIMER_BY_COUNTER 0x40000

volatile uint64_t pvh_pending;

static volatile uint32_t *apic; /* null: x2APIC */
static volatile uint32_t *io_apics[2];
static uint32_t io_apic_lines[2];
static int by_counter;
static uint64_t apic_counts; /* of the timer in a nanosecond, with 24 bits of fraction; 0: not measured yet */

static uint64_t listening;
static volatile uint64_t armed = NEVER; /* when the timer will fire */
static volatile int sleeping;
static volatile int32_t *volatile tick_word;
static volatile uint64_t tick_period;

static uint32_t apic_read(uint32_t number) {
    return apic != 0 ? apic[number / 4] : (uint32_t)read_register(APIC_X2 + (number >> 4));
}

static void apic_write(uint32_t number, uint32_t value) {
    if (apic != 0) {
        apic[number / 4] = value;
    } else {
        write_register(APIC_X2 + (number >> 4), value);
    }
}

uint32_t pvh_processor(void) {
    return (apic != 0 ? apic_read(APIC_ID) >> 24 : apic_read(APIC_ID)) & 255;
}

static volatile uint32_t *io_apic(int which, uint32_t number) {
    io_apics[which][0] = number;
    return &io_apics[which][4];
}

static void io_apic_start(int which, uint64_t address) {
    io_apics[which] = pvh_map_device(address, 0x20);
    uint32_t version = *io_apic(which, 1);
    io_apic_lines[which] = version == UINT32_MAX || version == 0 ? 0 : (version >> 16 & 255) + 1;
    for (uint32_t i = 0; i < io_apic_lines[which]; i++) {
        *io_apic(which, 0x10 + 2 * i) = APIC_MASKED;
    }
}

void pvh_interrupt_route(uint32_t line, uint32_t vector) {
    int which = line >= io_apic_lines[0];
    uint32_t input = which ? line - io_apic_lines[0] : line;
    if (input >= io_apic_lines[which]) {
        return; /* no such line: who waits for it is woken by his deadline alone */
    }
    *io_apic(which, 0x11 + 2 * input) = pvh_processor() << 24;
    *io_apic(which, 0x10 + 2 * input) = vector; /* edge: a level that Java has yet to clear would storm */
}

uint32_t pvh_interrupt_lines(void) {
    return io_apic_lines[0] + io_apic_lines[1];
}

static void control_read(void) {
    static uint64_t number; /* of a line "E<number>" that comes in byte by byte */
    static int in_number;
    for (int c = pvh_control_read(); c >= 0; c = pvh_control_read()) {
        if (in_number && c >= '0' && c <= '9') {
            number = number * 10 + (uint64_t)(c - '0');
            continue;
        }
        if (in_number && c == '\n') {
            pvh_console_end(number);
        }
        in_number = c == 'E';
        number = 0;
        pvh_pending |= c == 'T' ? NUCLEUS_EVENT_SHUTDOWN : 0;
    }
}

void pvh_wait_start(void) {
    uint64_t base = read_register(APIC_BASE) | 1 << 11; /* on */
    struct cpuid features = cpuid(1, 0);
    write_register(APIC_BASE, base);
    if ((features.c & 1u << 21) != 0) {
        write_register(APIC_BASE, base | 1 << 10);
    } else {
        apic = pvh_map_device(ALIGN_DOWN(base & 0xfffffffff000, PAGE_SIZE), PAGE_SIZE);
    }
    by_counter = (features.c & 1u << 24) != 0;
    out8(0x21, 0xff); /* the old interrupt controllers stay out of it */
    out8(0xa1, 0xff);
    apic_write(APIC_SPURIOUS, 0x100 | VECTOR_SPURIOUS);
    apic_write(APIC_TIMER_DIVIDE, 11); /* by 1 */
    apic_write(APIC_TIMER, VECTOR_TIMER | (by_counter ? APIC_TIMER_BY_COUNTER : 0));
    io_apic_start(0, IO_APIC);
    io_apic_start(1, IO_APIC_SECOND);
    pvh_interrupt_route(4, VECTOR_COM1);
    pvh_interrupt_route(3, VECTOR_COM2);
    control_read(); /* what came in before its interrupt was routed */
}

/* Measures the timer against the clock, once, when it is first needed. */
static void apic_measure(void) {
    apic_write(APIC_TIMER, APIC_MASKED | VECTOR_TIMER);
    apic_write(APIC_TIMER_COUNT, UINT32_MAX);
    uint64_t begin = pvh_clock_monotonic();
    uint64_t now = begin;
    while (now - begin < 1000000) {
        now = pvh_clock_monotonic();
    }
    uint64_t counted = UINT32_MAX - apic_read(APIC_TIMER_NOW);
    apic_counts = (counted << 24) / (now - begin);
    apic_write(APIC_TIMER_COUNT, 0);
    apic_write(APIC_TIMER, VECTOR_TIMER);
    if (apic_counts == 0) {
        fault_contract("nucleus_wait", "the timer of this machine does not run");
    }
}

/* Interrupts are off, or this is the interrupt. */
static void arm(uint64_t deadline) {
    if (!by_counter && apic_counts == 0) {
        apic_measure();
    }
    uint64_t now = pvh_clock_monotonic();
    uint64_t left = deadline > now ? deadline - now : 0;
    left = left > 3600000000000 ? 3600000000000 : left; /* longer sleeps begin again */
    armed = now + left;
    if (by_counter) {
        write_register(TIMER_DEADLINE, read_counter() + pvh_clock_counts(left));
        return;
    }
    uint64_t counts = (uint64_t)((unsigned __int128)left * apic_counts >> 24) + 1;
    apic_write(APIC_TIMER_COUNT, counts > UINT32_MAX ? UINT32_MAX : (uint32_t)counts);
}

static void tick_arm(void) {
    if (tick_period != 0) {
        arm(pvh_clock_monotonic() + tick_period);
    }
}

void pvh_interrupt(uint64_t vector) {
    if (vector == VECTOR_TIMER) {
        armed = NEVER;
        if (!sleeping && tick_period != 0) {
            if (tick_word != 0) {
                *tick_word = 0;
            }
            tick_arm();
        }
    } else if (vector == VECTOR_COM2) {
        control_read();
    } else if (vector >= VECTOR_DEVICE && vector < VECTOR_DEVICE + NUCLEUS_DEVICES_MAX) {
        pvh_pending |= UINT64_C(1) << (vector - VECTOR_DEVICE);
    }
    apic_write(APIC_END, 0);
}

void pvh_wait_for(uint64_t events) {
    listening = events | NUCLEUS_EVENT_SHUTDOWN;
}

uint64_t pvh_wait(uint64_t deadline) {
    uint64_t events = 0;
    interrupts_off();
    for (;;) {
        events = pvh_pending & listening;
        if ((listening & NUCLEUS_EVENT_CONSOLE) != 0 && pvh_console_readable()) {
            events |= NUCLEUS_EVENT_CONSOLE;
        }
        if (events != 0 || deadline == 0 || (deadline != NEVER && pvh_clock_monotonic() >= deadline)) {
            break;
        }
        sleeping = 1;
        if (deadline != NEVER && armed > deadline) {
            arm(deadline);
        }
        __asm__ volatile("sti; hlt; cli" : : : "memory");
    }
    pvh_pending &= ~events;
    if (sleeping) {
        sleeping = 0;
        /* The tick has passed during the sleep, or its timer was set for a deadline that an event came before. */
        if (armed > pvh_clock_monotonic() + tick_period) {
            tick_arm();
        }
    }
    interrupts_on();
    return events;
}

void pvh_tick(volatile int32_t *word, uint64_t period) {
    interrupts_off();
    tick_word = word;
    tick_period = word == 0 ? 0 : period;
    tick_arm();
    interrupts_on();
}

void pvh_tick_word(volatile int32_t *word) {
    tick_word = word;
}
