/* Finds virtio devices (virtio 1.2, 4.2): memory-mapped ones named on the command line as Linux would take
 * them, or in the slots of QEMU's microvm. PCI devices are found by pvh/pci.c. */
#include "pvh.h"

#define MICROVM_SLOTS UINT64_C(0xfeb00000)
#define MICROVM_SLOT_COUNT 24
#define SLOT_SIZE 0x200
#define VIRTIO_MAGIC 0x74726976

enum { MMIO_MAGIC = 0, MMIO_VERSION = 1, MMIO_DEVICE = 2 };

static struct interrupt_source sources[NUCLEUS_DEVICES_MAX];

void pvh_device_add(const struct nucleus_device *device, const struct interrupt_source *source) {
    struct nucleus_boot *boot = &nucleus_boot_information;
    if (device->kind >= NUCLEUS_DEVICE_NET && device->kind <= NUCLEUS_DEVICE_ENTROPY &&
        boot->device_count < NUCLEUS_DEVICES_MAX) {
        sources[boot->device_count] = *source;
        boot->devices[boot->device_count++] = *device;
    }
}

/* The slot is read only when it is one: elsewhere there is nothing, which reads as all ones. */
static void add_slot(uint64_t physical, uint32_t line) {
    volatile uint32_t *registers = pvh_map_device(physical, SLOT_SIZE);
    if (registers[MMIO_MAGIC] != VIRTIO_MAGIC || registers[MMIO_DEVICE] == 0) {
        return;
    }
    if (registers[MMIO_VERSION] != 2) {
        print("nucleus: a legacy virtio device is left out (QEMU: -global virtio-mmio.force-legacy=false)\n");
        return;
    }
    struct interrupt_source source = {.line = line};
    struct nucleus_device device = {
        .kind = registers[MMIO_DEVICE], .transport = NUCLEUS_TRANSPORT_VIRTIO_MMIO, .registers = (uint64_t)registers,
        .config = (uint64_t)registers + 0x100, .config_size = SLOT_SIZE - 0x100};
    pvh_device_add(&device, &source);
}

/* SIZE@ADDRESS:IRQ[:ID] */
static void add_word(const char *word) {
    uint64_t size, address = 0, line = 0;
    word = parse_number(word, &size);
    word += *word == 'K' || *word == 'M'; /* the size is that of a slot */
    if (*word == '@' && *(word = parse_number(word + 1, &address)) == ':') {
        (void)parse_number(word + 1, &line);
    }
    if (address == 0 || line == 0 || (address & (SLOT_SIZE - 1)) != 0 || address >> 40 != 0) {
        boot_refuse("a virtio_mmio.device= word of the command line is malformed", "write it as SIZE@ADDRESS:IRQ");
    }
    add_slot(address, (uint32_t)line);
}

/* Blanks the virtio_mmio.device= words of the command line, which then goes on to Java. */
static int add_words(char *word) {
    static const char prefix[] = "virtio_mmio.device=";
    int found = 0;
    while (*word != 0) {
        size_t length = 0;
        while (word[length] != 0 && word[length] != ' ') {
            length++;
        }
        if (length >= sizeof prefix && memcmp(word, prefix, sizeof prefix - 1) == 0) {
            found = 1;
            add_word(word + sizeof prefix - 1);
            memset(word, ' ', length);
        }
        word += length + (word[length] == ' ');
    }
    return found;
}

void pvh_device_start(char *command_line) {
    if (command_line == 0 || !add_words(command_line)) {
        uint32_t first = pvh_interrupt_lines() > MICROVM_SLOT_COUNT ? 24 : 16;
        for (uint32_t i = 0; i < MICROVM_SLOT_COUNT; i++) {
            add_slot(MICROVM_SLOTS + i * SLOT_SIZE, first + i);
        }
    }
    pvh_pci_start();
}

void pvh_device_enable(uint32_t device) {
    if (device >= nucleus_boot_information.device_count) {
        fault_contract("nucleus_device_enable", "no such device");
    }
    const struct interrupt_source *source = &sources[device];
    if (source->message != 0) { /* MSI-X table entry 0: address, data, not masked */
        source->message[0] = 0xfee00000 | pvh_processor() << 12;
        source->message[1] = 0;
        source->message[2] = VECTOR_DEVICE + device;
        source->message[3] = 0;
    } else {
        pvh_interrupt_route(source->line, VECTOR_DEVICE + device);
    }
}

long pvh_device_read(uint32_t device, void *bytes, size_t length) {
    (void)device, (void)bytes, (void)length;
    fault_contract("nucleus_device_read", "this machine has no frame devices");
}

long pvh_device_write(uint32_t device, const struct nucleus_piece *pieces, size_t count) {
    return pvh_device_read(device, (void *)(uintptr_t)pieces, count);
}
