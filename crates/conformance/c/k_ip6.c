/* K-080, K-082..K-085: the options of level IPPROTO_IPV6 that are not about groups. */
#include "options.h"

TEST(k_080_hops) {
    static const int names[] = { IPV6_UNICAST_HOPS, IPV6_MULTICAST_HOPS };
    SOCKET u = udp6();
    CHECK_VALUE(u, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1);
    for (int i = 0; i < 2; i++) {
        CHECK_NUMBER(u, IPPROTO_IPV6, names[i], 1, 255);
        CHECK_SET_ERR(u, IPPROTO_IPV6, names[i], 256, WSAEINVAL);
        CHECK_SET_ERR(u, IPPROTO_IPV6, names[i], 0xFFFFFFFF, WSAEINVAL);
        CHECK_VALUE(u, IPPROTO_IPV6, names[i], 255);
    }
}

TEST(k_080_multicast_interface_and_loop) {
    SOCKET u = udp6();
    CHECK_FLAG(u, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1);
    CHECK_VALUE(u, IPPROTO_IPV6, IPV6_MULTICAST_IF, 0);
    CHECK_SET(u, IPPROTO_IPV6, IPV6_MULTICAST_IF, 1); /* host order, unlike IP_MULTICAST_IF */
    CHECK_VALUE(u, IPPROTO_IPV6, IPV6_MULTICAST_IF, 1);
    CHECK(set_error(u, IPPROTO_IPV6, IPV6_MULTICAST_IF, 0xFFFFFF) != 0);
}

TEST(k_080_ipv6_options_are_for_ipv6) {
    CHECK_NO_OPTION(udp(), IPPROTO_IPV6, IPV6_UNICAST_HOPS, WSAENOPROTOOPT);
    CHECK_NO_OPTION(tcp(), IPPROTO_IPV6, IPV6_V6ONLY, WSAENOPROTOOPT);
}

TEST(k_082_wishes_for_control_data) {
    CHECK_FLAG(udp6(), IPPROTO_IPV6, IPV6_DONTFRAG, 0);
    CHECK_FLAG(udp6(), IPPROTO_IPV6, IPV6_PKTINFO, 0);
    CHECK_FLAG(udp6(), IPPROTO_IPV6, IPV6_HOPLIMIT, 0);
    CHECK_FLAG(udp6(), IPPROTO_IPV6, IPV6_RECVIF, 0);
    CHECK_FLAG(udp6(), IPPROTO_IPV6, IPV6_RECVDSTADDR, 0);
    CHECK_NO_OPTION(tcp6(), IPPROTO_IPV6, IPV6_PKTINFO, WSAENOPROTOOPT);
}

TEST(k_082_checksum_of_raw_sockets) {
    CHECK_NO_OPTION(udp6(), IPPROTO_IPV6, IPV6_CHECKSUM, WSAENOPROTOOPT);
    SOCKET raw = socket(AF_INET6, SOCK_RAW, 253); /* a number for experiments */
    if (raw == INVALID_SOCKET) SKIP("raw sockets are for superusers");
    own(raw);
    CHECK_VALUE(raw, IPPROTO_IPV6, IPV6_CHECKSUM, 0xFFFFFFFF);
    CHECK_SET(raw, IPPROTO_IPV6, IPV6_CHECKSUM, 2);
    CHECK_VALUE(raw, IPPROTO_IPV6, IPV6_CHECKSUM, 2);
}

static SOCKET listener_at_any(DWORD only, int *port) {
    SOCKET l = tcp6();
    SA6 at = v6("::", 0);
    int length = sizeof at;
    CHECK_SET(l, IPPROTO_IPV6, IPV6_V6ONLY, only);
    CHECK_OK(bind(l, (SA *)&at, sizeof at));
    CHECK_OK(listen(l, 5));
    CHECK_OK(getsockname(l, (SA *)&at, &length));
    *port = ntohs(at.sin6_port);
    return l;
}

