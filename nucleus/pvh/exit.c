/* The end of the machine (docs/boot-protocol.md): the code on the control channel, then the debug-exit port,
 * the keyboard controller's reset line, a triple fault. */
#include "pvh.h"

static uint16_t exit_port;

static int digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

void pvh_exit_configure(const char *setting) {
    uint32_t port = 0;
    const char *at = setting + 2;
    if (setting[0] != '0' || setting[1] != 'x') {
        at = "";
    }
    for (; digit(*at) >= 0 && port < 0x1000; at++) {
        port = port << 4 | (uint32_t)digit(*at);
    }
    if (port == 0 || *at != 0) {
        boot_refuse("the debug-exit port of the configuration is no port", "write it as exit=port:0x501");
    }
    exit_port = (uint16_t)port;
}

void pvh_exit(int code) {
    char text[] = "exit 000\n";
    code &= 255;
    int at = 5;
    if (code >= 100) {
        text[at++] = (char)('0' + code / 100);
    }
    if (code >= 10) {
        text[at++] = (char)('0' + code / 10 % 10);
    }
    text[at++] = (char)('0' + code % 10);
    text[at++] = '\n';
    text[at] = 0;
    interrupts_off();
    pvh_control_write(text);
    if (exit_port != 0) {
        out32(exit_port, (uint32_t)code);
    }
    out8(0x64, 0xfe);
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) none = {0, 0};
    __asm__ volatile("lidt %0" : : "m"(none));
    for (;;) {
        __asm__ volatile("ud2");
    }
}
