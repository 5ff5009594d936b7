/* Clocks: KVM's paravirtual clock where there is one, else the time-stamp counter with a frequency from
 * CPUID or, as the last resort, from five milliseconds of the interval timer. */
#include "pvh.h"

#define KVM_WALL_CLOCK 0x4b564d00
#define KVM_SYSTEM_TIME 0x4b564d01
#define PIT_HERTZ UINT64_C(1193182)
#define PIT_TICKS 5966 /* five milliseconds */
#define SECOND UINT64_C(1000000000)

/* KVM's shared clock pages (Linux Documentation/virt/kvm/x86/msr.rst). */
static volatile struct {
    uint32_t version, padding;
    uint64_t counter, system_time;
    uint32_t multiplier;
    int8_t shift;
    uint8_t flags, rest[2];
} kvm_time __attribute__((aligned(64)));
static volatile struct {
    uint32_t version, seconds, nanoseconds;
} kvm_wall __attribute__((aligned(64)));

static int has_kvm_clock;
static uint64_t counter_start, counter_hertz, nanoseconds_per_count; /* the last with 32 bits of fraction */
static uint64_t counts_per_nanosecond;                               /* with 30 bits of fraction */
static uint64_t wall_base; /* wall clock minus monotonic clock; 0: not known yet */
static uint64_t last;

static uint64_t scale(uint64_t value, uint64_t multiplier, int shift) {
    return (uint64_t)((unsigned __int128)value * multiplier >> shift);
}

uint32_t hypervisor_leaf(const char *signature) {
    if ((cpuid(1, 0).c & 1u << 31) == 0) {
        return 0;
    }
    for (uint32_t leaf = 0x40000000; leaf < 0x40000400; leaf += 0x100) {
        struct cpuid found = cpuid(leaf, 0);
        if (memcmp(&found.b, signature, 12) == 0) {
            return leaf;
        }
    }
    return 0;
}

static int kvm_start(void) {
    uint32_t leaf = hypervisor_leaf("KVMKVMKVM\0\0\0");
    if (leaf == 0 || (cpuid(leaf + 1, 0).a & 8) == 0) {
        return 0;
    }
    write_register(KVM_SYSTEM_TIME, (uint64_t)&kvm_time | 1); /* .bss: its physical address is its address */
    if (kvm_time.multiplier == 0) {
        return 0;
    }
    uint64_t hertz = (SECOND << 32) / kvm_time.multiplier;
    counter_hertz = kvm_time.shift < 0 ? hertz << -kvm_time.shift : hertz >> kvm_time.shift;
    return 1;
}

static uint64_t kvm_read(void) {
    for (;;) {
        uint32_t version = kvm_time.version;
        __asm__ volatile("" : : : "memory");
        uint64_t delta = read_counter() - kvm_time.counter;
        delta = kvm_time.shift < 0 ? delta >> -kvm_time.shift : delta << kvm_time.shift;
        uint64_t now = kvm_time.system_time + scale(delta, kvm_time.multiplier, 32);
        __asm__ volatile("" : : : "memory");
        if ((version & 1) == 0 && version == kvm_time.version) {
            return now;
        }
    }
}

static uint64_t hertz_from_cpuid(void) {
    uint32_t xen = hypervisor_leaf("XenVMMXenVMM");
    uint64_t kilohertz = 0;
    if (xen != 0) {
        kilohertz = cpuid(xen + 3, 0).c;
    } else if ((cpuid(1, 0).c & 1u << 31) != 0 && cpuid(0x40000000, 0).a >= 0x40000010) {
        kilohertz = cpuid(0x40000010, 0).a;
    }
    struct cpuid crystal = cpuid(0, 0).a >= 0x15 ? cpuid(0x15, 0) : (struct cpuid){0, 0, 0, 0};
    return kilohertz != 0 ? kilohertz * 1000 : crystal.a != 0 ? (uint64_t)crystal.c * crystal.b / crystal.a : 0;
}

/* One reading of the interval timer, with the counter at that moment: of a few, the one that took the
 * shortest, so that a pause of the virtual machine does not count. */
static uint32_t pit_read(uint64_t *counter) {
    uint64_t best = UINT64_MAX;
    uint32_t result = 0;
    for (int i = 0; i < 5; i++) {
        uint64_t before = read_counter();
        out8(0x43, 0x80); /* latch channel 2 */
        uint64_t after = read_counter();
        uint32_t value = in8(0x42);
        value |= (uint32_t)in8(0x42) << 8;
        if (after - before < best) {
            best = after - before;
            *counter = before + best / 2;
            result = value;
        }
    }
    return result;
}

