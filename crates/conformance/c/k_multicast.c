/* K-071, K-072, K-074, K-081, K-086: groups. Nothing leaves the host. */
#include "options.h"

static const char HOME[] = "127.0.0.1", TEAM[] = "239.255.77.1", ELSEWHERE[] = "239.255.77.2";
static const char TEAM6[] = "ff12::77:1";
enum { LOOPBACK = 1 }; /* the interface's index */

static IN_ADDR ip(const char *text) { return v4(text, 0).sin_addr; }

static struct ip_mreq membership(const char *group) {
    struct ip_mreq value = { ip(group), ip(HOME) };
    return value;
}

static int member(SOCKET s, int name, const char *group) {
    struct ip_mreq value = membership(group);
    return set_bytes_error(s, IPPROTO_IP, name, &value, sizeof value);
}

static int source(SOCKET s, int name, const char *group, const char *from) {
    struct ip_mreq_source value;
    value.imr_multiaddr = ip(group);
    value.imr_sourceaddr = ip(from);
    value.imr_interface = ip(HOME);
    return set_bytes_error(s, IPPROTO_IP, name, &value, sizeof value);
}

/* Sends to groups by the loopback interface. */
static SOCKET speaker(const char *from) {
    SOCKET s = udp_at(from, 0);
    CHECK_SET(s, IPPROTO_IP, IP_MULTICAST_IF, ip(HOME).s_addr);
    return s;
}

static void say(SOCKET s, const char *group, int port, const char *text) {
    SA4 at = v4(group, port);
    tell(s, &at, sizeof at, text);
}

/* What was sent before this arrives before it, if it arrives at all. */
static void say_directly(SOCKET s, int port, const char *text) { say(s, HOME, port, text); }

TEST(k_071_values) {
    SOCKET u = udp();
    CHECK_VALUE(u, IPPROTO_IP, IP_MULTICAST_TTL, 1);
    CHECK_NUMBER(u, IPPROTO_IP, IP_MULTICAST_TTL, 2, 255);
    CHECK_SET_ERR(u, IPPROTO_IP, IP_MULTICAST_TTL, 256, WSAEINVAL);
    CHECK_FLAG(u, IPPROTO_IP, IP_MULTICAST_LOOP, 1);
    CHECK_VALUE(u, IPPROTO_IP, IP_MULTICAST_IF, 0);
    CHECK_SET(u, IPPROTO_IP, IP_MULTICAST_IF, ip(HOME).s_addr);
    CHECK_VALUE(u, IPPROTO_IP, IP_MULTICAST_IF, ip(HOME).s_addr);
    CHECK_NO_OPTION(tcp(), IPPROTO_IP, IP_MULTICAST_TTL, WSAENOPROTOOPT);
}

TEST(k_071_an_interface_by_its_index) {
    SOCKET u = udp(), to = udp_at("0.0.0.0", 0);
    CHECK_EQ(member(to, IP_ADD_MEMBERSHIP, TEAM), 0);
    CHECK_SET(u, IPPROTO_IP, IP_MULTICAST_IF, htonl(LOOPBACK));
    CHECK_VALUE(u, IPPROTO_IP, IP_MULTICAST_IF, htonl(LOOPBACK));
    say(u, TEAM, port_of(to), "by index");
    CHECK_HEARS(to, "by index");
}

/* Whether this host hears itself by an interface other than loopback. Nothing of it leaves the host, with no hops. */
static int hears_itself(SOCKET from, SOCKET to) {
    struct ip_mreq value = { ip(TEAM), ip("0.0.0.0") };
    SA4 at = v4(TEAM, port_of(to));
    char text[8];
    CHECK_SET(from, IPPROTO_IP, IP_MULTICAST_TTL, 0);
    if (set_bytes_error(to, IPPROTO_IP, IP_ADD_MEMBERSHIP, &value, sizeof value) != 0) return 0;
    if (sendto(from, "looped", 6, 0, (SA *)&at, sizeof at) != 6) return 0;
    receive_timeout(to, 3000);
    return recv(to, text, sizeof text, 0) == 6;
}

TEST(k_071_no_loop) {
    /* Windows asks the receiver, the host the sender, who is not asked where all goes by loopback. */
    SOCKET from = udp(), to = udp_at("0.0.0.0", 0);
    if (hears_itself(from, to)) {
        CHECK_SET(from, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
        CHECK_SET(to, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
        say(from, TEAM, port_of(to), "not looped");
        say_directly(from, port_of(to), "directly");
        CHECK_HEARS(to, "directly");
        CHECK_SET(from, IPPROTO_IP, IP_MULTICAST_LOOP, 1);
        CHECK_SET(to, IPPROTO_IP, IP_MULTICAST_LOOP, 1);
        say(from, TEAM, port_of(to), "looped again");
        CHECK_HEARS(to, "looped again");
    }
    /* By the loopback interface it is heard as before. */
    SOCKET speaking = speaker(HOME), listening = udp_at("0.0.0.0", 0);
    CHECK_EQ(member(listening, IP_ADD_MEMBERSHIP, TEAM), 0);
    say(speaking, TEAM, port_of(listening), "at home");
    CHECK_HEARS(listening, "at home");
}

TEST(k_072_a_member_hears_until_it_leaves) {
    SOCKET from = speaker(HOME), to = udp_at("0.0.0.0", 0);
    int port = port_of(to);
    CHECK_EQ(member(to, IP_ADD_MEMBERSHIP, TEAM), 0);
    say(from, TEAM, port, "joined");
    CHECK_HEARS(to, "joined");
    say(from, ELSEWHERE, port, "others");
    CHECK_EQ(member(to, IP_DROP_MEMBERSHIP, TEAM), 0);
    say(from, TEAM, port, "left");
    say_directly(from, port, "after all");
    CHECK_HEARS(to, "after all");
    CHECK_EQ(member(to, IP_DROP_MEMBERSHIP, TEAM), WSAEADDRNOTAVAIL);
}

TEST(k_072_nobody_hears_what_others_joined) {
    SOCKET from = speaker(HOME), member_of = udp(), to = udp();
    SA4 at = v4("0.0.0.0", 0);
    CHECK_SET(member_of, SOL_SOCKET, SO_REUSEADDR, 1);
    CHECK_SET(to, SOL_SOCKET, SO_REUSEADDR, 1);
    CHECK_OK(bind(member_of, (SA *)&at, sizeof at));
    at.sin_port = htons((u_short)port_of(member_of));
    CHECK_OK(bind(to, (SA *)&at, sizeof at));
    CHECK_EQ(member(member_of, IP_ADD_MEMBERSHIP, TEAM), 0);
    say(from, TEAM, port_of(to), "for members");
    CHECK_HEARS(member_of, "for members");
    nonblocking(to);
    char text[32];
    CHECK_SOCK_ERR(recv(to, text, sizeof text, 0), WSAEWOULDBLOCK);
}

TEST(k_072_values_that_are_refused) {
    SOCKET u = udp();
    struct ip_mreq value = membership(TEAM);
    CHECK_EQ(set_bytes_error(u, IPPROTO_IP, IP_ADD_MEMBERSHIP, &value, 7), WSAEFAULT);
    CHECK_EQ(member(u, IP_ADD_MEMBERSHIP, "127.0.0.9"), WSAEINVAL); /* no group */
    CHECK_EQ(member(tcp(), IP_ADD_MEMBERSHIP, TEAM), WSAENOPROTOOPT);
}

TEST(k_074_one_source_alone) {
    SOCKET home = speaker(HOME), other = speaker("127.0.0.2"), to = udp_at("0.0.0.0", 0);
    int port = port_of(to);
    CHECK_EQ(source(to, IP_ADD_SOURCE_MEMBERSHIP, TEAM, "127.0.0.2"), 0);
    say(home, TEAM, port, "of home");
    say(other, TEAM, port, "of the source");
    CHECK_HEARS(to, "of the source");
    CHECK_EQ(source(to, IP_DROP_SOURCE_MEMBERSHIP, TEAM, "127.0.0.2"), 0);
    say(other, TEAM, port, "again");
    say_directly(home, port, "after all");
    CHECK_HEARS(to, "after all");
}

TEST(k_074_all_but_one_source) {
    SOCKET home = speaker(HOME), other = speaker("127.0.0.2"), to = udp_at("0.0.0.0", 0);
    int port = port_of(to);
    CHECK_EQ(member(to, IP_ADD_MEMBERSHIP, TEAM), 0);
    CHECK_EQ(source(to, IP_BLOCK_SOURCE, TEAM, "127.0.0.2"), 0);
    say(other, TEAM, port, "blocked");
    say(home, TEAM, port, "not blocked");
    CHECK_HEARS(to, "not blocked");
    CHECK_EQ(source(to, IP_UNBLOCK_SOURCE, TEAM, "127.0.0.2"), 0);
    say(other, TEAM, port, "no more");
    CHECK_HEARS(to, "no more");
    CHECK_EQ(set_bytes_error(to, IPPROTO_IP, IP_BLOCK_SOURCE, "short", 5), WSAEFAULT);
}

/* The loopback interface has no route for IPv6 groups, so nothing is sent here: that a socket is a member shows in its leaving. */
static int member6(SOCKET s, int name, const char *address, int card) {
    struct ipv6_mreq value;
    value.ipv6mr_multiaddr = v6(address, 0).sin6_addr;
    value.ipv6mr_interface = card;
    return set_bytes_error(s, IPPROTO_IPV6, name, &value, sizeof value);
}

TEST(k_081_joining_and_leaving) {
    SOCKET s = udp6();
    CHECK_EQ(member6(s, IPV6_LEAVE_GROUP, TEAM6, LOOPBACK), WSAEADDRNOTAVAIL);
    CHECK_EQ(member6(s, IPV6_JOIN_GROUP, TEAM6, LOOPBACK), 0);
    CHECK_EQ(member6(s, IPV6_LEAVE_GROUP, "ff12::77:2", LOOPBACK), WSAEADDRNOTAVAIL);
    CHECK_EQ(member6(s, IPV6_LEAVE_GROUP, TEAM6, LOOPBACK), 0);
    CHECK_EQ(member6(s, IPV6_LEAVE_GROUP, TEAM6, LOOPBACK), WSAEADDRNOTAVAIL);
}

TEST(k_081_values_that_are_refused) {
    SOCKET s = udp6();
    static const char short_of_one[19];
    CHECK_EQ(set_bytes_error(s, IPPROTO_IPV6, IPV6_JOIN_GROUP, short_of_one, sizeof short_of_one), WSAEFAULT);
    CHECK_EQ(member6(s, IPV6_JOIN_GROUP, "::1", LOOPBACK), WSAEINVAL); /* no group */
    CHECK(member6(s, IPV6_JOIN_GROUP, TEAM6, 0xFFFFFF) != 0);
    CHECK_EQ(member6(tcp6(), IPV6_JOIN_GROUP, TEAM6, LOOPBACK), WSAENOPROTOOPT);
    CHECK_GET_ERR(s, IPPROTO_IPV6, IPV6_JOIN_GROUP, WSAENOPROTOOPT);
}

static int group(SOCKET s, int level, int name, const void *address, int length, const void *from) {
    union { GROUP_REQ group; GROUP_SOURCE_REQ source; } value;
    memset(&value, 0, sizeof value);
    value.source.gsr_interface = LOOPBACK;
    memcpy(&value.source.gsr_group, address, length);
    if (from) memcpy(&value.source.gsr_source, from, length);
    return set_bytes_error(s, level, name, &value, from ? sizeof value.source : sizeof value.group);
}

TEST(k_086_groups_of_both_families) {
    SOCKET from = speaker(HOME), to = udp_at("0.0.0.0", 0), to6 = udp6();
    SA4 at = v4(TEAM, 0);
    SA6 at6 = v6(TEAM6, 0);
    CHECK_EQ(sizeof(GROUP_REQ), 136);
    CHECK_EQ(sizeof(GROUP_SOURCE_REQ), 264);
    CHECK_EQ(group(to, IPPROTO_IP, MCAST_JOIN_GROUP, &at, sizeof at, NULL), 0);
    say(from, TEAM, port_of(to), "four");
    CHECK_HEARS(to, "four");
    CHECK_EQ(group(to, IPPROTO_IP, MCAST_LEAVE_GROUP, &at, sizeof at, NULL), 0);
    say(from, TEAM, port_of(to), "left");
    say_directly(from, port_of(to), "directly");
    CHECK_HEARS(to, "directly");
    /* The family in the storage is Windows' number. */
    CHECK_EQ(group(to6, IPPROTO_IPV6, MCAST_LEAVE_GROUP, &at6, sizeof at6, NULL), WSAEADDRNOTAVAIL);
    CHECK_EQ(group(to6, IPPROTO_IPV6, MCAST_JOIN_GROUP, &at6, sizeof at6, NULL), 0);
    CHECK_EQ(group(to6, IPPROTO_IPV6, MCAST_LEAVE_GROUP, &at6, sizeof at6, NULL), 0);
    CHECK_EQ(group(to6, IPPROTO_IPV6, MCAST_LEAVE_GROUP, &at6, sizeof at6, NULL), WSAEADDRNOTAVAIL);
}

TEST(k_086_sources) {
    SOCKET home = speaker(HOME), other = speaker("127.0.0.2"), to = udp_at("0.0.0.0", 0);
    int port = port_of(to);
    SA4 at = v4(TEAM, 0), source_at = v4("127.0.0.2", 0);
    CHECK_EQ(group(to, IPPROTO_IP, MCAST_JOIN_SOURCE_GROUP, &at, sizeof at, &source_at), 0);
    say(home, TEAM, port, "of home");
    say(other, TEAM, port, "of the source");
    CHECK_HEARS(to, "of the source");
    CHECK_EQ(group(to, IPPROTO_IP, MCAST_LEAVE_SOURCE_GROUP, &at, sizeof at, &source_at), 0);
    CHECK_EQ(group(to, IPPROTO_IP, MCAST_JOIN_GROUP, &at, sizeof at, NULL), 0);
    CHECK_EQ(group(to, IPPROTO_IP, MCAST_BLOCK_SOURCE, &at, sizeof at, &source_at), 0);
    say(other, TEAM, port, "blocked");
    say(home, TEAM, port, "not blocked");
    CHECK_HEARS(to, "not blocked");
    CHECK_EQ(group(to, IPPROTO_IP, MCAST_UNBLOCK_SOURCE, &at, sizeof at, &source_at), 0);
    say(other, TEAM, port, "no more");
    CHECK_HEARS(to, "no more");
}

TEST(k_086_values_that_are_refused) {
    SOCKET u = udp();
    SA4 at = v4(TEAM, 0);
    SA6 at6 = v6(TEAM6, 0);
    GROUP_REQ value = { 0 };
    CHECK(group(u, IPPROTO_IP, MCAST_JOIN_GROUP, &at6, sizeof at6, NULL) != 0);
    CHECK_EQ(set_bytes_error(u, IPPROTO_IP, MCAST_JOIN_GROUP, &value, 135), WSAEFAULT);
    CHECK_EQ(group(u, IPPROTO_IP, MCAST_LEAVE_GROUP, &at, sizeof at, NULL), WSAEADDRNOTAVAIL);
    CHECK_GET_ERR(u, IPPROTO_IP, MCAST_JOIN_GROUP, WSAENOPROTOOPT);
}
