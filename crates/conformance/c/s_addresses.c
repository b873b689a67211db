/* S-033..S-040: WSASendTo, WSARecvFrom, sendto and recvfrom. */
#include "datagram.h"

enum { ROOM = 64 };

/* All answer 0 or the last error. */
static int send_to(SOCKET s, const char *text, const void *to, int length, DWORD *bytes, OVERLAPPED *ov) {
    WSABUF buffer = { (ULONG)strlen(text), (char *)text };
    WSASetLastError(0xdead);
    return WSASendTo(s, &buffer, 1, bytes, 0, to, length, ov, NULL) ? WSAGetLastError() : 0;
}

/* What a WSARecvFrom writes, in memory that stays. */
struct arrival {
    DWORD bytes, flags;
    int length;
    union {
        SA4 v4;
        SA6 v6;
    } from;
    char data[ROOM];
};

static struct arrival *arrival(void) {
    struct arrival *made = kept(sizeof *made);
    memset(&made->from, 0x55, sizeof made->from);
    made->length = sizeof made->from;
    return made;
}

static int receive_with(SOCKET s, struct arrival *into, OVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    WSABUF buffer = { ROOM, into->data };
    WSASetLastError(0xdead);
    return WSARecvFrom(s, &buffer, 1, &into->bytes, &into->flags, (SA *)&into->from, &into->length, ov, routine)
               ? WSAGetLastError()
               : 0;
}

static int receive(SOCKET s, struct arrival *into, OVERLAPPED *ov) { return receive_with(s, into, ov, NULL); }

static struct arrival *next(SOCKET s) {
    struct arrival *got = arrival();
    receive_timeout(s, 20000);
    CHECK_EQ(receive(s, got, NULL), 0);
    return got;
}

static int is_from(const struct arrival *got, const SA4 *from) {
    return got->length == sizeof *from && !memcmp(&got->from.v4, from, sizeof *from);
}

TEST(s_033_an_address_overrides_the_peer) {
    SA4 peer, other;
    SOCKET to = udp_at("127.0.0.1", &peer), elsewhere = udp_at("127.0.0.1", &other), s = udp();
    DWORD bytes = 0;
    CHECK_OK(connect(s, (SA *)&peer, sizeof peer));
    CHECK_EQ(send_to(s, "other", &other, sizeof other, &bytes, NULL), 0);
    CHECK_EQ(bytes, 5);
    CHECK_EQ(sendto(s, "twice", 5, 0, (SA *)&other, sizeof other), 5);
    CHECK_EQ(send_to(s, "peer", NULL, 0, &bytes, NULL), 0);
    CHECK(!memcmp(next(elsewhere)->data, "other", 5));
    CHECK(!memcmp(next(elsewhere)->data, "twice", 5));
    CHECK(!memcmp(next(to)->data, "peer", 4));
    int length = sizeof other;
    CHECK_OK(getpeername(s, (SA *)&other, &length));
    CHECK_EQ(other.sin_port, peer.sin_port);
}

TEST(s_034_ignored_on_a_connection) {
    SOCKET client, server;
    SA4 nowhere = v4("192.0.2.1", 9);
    char got[9];
    DWORD bytes;
    connected_pair(&client, &server);
    CHECK_EQ(send_to(client, "abc", &nowhere, sizeof nowhere, &bytes, NULL), 0);
    CHECK_EQ(send_to(client, "def", &nowhere, 3, &bytes, NULL), 0);
    CHECK_EQ(sendto(client, "ghi", 3, 0, (SA *)&nowhere, sizeof nowhere), 3);
    read_exactly(server, got, 9);
    CHECK(!memcmp(got, "abcdefghi", 9));
}

TEST(s_035_binds_implicitly) {
    SA4 at, name;
    int length = sizeof name;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes;
    CHECK_SOCK_ERR(getsockname(s, (SA *)&name, &length), WSAEINVAL);
    CHECK_EQ(send_to(s, "x", &at, sizeof at, &bytes, NULL), 0);
    name = name_of(s);
    CHECK_EQ(name.sin_addr.s_addr, INADDR_ANY);
    CHECK(name.sin_port != 0);
    CHECK_EQ(next(to)->from.v4.sin_port, name.sin_port);
    /* So it receives from now on, and cannot be bound again. */
    SA4 any = v4("127.0.0.1", 0);
    CHECK_SOCK_ERR(bind(s, (SA *)&any, sizeof any), WSAEINVAL);
    any.sin_port = name.sin_port;
    post(to, "back", &any);
    CHECK_EQ(next(s)->bytes, 4);
}

