/* K-070, K-073, K-075..K-077: the options of level IPPROTO_IP that are not about groups. */
#include "options.h"

enum { NOT_SET, DO, DONT, PROBE }; /* IP_PMTUDISC_* */

TEST(k_070_type_of_service_and_time_to_live) {
    SOCKET u = udp();
    CHECK_VALUE(u, IPPROTO_IP, IP_TOS, 0);
    CHECK_NUMBER(u, IPPROTO_IP, IP_TOS, 0x10, 0xE0);
    CHECK_NUMBER(u, IPPROTO_IP, IP_TTL, 1, 255);
    CHECK_NUMBER(tcp(), IPPROTO_IP, IP_TTL, 3, 77);
    CHECK_SET_ERR(u, IPPROTO_IP, IP_TTL, 256, WSAEINVAL);
    CHECK_SET_ERR(u, IPPROTO_IP, IP_TTL, 0xFFFFFFFF, WSAEINVAL);
    CHECK_VALUE(u, IPPROTO_IP, IP_TTL, 255);
}

TEST(k_070_the_numbers_are_not_the_hosts) {
    /* On the host 4 is IP_OPTIONS, 3 IP_HDRINCL, 2 IP_TTL and 1 IP_TOS. */
    SOCKET u = udp();
    CHECK_SET(u, IPPROTO_IP, IP_TTL, 9);
    CHECK_SET(u, IPPROTO_IP, IP_TOS, 0x20);
    CHECK_VALUE(u, IPPROTO_IP, IP_TTL, 9);
    CHECK_VALUE(u, IPPROTO_IP, IP_TOS, 0x20);
    CHECK_NO_OPTION(u, IPPROTO_IP, IP_HDRINCL, WSAENOPROTOOPT);
}

/* In a network of its own: on the shared one others' datagrams may be longer than the room here. */
TEST_ENV(k_070_a_receiver_sees_them, "WORLD_NETWORK=own") {
    SOCKET raw = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
    if (raw == INVALID_SOCKET) SKIP("raw sockets are for superusers");
    own(raw);
    SOCKET to = udp_at("127.0.0.1", 0), from = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to), any = v4("127.0.0.1", 0);
    unsigned char packet[256];
    CHECK_OK(bind(raw, (SA *)&any, sizeof any));
    CHECK_SET(from, IPPROTO_IP, IP_TTL, 42);
    CHECK_SET(from, IPPROTO_IP, IP_TOS, 0x48);
    tell(from, &at, sizeof at, "seen");
    receive_timeout(raw, 5000);
    for (;;) {
        int n = recv(raw, (char *)packet, sizeof packet, 0);
        CHECK(n > 0);
        if (n == 20 + 8 + 4 && memcmp(packet + 22, &at.sin_port, 2) == 0) break;
    }
    CHECK_EQ(packet[8], 42);
    CHECK_EQ(packet[1], 0x48);
}

TEST(k_070_header_by_the_program) {
    SOCKET raw = socket(AF_INET, SOCK_RAW, IPPROTO_UDP);
    if (raw == INVALID_SOCKET) SKIP("raw sockets are for superusers");
    CHECK_FLAG(own(raw), IPPROTO_IP, IP_HDRINCL, 0);
}

TEST(k_070_options_of_the_header) {
    static const char nothing[4] = { 1, 1, 1, 0 }; /* three times NOP, and the end */
    SOCKET u = udp(), to = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to);
    char room[40];
    int length = sizeof room;
    CHECK_OK(getsockopt(u, IPPROTO_IP, IP_OPTIONS, room, &length));
    CHECK_EQ(length, 0);
    CHECK_EQ(set_bytes_error(u, IPPROTO_IP, IP_OPTIONS, nothing, 4), 0);
    length = sizeof room;
    CHECK_OK(getsockopt(u, IPPROTO_IP, IP_OPTIONS, room, &length));
    CHECK_EQ(length, 4);
    CHECK(memcmp(room, nothing, 4) == 0);
    tell(u, &at, sizeof at, "with options");
    CHECK_HEARS(to, "with options");
    CHECK_EQ(set_bytes_error(u, IPPROTO_IP, IP_OPTIONS, "", 0), 0);
    length = sizeof room;
    CHECK_OK(getsockopt(u, IPPROTO_IP, IP_OPTIONS, room, &length));
    CHECK_EQ(length, 0);
    CHECK_EQ(set_bytes_error(u, IPPROTO_IP, IP_OPTIONS, "\x83\x50", 2), WSAEINVAL);
}

