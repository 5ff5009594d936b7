/* The state of faulting code, as the exception entry (pvh/start.S) and the sandbox loader leave it. */
#ifndef NUCLEUS_REGISTERS_H
#define NUCLEUS_REGISTERS_H

#include <stdint.h>

struct registers {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8;
    uint64_t rdi, rsi, rbp, rbx, rdx, rcx, rax;
    uint64_t vector; /* exception vector; the sandbox: the vector behind the signal */
    uint64_t error;  /* error code of the processor, or 0 */
    uint64_t rip, cs, rflags, rsp, ss;
};

#endif
