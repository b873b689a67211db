/* B-030..B-041, C-009: WSAConnectByName and WSAConnectByList. */
#include "harness.h"

/* A list of up to four addresses, with room for what they point to. */
struct list {
    union { SOCKET_ADDRESS_LIST list; char room[sizeof(SOCKET_ADDRESS_LIST) + 3 * sizeof(SOCKET_ADDRESS)]; } as;
    struct sockaddr_storage address[4];
};

static void add(struct list *l, const void *address, int length) {
    int n = l->as.list.iAddressCount++;
    memcpy(&l->address[n], address, length);
    l->as.list.Address[n].lpSockaddr = (SA *)&l->address[n];
    l->as.list.Address[n].iSockaddrLength = length;
}

static char *service_of(int port) {
    static char text[8];
    snprintf(text, sizeof text, "%d", port);
    return text;
}

/* Both answer 0 for TRUE, else the last error. */
static int by_name(SOCKET s, char *node, int port, struct timeval *limit) {
    WSASetLastError(0);
    return WSAConnectByNameA(s, node, service_of(port), NULL, NULL, NULL, NULL, limit, NULL) ? 0 : WSAGetLastError();
}

static int by_list(SOCKET s, struct list *l, struct timeval *limit) {
    WSASetLastError(0);
    return WSAConnectByList(s, &l->as.list, NULL, NULL, NULL, NULL, limit, NULL) ? 0 : WSAGetLastError();
}

static void dual_stack(SOCKET s, DWORD v6_only) {
    CHECK_OK(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&v6_only, sizeof v6_only));
}

/* Nothing waits to be accepted. */
static int nobody_came(SOCKET l) {
    fd_set set;
    struct timeval now = { 0, 100000 };
    FD_ZERO(&set);
    FD_SET(l, &set);
    return select(0, &set, NULL, NULL, &now) == 0;
}

static void talks(SOCKET s, SOCKET peer) {
    char byte = 0;
    CHECK_EQ(send(s, "a", 1, 0), 1);
    CHECK_EQ(recv(peer, &byte, 1, 0), 1);
    CHECK_EQ(byte, 'a');
}

TEST(c_009_by_name) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    CHECK_EQ(by_name(s, "127.0.0.1", ntohs(at.sin_port), NULL), 0);
    talks(s, accept_one(l));
}

TEST(c_009_by_list) {
    SA4 at;
    struct list to = { 0 };
    SOCKET l = listener(&at), s = tcp();
    add(&to, &at, sizeof at);
    CHECK_EQ(by_list(s, &to, NULL), 0);
    talks(s, accept_one(l));
}

TEST(b_030_by_wide_name) {
    SA4 at, local, remote;
    DWORD local_length = sizeof local, remote_length = sizeof remote;
    WCHAR service[8] = { 0 };
    SOCKET l = listener(&at), s = tcp();
    const char *text = service_of(ntohs(at.sin_port));
    for (int i = 0; text[i]; i++) service[i] = (WCHAR)text[i];
    CHECK(WSAConnectByNameW(s, L"localhost", service, &local_length, (SA *)&local, &remote_length, (SA *)&remote, NULL, NULL));
    CHECK_EQ(remote.sin_port, at.sin_port);
    talks(s, accept_one(l));
}