TEST(k_073_dont_fragment) {
    CHECK_FLAG(udp(), IPPROTO_IP, IP_DONTFRAGMENT, 0);
    SOCKET u = udp();
    CHECK_SET(u, IPPROTO_IP, IP_DONTFRAGMENT, 1);
    CHECK_VALUE(u, IPPROTO_IP, IP_MTU_DISCOVER, DO);
    CHECK_SET(u, IPPROTO_IP, IP_MTU_DISCOVER, DONT);
    CHECK_VALUE(u, IPPROTO_IP, IP_DONTFRAGMENT, 0);
}

TEST(k_075_wishes_for_control_data) {
    SOCKET u = udp();
    CHECK_FLAG(u, IPPROTO_IP, IP_PKTINFO, 0);
    CHECK_FLAG(u, IPPROTO_IP, IP_RECEIVE_BROADCAST, 1);
    CHECK_FLAG(u, IPPROTO_IP, IP_RECVIF, 0);
    CHECK_FLAG(u, IPPROTO_IP, IP_RECVDSTADDR, 0);
    CHECK_NO_OPTION(tcp(), IPPROTO_IP, IP_PKTINFO, WSAENOPROTOOPT);
}

TEST(k_076_more_wishes) {
    CHECK_FLAG(udp(), IPPROTO_IP, IP_RECVTTL, 0);
    CHECK_FLAG(udp(), IPPROTO_IP, IP_HOPLIMIT, 0);
    CHECK_FLAG(udp(), IPPROTO_IP, IP_RECVTOS, 0);
    CHECK_FLAG(udp(), IPPROTO_IP, IP_RECVECN, 0);
}

TEST(k_076_interface_of_unicasts_in_network_order) {
    SOCKET u = udp(), to = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to);
    CHECK_VALUE(u, IPPROTO_IP, IP_UNICAST_IF, 0);
    CHECK_SET(u, IPPROTO_IP, IP_UNICAST_IF, htonl(1)); /* the loopback interface */
    CHECK_VALUE(u, IPPROTO_IP, IP_UNICAST_IF, htonl(1));
    tell(u, &at, sizeof at, "by loopback");
    CHECK_HEARS(to, "by loopback");
    CHECK(set_error(u, IPPROTO_IP, IP_UNICAST_IF, htonl(0xFFFF)) != 0);
    CHECK_VALUE(u, IPPROTO_IP, IP_UNICAST_IF, htonl(1));
}

TEST(k_077_path_mtu_discovery) {
    SOCKET u = udp();
    CHECK_VALUE(u, IPPROTO_IP, IP_MTU_DISCOVER, NOT_SET);
    for (DWORD value = DO; value <= PROBE; value++) {
        CHECK_SET(u, IPPROTO_IP, IP_MTU_DISCOVER, value);
        CHECK_VALUE(u, IPPROTO_IP, IP_MTU_DISCOVER, value);
        CHECK_VALUE(u, IPPROTO_IP, IP_DONTFRAGMENT, value == DO);
    }
    CHECK_SET_ERR(u, IPPROTO_IP, IP_MTU_DISCOVER, 4, WSAEINVAL);
    CHECK_VALUE(u, IPPROTO_IP, IP_MTU_DISCOVER, PROBE);
    CHECK_SET(u, IPPROTO_IP, IP_MTU_DISCOVER, NOT_SET);
    CHECK_VALUE(u, IPPROTO_IP, IP_MTU_DISCOVER, NOT_SET);
}

TEST(k_077_mtu_of_a_connection) {
    SOCKET u = udp(), to = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to);
    CHECK_GET_ERR(u, IPPROTO_IP, IP_MTU, WSAENOTCONN);
    CHECK_OK(connect(u, (SA *)&at, sizeof at));
    CHECK(value_of(u, IPPROTO_IP, IP_MTU) >= 1280);
    CHECK_GET_ONLY(u, IPPROTO_IP, IP_MTU);
}

TEST(k_077_the_others) {
    CHECK_FLAG(udp(), IPPROTO_IP, IP_RECVERR, 0);
    CHECK_FLAG(udp(), IPPROTO_IP, IP_ORIGINAL_ARRIVAL_IF, 0);
    SOCKET u = udp();
    CHECK_VALUE(u, IPPROTO_IP, IP_USER_MTU, 0xFFFFFFFF);
    CHECK_NUMBER(u, IPPROTO_IP, IP_USER_MTU, 1400, 1280);
}
