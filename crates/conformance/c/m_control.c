/* M-010, M-011, M-013..M-017, M-019: control data and the flags of a message. */
#include "datagram.h"

static IN_PKTINFO info_of(struct letter *letter) {
    IN_PKTINFO info;
    WSACMSGHDR *object = object_of(letter, IPPROTO_IP, IP_PKTINFO);
    if (!object) FAIL("no IP_PKTINFO");
    CHECK_EQ(object->cmsg_len, WSA_CMSG_LEN(sizeof info));
    memcpy(&info, WSA_CMSG_DATA(object), sizeof info);
    return info;
}

static IN6_PKTINFO info6_of(struct letter *letter) {
    IN6_PKTINFO info;
    WSACMSGHDR *object = object_of(letter, IPPROTO_IPV6, IPV6_PKTINFO);
    if (!object) FAIL("no IPV6_PKTINFO");
    CHECK_EQ(object->cmsg_len, WSA_CMSG_LEN(sizeof info));
    memcpy(&info, WSA_CMSG_DATA(object), sizeof info);
    return info;
}

/* Bound to the wildcard addresses of both families. */
static SOCKET dual_stack(int *port) {
    SOCKET s = udp6();
    SA6 at = v6("::", 0);
    int length = sizeof at;
    set_option(s, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    CHECK_OK(bind(s, (SA *)&at, sizeof at));
    CHECK_OK(getsockname(s, (SA *)&at, &length));
    *port = ntohs(at.sin6_port);
    return s;
}

TEST(m_010_too_little_room_for_control_data) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes;
    set_option(to, IPPROTO_IP, IP_PKTINFO, 1);
    for (ULONG room = 0; room < WSA_CMSG_LEN(sizeof(IN_PKTINFO)); room += 8) {
        struct letter *letter = letter_to_fill();
        letter->msg.Control.len = room;
        post(s, "x", &at);
        receive_timeout(to, 20000);
        CHECK_EQ(start_receive(to, letter, &bytes, NULL), WSAEMSGSIZE);
        CHECK_EQ(letter->msg.dwFlags & MSG_CTRUNC, MSG_CTRUNC);
        CHECK_EQ(letter->data[0], 'x');
        CHECK(letter->msg.Control.len <= room);
    }
    /* Nothing behind the last object is needed. */
    struct letter *letter = letter_to_fill();
    letter->msg.Control.len = WSA_CMSG_LEN(sizeof(IN_PKTINFO));
    post(s, "x", &at);
    CHECK_EQ(start_receive(to, letter, &bytes, NULL), 0);
    CHECK_EQ(letter->msg.dwFlags, 0);
    CHECK_EQ(objects_in(letter), 1);
}

TEST(m_010_objects_that_fit_are_there) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes;
    set_option(to, IPPROTO_IP, IP_PKTINFO, 1);
    set_option(to, IPPROTO_IP, IP_RECVTTL, 1);
    struct letter *letter = letter_to_fill();
    letter->msg.Control.len = WSA_CMSG_SPACE(sizeof(IN_PKTINFO)) + 8;
    post(s, "x", &at);
    receive_timeout(to, 20000);
    CHECK_EQ(start_receive(to, letter, &bytes, NULL), WSAEMSGSIZE);
    CHECK_EQ(letter->msg.dwFlags & MSG_CTRUNC, MSG_CTRUNC);
    CHECK_EQ(objects_in(letter), 1);
}

TEST(m_011_broadcast) {
    SA4 at, all;
    SOCKET to = udp_at("0.0.0.0", &at), s = udp();
    all = v4("127.255.255.255", ntohs(at.sin_port));
    at = v4("127.0.0.1", ntohs(at.sin_port));
    set_option(s, SOL_SOCKET, SO_BROADCAST, 1);
    nonblocking(to);
    DWORD bytes;
    /* From the first WSARecvMsg on it is known which address of a subnet is its broadcast. */
    CHECK_EQ(start_receive(to, letter_to_fill(), &bytes, NULL), WSAEWOULDBLOCK);
    u_long off = 0;
    CHECK_OK(ioctlsocket(to, FIONBIO, &off));
    post(s, "all", &all);
    post(s, "one", &at);
    struct letter *letter = received(to);
    CHECK(!strcmp(letter->data, "all"));
    CHECK_EQ(letter->msg.dwFlags, MSG_BCAST);
    CHECK_EQ(letter->msg.Control.len, 0);
    letter = received(to);
    CHECK(!strcmp(letter->data, "one"));
    CHECK_EQ(letter->msg.dwFlags, 0);
}

