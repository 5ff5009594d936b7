/* The public functions that differ between the platforms jump through the table of the platform the
 * image was started on. The order is that of NUCLEUS_PLATFORM in internal.h. */

        .text
        .set    offset, 0
        .irp    name, console_write, console_read, clock_monotonic, clock_wall, pages_commit, pages_uncommit, \
                pages_protect, wait, wait_for, tick, tick_word, entropy, exit, device_read, device_write, \
                dma_allocate, dma_address, device_enable
        .globl  nucleus_\name
        .type   nucleus_\name, @function
        .p2align 4
nucleus_\name:
        movq    nucleus_platform(%rip), %rax
        jmp     *offset(%rax)
        .size   nucleus_\name, . - nucleus_\name
        .set    offset, offset + 8
        .endr

        .globl  nucleus_boot
        .type   nucleus_boot, @function
        .p2align 4
nucleus_boot:
        leaq    nucleus_boot_information(%rip), %rax
        ret
        .size   nucleus_boot, . - nucleus_boot

        .section .note.GNU-stack, "", @progbits
