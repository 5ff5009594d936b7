/* The public functions that differ between the platforms jump through the table of the platform the
 * image was started on. The order is that of NUCLEUS_PLATFORM in internal.h. */
        .include "common/function.inc"

        .set    offset, 0
        .irp    name, console_write, console_read, clock_monotonic, clock_wall, pages_commit, pages_uncommit, \
                pages_protect, wait, wait_for, tick, tick_word, entropy, exit, device_read, device_write, \
                dma_allocate, dma_address, device_enable
        function nucleus_\name
        movq    nucleus_platform(%rip), %rax
        jmp     *offset(%rax)
        .set    offset, offset + 8
        .endr
