/* K-090 and K-091: the options of level IPPROTO_UDP. */
#include "options.h"

TEST(k_090_checksums) {
    SOCKET u = udp(), to = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to);
    CHECK_FLAG(u, IPPROTO_UDP, UDP_NOCHECKSUM, 0);
    CHECK_FLAG(u, IPPROTO_UDP, UDP_CHECKSUM_COVERAGE, 0);
    tell(u, &at, sizeof at, "unchecked");
    CHECK_HEARS(to, "unchecked");
}

/* In a network of its own, as k_070_a_receiver_sees_them. */
TEST_ENV(k_090_a_receiver_sees_it, "WORLD_NETWORK=own") {
    SOCKET raw = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
    if (raw == INVALID_SOCKET) SKIP("raw sockets are for superusers");
    own(raw);
    SOCKET u = udp_at("127.0.0.1", 0), to = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to), any = v4("127.0.0.1", 0);
    unsigned char packet[256];
    CHECK_OK(bind(raw, (SA *)&any, sizeof any));
    CHECK_SET(u, IPPROTO_UDP, UDP_NOCHECKSUM, 1);
    tell(u, &at, sizeof at, "bare");
    receive_timeout(raw, 5000);
    for (;;) {
        int n = recv(raw, (char *)packet, sizeof packet, 0);
        CHECK(n > 0);
        if (n == 20 + 8 + 4 && memcmp(packet + 22, &at.sin_port, 2) == 0) break;
    }
    CHECK_EQ(packet[26] | packet[27], 0);
}

TEST(k_090_ipv6_cannot_do_without) {
    CHECK_NO_OPTION(udp6(), IPPROTO_UDP, UDP_NOCHECKSUM, WSAENOPROTOOPT);
    CHECK_NO_OPTION(tcp(), IPPROTO_UDP, UDP_NOCHECKSUM, WSAENOPROTOOPT);
}

TEST(k_091_one_send_becomes_several_datagrams) {
    SOCKET u = udp(), to = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to);
    char *block = fill(2500);
    char room[4000];
    CHECK_VALUE(u, IPPROTO_UDP, UDP_SEND_MSG_SIZE, 0);
    CHECK_NUMBER(u, IPPROTO_UDP, UDP_SEND_MSG_SIZE, 500, 1000);
    CHECK_EQ(sendto(u, block, 2500, 0, (SA *)&at, sizeof at), 2500);
    receive_timeout(to, 5000);
    CHECK_EQ(recv(to, room, sizeof room, 0), 1000);
    CHECK(matches(room, 1000, 0));
    CHECK_EQ(recv(to, room, sizeof room, 0), 1000);
    CHECK(matches(room, 1000, 1000));
    CHECK_EQ(recv(to, room, sizeof room, 0), 500);
    CHECK(matches(room, 500, 2000));
    CHECK_SET(u, IPPROTO_UDP, UDP_SEND_MSG_SIZE, 0);
    CHECK_EQ(sendto(u, block, 2500, 0, (SA *)&at, sizeof at), 2500);
    CHECK_EQ(recv(to, room, sizeof room, 0), 2500);
    CHECK_SET_ERR(u, IPPROTO_UDP, UDP_SEND_MSG_SIZE, 0x10000, WSAEINVAL);
}

TEST(k_091_leave_to_coalesce_need_not_be_used) {
    SOCKET u = udp(), to = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to);
    CHECK_VALUE(to, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, 0);
    CHECK_NUMBER(to, IPPROTO_UDP, UDP_RECV_MAX_COALESCED_SIZE, 65535, 3000);
    /* A plain receive has no way to say where one datagram ends. */
    tell(u, &at, sizeof at, "one");
    tell(u, &at, sizeof at, "two");
    CHECK_HEARS(to, "one");
    CHECK_HEARS(to, "two");
}
