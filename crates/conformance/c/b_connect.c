/* B-010..B-018: connect and WSAConnect. */
#include "harness.h"

static int wsa_connect(SOCKET s, const SA4 *to) {
    WSASetLastError(0);
    return WSAConnect(s, (SA *)to, sizeof *to, NULL, NULL, NULL, NULL) == 0 ? 0 : WSAGetLastError();
}

static int becomes(SOCKET s, int in_writefds, int ms) {
    fd_set set;
    struct timeval limit = { ms / 1000, ms % 1000 * 1000 };
    FD_ZERO(&set);
    FD_SET(s, &set);
    return select(0, NULL, in_writefds ? &set : NULL, in_writefds ? NULL : &set, &limit);
}

TEST(b_010_result_is_the_outcome) {
    SA4 at, bad = refusing();
    SOCKET l = listener(&at), s = tcp();
    CHECK_EQ(wsa_connect(s, &at), 0);
    SOCKET peer = accept_one(l);
    char byte;
    CHECK_EQ(send(s, "x", 1, 0), 1);
    CHECK_EQ(recv(peer, &byte, 1, 0), 1);
    CHECK_EQ(wsa_connect(tcp(), &bad), WSAECONNREFUSED);
}

TEST(b_011_nonblocking_would_block) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    nonblocking(s);
    CHECK_EQ(wsa_connect(s, &at), WSAEWOULDBLOCK);
    CHECK_EQ(becomes(s, 1, 5000), 1);
    accept_one(l);
    SOCKET other = tcp();
    nonblocking(other);
    CHECK_SOCK_ERR(connect(other, (SA *)&at, sizeof at), WSAEWOULDBLOCK);
    CHECK_EQ(becomes(other, 1, 5000), 1);
}

TEST(b_012_again_while_in_progress) {
    SA4 nobody;
    stuck(&nobody);
    SOCKET s = tcp();
    nonblocking(s);
    CHECK_EQ(wsa_connect(s, &nobody), WSAEWOULDBLOCK);
    CHECK_EQ(wsa_connect(s, &nobody), WSAEALREADY);
    CHECK_SOCK_ERR(connect(s, (SA *)&nobody, sizeof nobody), WSAEALREADY);
}

TEST(b_013_again_after_refusal) {
    SA4 bad = refusing(), at;
    SOCKET l = listener(&at), s = tcp();
    for (int i = 0; i < 3; i++) CHECK_EQ(wsa_connect(s, &bad), WSAECONNREFUSED);
    CHECK_EQ(wsa_connect(s, &at), 0);
    accept_one(l);
}

TEST(b_014_bound_implicitly) {
    SA4 at, from;
    int length = sizeof from;
    SOCKET l = listener(&at), s = tcp();
    CHECK_EQ(wsa_connect(s, &at), 0);
    own(accept(l, (SA *)&from, &length));
    CHECK(port_of(s) != 0);
    CHECK_EQ(port_of(s), ntohs(from.sin_port));
    CHECK_EQ(ntohl(name_of(s).sin_addr.s_addr), 0x7F000001);
}

TEST(b_015_errors) {
    SA4 zero = v4("0.0.0.0", 80), at;
    SOCKET l = listener(&at), s = tcp();
    CHECK_EQ(wsa_connect(s, &zero), WSAEADDRNOTAVAIL);
    CHECK_EQ(wsa_connect(s, &at), 0);
    CHECK_EQ(wsa_connect(s, &at), WSAEISCONN);
    CHECK_EQ(wsa_connect(l, &at), WSAEINVAL);
    CHECK_EQ(wsa_connect(INVALID_SOCKET, &at), WSAENOTSOCK);
    CHECK_SOCK_ERR(WSAConnect(tcp(), (SA *)&at, 15, NULL, NULL, NULL, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(WSAConnect(tcp(), NULL, 16, NULL, NULL, NULL, NULL), WSAEFAULT);
}

static SOCKET bound_udp(SA4 *at) {
    SOCKET s = udp();
    SA4 any = v4("127.0.0.1", 0);
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    *at = name_of(s);
    return s;
}

TEST(b_016_datagram_peer) {
    SA4 me, first, second, name, none;
    int length = sizeof name;
    char byte;
    SOCKET s = bound_udp(&me), a = bound_udp(&first), b = bound_udp(&second);
    CHECK_EQ(wsa_connect(s, &first), 0);
    CHECK_EQ(send(s, "1", 1, 0), 1);
    CHECK_EQ(recv(a, &byte, 1, 0), 1);
    CHECK_EQ(wsa_connect(s, &second), 0);
    CHECK_EQ(send(s, "2", 1, 0), 1);
    CHECK_EQ(recv(b, &byte, 1, 0), 1);
    CHECK_EQ(byte, '2');
    CHECK_OK(getpeername(s, (SA *)&name, &length));
    CHECK_EQ(name.sin_port, second.sin_port);
    /* An all-zero address takes the peer away. */
    memset(&none, 0, sizeof none);
    none.sin_family = AF_INET;
    CHECK_EQ(wsa_connect(s, &none), 0);
    CHECK_SOCK_ERR(getpeername(s, (SA *)&name, &length), WSAENOTCONN);
    CHECK_SOCK_ERR(send(s, "x", 1, 0), WSAENOTCONN);
}

TEST(b_016_queued_datagrams_of_others_are_dropped) {
    SA4 me, first, second;
    char byte = 0;
    SOCKET s = bound_udp(&me), a = bound_udp(&first), b = bound_udp(&second);
    CHECK_EQ(sendto(b, "b", 1, 0, (SA *)&me, sizeof me), 1);
    CHECK_EQ(sendto(a, "a", 1, 0, (SA *)&me, sizeof me), 1);
    CHECK_EQ(wsa_connect(s, &first), 0);
    CHECK_EQ(recv(s, &byte, 1, 0), 1);
    CHECK_EQ(byte, 'a');
}

TEST(b_016_broadcast_needs_permission) {
    SA4 all = v4("255.255.255.255", 9);
    SOCKET s = udp();
    DWORD on = 1;
    CHECK_EQ(wsa_connect(s, &all), WSAEACCES);
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_BROADCAST, (char *)&on, sizeof on));
    CHECK(wsa_connect(s, &all) != WSAEACCES);
}

TEST(b_017_quality_and_caller_data) {
    SA4 at;
    listener(&at);
    QOS quality;
    memset(&quality, 0, sizeof quality);
    WSABUF data = { 4, "data" };
    CHECK_SOCK_ERR(WSAConnect(tcp(), (SA *)&at, sizeof at, NULL, NULL, NULL, &quality), WSAEINVAL);
    CHECK_SOCK_ERR(WSAConnect(tcp(), (SA *)&at, sizeof at, &data, NULL, NULL, NULL), WSAEPROTONOSUPPORT);
}

TEST(b_018_failure_is_exceptional_success_is_writable) {
    SA4 at, bad = refusing();
    SOCKET l = listener(&at), good = tcp(), failing = tcp();
    nonblocking(good);
    nonblocking(failing);
    CHECK_EQ(wsa_connect(good, &at), WSAEWOULDBLOCK);
    CHECK_EQ(wsa_connect(failing, &bad), WSAEWOULDBLOCK);
    CHECK_EQ(becomes(good, 1, 5000), 1);
    CHECK_EQ(becomes(failing, 0, 5000), 1);
    CHECK_EQ(becomes(good, 0, 0), 0);
    CHECK_EQ(becomes(failing, 1, 0), 0);
    accept_one(l);
}
