/* The ELF entry. The loader comes with its handover in rdi and a fresh stack; Linux itself, when somebody
 * starts the image as a program, comes with rdi zero. */

        .text
        .globl  nucleus_sandbox_start
        .type   nucleus_sandbox_start, @function
nucleus_sandbox_start:
        xorl    %ebp, %ebp
        cld
        andq    $-16, %rsp
        testq   %rdi, %rdi
        jz      1f
        callq   sandbox_boot
        ud2
1:      callq   sandbox_refuse_direct
        ud2
        .size   nucleus_sandbox_start, . - nucleus_sandbox_start

        .section .note.GNU-stack, "", @progbits
