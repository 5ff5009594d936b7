/* The ELF entry. The loader comes with its handover in rdi and a fresh stack; Linux itself, when somebody
 * starts the image as a program, comes with rdi zero. */
        .include "common/function.inc"

        function nucleus_sandbox_start
        xorl    %ebp, %ebp
        andq    $-16, %rsp
        callq   sandbox_boot
        ud2
