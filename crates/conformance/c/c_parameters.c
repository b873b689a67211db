/* C-010..C-031: what ConnectEx takes, and what it makes of each parameter. */
#include "harness.h"

/* The whole call, with nothing filled in for the test. */
static int call(SOCKET s, const void *name, int namelen, void *data, DWORD length, DWORD *sent, OVERLAPPED *ov) {
    LPFN_CONNECTEX function = connect_ex();
    WSASetLastError(0);
    return function(s, (const SA *)name, namelen, data, length, sent, ov) ? 0 : WSAGetLastError();
}

static int began(int error) { return error == 0 || error == ERROR_IO_PENDING; }

TEST(c_010_bound_and_unconnected_is_accepted) {
    SA4 at;
    listener(&at);
    SOCKET unbound = tcp(), wildcard = bound(), specific = bound_at("127.0.0.1", 0);
    CHECK_EQ(start_connect(unbound, &at, NULL, 0, op_event()), WSAEINVAL);
    connect_ok(wildcard, &at);
    connect_ok(specific, &at);
}

TEST(c_011_unbound_socket_is_wsaeinval) {
    SA4 at;
    listener(&at);
    SOCKET s = tcp();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), WSAEINVAL);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 50), WAIT_TIMEOUT);
    SA4 me = v4("0.0.0.0", 0);
    CHECK_OK(bind(s, (SA *)&me, sizeof me));
    connect_ok(s, &at);
}

TEST(c_012_listening_socket_is_wsaeinval) {
    SA4 at, mine;
    listener(&at);
    SOCKET s = listener(&mine);
    CHECK_EQ(start_connect(s, &at, NULL, 0, op_event()), WSAEINVAL);
    SOCKET other = tcp();
    CHECK_OK(connect(other, (SA *)&mine, sizeof mine));
    accept_one(s);
}

TEST(c_013_stream_sockets_are_connection_oriented) {
    SA4 at;
    SA6 at6;
    listener(&at);
    listener6(&at6);
    connect_ok(bound(), &at);
    SOCKET six = tcp6();
    SA6 any = v6("::", 0);
    CHECK_OK(bind(six, (SA *)&any, sizeof any));
    OVERLAPPED *ov = op_event();
    CHECK(began(call(six, &at6, sizeof at6, NULL, 0, NULL, ov)));
    CHECK_EQ(finish(six, ov, 5000, NULL), 0);
}

TEST(c_014_datagram_socket_is_refused) {
    SOCKET s = udp(), peer = udp();
    SA4 any = v4("127.0.0.1", 0);
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    CHECK_OK(bind(peer, (SA *)&any, sizeof any));
    SA4 to = name_of(peer);
    CHECK_EQ(start_connect(s, &to, "x", 1, op_event()), WSAEINVAL);
    /* Nothing was connected behind our back, and nothing sent. */
    int length = sizeof to;
    CHECK_SOCK_ERR(getpeername(s, (SA *)&to, &length), WSAENOTCONN);
    nonblocking(peer);
    char byte;
    CHECK_SOCK_ERR(recv(peer, &byte, 1, 0), WSAEWOULDBLOCK);
}

TEST(c_015_no_reliable_datagrams_over_ip) {
    WSASetLastError(0);
    CHECK(socket(AF_INET, SOCK_RDM, 0) == INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAESOCKTNOSUPPORT);
}

TEST(c_016_ipv4_name) {
    SA4 at;
    SOCKET l = listener(&at), s = bound_at("127.0.0.1", 0);
    CHECK_EQ(sizeof at, 16);
    CHECK_EQ(at.sin_family, 2);
    connect_ok(s, &at);
    SA4 from;
    int length = sizeof from;
    own(accept(l, (SA *)&from, &length));
    CHECK_EQ(length, 16);
    CHECK_EQ(from.sin_family, AF_INET);
    CHECK_EQ(ntohl(from.sin_addr.s_addr), 0x7F000001);
    update_context(s);
    CHECK_EQ(ntohs(from.sin_port), port_of(s));
}

