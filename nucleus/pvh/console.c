/* Serial ports (16550): COM1 is the console, COM2 the control channel of docs/boot-protocol.md. Where there
 * is no COM1 the debug port 0xe9 of Bochs, QEMU and Xen takes its place for output. */
#include "pvh.h"

#define COM1 0x3f8
#define COM2 0x2f8
#define DEBUG_PORT 0xe9

enum { SERIAL_DATA = 0, SERIAL_INTERRUPTS = 1, SERIAL_FIFO = 2, SERIAL_LINE = 3, SERIAL_MODEM = 4, SERIAL_STATUS = 5, SERIAL_SCRATCH = 7 };
enum { STATUS_READABLE = 1, STATUS_WRITABLE = 0x20, STATUS_IDLE = 0x40 };
#define FIFO_SIZE 16

static int has_com1, has_debug_port, has_control;

/* Bounds the wait for a port whose other end has gone away. */
#define SERIAL_PATIENCE 10000000

static int serial_start(uint16_t port) {
    out8(port + SERIAL_SCRATCH, 0x5a);
    if (in8(port + SERIAL_SCRATCH) != 0x5a) {
        return 0;
    }
    out8(port + SERIAL_LINE, 3);   /* 8 bits, no parity, 1 stop bit; virtual lines have no speed */
    out8(port + SERIAL_FIFO, 1);   /* on, interrupt at the first byte; what has come in already stays */
    out8(port + SERIAL_MODEM, 11); /* ready; OUT2 lets interrupts through */
    out8(port + SERIAL_INTERRUPTS, 1);
    return 1;
}

static int serial_wait(uint16_t port, uint8_t status) {
    for (int i = 0; i < SERIAL_PATIENCE; i++) {
        if ((in8(port + SERIAL_STATUS) & status) != 0) {
            return 1;
        }
    }
    return 0;
}

static size_t serial_write(uint16_t port, const uint8_t *bytes, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (i % FIFO_SIZE == 0 && !serial_wait(port, STATUS_WRITABLE)) {
            return i;
        }
        out8(port + SERIAL_DATA, bytes[i]);
    }
    return length;
}

void pvh_console_start(void) {
    has_com1 = serial_start(COM1);
    has_debug_port = !has_com1 && (in8(DEBUG_PORT) == DEBUG_PORT || hypervisor_leaf("XenVMMXenVMM") != 0);
}

void pvh_console_control(void) {
    has_control = serial_start(COM2);
    if (!has_control) {
        boot_refuse("the configuration names COM2 as control channel, which is not there", "give the machine a second serial port");
    }
    pvh_control_write("ready\n"); /* what came in before was lost when the ports were set up */
}

long pvh_console_write(int stream, const void *bytes, size_t length) {
    if (stream != 1 && stream != 2) {
        fault_contract("nucleus_console_write", "the stream is neither 1 nor 2");
    }
    if (has_com1) {
        size_t done = serial_write(COM1, bytes, length);
        return done > 0 || length == 0 ? (long)done : NUCLEUS_ERROR_IO;
    }
    if (!has_debug_port) {
        return NUCLEUS_ERROR_IO;
    }
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++) {
        out8(DEBUG_PORT, at[i]);
    }
    return (long)length;
}

static int has_input(void) {
    return (in8(COM1 + SERIAL_STATUS) & STATUS_READABLE) != 0;
}

/* A serial line has no end: the control channel tells after how many bytes the input ends. */
static uint64_t input_taken, input_length = UINT64_MAX;

void pvh_console_end(uint64_t length) {
    input_length = length;
}

int pvh_console_readable(void) {
    return has_com1 && (input_taken >= input_length || has_input());
}

/* Without a serial line there is nothing to read ever. */
long pvh_console_read(void *bytes, size_t length) {
    if (length == 0) {
        fault_contract("nucleus_console_read", "the length is zero");
    }
    if (!has_com1) {
        return NUCLEUS_ERROR_END;
    }
    uint8_t *at = bytes;
    size_t done = 0;
    while (done < length && has_input()) {
        at[done++] = in8(COM1 + SERIAL_DATA);
    }
    input_taken += done;
    return done > 0 ? (long)done : input_taken >= input_length ? NUCLEUS_ERROR_END : NUCLEUS_ERROR_AGAIN;
}

int pvh_control_read(void) {
    return has_control && (in8(COM2 + SERIAL_STATUS) & STATUS_READABLE) != 0 ? in8(COM2 + SERIAL_DATA) : -1;
}

void pvh_control_write(const char *text) {
    if (has_control) {
        serial_write(COM2, (const uint8_t *)text, text_length(text));
        (void)serial_wait(COM2, STATUS_IDLE);
    }
}