static SOCKET in_group(const char *group, SA4 *at) {
    SA4 any;
    SOCKET s = udp_at("0.0.0.0", &any);
    struct ip_mreq member = { v4(group, 0).sin_addr, v4("127.0.0.1", 0).sin_addr };
    CHECK_OK(setsockopt(s, IPPROTO_IP, IP_ADD_MEMBERSHIP, (char *)&member, sizeof member));
    *at = v4(group, ntohs(any.sin_port));
    return s;
}

static SOCKET sender_to_groups(void) {
    SA4 own;
    SOCKET s = udp_at("127.0.0.1", &own);
    CHECK_OK(setsockopt(s, IPPROTO_IP, IP_MULTICAST_IF, (char *)&own.sin_addr, sizeof own.sin_addr));
    return s;
}

TEST(m_011_multicast) {
    SA4 group;
    SOCKET to = in_group("239.7.7.7", &group), s = sender_to_groups();
    post(s, "many", &group);
    struct letter *letter = received(to);
    CHECK(!strcmp(letter->data, "many"));
    CHECK_EQ(letter->msg.dwFlags, MSG_MCAST);
    CHECK_EQ(letter->msg.Control.len, 0);
    /* Also while the program turns the option that the kernel needs for it on and off. */
    for (int round = 0; round < 3; round++) {
        set_option(to, IPPROTO_IP, IP_PKTINFO, round % 2);
        post(s, "again", &group);
        letter = received(to);
        CHECK_EQ(letter->msg.dwFlags, MSG_MCAST);
        CHECK_EQ(objects_in(letter), round % 2);
    }
    set_option(to, IPPROTO_IP, IP_PKTINFO, 0);
    set_option(to, IPPROTO_IP, IP_PKTINFO, 0);
    post(s, "off", &group);
    CHECK_EQ(received(to)->msg.dwFlags, MSG_MCAST);
}

TEST(m_011_multicast_and_too_long) {
    SA4 group;
    SOCKET to = in_group("239.7.7.8", &group);
    struct letter *letter = letter_to_fill();
    OVERLAPPED *ov = op_event();
    letter->buffer.len = 2;
    CHECK_EQ(start_receive(to, letter, NULL, ov), WSA_IO_PENDING);
    post(sender_to_groups(), "many", &group);
    CHECK_EQ(finish_wsa(to, ov, 10000, NULL), WSAEMSGSIZE);
    CHECK_EQ(letter->msg.dwFlags & (MSG_MCAST | MSG_TRUNC), MSG_MCAST | MSG_TRUNC);
}

TEST(m_013_destination) {
    SA4 at, second;
    SOCKET to = udp_at("0.0.0.0", &at), s = udp();
    CHECK_EQ(sizeof(IN_PKTINFO), 8);
    set_option(to, IPPROTO_IP, IP_PKTINFO, 1);
    at = v4("127.0.0.1", ntohs(at.sin_port));
    second = v4("127.0.0.2", ntohs(at.sin_port));
    post(s, "one", &at);
    post(s, "two", &second);
    struct letter *letter = received(to);
    CHECK_EQ(objects_in(letter), 1);
    CHECK_EQ(info_of(letter).ipi_addr.s_addr, at.sin_addr.s_addr);
    ULONG came_by = info_of(letter).ipi_ifindex;
    CHECK(came_by != 0);
    letter = received(to);
    CHECK_EQ(info_of(letter).ipi_addr.s_addr, second.sin_addr.s_addr);
    CHECK_EQ(info_of(letter).ipi_ifindex, came_by);
    /* Off again. */
    set_option(to, IPPROTO_IP, IP_PKTINFO, 0);
    post(s, "three", &at);
    letter = received(to);
    CHECK_EQ(letter->msg.Control.len, 0);
    CHECK_EQ(letter->msg.dwFlags, 0);
}

