/* Opens the network devices named on the command line and gives them the descriptors from 3 on. */
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/ioctl.h>

#include "loader.h"

#define ETHERNET_MTU 1500
#define MTU_MIN 576
#define MTU_MAX 65535
#define HEADER 12 /* virtio_net_hdr of virtio 1.x, with num_buffers */

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char *take_mac(const char *text, uint8_t *mac, const char *specification) {
    for (int i = 0; i < 6; i++) {
        int high = hex_digit(text[0]);
        int low = high < 0 ? -1 : hex_digit(text[1]);
        if (low < 0 || (i < 5 && text[2] != ':')) {
            refuse("--net", specification, "mac= is not six hexadecimal bytes with colons");
        }
        mac[i] = (uint8_t)(high << 4 | low);
        text += i < 5 ? 3 : 2;
    }
    if ((mac[0] & 1) != 0) {
        refuse("--net", specification, "mac= is a multicast address");
    }
    return text;
}

/* Opens the tap whose name is at text, up to a comma or the end, which it leaves in *end. */
static long open_tap(const char *text, const char **end) {
    long descriptor = CALL(__NR_open, "/dev/net/tun", 02 | 04000 /* O_RDWR | O_NONBLOCK */, 0);
    if (descriptor < 0) {
        refuse_system("cannot open a tap device", "/dev/net/tun", descriptor);
    }
    static struct ifreq request; /* static, so zero */
    for (size_t i = 0; *text != 0 && *text != ',' && i + 1 < IFNAMSIZ; i++) {
        request.ifr_name[i] = *text++;
    }
    *end = text;
    request.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR;
    long error = CALL(__NR_ioctl, descriptor, TUNSETIFF, &request);
    if (error != 0) {
        refuse_system("cannot open the tap device", request.ifr_name, error);
    }
    return descriptor;
}

/* Bytes in front of each frame of a tap, which then may be larger than the MTU and without checksums. */
static uint16_t offload(long descriptor) {
    struct ifreq request;
    int size = HEADER;
    if (CALL(__NR_ioctl, descriptor, TUNGETIFF, &request) != 0 || (request.ifr_flags & IFF_VNET_HDR) == 0) {
        return 0;
    }
    CALL(__NR_ioctl, descriptor, TUNSETVNETHDRSZ, &size);
    CALL(__NR_ioctl, descriptor, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6);
    return HEADER;
}

/* A tap or a socket that keeps frames apart: a byte stream would glue them together. */
static void check_descriptor(long descriptor, const char *specification) {
    int type = 0;
    int size = sizeof type;
    long error = CALL6(__NR_getsockopt, descriptor, 1 /* SOL_SOCKET */, 3 /* SO_TYPE */, &type, &size, 0);
    if (error == -9) {
        refuse("--net", specification, "no such open descriptor");
    }
    struct ifreq request;
    int frames = error == 0 ? type == 2 || type == 5 /* SOCK_DGRAM, SOCK_SEQPACKET */
                            : CALL(__NR_ioctl, descriptor, TUNGETIFF, &request) == 0;
    if (!frames || descriptor < 3) {
        refuse("--net", specification, "the descriptor is neither a tap nor a datagram socket");
    }
    long flags = CALL(__NR_fcntl, descriptor, 3 /* F_GETFL */, 0);
    CALL(__NR_fcntl, descriptor, 4 /* F_SETFL */, flags | 04000 /* O_NONBLOCK */);
}

void net_open(const char *specification, struct handover *handover) {
    if (handover->device_count == HANDOVER_DEVICES_MAX) {
        refuse("--net", specification, "more than 8 network devices");
    }
    struct handover_device *device = &handover->devices[handover->device_count];
    uint64_t mtu = ETHERNET_MTU;
    uint64_t number = 0;
    long descriptor = -1;
    int has_mac = 0;
    const char *at = specification;
    const char *value;
    for (;;) {
        if ((value = after_prefix(at, "fd=")) != 0) {
            at = parse_number(value, &number);
            if (at == 0 || number > 1 << 20) {
                refuse("--net", specification, "fd= is not a descriptor");
            }
            descriptor = (long)number;
            check_descriptor(descriptor, specification);
        } else if ((value = after_prefix(at, "tap=")) != 0) {
            descriptor = open_tap(value, &at);
        } else if ((value = after_prefix(at, "mac=")) != 0) {
            at = take_mac(value, device->mac, specification);
            has_mac = 1;
        } else if ((value = after_prefix(at, "offload")) != 0) {
            at = value;
            device->header = HEADER;
        } else if ((value = after_prefix(at, "mtu=")) != 0) {
            at = parse_number(value, &mtu);
            if (at == 0 || mtu < MTU_MIN || mtu > MTU_MAX) {
                refuse("--net", specification, "mtu= is not between 576 and 65535");
            }
        } else {
            refuse("--net", specification, "it is not made of fd=, tap=, mac=, mtu= and offload");
        }
        if (*at == 0) {
            break;
        }
        if (*at++ != ',') {
            refuse("--net", specification, "a value is followed by something else than a comma");
        }
    }
    if (descriptor < 0) {
        refuse("--net", specification, "neither fd= nor tap= is there");
    }
    if (!has_mac) {
        if (CALL(__NR_getrandom, device->mac, 6, 0) != 6) {
            refuse("--net", specification, "the host gives no random bytes for an address: use mac=");
        }
        device->mac[0] = (uint8_t)((device->mac[0] & 0xfc) | 2); /* locally administered, one station */
    }
    device->mtu = (uint32_t)mtu;
    device->header = device->header != 0 ? device->header : offload(descriptor);
    device->descriptor = (uint32_t)descriptor;
    handover->device_count++;
}