TEST(b_031_parameters) {
    SA4 at;
    OVERLAPPED *ov = op_plain();
    SOCKET l = listener(&at), s = tcp();
    char *port = service_of(ntohs(at.sin_port));
    CHECK_BOOL_ERR(WSAConnectByNameA(s, NULL, port, NULL, NULL, NULL, NULL, NULL, NULL), WSAEINVAL);
    CHECK_BOOL_ERR(WSAConnectByNameA(s, "127.0.0.1", NULL, NULL, NULL, NULL, NULL, NULL, NULL), WSAEINVAL);
    CHECK_BOOL_ERR(WSAConnectByNameA(s, "127.0.0.1", port, NULL, NULL, NULL, NULL, NULL, ov), WSAEINVAL);
    CHECK_BOOL_ERR(WSAConnectByNameA(INVALID_SOCKET, "127.0.0.1", port, NULL, NULL, NULL, NULL, NULL, NULL), WSAENOTSOCK);
    CHECK_BOOL_ERR(WSAConnectByNameW(s, NULL, L"80", NULL, NULL, NULL, NULL, NULL, NULL), WSAEINVAL);
    CHECK(nobody_came(l));
    CHECK_EQ(by_name(s, "127.0.0.1", ntohs(at.sin_port), NULL), 0);
}

TEST(b_031_timeout) {
    SA4 nobody, at;
    struct timeval limit = { 0, 300000 };
    stuck(&nobody);
    SOCKET l = listener(&at), s = tcp();
    ULONGLONG start = now_ms();
    CHECK_EQ(by_name(s, "127.0.0.1", ntohs(nobody.sin_port), &limit), WSAETIMEDOUT);
    ULONGLONG took = now_ms() - start;
    CHECK(took >= 290 && took < 5000);
    CHECK_EQ(by_name(s, "127.0.0.1", ntohs(at.sin_port), &limit), 0);
    accept_one(l);
}

TEST(b_031_refused) {
    SA4 bad = refusing();
    CHECK_EQ(by_name(tcp(), "127.0.0.1", ntohs(bad.sin_port), NULL), WSAECONNREFUSED);
}

TEST(b_032_streams_only_and_blocking) {
    SA4 at, nobody;
    struct timeval limit = { 0, 300000 };
    SOCKET l = listener(&at), s = tcp(), waits = tcp();
    CHECK(by_name(udp(), "127.0.0.1", ntohs(at.sin_port), NULL) != 0);
    nonblocking(s);
    CHECK_EQ(by_name(s, "127.0.0.1", ntohs(at.sin_port), NULL), 0);
    talks(s, accept_one(l));
    stuck(&nobody);
    nonblocking(waits);
    CHECK_EQ(by_name(waits, "127.0.0.1", ntohs(nobody.sin_port), &limit), WSAETIMEDOUT);
}

TEST(b_033_ipv4_through_a_dual_stack_socket) {
    SA4 at;
    SA6 remote, local;
    DWORD local_length = sizeof local, remote_length = sizeof remote;
    SOCKET l = listener(&at), both = tcp6(), only = tcp6();
    dual_stack(both, 0);
    dual_stack(only, 1);
    CHECK(by_name(only, "127.0.0.1", ntohs(at.sin_port), NULL) != 0);
    CHECK(nobody_came(l));
    CHECK(WSAConnectByNameA(both, "127.0.0.1", service_of(ntohs(at.sin_port)), &local_length, (SA *)&local,
                            &remote_length, (SA *)&remote, NULL, NULL));
    SA6 mapped = v6("::ffff:127.0.0.1", 0);
    CHECK_EQ(remote_length, sizeof remote);
    CHECK_EQ(remote.sin6_family, AF_INET6);
    CHECK(memcmp(&remote.sin6_addr, &mapped.sin6_addr, 16) == 0);
    CHECK(memcmp(&local.sin6_addr, &mapped.sin6_addr, 16) == 0);
    talks(both, accept_one(l));
    SA6 there;
    SOCKET l6 = listener6(&there), six = tcp6();
    dual_stack(six, 0);
    CHECK_EQ(by_name(six, "::1", ntohs(there.sin6_port), NULL), 0);
    talks(six, accept_one(l6));
}

TEST(b_034_bound_socket) {
    SA4 at, from;
    int length = sizeof from;
    SOCKET l = listener(&at), s = bound_at("127.0.0.1", 0);
    int port = port_of(s);
    CHECK_EQ(by_name(s, "127.0.0.1", ntohs(at.sin_port), NULL), 0);
    own(accept(l, (SA *)&from, &length));
    CHECK_EQ(ntohs(from.sin_port), port);
}