TEST(m_013_a_groups_address_is_the_destination) {
    SA4 group;
    SOCKET to = in_group("239.7.7.9", &group);
    set_option(to, IPPROTO_IP, IP_PKTINFO, 1);
    struct letter *letter = letter_to_fill();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_receive(to, letter, NULL, ov), WSA_IO_PENDING);
    post(sender_to_groups(), "many", &group);
    CHECK_EQ(finish_wsa(to, ov, 10000, NULL), 0);
    CHECK_EQ(info_of(letter).ipi_addr.s_addr, group.sin_addr.s_addr);
}

TEST(m_014_destination_over_ipv6) {
    SA6 at;
    SOCKET to = udp6_at("::1", &at), s = udp6();
    CHECK_EQ(sizeof(IN6_PKTINFO), 20);
    set_option(to, IPPROTO_IPV6, IPV6_PKTINFO, 1);
    post6(s, "x", &at);
    struct letter *letter = received(to);
    CHECK_EQ(objects_in(letter), 1);
    IN6_PKTINFO info = info6_of(letter);
    CHECK(!memcmp(&info.ipi6_addr, &at.sin6_addr, 16));
    CHECK(info.ipi6_ifindex != 0);
    set_option(to, IPPROTO_IPV6, IPV6_PKTINFO, 0);
    post6(s, "x", &at);
    CHECK_EQ(received(to)->msg.Control.len, 0);
}

TEST(m_015_each_family_has_its_own_object) {
    int port;
    SOCKET to = dual_stack(&port);
    SA4 at = v4("127.0.0.1", port);
    SA6 at6 = v6("::1", port);
    set_option(to, IPPROTO_IP, IP_PKTINFO, 1);
    set_option(to, IPPROTO_IPV6, IPV6_PKTINFO, 1);
    post(udp(), "four", &at);
    struct letter *letter = received(to);
    CHECK_EQ(objects_in(letter), 1);
    CHECK_EQ(info_of(letter).ipi_addr.s_addr, at.sin_addr.s_addr);
    CHECK_EQ(letter->name.v6.sin6_family, AF_INET6);
    CHECK(IN6_IS_ADDR_V4MAPPED(&letter->name.v6.sin6_addr));
    post6(udp6(), "six", &at6);
    letter = received(to);
    CHECK_EQ(objects_in(letter), 1);
    IN6_PKTINFO info = info6_of(letter);
    CHECK(!memcmp(&info.ipi6_addr, &at6.sin6_addr, 16));
}

TEST(m_016_layout) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at);
    CHECK_EQ(sizeof(WSACMSGHDR), 16);
    CHECK_EQ(WSA_CMSG_LEN(4), 20);
    CHECK_EQ(WSA_CMSG_SPACE(4), 24);
    CHECK_EQ(WSA_CMSG_SPACE(8), 24);
    set_option(to, IPPROTO_IP, IP_PKTINFO, 1);
    set_option(to, IPPROTO_IP, IP_RECVTTL, 1);
    post(udp(), "x", &at);
    struct letter *letter = received(to);
    CHECK_EQ(objects_in(letter), 2);
    WSACMSGHDR *first = WSA_CMSG_FIRSTHDR(&letter->msg), *second = WSA_CMSG_NXTHDR(&letter->msg, first);
    CHECK_EQ((char *)WSA_CMSG_DATA(first) - (char *)first, 16);
    CHECK_EQ((char *)second - (char *)first, 24);
    CHECK_EQ(first->cmsg_len + second->cmsg_len, WSA_CMSG_LEN(8) + WSA_CMSG_LEN(4));
    CHECK_EQ(letter->msg.Control.len, 48);
}

TEST(m_017_time_to_live) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    set_option(to, IPPROTO_IP, IP_RECVTTL, 1);
    set_option(s, IPPROTO_IP, IP_TTL, 42);
    post(s, "x", &at);
    struct letter *letter = received(to);
    CHECK_EQ(number_of(letter, IPPROTO_IP, IP_TTL), 42);
    CHECK_EQ(objects_in(letter), 1);
    set_option(to, IPPROTO_IP, IP_RECVTTL, 0);
    post(s, "x", &at);
    CHECK_EQ(received(to)->msg.Control.len, 0);
}