TEST(k_083_ipv6_only_by_default) {
    CHECK_VALUE(tcp6(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    CHECK_VALUE(udp6(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    SOCKET l = tcp6(), four = tcp();
    SA6 any = v6("::", 0);
    int length = sizeof any;
    CHECK_OK(bind(l, (SA *)&any, sizeof any));
    CHECK_OK(listen(l, 5));
    CHECK_OK(getsockname(l, (SA *)&any, &length));
    SA4 at = v4("127.0.0.1", ntohs(any.sin6_port));
    CHECK_SOCK_ERR(connect(four, (SA *)&at, sizeof at), WSAECONNREFUSED);
}

TEST(k_083_both_families_if_it_is_turned_off) {
    int port;
    SOCKET l = listener_at_any(0, &port);
    SA4 at = v4("127.0.0.1", port);
    SOCKET client = connected_to(&at), server = accept_one(l);
    SA6 peer;
    int length = sizeof peer;
    CHECK_OK(getpeername(server, (SA *)&peer, &length));
    CHECK_EQ(peer.sin6_family, AF_INET6);
    CHECK(IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr));
    (void)client;
}

TEST(k_083_it_has_to_be_set_before_bind) {
    int port;
    SOCKET l = listener_at_any(1, &port);
    CHECK_SET_ERR(l, IPPROTO_IPV6, IPV6_V6ONLY, 0, WSAEINVAL);
    CHECK_VALUE(l, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    CHECK_FLAG(tcp6(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
}

TEST(k_084_protection_level) {
    SOCKET s = tcp6();
    CHECK_NUMBER(s, IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, 10, 30);
    CHECK_NUMBER(s, IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, 30, 20);
}

TEST(k_085_wishes_and_traffic_class) {
    SOCKET u = udp6();
    CHECK_FLAG(udp6(), IPPROTO_IPV6, IPV6_RECVRTHDR, 0);
    CHECK_FLAG(udp6(), IPPROTO_IPV6, IPV6_RECVTCLASS, 0);
    CHECK_FLAG(udp6(), IPPROTO_IPV6, IPV6_RECVECN, 0);
    CHECK_FLAG(udp6(), IPPROTO_IPV6, IPV6_RECVERR, 0);
    CHECK_VALUE(u, IPPROTO_IPV6, IPV6_TCLASS, 0);
    CHECK_NUMBER(u, IPPROTO_IPV6, IPV6_TCLASS, 0x20, 0xE0);
    CHECK_SET_ERR(u, IPPROTO_IPV6, IPV6_TCLASS, 256, WSAEINVAL);
}

TEST(k_085_interface_of_unicasts_in_host_order) {
    SOCKET u = udp6(), to = udp6();
    SA6 at = v6("::1", 0);
    int length = sizeof at;
    CHECK_OK(bind(to, (SA *)&at, sizeof at));
    CHECK_OK(getsockname(to, (SA *)&at, &length));
    CHECK_SET(u, IPPROTO_IPV6, IPV6_UNICAST_IF, 1);
    CHECK_VALUE(u, IPPROTO_IPV6, IPV6_UNICAST_IF, 1);
    tell(u, &at, sizeof at, "by loopback");
    CHECK_HEARS(to, "by loopback");
}

TEST(k_085_path_mtu) {
    SOCKET u = udp6(), to = udp6();
    SA6 at = v6("::1", 0);
    int length = sizeof at;
    CHECK_VALUE(u, IPPROTO_IPV6, IPV6_MTU_DISCOVER, 0);
    for (DWORD value = 1; value <= 3; value++) CHECK_NUMBER(u, IPPROTO_IPV6, IPV6_MTU_DISCOVER, value, 0);
    CHECK_SET_ERR(u, IPPROTO_IPV6, IPV6_MTU_DISCOVER, 4, WSAEINVAL);
    CHECK_GET_ERR(u, IPPROTO_IPV6, IPV6_MTU, WSAENOTCONN);
    CHECK_OK(bind(to, (SA *)&at, sizeof at));
    CHECK_OK(getsockname(to, (SA *)&at, &length));
    CHECK_OK(connect(u, (SA *)&at, sizeof at));
    CHECK(value_of(u, IPPROTO_IPV6, IPV6_MTU) >= 1280);
    CHECK_GET_ONLY(u, IPPROTO_IPV6, IPV6_MTU);
    CHECK_NUMBER(u, IPPROTO_IPV6, IPV6_USER_MTU, 1400, 1280);
}

TEST(k_085_routing_header) {
    static const char nonsense[8] = { 0, 0, 77, 0, 0, 0, 0, 0 }; /* a type of routing that there is not */
    SOCKET u = udp6();
    char room[64];
    int length = sizeof room;
    CHECK_OK(getsockopt(u, IPPROTO_IPV6, IPV6_RTHDR, room, &length));
    CHECK_EQ(length, 0);
    CHECK_EQ(set_bytes_error(u, IPPROTO_IPV6, IPV6_RTHDR, nonsense, sizeof nonsense), WSAEINVAL);
    CHECK_EQ(set_bytes_error(u, IPPROTO_IPV6, IPV6_RTHDR, "", 0), 0);
}