TEST(b_035_addresses_are_filled_in) {
    SA4 at, from, local, remote;
    struct sockaddr_storage large;
    int length = sizeof from;
    DWORD local_length = sizeof local, remote_length = sizeof large;
    SOCKET l = listener(&at), s = tcp(), other = tcp();
    char *port = service_of(ntohs(at.sin_port));
    CHECK(WSAConnectByNameA(s, "127.0.0.1", port, &local_length, (SA *)&local, &remote_length, (SA *)&large, NULL, NULL));
    own(accept(l, (SA *)&from, &length));
    CHECK_EQ(local_length, sizeof local);
    CHECK_EQ(local.sin_family, AF_INET);
    CHECK_EQ(local.sin_port, from.sin_port);
    CHECK_EQ(local.sin_addr.s_addr, from.sin_addr.s_addr);
    CHECK_EQ(remote_length, sizeof remote);
    memcpy(&remote, &large, sizeof remote);
    CHECK_EQ(remote.sin_port, at.sin_port);
    CHECK_EQ(remote.sin_addr.s_addr, at.sin_addr.s_addr);
    /* Without an address its length does not count. */
    CHECK(WSAConnectByNameA(other, "127.0.0.1", port, UNMAPPED, NULL, UNMAPPED, NULL, NULL, NULL));
}

TEST(b_035_too_little_room) {
    SA4 at, remote;
    DWORD length = sizeof remote - 1;
    SOCKET l = listener(&at), s = tcp();
    char *port = service_of(ntohs(at.sin_port));
    CHECK_BOOL_ERR(WSAConnectByNameA(s, "127.0.0.1", port, NULL, NULL, &length, (SA *)&remote, NULL, NULL), WSAEFAULT);
    CHECK(nobody_came(l));
    length = sizeof remote;
    CHECK_BOOL_ERR(WSAConnectByNameA(s, "127.0.0.1", port, NULL, NULL, &length, (SA *)read_only_page(), NULL, NULL), WSAEFAULT);
    CHECK_BOOL_ERR(WSAConnectByNameA(s, "127.0.0.1", port, NULL, NULL, UNMAPPED, (SA *)&remote, NULL, NULL), WSAEFAULT);
    CHECK(nobody_came(l));
}

TEST(b_036_needs_the_update) {
    SA4 at, name;
    int length = sizeof name;
    SOCKET l = listener(&at), s = tcp();
    CHECK_EQ(by_name(s, "127.0.0.1", ntohs(at.sin_port), NULL), 0);
    accept_one(l);
    CHECK_SOCK_ERR(getpeername(s, (SA *)&name, &length), WSAENOTCONN);
    CHECK_SOCK_ERR(shutdown(s, SD_SEND), WSAENOTCONN);
    update_context(s);
    CHECK_OK(getpeername(s, (SA *)&name, &length));
    CHECK_EQ(name.sin_port, at.sin_port);
    CHECK_OK(shutdown(s, SD_SEND));
}

TEST(c_111_update_after_connecting_by_name) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), WSAENOTCONN);
    CHECK_EQ(by_name(s, "127.0.0.1", ntohs(at.sin_port), NULL), 0);
    accept_one(l);
    update_context(s);
}

TEST(b_037_until_one_connects) {
    SA4 bad = refusing(), worse = refusing(), at, remote;
    DWORD length = sizeof remote;
    struct list to = { 0 };
    SOCKET l = listener(&at), s = tcp();
    add(&to, &bad, sizeof bad);
    add(&to, &worse, sizeof worse);
    add(&to, &at, sizeof at);
    CHECK(WSAConnectByList(s, &to.as.list, NULL, NULL, &length, (SA *)&remote, NULL, NULL));
    CHECK_EQ(length, sizeof remote);
    CHECK_EQ(remote.sin_port, at.sin_port);
    talks(s, accept_one(l));
}

