/* The public functions that differ between the platforms jump through the table of the platform the
 * image was started on. The order is that of struct platform in internal.h. */

        .macro  dispatch name, index
        .globl  nucleus_\name
        .type   nucleus_\name, @function
        .p2align 4
nucleus_\name:
        movq    nucleus_platform(%rip), %rax
        jmp     *(8 * \index)(%rax)
        .size   nucleus_\name, . - nucleus_\name
        .endm

        .text
        dispatch console_write, 0
        dispatch console_read, 1
        dispatch clock_monotonic, 2
        dispatch clock_wall, 3
        dispatch pages_commit, 4
        dispatch pages_uncommit, 5
        dispatch pages_protect, 6
        dispatch wait, 7
        dispatch wait_for, 8
        dispatch tick, 9
        dispatch tick_word, 10
        dispatch entropy, 11
        dispatch exit, 12
        dispatch device_read, 13
        dispatch device_write, 14
        dispatch dma_allocate, 15
        dispatch dma_address, 16
        dispatch device_enable, 17

        .globl  nucleus_boot
        .type   nucleus_boot, @function
        .p2align 4
nucleus_boot:
        leaq    nucleus_boot_information(%rip), %rax
        ret
        .size   nucleus_boot, . - nucleus_boot

        .section .note.GNU-stack, "", @progbits