TEST(c_017_ipv6_name) {
    SA6 at, me = v6("::1", 0), peer;
    int length = sizeof peer;
    SOCKET l = listener6(&at), s = tcp6();
    CHECK_EQ(sizeof at, 28);
    CHECK_EQ(at.sin6_family, 23);
    CHECK_OK(bind(s, (SA *)&me, sizeof me));
    OVERLAPPED *ov = op_event();
    CHECK(began(call(s, &at, sizeof at, NULL, 0, NULL, ov)));
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    own(accept(l, (SA *)&peer, &length));
    CHECK_EQ(length, 28);
    CHECK_EQ(peer.sin6_family, 23);
    update_context(s);
    length = sizeof peer;
    CHECK_OK(getpeername(s, (SA *)&peer, &length));
    CHECK_EQ(peer.sin6_port, at.sin6_port);
    CHECK(memcmp(&peer.sin6_addr, &at.sin6_addr, 16) == 0);
}

TEST(c_018_short_namelen_is_wsaefault) {
    SA4 at;
    SA6 at6;
    listener(&at);
    listener6(&at6);
    SOCKET s = bound(), six = tcp6();
    SA6 any = v6("::", 0);
    CHECK_OK(bind(six, (SA *)&any, sizeof any));
    static const int lengths[] = { 0, 1, 2, 8, 15, -1 };
    for (int i = 0; i < 6; i++) CHECK_EQ(call(s, &at, lengths[i], NULL, 0, NULL, op_event()), WSAEFAULT);
    CHECK_EQ(call(six, &at6, 27, NULL, 0, NULL, op_event()), WSAEFAULT);
    CHECK_EQ(call(six, &at6, 16, NULL, 0, NULL, op_event()), WSAEFAULT);
    connect_ok(s, &at);
}

TEST(c_019_long_namelen_is_accepted) {
    struct { SA4 at; char more[100]; } name;
    memset(&name, 0x5a, sizeof name);
    listener(&name.at);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    CHECK(began(call(s, &name, sizeof name, NULL, 0, NULL, ov)));
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
}

TEST(c_020_unreadable_name_is_wsaefault) {
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(call(s, NULL, 16, NULL, 0, NULL, ov), WSAEFAULT);
    CHECK_EQ(call(s, UNMAPPED, 16, NULL, 0, NULL, ov), WSAEFAULT);
    CHECK_EQ(call(s, (void *)(ULONG_PTR)0xFFFF800000001000ull, 16, NULL, 0, NULL, ov), WSAEFAULT);
    CHECK_EQ(call(s, before_a_hole(8), 16, NULL, 0, NULL, ov), WSAEFAULT);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    /* Right up to the edge is fine. */
    SA4 at;
    listener(&at);
    char *edge = before_a_hole(16);
    memcpy(edge, &at, 16);
    CHECK(began(call(s, edge, 16, NULL, 0, NULL, ov)));
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
}

TEST(c_021_unreadable_buffer_is_wsaefault) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(call(s, &at, sizeof at, UNMAPPED, 10, NULL, ov), WSAEFAULT);
    CHECK_EQ(call(s, &at, sizeof at, before_a_hole(10), 11, NULL, ov), WSAEFAULT);
    CHECK_EQ(call(s, &at, sizeof at, before_a_hole(3 * 1000), 9000, NULL, ov), WSAEFAULT);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    DWORD bytes = 0;
    char *edge = before_a_hole(10);
    memcpy(edge, "0123456789", 10);
    CHECK(began(call(s, &at, sizeof at, edge, 10, NULL, ov)));
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 10);
    char got[10];
    read_exactly(accept_one(l), got, 10);
    CHECK(memcmp(got, "0123456789", 10) == 0);
}

TEST(c_022_unwritable_overlapped_is_wsaefault) {
    SA4 at;
    listener(&at);
    SOCKET s = bound();
    CHECK_EQ(call(s, &at, sizeof at, NULL, 0, NULL, UNMAPPED), WSAEFAULT);
    CHECK_EQ(call(s, &at, sizeof at, NULL, 0, NULL, (OVERLAPPED *)read_only_page()), WSAEFAULT);
    CHECK_EQ(call(s, &at, sizeof at, NULL, 0, NULL, (OVERLAPPED *)before_a_hole(16)), WSAEFAULT);
    connect_ok(s, &at);
}

TEST(c_023_overlapped_is_mandatory_and_nothing_starts) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    DWORD sent = 7;
    CHECK(call(s, &at, sizeof at, "x", 1, &sent, NULL) != 0);
    nonblocking(l);
    Sleep(50);
    WSASetLastError(0);
    CHECK(accept(l, NULL, NULL) == INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
    connect_ok(s, &at);
}

