        .text
        .globl nucleus_sandbox_start
        .type nucleus_sandbox_start, @function
nucleus_sandbox_start:
        call kernel_start
        ud2
        .globl pvh_start
        .code32
pvh_start:
        movl $stack_end, %esp
        jmp .

        .bss
        .skip 4096
stack_end:

        .section .note.Xen, "a", @note
        .long 4, 4, 18
        .asciz "Xen"
        .long pvh_start
        .section .note.GNU-stack, "", @progbits
