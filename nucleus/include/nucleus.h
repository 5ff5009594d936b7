/*
 * The nucleus: the whole contract between Java and the machine.
 *
 * Everything that Java cannot say for itself stands behind these functions. Each platform (a folder
 * beside this one: pvh/, sandbox/) implements all of them; an image carries every platform and
 * chooses by the entry it was started at.
 *
 * Rules that hold for every function, said once:
 *  - One virtual CPU. No function is called concurrently with itself or another one; none re-enters
 *    Java but demitasse_main and demitasse_fault.
 *  - Interrupts and signals never run Java. They store into the tick word (nucleus_tick) or set bits
 *    that nucleus_wait returns, and nothing else.
 *  - Addresses are virtual and page means 4096 bytes. Times are nanoseconds.
 *  - Functions that can fail return a negative enum nucleus_error; contract violations by the caller
 *    (a misaligned range, an unknown device) are faults: registers are printed and the machine ends
 *    with NUCLEUS_EXIT_FAULT.
 */
#ifndef NUCLEUS_H
#define NUCLEUS_H

#include <stddef.h>
#include <stdint.h>

enum nucleus_error {
    NUCLEUS_ERROR_AGAIN = -1,   /* nothing there now: wait for the device's event and call again */
    NUCLEUS_ERROR_MEMORY = -2,  /* the machine has no such memory left */
    NUCLEUS_ERROR_IO = -3,      /* the device failed or went away */
    NUCLEUS_ERROR_ENTROPY = -4, /* no entropy source on this machine: never answered with weak bytes */
    NUCLEUS_ERROR_END = -5      /* end of the stream */
};

/* Exit codes of the machine itself, above what programs usually use (documented in docs/exit-codes.md). */
enum nucleus_exit {
    NUCLEUS_EXIT_FAULT = 125,  /* CPU exception or a broken contract */
    NUCLEUS_EXIT_REFUSED = 124 /* the image or its configuration was refused at boot */
};

enum nucleus_access { NUCLEUS_ACCESS_NONE = 0, NUCLEUS_ACCESS_READ = 1, NUCLEUS_ACCESS_WRITE = 3 };

enum nucleus_device_kind { NUCLEUS_DEVICE_NET = 1, NUCLEUS_DEVICE_BLOCK = 2, NUCLEUS_DEVICE_ENTROPY = 4, NUCLEUS_DEVICE_CONSOLE = 3 };

/* How a device is driven. FRAMES: nucleus_device_read and _write move one whole frame. VIRTIO: the
 * driver is in Java and works the registers below (virtio 1.2, sections 4.1 and 4.2). */
enum nucleus_transport { NUCLEUS_TRANSPORT_FRAMES = 1, NUCLEUS_TRANSPORT_VIRTIO_MMIO = 2, NUCLEUS_TRANSPORT_VIRTIO_PCI = 3 };

#define NUCLEUS_DEVICES_MAX 32

struct nucleus_device {
    uint32_t kind;              /* enum nucleus_device_kind (virtio's device ids) */
    uint32_t transport;         /* enum nucleus_transport */
    uint32_t mtu;               /* FRAMES net: largest payload of a frame, bytes; else 0 */
    uint32_t notify_multiplier; /* PCI: bytes between two queues' notify registers */
    uint8_t mac[6];             /* FRAMES net: the guest's address; else 0 */
    uint16_t header;            /* FRAMES net: 12, a virtio_net_hdr (5.1.6) precedes each frame and offloads work; else 0 */
    uint64_t registers;         /* MMIO: the 0x200 bytes of registers; PCI: the common configuration */
    uint64_t notify;            /* PCI: first notify register */
    uint64_t isr;               /* PCI: the ISR byte */
    uint64_t config;            /* device-specific configuration: mapped address (MMIO: registers + 0x100) */
    uint64_t config_size;       /* bytes that may be read at config */
};

/* Where the image's heap lies and what the machine offers. Filled before demitasse_main is called,
 * never changed afterwards. Layout is fixed: Java reads it by offset (BootInfo.java). */
struct nucleus_boot {
    uint64_t version;       /* NUCLEUS_BOOT_VERSION */
    uint64_t platform;      /* enum nucleus_platform */
    uint64_t heap_begin;    /* first byte of .svm_heap, as linked */
    uint64_t heap_image_end;/* end of the image heap, page aligned */
    uint64_t heap_reserved_end; /* end of the address range that starts at heap_begin and belongs to the heap */
    uint64_t pages_begin;   /* a second reserved range, for stacks and off-heap memory */
    uint64_t pages_end;
    uint64_t memory;        /* bytes of memory of this machine, the image included */
    uint64_t memory_free;   /* bytes that nucleus_pages_commit can still hand out at start */
    uint64_t config;        /* boot configuration block (docs/boot-protocol.md), or 0 */
    uint64_t config_size;   /* its bytes */
    uint64_t command_line;  /* NUL-terminated text of the hypervisor, or 0 */
    uint64_t start_ns;      /* monotonic clock at the first instruction of the nucleus */
    uint64_t stack_begin;   /* the boot stack, on which demitasse_main runs */
    uint64_t stack_end;
    uint64_t console_flags; /* bit 0, 1, 2: standard input, output, error is a terminal */
    uint64_t device_count;
    struct nucleus_device devices[NUCLEUS_DEVICES_MAX];
};

