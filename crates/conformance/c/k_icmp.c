/* K-063: connections that an ICMP error ends. The test answers a SYN on the loopback interface with such an error; in a network
 * of its own, so that no other packets crowd its raw socket. */
#include "options.h"

struct icmp_error { /* ICMP_ERROR_INFO */
    SOCKADDR_INET from;
    int protocol;
    unsigned char type, code;
};

static SOCKET raw(int protocol) {
    SA4 here = v4("127.0.0.1", 0);
    SOCKET s = socket(AF_INET, SOCK_RAW, protocol);
    if (s == INVALID_SOCKET) SKIP("raw sockets are for superusers");
    CHECK_OK(bind(own(s), (SA *)&here, sizeof here));
    return s;
}

static void add_checksum(unsigned char *packet, int length) {
    unsigned sum = 0;
    for (int i = 0; i < length; i += 2) sum += packet[i] << 8 | packet[i + 1];
    while (sum >> 16) sum = (sum & 0xFFFF) + (sum >> 16);
    packet[2] = (unsigned char)(~sum >> 8);
    packet[3] = (unsigned char)~sum;
}

/* "Destination unreachable" with this code, about the SYN that goes to `at`. */
static void answer_syn(SOCKET tcp_packets, const SA4 *at, unsigned char code) {
    unsigned char packet[256], answer[8 + 20 + 20] = { 3, code };
    SOCKET out = raw(IPPROTO_ICMP);
    SA4 to = v4("127.0.0.1", 1); /* which has no port, so any will do */
    receive_timeout(tcp_packets, 10000);
    for (;;) {
        int n = recv(tcp_packets, (char *)packet, sizeof packet, 0);
        CHECK(n >= 40);
        if (memcmp(packet + 22, &at->sin_port, 2) == 0 && (packet[33] & 0x12) == 0x02) break;
    }
    memcpy(answer + 8, packet, 40);
    add_checksum(answer, sizeof answer);
    CHECK_EQ(sendto(out, (char *)answer, sizeof answer, 0, (SA *)&to, sizeof to), (int)sizeof answer);
}

static int info_of(SOCKET s, struct icmp_error *info) {
    int length = sizeof *info;
    CHECK_EQ(sizeof *info, 36);
    CHECK_OK(getsockopt(s, IPPROTO_TCP, TCP_ICMP_ERROR_INFO, (char *)info, &length));
    return length;
}

TEST(k_063_the_option) {
    struct icmp_error info;
    SOCKET s = tcp();
    char room[35];
    int length = sizeof room;
    CHECK_FLAG(s, IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR, 0);
    CHECK_EQ(info_of(s, &info), 0);
    CHECK_SOCK_ERR(getsockopt(s, IPPROTO_TCP, TCP_ICMP_ERROR_INFO, room, &length), WSAEFAULT);
    CHECK_GET_ONLY(s, IPPROTO_TCP, TCP_ICMP_ERROR_INFO);
}

static int attempt(SOCKET s, unsigned char code) {
    SA4 at;
    stuck(&at);
    SOCKET packets = raw(IPPROTO_TCP);
    OVERLAPPED *ov = op_event();
    int error = start_connect(s, &at, NULL, 0, ov);
    CHECK_EQ(error, WSA_IO_PENDING);
    answer_syn(packets, &at, code);
    return finish_wsa(s, ov, 10000, NULL);
}

TEST_ENV(k_063_an_icmp_error_fails_the_connect_and_is_told, "WORLD_NETWORK=own") {
    NATIVE_ONLY("makes raw TCP packets, which Windows forbids");
    for (unsigned char code = 1; code <= 3; code += 2) {
        struct icmp_error info;
        SOCKET s = bound();
        CHECK_SET(s, IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR, 1);
        CHECK_EQ(attempt(s, code), WSAEHOSTUNREACH);
        CHECK_EQ(info_of(s, &info), 36);
        CHECK_EQ(info.type, 3);
        CHECK_EQ(info.code, code);
        CHECK_EQ(info.protocol, IPPROTO_ICMP);
        CHECK_EQ(info.from.Ipv4.sin_family, AF_INET);
        CHECK_EQ(info.from.Ipv4.sin_addr.s_addr, v4("127.0.0.1", 0).sin_addr.s_addr);
        /* The socket is fit for another attempt. */
        SA4 at;
        SOCKET l = listener(&at);
        connect_ok(s, &at);
        accept_one(l);
    }
}

TEST_ENV(k_063_without_the_option_nothing_is_kept, "WORLD_NETWORK=own") {
    NATIVE_ONLY("makes raw TCP packets, which Windows forbids");
    struct icmp_error info;
    SOCKET s = bound();
    CHECK_EQ(attempt(s, 3), WSAECONNREFUSED);
    CHECK_EQ(info_of(s, &info), 0);
}