static uint64_t hertz_from_pit(void) {
    uint64_t from = 0;
    uint64_t to = 0;
    out8(0x61, (in8(0x61) & 0xfc) | 1); /* gate open, speaker off */
    out8(0x43, 0xb0);                   /* channel 2, both bytes, mode 0 */
    out8(0x42, 0xff);
    out8(0x42, 0xff);
    uint32_t first = pit_read(&from);
    uint32_t second = first;
    for (int i = 0; i < 1000000 && first - second < PIT_TICKS; i++) {
        second = pit_read(&to);
    }
    return first - second < PIT_TICKS || first - second > 0xffff ? 0 : (to - from) * PIT_HERTZ / (first - second);
}

void pvh_clock_start(void) {
    counter_start = read_counter();
    has_kvm_clock = kvm_start();
    if (!has_kvm_clock) {
        counter_hertz = hertz_from_cpuid();
        if (counter_hertz == 0) {
            counter_hertz = hertz_from_pit();
        }
        if (counter_hertz < 1000000) {
            boot_refuse("no clock: neither KVM, Xen, CPUID nor an interval timer tells the counter's frequency",
                        "give the machine a PIT (QEMU: -M microvm,pit=on)");
        }
        nanoseconds_per_count = (SECOND << 32) / counter_hertz;
    }
    counts_per_nanosecond = (counter_hertz << 30) / SECOND;
    nucleus_boot_information.start_ns = has_kvm_clock ? kvm_read() : 0;
}

uint64_t pvh_clock_monotonic(void) {
    uint64_t now = has_kvm_clock ? kvm_read() : scale(read_counter() - counter_start, nanoseconds_per_count, 32);
    last = now > last ? now : last;
    return last;
}

uint64_t pvh_clock_counts(uint64_t nanoseconds) {
    return scale(nanoseconds, counts_per_nanosecond, 30);
}

static uint8_t rtc_register(uint8_t index) {
    out8(0x70, index | 0x80);
    return in8(0x71);
}

/* Seconds since 1970 from the real-time clock (MC146818, 24-hour mode, years 2000 to 2099), or 0 when there
 * is none. Read twice until both agree, as it may count on meanwhile. */
static uint64_t rtc_read(void) {
    static const uint8_t indexes[6] = {0, 2, 4, 7, 8, 9}; /* second, minute, hour, day, month, year */
    static const uint16_t month_days[12] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    uint32_t now[6] = {99};
    uint32_t before[6] = {0};
    int binary = (rtc_register(11) & 4) != 0;
    for (int attempt = 0; attempt < 1000 && memcmp(now, before, sizeof now) != 0; attempt++) {
        memcpy(before, now, sizeof now);
        for (int i = 0; i < 100000 && (rtc_register(10) & 0x80) != 0; i++) {
        }
        for (int i = 0; i < 6; i++) {
            uint8_t value = rtc_register(indexes[i]);
            now[i] = binary ? value : (value >> 4) * 10u + (value & 15u);
        }
    }
    if (now[0] > 59 || now[1] > 59 || now[2] > 23 || now[3] - 1 > 30 || now[4] - 1 > 11 || now[5] > 99) {
        return 0;
    }
    uint32_t leap_days = (now[5] + 3) / 4 + (now[5] % 4 == 0 && now[4] > 2);
    uint32_t days = 10957 + now[5] * 365 + leap_days + month_days[now[4] - 1] + now[3] - 1;
    return days * UINT64_C(86400) + now[2] * 3600 + now[1] * 60 + now[0];
}

static uint64_t wall_at_zero(void) {
    if (has_kvm_clock) {
        write_register(KVM_WALL_CLOCK, (uint64_t)&kvm_wall);
        return kvm_wall.seconds * SECOND + kvm_wall.nanoseconds;
    }
    uint64_t seconds = rtc_read();
    if (seconds == 0) {
        print("nucleus: this machine has no real-time clock: the date starts at 1970-01-01\n");
        return 1;
    }
    return seconds * SECOND - pvh_clock_monotonic();
}

uint64_t pvh_clock_wall(void) {
    if (wall_base == 0) { /* asked for at the first need: it costs up to milliseconds */
        wall_base = wall_at_zero();
    }
    return wall_base + pvh_clock_monotonic();
}
