/* Stack switch. A suspended stack holds, from its saved pointer upwards:
 *   mxcsr (4 bytes) and x87 control word (2, padded to 4), r15, r14, r13, r12, rbx, rbp, return address. */
        .include "common/function.inc"

/* void nucleus_stack_switch(void **from [rdi], void *to [rsi]) */
        function nucleus_stack_switch
        .irp    name, rbp, rbx, r12, r13, r14, r15, rax
        pushq   %\name
        .endr
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        .irp    name, rax, r15, r14, r13, r12, rbx, rbp
        popq    %\name
        .endr
        ret

/* void *nucleus_stack_prepare(void *top [rdi], void (*entry)(void *) [rsi], void *argument [rdx]) */
        function nucleus_stack_prepare
        leaq    -80(%rdi), %rax
        leaq    stack_first(%rip), %rcx
        movabsq $0x037f00001f80, %r8    /* every exception masked, round to nearest, extended x87 */
        movq    %r8, (%rax)
        movq    %rdx, 32(%rax)          /* r12: argument */
        movq    %rsi, 40(%rax)          /* rbx: entry */
        movq    %rcx, 56(%rax)          /* return address of the first switch */
        .irp    place, 8, 16, 24, 48, 64, 72    /* the last two end the frame chain for whoever walks it */
        movq    $0, \place(%rax)
        .endr
        ret

stack_first:                            /* rsp = top - 16: aligned for the call */
        movq    %r12, %rdi
        callq   *%rbx
        ud2                             /* entry must not return */
