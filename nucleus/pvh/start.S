/* Entry of the PVH boot protocol (Xen docs/misc/pvh.pandoc, "x86/HVM direct boot ABI"): 32-bit protected
 * mode, flat segments, no paging, ebx = physical address of the start information. */

        .include "common/function.inc"

        .set    CR0_BITS, 0x80010033    /* PG, WP, NE, ET, MP, PE */
        .set    CR4_BITS, 0x620         /* OSXMMEXCPT, OSFXSR, PAE */
        .set    EFER_BITS, 0x900        /* NXE, LME */
        .set    DIRECT_ENTRY, 192       /* PML4 entry of the direct map, as in pvh.h */

        .section .note.Xen, "a", @note
        .p2align 2
        .long   4, 8, 18
        .asciz  "Xen"
        .quad   nucleus_pvh_start

        .text
        .code32
        function nucleus_pvh_start
        cli
        cld
        /* Boot page tables: the first 4 GiB at address 0 and in the direct map. pvh/pages.c builds the
         * real ones from here. */
        movl    $boot_pd, %edi
        movl    $0x83, %eax             /* present, writable, 2 MiB */
        movl    $2048, %ecx
1:      movl    %eax, (%edi)
        addl    $0x200000, %eax
        addl    $8, %edi
        loop    1b
        .irp    index, 0, 1, 2, 3
        movl    $boot_pd + 4096 * \index + 3, boot_pdpt + 8 * \index
        .endr
        movl    $boot_pdpt + 3, boot_pml4
        movl    $boot_pdpt + 3, boot_pml4 + 8 * DIRECT_ENTRY
        movl    $CR4_BITS, %eax
        movl    %eax, %cr4
        movl    $boot_pml4, %eax
        movl    %eax, %cr3
        movl    $0xc0000080, %ecx
        movl    $EFER_BITS, %eax
        xorl    %edx, %edx
        wrmsr
        movl    $CR0_BITS, %eax
        movl    %eax, %cr0
        lgdt    gdt_pointer
        ljmpl   $8, $start_64

        .code64
start_64:
        xorl    %eax, %eax
        .irp    name, ds, es, fs, gs, ss
        movl    %eax, %\name
        .endr
        fninit
        movl    $boot_stack_top, %esp
        pushq   $0x1f80
        ldmxcsr (%rsp)
        popq    %rax
        movl    %ebx, %edi
        xorl    %ebp, %ebp
        callq   pvh_boot
        ud2

/* Exception and interrupt entries, 16 bytes each, so that the gates can be computed. Vectors 0 to 31 are
 * exceptions, those from 32 to 127 interrupts. */
        function pvh_vectors
        .set    vector, 0
        .rept   128
        .p2align 4
        .if     vector >= 32
        pushq   $vector
        jmp     interrupt_common
        .else
        .if     !(0x60227d00 >> vector & 1)     /* those without an error code of the processor */
        pushq   $0
        .endif
        pushq   $vector
        jmp     exception_common
        .endif
        .set    vector, vector + 1
        .endr
        .p2align 4

exception_common:                       /* struct registers of common/registers.h */
        .irp    name, rax, rcx, rdx, rbx, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
        pushq   %\name
        .endr
        movq    %rsp, %rdi
        movq    %cr2, %rsi
        xorl    %ebp, %ebp
        cld
        andq    $-16, %rsp
        callq   fault_report
        ud2

interrupt_common:                       /* runs on its own stack; C keeps the other registers */
        .irp    name, rax, rcx, rdx, rsi, rdi, r8, r9, r10, r11
        pushq   %\name
        .endr
        movq    72(%rsp), %rdi
        cld
        callq   pvh_interrupt
        .irp    name, r11, r10, r9, r8, rdi, rsi, rdx, rcx, rax
        popq    %\name
        .endr
        addq    $8, %rsp
        iretq

        .data
        .p2align 3
        .globl  pvh_gdt
pvh_gdt:
        .quad   0
        .quad   0x00af9b000000ffff      /* 64-bit code */
        .quad   0, 0                    /* task state segment, pvh/fault.c */
gdt_pointer:
        .word   31
        .quad   pvh_gdt

        .bss
        .p2align 12
boot_pml4:
        .fill   4096
boot_pdpt:
        .fill   4096
boot_pd:
        .fill   4 * 4096
boot_stack:
        .fill   16384
boot_stack_top:

