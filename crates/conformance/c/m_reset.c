/* M-022, M-023, I-017: what a receive is told of datagrams that did not arrive. */
#include "datagram.h"

/* Wine reports nothing, so that waiting longer there would only cost time. */
enum { PATIENCE = ON_WINDOWS ? 1500 : 10000 };

static int receive(SOCKET s, char *byte) {
    receive_timeout(s, PATIENCE);
    WSASetLastError(0);
    return recvfrom(s, byte, 1, 0, NULL, NULL) < 0 ? WSAGetLastError() : 0;
}

/* Waits until the network has answered: what is sent over the loopback later is answered later. */
static void settle(void) {
    SA4 at;
    SOCKET s = udp_at("127.0.0.1", &at);
    post(s, "x", &at);
    char byte;
    CHECK_EQ(receive(s, &byte), 0);
}

static void report(SOCKET s, DWORD code, DWORD on) {
    DWORD bytes;
    CHECK_OK(WSAIoctl(s, code, &on, sizeof on, NULL, 0, &bytes, NULL, NULL));
}

TEST(m_022_the_next_receive_fails) {
    SA4 at, gone = nobody();
    char byte = 0;
    SOCKET s = udp_at("127.0.0.1", &at);
    post(s, "x", &gone);
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    /* Once, and the socket is none the worse. */
    post(s, "y", &at);
    CHECK_EQ(receive(s, &byte), 0);
    CHECK_EQ(byte, 'y');
}

TEST(m_022_once_for_each) {
    SA4 at, gone = nobody();
    char byte = 0;
    SOCKET s = udp_at("127.0.0.1", &at);
    for (int i = 0; i < 3; i++) {
        post(s, "x", &gone);
        settle();
    }
    post(s, "y", &at);
    int failures = 0, error;
    while ((error = receive(s, &byte)) != 0) {
        CHECK_EQ(error, WSAECONNRESET);
        failures++;
    }
    CHECK_EQ(byte, 'y');
    nonblocking(s);
    while ((error = receive(s, &byte)) == WSAECONNRESET) failures++;
    CHECK_EQ(error, WSAEWOULDBLOCK);
    CHECK_EQ(failures, 3);
}

TEST(m_022_a_pending_receive_fails) {
    SA4 at, gone = nobody();
    DWORD bytes;
    SOCKET s = udp_at("127.0.0.1", &at);
    struct letter *letter = letter_to_fill();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_receive(s, letter, NULL, ov), WSA_IO_PENDING);
    post(s, "x", &gone);
    CHECK_EQ(finish_wsa(s, ov, PATIENCE, &bytes), WSAECONNRESET);
    CHECK_STATUS(ov, 0xC000023Fu);
    CHECK_EQ(start_receive(s, letter, NULL, ov), WSA_IO_PENDING);
    post(s, "y", &at);
    CHECK_EQ(finish_wsa(s, ov, PATIENCE, &bytes), 0);
    CHECK_EQ(letter->data[0], 'y');
}

TEST(m_022_a_packet_says_1234) {
    SA4 at, gone = nobody();
    SOCKET s = udp_at("127.0.0.1", &at);
    HANDLE port = port_for(s, 3);
    OVERLAPPED *ov = op_plain(), *got = NULL;
    DWORD bytes;
    ULONG_PTR key;
    CHECK_EQ(start_receive(s, letter_to_fill(), NULL, ov), WSA_IO_PENDING);
    post(s, "x", &gone);
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &got, PATIENCE));
    CHECK_EQ(GetLastError(), 1234);
    CHECK(got == ov && key == 3);
}

TEST(m_022_a_blocked_receive_fails) {
    SA4 at, gone = nobody();
    SOCKET s = udp_at("127.0.0.1", &at);
    char byte;
    /* A pending operation stands before the blocking one, which then finds the second report. */
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_receive(s, letter_to_fill(), NULL, ov), WSA_IO_PENDING);
    post(s, "x", &gone);
    settle();
    post(s, "x", &gone);
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    CHECK_EQ(finish_wsa(s, ov, PATIENCE, NULL), WSAECONNRESET);
}

TEST(m_022_no_other_datagram_is_lost) {
    SA4 at, there, gone = nobody();
    DWORD bytes;
    SOCKET s = udp_at("127.0.0.1", &at), to = udp_at("127.0.0.1", &there);
    for (int i = 0; i < 5; i++) {
        post(s, "lost", &gone);
        settle();
        CHECK_EQ(sendto(s, "kept", 4, 0, (SA *)&there, sizeof there), 4);
        settle();
        CHECK_EQ(start_send(s, letter_to(&there, sizeof there, "kept"), &bytes, NULL), 0);
    }
    for (int i = 0; i < 10; i++) CHECK(!strcmp(received(to)->data, "kept"));
    /* What the sends passed over is told to receives, pending or not. */
    char byte;
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_receive(s, letter_to_fill(), NULL, ov), WSAECONNRESET);
}

/* A send in between takes the kernel's word away from the receive; it has to complete all the same. */
TEST(m_022_a_pending_receive_fails_though_sends_go_on) {
    SA4 at, there, gone = nobody();
    SOCKET s = udp_at("127.0.0.1", &at);
    udp_at("127.0.0.1", &there);
    for (int i = 0; i < 50; i++) {
        OVERLAPPED *ov = op_event();
        CHECK_EQ(start_receive(s, letter_to_fill(), NULL, ov), WSA_IO_PENDING);
        post(s, "x", &gone);
        for (int n = 0; n < 5; n++) post(s, "y", &there);
        CHECK_EQ(finish_wsa(s, ov, PATIENCE, NULL), WSAECONNRESET);
    }
}

TEST(m_022_connected) {
    SA4 at, gone = nobody();
    char byte;
    SOCKET s = udp_at("127.0.0.1", &at);
    CHECK_OK(connect(s, (SA *)&gone, sizeof gone));
    CHECK_EQ(send(s, "x", 1, 0), 1);
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_receive(s, letter_to_fill(), NULL, ov), WSA_IO_PENDING);
    CHECK_EQ(send(s, "x", 1, 0), 1);
    CHECK_EQ(finish_wsa(s, ov, PATIENCE, NULL), WSAECONNRESET);
}

TEST(m_022_over_ipv6_and_dual_stack) {
    SA6 at, gone6, mapped;
    SA4 gone = nobody();
    char byte;
    drop(udp6_at("::1", &gone6));
    SOCKET s = udp6();
    set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    at = v6("::", 0);
    CHECK_OK(bind(s, (SA *)&at, sizeof at));
    post6(s, "x", &gone6);
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    mapped = v6("::ffff:127.0.0.1", ntohs(gone.sin_port));
    post6(s, "x", &mapped);
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
}

TEST(i_017_switched_off) {
    SA4 at, gone = nobody();
    char byte = 0;
    SOCKET s = udp_at("127.0.0.1", &at);
    report(s, SIO_UDP_CONNRESET, FALSE);
    post(s, "x", &gone);
    settle();
    post(s, "y", &at);
    CHECK_EQ(receive(s, &byte), 0);
    CHECK_EQ(byte, 'y');
    nonblocking(s);
    CHECK_EQ(receive(s, &byte), WSAEWOULDBLOCK);
    /* And on again. */
    report(s, SIO_UDP_CONNRESET, TRUE);
    post(s, "x", &gone);
    settle();
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
}

TEST(i_017_off_while_a_receive_is_pending) {
    SA4 at, gone = nobody();
    DWORD bytes;
    SOCKET s = udp_at("127.0.0.1", &at);
    struct letter *letter = letter_to_fill();
    OVERLAPPED *ov = op_event();
    post(s, "x", &gone);
    char byte;
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    CHECK_EQ(start_receive(s, letter, NULL, ov), WSA_IO_PENDING);
    report(s, SIO_UDP_CONNRESET, FALSE);
    for (int i = 0; i < 3; i++) {
        post(s, "x", &gone);
        settle();
    }
    post(s, "y", &at);
    CHECK_EQ(finish_wsa(s, ov, PATIENCE, &bytes), 0);
    CHECK_EQ(letter->data[0], 'y');
}

TEST(i_017_off_on_a_connected_socket) {
    SA4 at, gone = nobody();
    char byte;
    SOCKET s = udp_at("127.0.0.1", &at);
    report(s, SIO_UDP_CONNRESET, FALSE);
    CHECK_OK(connect(s, (SA *)&gone, sizeof gone));
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(send(s, "x", 1, 0), 1);
        settle();
    }
    nonblocking(s);
    CHECK_EQ(receive(s, &byte), WSAEWOULDBLOCK);
}

static int readable(SOCKET s) {
    fd_set set;
    struct timeval now = { 0, 0 };
    FD_ZERO(&set);
    FD_SET(s, &set);
    return select(0, &set, NULL, NULL, &now);
}

TEST(m_022_readable_while_a_receive_would_fail) {
    SA4 at, gone = nobody();
    char byte;
    SOCKET s = udp_at("127.0.0.1", &at);
    CHECK_EQ(readable(s), 0);
    for (int i = 0; i < 2; i++) {
        post(s, "x", &gone);
        settle();
    }
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(readable(s), 1);
        CHECK_EQ(readable(s), 1);
        CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    }
    CHECK_EQ(readable(s), 0);
    nonblocking(s);
    CHECK_EQ(receive(s, &byte), WSAEWOULDBLOCK);
}

TEST(m_022_recorded_as_fd_read) {
    SA4 at, gone = nobody();
    char byte;
    SOCKET s = udp_at("127.0.0.1", &at);
    WSAEVENT event = WSACreateEvent();
    WSANETWORKEVENTS record;
    CHECK_OK(WSAEventSelect(s, event, FD_READ));
    post(s, "x", &gone);
    CHECK_EQ(WSAWaitForMultipleEvents(1, &event, FALSE, PATIENCE, FALSE), WSA_WAIT_EVENT_0);
    CHECK_OK(WSAEnumNetworkEvents(s, event, &record));
    CHECK_EQ(record.lNetworkEvents, FD_READ);
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    CHECK_OK(WSAEnumNetworkEvents(s, event, &record));
    CHECK_EQ(record.lNetworkEvents, 0);
    WSACloseEvent(event);
}