TEST(m_017_hop_limit) {
    SA6 at;
    SOCKET to = udp6_at("::1", &at), s = udp6();
    set_option(to, IPPROTO_IPV6, IPV6_HOPLIMIT, 1);
    set_option(s, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 43);
    post6(s, "x", &at);
    CHECK_EQ(number_of(received(to), IPPROTO_IPV6, IPV6_HOPLIMIT), 43);
}

TEST(m_017_type_of_service_and_its_ecn_bits) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    int class = 0x28, ecn = 2;
    DWORD bytes;
    struct letter *letter = letter_to(&at, sizeof at, "x");
    enclose(letter, IPPROTO_IP, IP_TOS, &class, sizeof class);
    enclose(letter, IPPROTO_IP, IP_ECN, &ecn, sizeof ecn);
    for (int tos = 0; tos < 2; tos++)
        for (int bits = 0; bits < 2; bits++) {
            set_option(to, IPPROTO_IP, IP_RECVTOS, tos);
            set_option(to, IPPROTO_IP, IP_RECVECN, bits);
            CHECK_EQ(start_send(s, letter, &bytes, NULL), 0);
            struct letter *got = received(to);
            CHECK_EQ(objects_in(got), tos + bits);
            if (tos) CHECK_EQ(number_of(got, IPPROTO_IP, IP_TOS), class | ecn);
            if (bits) CHECK_EQ(number_of(got, IPPROTO_IP, IP_ECN), ecn);
        }
}

TEST(m_017_traffic_class_and_its_ecn_bits) {
    SA6 at;
    SOCKET to = udp6_at("::1", &at), s = udp6();
    int ecn = 1, class = 0x50, hops = 9;
    DWORD bytes;
    set_option(to, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);
    set_option(to, IPPROTO_IPV6, IPV6_RECVECN, 1);
    set_option(to, IPPROTO_IPV6, IPV6_HOPLIMIT, 1);
    struct letter *letter = letter_to(&at, sizeof at, "x");
    enclose(letter, IPPROTO_IPV6, IPV6_ECN, &ecn, sizeof ecn);
    enclose(letter, IPPROTO_IPV6, IPV6_TCLASS, &class, sizeof class);
    enclose(letter, IPPROTO_IPV6, IPV6_HOPLIMIT, &hops, sizeof hops);
    CHECK_EQ(start_send(s, letter, &bytes, NULL), 0);
    letter = received(to);
    CHECK_EQ(objects_in(letter), 3);
    CHECK_EQ(number_of(letter, IPPROTO_IPV6, IPV6_TCLASS), class | ecn);
    CHECK_EQ(number_of(letter, IPPROTO_IPV6, IPV6_ECN), ecn);
    CHECK_EQ(number_of(letter, IPPROTO_IPV6, IPV6_HOPLIMIT), hops);
}

TEST(m_019_chooses_the_source) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes;
    for (int n = 2; n < 5; n++) {
        IN_PKTINFO info = { { { { 127, 0, 0, (UCHAR)n } } }, 0 };
        struct letter *letter = letter_to(&at, sizeof at, "x");
        enclose(letter, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
        CHECK_EQ(start_send(s, letter, &bytes, NULL), 0);
        CHECK_EQ(received(to)->name.v4.sin_addr.s_addr, info.ipi_addr.s_addr);
    }
    /* One datagram's choice is not the next one's. */
    CHECK_EQ(start_send(s, letter_to(&at, sizeof at, "x"), &bytes, NULL), 0);
    CHECK_EQ(received(to)->name.v4.sin_addr.s_addr, at.sin_addr.s_addr);
}