TEST(s_035_overlapped) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    OVERLAPPED *ov = op_event();
    DWORD bytes = 0;
    int error = send_to(s, "over", &at, sizeof at, NULL, ov);
    CHECK(error == 0 || error == WSA_IO_PENDING);
    CHECK_EQ(finish(s, ov, 10000, &bytes), 0);
    CHECK_EQ(bytes, 4);
    CHECK_EQ(next(to)->from.v4.sin_port, name_of(s).sin_port);
}

TEST(s_036_nowhere_to_send_to) {
    SA4 any = v4("0.0.0.0", 9), zero = v4("127.0.0.1", 0);
    SOCKET s = udp();
    DWORD bytes;
    CHECK_EQ(send_to(s, "x", &any, sizeof any, &bytes, NULL), WSAEADDRNOTAVAIL);
    CHECK_EQ(send_to(s, "x", &zero, sizeof zero, &bytes, NULL), WSAEADDRNOTAVAIL);
    CHECK_EQ(send_to(s, "x", NULL, 0, &bytes, NULL), WSAENOTCONN);
    CHECK_EQ(send_to(s, "x", &any, sizeof any, &bytes, op_event()), WSAEADDRNOTAVAIL);
    CHECK_EQ(send_to(s, "x", NULL, 0, &bytes, op_event()), WSAENOTCONN);
}

TEST(s_037_too_short_an_address) {
    SA4 at;
    SA6 at6;
    DWORD bytes;
    SOCKET to = udp_at("127.0.0.1", &at);
    udp6_at("::1", &at6);
    CHECK_EQ(send_to(udp(), "x", &at, sizeof at - 1, &bytes, NULL), WSAEFAULT);
    CHECK_EQ(send_to(udp(), "x", &at, 1, &bytes, NULL), WSAEFAULT);
    CHECK_EQ(send_to(udp(), "x", &at, -1, &bytes, NULL), WSAEFAULT);
    CHECK_EQ(send_to(udp6(), "x", &at6, 24, &bytes, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(sendto(udp(), "x", 1, 0, (SA *)&at, sizeof at - 1), WSAEFAULT);
    nonblocking(to);
    CHECK_EQ(receive(to, arrival(), NULL), WSAEWOULDBLOCK);
}

TEST(s_037_too_short_an_address_overlapped) {
    SA4 at;
    DWORD bytes;
    udp_at("127.0.0.1", &at);
    CHECK_EQ(send_to(udp(), "x", &at, 15, &bytes, op_event()), WSAEFAULT);
}

TEST(s_038_written_at_the_completion_alone) {
    SA4 at, from;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp_at("127.0.0.1", &from);
    struct arrival *got = arrival(), before;
    OVERLAPPED *ov = op_event();
    before = *got;
    CHECK_EQ(receive(to, got, ov), WSA_IO_PENDING);
    CHECK(!memcmp(got, &before, sizeof before));
    post(s, "hello", &at);
    DWORD bytes = 0;
    CHECK_EQ(finish(to, ov, 10000, &bytes), 0);
    CHECK_EQ(bytes, 5);
    CHECK(is_from(got, &from));
    CHECK(!memcmp(got->data, "hello", 5));
    /* Cancelled: nothing is written. */
    got = arrival();
    before = *got;
    CHECK_EQ(receive(to, got, ov), WSA_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)to, ov));
    CHECK_EQ(finish(to, ov, 10000, NULL), ERROR_OPERATION_ABORTED);
    CHECK(!memcmp(got, &before, sizeof before));
}

TEST(s_038_each_has_its_own) {
    SA4 at, from[3];
    SOCKET to = udp_at("127.0.0.1", &at), s[3];
    struct arrival *got[3];
    OVERLAPPED *ov[3];
    HANDLE port = port_for(to, 0);
    for (int i = 0; i < 3; i++) {
        s[i] = udp_at("127.0.0.1", &from[i]);
        CHECK_EQ(receive(to, got[i] = arrival(), ov[i] = op_plain()), WSA_IO_PENDING);
    }
    for (int i = 0; i < 3; i++) post(s[i], "abc" + i, &at);
    for (int i = 0; i < 3; i++) {
        OVERLAPPED *done;
        ULONG_PTR key;
        DWORD bytes;
        CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &done, 10000));
    }
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(ov[i]->InternalHigh, 3 - i);
        CHECK(is_from(got[i], &from[i]));
        CHECK_EQ(got[i]->data[0], 'a' + i);
    }
}

static volatile LONG calls;
static DWORD routine_error, routine_bytes;
static void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)ov, (void)flags;
    routine_error = error, routine_bytes = bytes;
    InterlockedIncrement(&calls);
}