TEST(i_017_off_and_not_readable) {
    SA4 at, gone = nobody();
    SOCKET s = udp_at("127.0.0.1", &at);
    WSAPOLLFD entry = { s, POLLRDNORM, 0 };
    post(s, "x", &gone);
    char byte;
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    report(s, SIO_UDP_CONNRESET, FALSE);
    post(s, "x", &gone);
    settle();
    CHECK_EQ(readable(s), 0);
    post(s, "x", &gone);
    settle();
    CHECK_EQ(WSAPoll(&entry, 1, 0), 0);
    post(s, "y", &at);
    settle();
    CHECK_EQ(readable(s), 1);
}

TEST(i_017_for_datagrams) {
    DWORD on = FALSE, bytes;
    char byte = 0;
    CHECK_SOCK_ERR(WSAIoctl(tcp(), SIO_UDP_CONNRESET, &on, sizeof on, NULL, 0, &bytes, NULL, NULL), WSAENOPROTOOPT);
    CHECK_SOCK_ERR(WSAIoctl(udp(), SIO_UDP_CONNRESET, NULL, 0, NULL, 0, &bytes, NULL, NULL), WSAEFAULT);
    CHECK_OK(WSAIoctl(udp(), SIO_UDP_CONNRESET, &byte, 1, NULL, 0, &bytes, NULL, NULL));
    CHECK_OK(WSAIoctl(udp(), SIO_UDP_NETRESET, &on, sizeof on, NULL, 0, &bytes, NULL, NULL));
    CHECK_EQ(bytes, 0);
}

/* ---- hops that ran out ----------------------------------------------------------------------------------------------- */

static u_short checksum(const unsigned char *data, int length) {
    unsigned sum = 0;
    for (int i = 0; i < length; i += 2) sum += data[i] << 8 | data[i + 1];
    while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
    return (u_short)~sum;
}

/* Says that a router dropped a datagram from `from` to `to`: ICMP type 11, code 0, and the head of the datagram. */
static void time_exceeded(const SA4 *from, const SA4 *to) {
    SOCKET raw = own(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    SA4 here = v4("127.0.0.1", 0);
    unsigned char message[8 + 20 + 8] = { 11, 0 };
    unsigned char *ip = message + 8, *head = ip + 20;
    ip[0] = 0x45, ip[3] = 20 + 8 + 1, ip[8] = 1, ip[9] = IPPROTO_UDP;
    memcpy(ip + 12, &from->sin_addr, 4);
    memcpy(ip + 16, &to->sin_addr, 4);
    u_short sum = htons(checksum(ip, 20));
    memcpy(ip + 10, &sum, 2);
    memcpy(head, &from->sin_port, 2);
    memcpy(head + 2, &to->sin_port, 2);
    head[5] = 8 + 1;
    sum = htons(checksum(message, sizeof message));
    memcpy(message + 2, &sum, 2);
    CHECK_EQ(sendto(raw, (char *)message, sizeof message, 0, (SA *)&here, sizeof here), (int)sizeof message);
}

#define OWN_WORLD                                                                                                      \
    NATIVE_ONLY("raw sockets need a network of the test's own");                                                       \
    if (!getenv("WORLD_NETWORK")) FAIL("run it through linsock-conformance run --filter %s", __func__)

TEST_ENV(m_023_hops_that_ran_out, "WORLD_NETWORK=own") {
    OWN_WORLD;
    SA4 at, there;
    char byte;
    SOCKET s = udp_at("127.0.0.1", &at);
    udp_at("127.0.0.1", &there);
    post(s, "x", &there);
    time_exceeded(&at, &there);
    CHECK_EQ(receive(s, &byte), WSAENETRESET);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_receive(s, letter_to_fill(), NULL, ov), WSA_IO_PENDING);
    time_exceeded(&at, &there);
    CHECK_EQ(finish_wsa(s, ov, PATIENCE, NULL), WSAENETRESET);
    CHECK_STATUS(ov, 0xC000A012u);
}

TEST_ENV(i_017_hops_switched_off, "WORLD_NETWORK=own") {
    OWN_WORLD;
    SA4 at, there, gone = nobody();
    char byte;
    SOCKET s = udp_at("127.0.0.1", &at);
    udp_at("127.0.0.1", &there);
    report(s, SIO_UDP_NETRESET, FALSE);
    post(s, "x", &there);
    time_exceeded(&at, &there);
    settle();
    post(s, "y", &at);
    CHECK_EQ(receive(s, &byte), 0);
    /* The other is told still. */
    post(s, "x", &gone);
    CHECK_EQ(receive(s, &byte), WSAECONNRESET);
    /* And the other way round. */
    report(s, SIO_UDP_CONNRESET, FALSE);
    report(s, SIO_UDP_NETRESET, TRUE);
    post(s, "x", &gone);
    settle();
    time_exceeded(&at, &there);
    CHECK_EQ(receive(s, &byte), WSAENETRESET);
}