TEST(m_019_over_ipv6) {
    SA6 at, out;
    SOCKET to = udp6_at("::1", &at), s = udp6();
    DWORD bytes;
    IN6_PKTINFO info;
    memset(&info, 0, sizeof info);
    info.ipi6_addr = at.sin6_addr;
    struct letter *letter = letter_to(&at, sizeof at, "x");
    enclose(letter, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    CHECK_EQ(start_send(s, letter, &bytes, NULL), 0);
    CHECK(!memcmp(&received(to)->name.v6.sin6_addr, &at.sin6_addr, 16));
    /* An address that is not ours is refused: the object is looked at. */
    out = v6("2001:db8::1", 0);
    info.ipi6_addr = out.sin6_addr;
    letter = letter_to(&at, sizeof at, "x");
    enclose(letter, IPPROTO_IPV6, IPV6_PKTINFO, &info, sizeof info);
    CHECK(start_send(s, letter, &bytes, NULL) != 0);
}

TEST(m_019_dual_stack_takes_the_object_of_the_destination) {
    int port;
    SA4 at4;
    SA6 at6, mapped;
    SOCKET s = dual_stack(&port), to4 = udp_at("127.0.0.1", &at4), to6 = udp6_at("::1", &at6);
    char text[40];
    DWORD bytes;
    IN_PKTINFO info4 = { { { { 127, 0, 0, 9 } } }, 0 };
    IN6_PKTINFO info6;
    memset(&info6, 0, sizeof info6);
    info6.ipi6_addr = at6.sin6_addr;
    snprintf(text, sizeof text, "::ffff:127.0.0.1");
    mapped = v6(text, ntohs(at4.sin_port));
    for (int six = 0; six < 2; six++) {
        struct letter *letter = letter_to(six ? &at6 : &mapped, sizeof at6, "x");
        enclose(letter, IPPROTO_IP, IP_PKTINFO, &info4, sizeof info4);
        enclose(letter, IPPROTO_IPV6, IPV6_PKTINFO, &info6, sizeof info6);
        CHECK_EQ(start_send(s, letter, &bytes, NULL), 0);
    }
    CHECK_EQ(received(to4)->name.v4.sin_addr.s_addr, info4.ipi_addr.s_addr);
    CHECK(!memcmp(&received(to6)->name.v6.sin6_addr, &at6.sin6_addr, 16));
}

TEST(m_019_connected_and_pending) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    IN_PKTINFO info = { { { { 127, 0, 0, 3 } } }, 0 };
    OVERLAPPED *ov = op_event(), *out = op_event();
    struct letter *got = letter_to_fill(), *letter = letter_to(NULL, 0, "peer");
    DWORD bytes = 0;
    SA4 own = v4("0.0.0.0", 0);
    CHECK_OK(bind(s, (SA *)&own, sizeof own));
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    enclose(letter, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
    CHECK_EQ(start_receive(to, got, NULL, ov), WSA_IO_PENDING);
    int error = start_send(s, letter, NULL, out);
    CHECK(error == 0 || error == WSA_IO_PENDING);
    CHECK_EQ(finish(s, out, 10000, &bytes), 0);
    CHECK_EQ(bytes, 4);
    CHECK_EQ(finish(to, ov, 10000, &bytes), 0);
    CHECK_EQ(bytes, 4);
    CHECK_EQ(got->name.v4.sin_addr.s_addr, info.ipi_addr.s_addr);
}

TEST(m_019_bad_control_data_is_refused) {
    SA4 at;
    SOCKET s = udp();
    DWORD bytes;
    udp_at("127.0.0.1", &at);
    IN_PKTINFO info = { { { { 127, 0, 0, 2 } } }, 0 };
    static const size_t wrong[] = { 0, 8, 15, 1000, (size_t)-1 };
    for (int i = 0; i < 5; i++) {
        struct letter *letter = letter_to(&at, sizeof at, "x");
        enclose(letter, IPPROTO_IP, IP_PKTINFO, &info, sizeof info);
        letter->control.aligned.cmsg_len = wrong[i];
        CHECK_EQ(start_send(s, letter, &bytes, NULL), WSAEINVAL);
    }
    struct letter *letter = letter_to(&at, sizeof at, "x");
    enclose(letter, IPPROTO_IP, IP_PKTINFO, &info, 4);
    CHECK_EQ(start_send(s, letter, &bytes, NULL), WSAEINVAL);
    letter = letter_to(&at, sizeof at, "x");
    enclose(letter, 4711, 1, &info, sizeof info);
    CHECK_EQ(start_send(s, letter, &bytes, NULL), WSAEINVAL);
}