TEST(s_038_with_a_routine) {
    SA4 at, from;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp_at("127.0.0.1", &from);
    struct arrival *got = arrival();
    CHECK_EQ(receive_with(to, got, op_plain(), note), WSA_IO_PENDING);
    WSABUF buffer = { 4, "text" };
    DWORD bytes;
    CHECK_OK(WSASendTo(s, &buffer, 1, &bytes, 0, (SA *)&at, sizeof at, op_plain(), note));
    while (calls < 2) CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(routine_error, 0);
    CHECK_EQ(routine_bytes, 4);
    CHECK(is_from(got, &from));
}

TEST(s_038_at_once_blocking_and_too_long) {
    SA4 at, from;
    SA6 at6, from6;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp_at("127.0.0.1", &from);
    SOCKET to6 = udp6_at("::1", &at6), s6 = udp6_at("::1", &from6);
    post(s, "hello", &at);
    struct arrival *got = next(to);
    CHECK_EQ(got->bytes, 5);
    CHECK(is_from(got, &from));
    post6(s6, "six", &at6);
    got = next(to6);
    CHECK_EQ(got->length, sizeof from6);
    CHECK(!memcmp(&got->from.v6, &from6, sizeof from6));
    /* Also of a datagram of which a part is lost. */
    char two[2];
    got = arrival();
    post(s, "hello", &at);
    CHECK_SOCK_ERR(recvfrom(to, two, 2, 0, (SA *)&got->from, &got->length), WSAEMSGSIZE);
    CHECK(is_from(got, &from));
}

TEST(s_039_too_little_room_for_the_address) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    struct arrival *got = arrival();
    char byte;
    int length = 15;
    post(s, "x", &at);
    got->length = sizeof(SA4) - 1;
    CHECK_EQ(receive(to, got, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(recvfrom(to, &byte, 1, 0, (SA *)&got->from, &length), WSAEFAULT);
    length = -1;
    CHECK_SOCK_ERR(recvfrom(to, &byte, 1, 0, (SA *)&got->from, &length), WSAEFAULT);
}

TEST(s_039_overlapped) {
    SA4 at;
    SA6 at6;
    SOCKET to = udp_at("127.0.0.1", &at), to6 = udp6_at("::1", &at6);
    struct arrival *got = arrival();
    got->length = sizeof(SA4) - 1;
    CHECK_EQ(receive(to, got, op_event()), WSAEFAULT);
    got->length = sizeof(SA6) - 1;
    CHECK_EQ(receive(to6, got, op_event()), WSAEFAULT);
    /* Not started: the next one gets what comes. */
    post(udp(), "x", &at);
    CHECK_EQ(next(to)->bytes, 1);
}

TEST(s_039_bad_pointers) {
    NATIVE_ONLY("a fault inside the library, under Wine");
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    char byte;
    int length = sizeof at;
    post(s, "x", &at);
    CHECK_SOCK_ERR(recvfrom(to, &byte, 1, 0, (SA *)&at, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(recvfrom(to, &byte, 1, 0, UNMAPPED, &length), WSAEFAULT);
    CHECK_SOCK_ERR(recvfrom(to, &byte, 1, 0, (SA *)before_a_hole(8), &length), WSAEFAULT);
    CHECK_SOCK_ERR(recvfrom(to, &byte, 1, 0, (SA *)&at, UNMAPPED), WSAEFAULT);
    /* The datagram is there still; only a page that cannot be written is noticed too late. */
    CHECK_SOCK_ERR(recvfrom(to, &byte, 1, 0, (SA *)read_only_page(), &length), WSAEFAULT);
    nonblocking(to);
    CHECK_EQ(receive(to, arrival(), NULL), WSAEWOULDBLOCK);
}

TEST(s_040_ignored_on_a_connection) {
    SOCKET client, server;
    connected_pair(&client, &server);
    struct arrival *got = arrival(), before;
    before = *got;
    send_all(client, "abc", 3);
    receive_timeout(server, 20000);
    CHECK_EQ(receive(server, got, NULL), 0);
    CHECK_EQ(got->bytes, 3);
    CHECK(!memcmp(&got->from, &before.from, sizeof before.from));
    CHECK_EQ(got->length, before.length);
    /* Not even looked at. */
    OVERLAPPED *ov = op_event();
    got->length = 1;
    CHECK_EQ(receive(server, got, ov), WSA_IO_PENDING);
    send_all(client, "def", 3);
    CHECK_EQ(finish(server, ov, 10000, NULL), 0);
    CHECK_EQ(got->length, 1);
    CHECK(!memcmp(&got->from, &before.from, sizeof before.from));
}
