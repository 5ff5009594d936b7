/* Stack switch. A suspended stack holds, from its saved pointer upwards:
 *   mxcsr (4 bytes) and x87 control word (2, padded to 4), r15, r14, r13, r12, rbx, rbp, return address. */

        .text
/* void nucleus_stack_switch(void **from [rdi], void *to [rsi]) */
        .globl  nucleus_stack_switch
        .type   nucleus_stack_switch, @function
        .p2align 4
nucleus_stack_switch:
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        subq    $8, %rsp
        stmxcsr (%rsp)
        fnstcw  4(%rsp)
        movq    %rsp, (%rdi)
        movq    %rsi, %rsp
        ldmxcsr (%rsp)
        fldcw   4(%rsp)
        addq    $8, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        ret
        .size   nucleus_stack_switch, . - nucleus_stack_switch

/* void *nucleus_stack_prepare(void *top [rdi], void (*entry)(void *) [rsi], void *argument [rdx]) */
        .globl  nucleus_stack_prepare
        .type   nucleus_stack_prepare, @function
        .p2align 4
nucleus_stack_prepare:
        leaq    stack_first(%rip), %rax
        movq    $0, -8(%rdi)            /* the end of the frame chain for whoever walks it */
        movq    $0, -16(%rdi)
        movq    %rax, -24(%rdi)         /* return address of the first switch */
        movq    $0, -32(%rdi)           /* rbp */
        movq    %rsi, -40(%rdi)         /* rbx: entry */
        movq    %rdx, -48(%rdi)         /* r12: argument */
        movq    $0, -56(%rdi)
        movq    $0, -64(%rdi)
        movq    $0, -72(%rdi)
        movl    $0x1f80, -80(%rdi)      /* mxcsr: every exception masked, round to nearest */
        movl    $0x037f, -76(%rdi)      /* x87: the same, extended precision */
        leaq    -80(%rdi), %rax
        ret
        .size   nucleus_stack_prepare, . - nucleus_stack_prepare

        .p2align 4
        .type   stack_first, @function
stack_first:                            /* rsp = top - 16: aligned for the call */
        movq    %r12, %rdi
        callq   *%rbx
        ud2                             /* entry must not return */
        .size   stack_first, . - stack_first

        .section .note.GNU-stack, "", @progbits