#define NUCLEUS_BOOT_VERSION 1
enum nucleus_platform { NUCLEUS_PLATFORM_SANDBOX = 1, NUCLEUS_PLATFORM_PVH = 2 };

/* ---- implemented in Java, called by the nucleus ---------------------------------------------- */

/* Runs the program. Called once on the boot stack; its result is the machine's exit code. */
int demitasse_main(const struct nucleus_boot *boot);

/* Says what Java code the fault happened in (stack trace on the console). Called after the nucleus has
 * printed the registers; ip, sp and fp are those of the faulting code. May fault itself: the
 * nucleus then ends the machine at once. Called at most once. */
void demitasse_fault(uint64_t ip, uint64_t sp, uint64_t fp);

/* ---- implemented by every platform, called by Java -------------------------------------------- */

/* The boot information. Never null. */
const struct nucleus_boot *nucleus_boot(void);

/* Writes to stream 1 (output) or 2 (error). Returns the bytes written (all of them unless the other end
 * is gone), or NUCLEUS_ERROR_IO. Blocks the machine while the console takes nothing. */
long nucleus_console_write(int stream, const void *bytes, size_t length);

/* Reads standard input. Returns the bytes read (at least one), NUCLEUS_ERROR_AGAIN, _END or _IO. */
long nucleus_console_read(void *bytes, size_t length);

/* Nanoseconds since an arbitrary point; never goes back. */
uint64_t nucleus_clock_monotonic(void);

/* Nanoseconds since 1970-01-01T00:00:00Z (wraps in 2554). */
uint64_t nucleus_clock_wall(void);

/* Makes whole pages inside one of the two reserved ranges readable and writable and zero. Pages
 * that are committed already are a broken contract (seen on hypervisors; the sandbox has no book of them).
 * Returns 0 or NUCLEUS_ERROR_MEMORY (then nothing was committed). */
int nucleus_pages_commit(void *address, size_t length);

/* Gives committed pages back to the machine, and where the host takes memory back, to the host. */
void nucleus_pages_uncommit(void *address, size_t length);

/* Changes what may be done with committed pages. There is no way to ask for executable pages. */
void nucleus_pages_protect(void *address, size_t length, int access);

/* Prepares a stack that has never run: returns the stack pointer for nucleus_stack_switch, which will
 * call entry(argument) on it. entry must not return. top is 16-byte aligned. */
void *nucleus_stack_prepare(void *top, void (*entry)(void *), void *argument);

/* Saves the callee-saved state of the caller on its stack, stores its stack pointer in *from and
 * continues on the stack whose pointer is to. Returns when something switches back. */
void nucleus_stack_switch(void **from, void *to);

/* Bits of nucleus_wait besides one for each device (bit n: devices[n]). */
#define NUCLEUS_EVENT_CONSOLE (UINT64_C(1) << 62)  /* standard input has bytes or has ended */
#define NUCLEUS_EVENT_SHUTDOWN (UINT64_C(1) << 63) /* the host asks the program to end in order (sticky once) */

/* Sleeps until an event is pending or the monotonic clock reaches deadline; 0 only looks and does not
 * sleep; UINT64_MAX has no deadline. Returns the events pending and clears them. May return 0 early. The tick
 * rests during a long sleep. */
uint64_t nucleus_wait(uint64_t deadline);

/* Which events nucleus_wait listens to besides the shutdown (all devices at start; not the console). Listening to the console
 * when nobody reads would end every sleep at once. */
void nucleus_wait_for(uint64_t events);

/* Stores 0 into *word every period nanoseconds from a tick (an interrupt or a signal) until called
 * again; word null or period 0 stops the tick. */
void nucleus_tick(volatile int32_t *word, uint64_t period);

/* Moves the tick to another word, without touching the timer. Called at every thread switch. */
void nucleus_tick_word(volatile int32_t *word);

/* Fills the bytes from a hardware or host entropy source. Returns 0 or NUCLEUS_ERROR_ENTROPY. */
int nucleus_entropy(void *bytes, size_t length);

/* Ends the machine. code is 0..255. */
_Noreturn void nucleus_exit(int code);

/* FRAMES devices: one frame. Read returns its length; length must be larger than the largest frame expected,
 * as a frame that fills it may have been cut and is dropped with NUCLEUS_ERROR_IO. Write takes a frame in 1 to 64
 * pieces, which are the caller's again when it returns, and returns its length. Either may answer NUCLEUS_ERROR_AGAIN
 * or _IO. */
struct nucleus_piece { const void *bytes; size_t length; };
long nucleus_device_read(uint32_t device, void *bytes, size_t length);
long nucleus_device_write(uint32_t device, const struct nucleus_piece *pieces, size_t count);

/* VIRTIO devices: zeroed, physically contiguous pages that a device may read and write; null when there
 * are none left. They are never given back. */
void *nucleus_dma_allocate(size_t length);

/* The physical address of memory from nucleus_dma_allocate. */
uint64_t nucleus_dma_address(const void *address);

/* VIRTIO devices: lets the device's interrupt set its event bit. For PCI the MSI-X vector 0 must then be
 * named by the driver for configuration and queues; for MMIO the driver reads InterruptStatus and writes
 * InterruptACK before it looks at the rings, as the line interrupts when it rises. Called once, when the
 * driver is ready for it. */
void nucleus_device_enable(uint32_t device);

#endif