TEST(c_024_null_overlapped_is_invalid_parameter) {
    SA4 at;
    listener(&at);
    CHECK_EQ(call(bound(), &at, sizeof at, NULL, 0, NULL, NULL), ERROR_INVALID_PARAMETER);
    CHECK_EQ(call(bound(), &at, sizeof at, "x", 1, NULL, NULL), ERROR_INVALID_PARAMETER);
}

TEST(c_025_null_buffer_means_connect_only) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    connect_ok(s, &at);
    SOCKET peer = accept_one(l);
    nonblocking(peer);
    Sleep(20);
    char byte;
    CHECK_SOCK_ERR(recv(peer, &byte, 1, 0), WSAEWOULDBLOCK);
}

TEST(c_026_null_buffer_ignores_length) {
    SA4 at;
    SOCKET l = listener(&at);
    static const DWORD lengths[] = { 1, 4096, 0x7FFFFFFF, 0xFFFFFFFF };
    for (int i = 0; i < 4; i++) {
        SOCKET s = bound();
        OVERLAPPED *ov = op_event();
        DWORD bytes;
        CHECK(began(call(s, &at, sizeof at, NULL, lengths[i], NULL, ov)));
        CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
        CHECK_EQ(bytes, 0);
        SOCKET peer = accept_one(l);
        nonblocking(peer);
        char byte;
        CHECK_SOCK_ERR(recv(peer, &byte, 1, 0), WSAEWOULDBLOCK);
    }
}

TEST(c_027_null_buffer_ignores_bytes_sent) {
    SA4 at;
    listener(&at);
    DWORD untouched = 0x12345678;
    SOCKET s = bound(), other = bound();
    OVERLAPPED *ov = op_event();
    CHECK(began(call(s, &at, sizeof at, NULL, 0, &untouched, ov)));
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    CHECK_EQ(untouched, 0x12345678);
    ov = op_event();
    CHECK(began(call(other, &at, sizeof at, NULL, 0, UNMAPPED, ov)));
    CHECK_EQ(finish(other, ov, 5000, NULL), 0);
}

TEST(c_028_empty_block_sends_nothing) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    CHECK(began(call(s, &at, sizeof at, "unsent", 0, NULL, ov)));
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 0);
    SOCKET peer = accept_one(l);
    drop(s);
    char byte;
    CHECK_EQ(recv(peer, &byte, 1, 0), 0);
}

TEST(c_029_count_on_success_is_the_whole_block) {
    SA4 at;
    SOCKET l = listener(&at);
    /* Whichever way the success is told: at once through lpdwBytesSent, or later through the completion. */
    for (int length = 1; length <= 100000; length *= 10) {
        SOCKET s = bound();
        OVERLAPPED *ov = op_event();
        DWORD sent = 0, bytes;
        char *block = fill(length), *got = malloc(length);
        int error = call(s, &at, sizeof at, block, length, &sent, ov);
        CHECK(began(error));
        if (error == 0) CHECK_EQ(sent, length);
        CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
        CHECK_EQ(bytes, length);
        read_exactly(accept_one(l), got, length);
        CHECK(matches(got, length, 0));
        free(got);
    }
}

TEST(c_030_count_comes_from_the_completion) {
    SA4 at;
    listener(&at);
    SOCKET s = bound(), other = bound();
    OVERLAPPED *ov = op_event();
    DWORD bytes, sent = 0;
    CHECK_EQ(call(s, &at, sizeof at, "abc", 3, NULL, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 3);
    ov = op_event();
    CHECK_EQ(call(other, &at, sizeof at, "abcd", 4, &sent, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(other, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 4);
}

TEST(c_031_buffer_is_captured_at_the_call) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    enum { LENGTH = 8 << 20 };
    char *block = fill(LENGTH), *got = malloc(LENGTH);
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    CHECK_EQ(call(s, &at, sizeof at, block, LENGTH, NULL, ov), ERROR_IO_PENDING);
    memset(block, 0xEE, LENGTH);
    read_exactly(accept_one(l), got, LENGTH);
    CHECK(matches(got, LENGTH, 0));
    free(got);
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, LENGTH);
}
