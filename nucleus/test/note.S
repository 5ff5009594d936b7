/* The notes that the image linker writes for real images; finish.c fills the build id, file size and checksum. */
        .section .note.Demitasse, "a", @note
        .p2align 2
        .long   10, 72, 1
        .asciz  "Demitasse"
        .p2align 2
        .long   1, 0
        .quad   nucleus_sandbox_start
        .quad   heap_begin, heap_image_end, heap_reserved_end, pages_begin, pages_end
        .quad   0
        .long   0, 8
        .long   4, 20, 3
        .asciz  "GNU"
        .fill   20, 1, 0x5a

        .section .svm_heap, "aw", @progbits
        .globl  test_heap
test_heap:
        .ascii  "image heap"
        .fill   8182, 1, 0

        .section .note.GNU-stack, "", @progbits