TEST(b_037_error_of_the_last_attempt) {
    SA4 bad = refusing(), none = v4("0.0.0.0", 9), at;
    struct list first = { 0 }, second = { 0 }, empty = { 0 };
    OVERLAPPED *ov = op_plain();
    SOCKET l = listener(&at), s = tcp();
    add(&first, &bad, sizeof bad);
    add(&first, &none, sizeof none);
    add(&second, &none, sizeof none);
    add(&second, &bad, sizeof bad);
    CHECK_EQ(by_list(s, &first, NULL), WSAEADDRNOTAVAIL);
    CHECK_EQ(by_list(s, &second, NULL), WSAECONNREFUSED);
    CHECK_EQ(by_list(s, &empty, NULL), WSAEINVAL);
    CHECK_BOOL_ERR(WSAConnectByList(s, &second.as.list, NULL, NULL, NULL, NULL, NULL, ov), WSAEINVAL);
    CHECK_BOOL_ERR(WSAConnectByList(s, UNMAPPED, NULL, NULL, NULL, NULL, NULL, NULL), WSAEFAULT);
    CHECK_EQ(by_list(INVALID_SOCKET, &second, NULL), WSAENOTSOCK);
    CHECK(nobody_came(l));
}

TEST(b_038_unbound_only) {
    SA4 at;
    struct list to = { 0 };
    SOCKET l = listener(&at);
    add(&to, &at, sizeof at);
    CHECK_EQ(by_list(bound(), &to, NULL), WSAEINVAL);
    CHECK(nobody_came(l));
}

TEST(b_039_time_is_looked_at_between_attempts) {
    SA4 nobody, at;
    DWORD one = 1;
    struct timeval limit = { 0, 200000 };
    struct list to = { 0 };
    stuck(&nobody);
    SOCKET l = listener(&at), late = tcp(), patient = tcp();
    CHECK_OK(setsockopt(late, IPPROTO_TCP, TCP_MAXRT, (char *)&one, sizeof one));
    CHECK_OK(setsockopt(patient, IPPROTO_TCP, TCP_MAXRT, (char *)&one, sizeof one));
    add(&to, &nobody, sizeof nobody);
    add(&to, &at, sizeof at);
    ULONGLONG start = now_ms();
    CHECK_EQ(by_list(late, &to, &limit), WSAETIMEDOUT);
    ULONGLONG took = now_ms() - start;
    CHECK(took >= 900 && took < 10000); /* the first attempt's whole second */
    CHECK(nobody_came(l));
    CHECK_EQ(by_list(patient, &to, NULL), 0);
    talks(patient, accept_one(l));
}

TEST(b_040_ipv4_entries_are_mapped) {
    SA4 at;
    struct list plain = { 0 }, mapped = { 0 };
    SOCKET l = listener(&at), s = tcp6();
    SA6 same = v6("::ffff:127.0.0.1", ntohs(at.sin_port));
    dual_stack(s, 0);
    add(&plain, &at, sizeof at);
    add(&mapped, &same, sizeof same);
    CHECK_EQ(by_list(s, &plain, NULL), WSAEAFNOSUPPORT);
    CHECK(nobody_came(l));
    CHECK_EQ(by_list(s, &mapped, NULL), 0);
    talks(s, accept_one(l));
}

TEST(b_041_options_survive_the_attempts) {
    SA4 bad = refusing(), at;
    DWORD on = 1, value = 0;
    int length = sizeof value;
    struct list to = { 0 };
    SOCKET l = listener(&at), s = tcp();
    add(&to, &bad, sizeof bad);
    add(&to, &at, sizeof at);
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on));
    CHECK_EQ(by_list(s, &to, NULL), 0);
    talks(s, accept_one(l));
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, &length), WSAENOTCONN);
    update_context(s);
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, &length));
    CHECK_EQ(value, 1);
}
