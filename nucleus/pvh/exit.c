/* The end of the machine (docs/boot-protocol.md): the code on the control channel, then the debug-exit port,
 * the keyboard controller's reset line, a triple fault. */
#include "pvh.h"

static uint16_t exit_port;

int pvh_exit_configure(const char *setting) {
    uint64_t port = 0;
    int good = *parse_number(setting, &port) == 0 && port <= 0xffff;
    exit_port = (uint16_t)port;
    return good && port != 0;
}

void pvh_exit(int code) {
    char text[] = "exit \0\0\0\0";
    int at = 5;
    code &= 255;
    for (int unit = 100; unit > 0; unit /= 10) {
        if (code >= unit || unit == 1) {
            text[at++] = (char)('0' + code / unit % 10);
        }
    }
    text[at] = '\n';
    interrupts_off();
    pvh_control_write(text);
    if (exit_port != 0) {
        out32(exit_port, (uint32_t)code);
    }
    out8(0x64, 0xfe);
    pvh_load_gates(0, 1);
    __builtin_trap();
}
