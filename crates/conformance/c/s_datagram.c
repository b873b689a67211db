/* S-026, S-030..S-032: WSASend and WSARecv on datagram sockets. */
#include "transfer.h"

static DWORD told_error, told_bytes, told_flags;
static volatile LONG calls;
static void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)ov;
    told_error = error, told_bytes = bytes, told_flags = flags;
    calls++;
}

TEST(s_026_a_receive_needs_a_bound_socket) {
    static char got[8];
    DWORD count;
    SOCKET s = udp();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(receive_into(s, got, sizeof got, 0, ov), WSAEINVAL);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    CHECK_EQ(receive_now(s, got, sizeof got, 0, &count), WSAEINVAL);
    SA4 any = v4("127.0.0.1", 0);
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    CHECK_EQ(receive_into(s, got, sizeof got, 0, ov), WSA_IO_PENDING);
}

TEST(s_026_sending_binds) {
    static char got[8];
    SOCKET s = udp(), other = udp();
    SA4 to = v4("127.0.0.1", 0);
    /* To where somebody is: a datagram for nobody would fail the receive (M-022). */
    CHECK_OK(bind(other, (SA *)&to, sizeof to));
    to = name_of(other);
    CHECK_EQ(sendto(s, "x", 1, 0, (SA *)&to, sizeof to), 1);
    CHECK_EQ(receive_into(s, got, sizeof got, 0, op_event()), WSA_IO_PENDING);
}

/* Eight bytes for room of four, of which the first two buffers get all. */
static char first[3], second[1];
static WSABUF room[2] = { { 3, first }, { 1, second } };
static void eight(SOCKET s) {
    memset(first, 0, sizeof first), second[0] = 0;
    CHECK_EQ(send(s, "abcdefgh", 8, 0), 8);
}
#define CHECK_FOUR CHECK(!memcmp(first, "abc", 3) && second[0] == 'd')

TEST(s_030_truncated_at_once) {
    SOCKET a, b;
    char got[8];
    DWORD count = 0xdead, flags = 0;
    datagram_pair(&a, &b);
    eight(b);
    arrives(a, 1);
    CHECK_SOCK_ERR(WSARecv(a, room, 2, &count, &flags, NULL, NULL), WSAEMSGSIZE);
    CHECK_EQ(count, 4);
    CHECK_FOUR;
    eight(b);
    CHECK_SOCK_ERR(recv(a, got, 4, 0), WSAEMSGSIZE);
    CHECK(!memcmp(got, "abcd", 4));
    /* The rest is lost. */
    CHECK_EQ(send(b, "next", 4, 0), 4);
    CHECK_EQ(recv(a, got, sizeof got, 0), 4);
    CHECK(!memcmp(got, "next", 4));
}

TEST(s_030_truncated_later) {
    SOCKET a, b;
    static char got[8];
    DWORD bytes = 0xdead, flags = 0;
    OVERLAPPED *ov = op_event(), *next = op_event();
    datagram_pair(&a, &b);
    CHECK_SOCK_ERR(WSARecv(a, room, 2, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    eight(b);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, MOST_MS), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_BUFFER_OVERFLOW);
    CHECK_EQ(ov->InternalHigh, 4);
    CHECK_FOUR;
    CHECK(!GetOverlappedResult((HANDLE)a, ov, &bytes, FALSE));
    CHECK_EQ(GetLastError(), ERROR_MORE_DATA);
    CHECK_EQ(bytes, 4);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(a, ov, &bytes, FALSE, &flags), WSAEMSGSIZE);
    CHECK_STARTED(receive_into(a, got, sizeof got, 0, next));
    CHECK_EQ(send(b, "next", 4, 0), 4);
    CHECK_EQ(finish(a, next, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 4);
}

TEST(s_030_truncated_at_a_port) {
    SOCKET a, b;
    DWORD bytes, flags = 0;
    OVERLAPPED *later = op_plain(), *at_once = op_plain();
    datagram_pair(&a, &b);
    HANDLE port = port_for(a, 1);
    CHECK_SOCK_ERR(WSARecv(a, room, 2, NULL, &flags, later, NULL), WSA_IO_PENDING);
    eight(b);
    CHECK_EQ(packet(port, later, &bytes), ERROR_MORE_DATA);
    CHECK_EQ(bytes, 4);
    CHECK_STATUS(later, ST_BUFFER_OVERFLOW);
    CHECK_FOUR;
    /* That a call said so itself does not save the packet. */
    eight(b);
    arrives(a, 1);
    int error = WSARecv(a, room, 2, &bytes, &flags, at_once, NULL) ? WSAGetLastError() : 0;
    CHECK(error == WSAEMSGSIZE || error == WSA_IO_PENDING);
    CHECK_EQ(packet(port, at_once, &bytes), ERROR_MORE_DATA);
    CHECK_EQ(bytes, 4);
    CHECK_FOUR;
    CHECK(no_packet(port, 0));
}

TEST(s_030_truncated_with_a_routine) {
    SOCKET a, b;
    DWORD flags = 0;
    datagram_pair(&a, &b);
    calls = 0;
    CHECK_SOCK_ERR(WSARecv(a, room, 2, NULL, &flags, op_plain(), note), WSA_IO_PENDING);
    eight(b);
    CHECK_EQ(SleepEx(MOST_MS, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 1);
    CHECK_EQ(told_error, WSAEMSGSIZE);
    CHECK_EQ(told_bytes, 4);
    CHECK_FOUR;
}

TEST(s_030_without_room_a_datagram_is_truncated_too) {
    SOCKET a, b;
    char got[8];
    DWORD count = 0xdead;
    datagram_pair(&a, &b);
    eight(b);
    arrives(a, 1);
    CHECK_EQ(receive_now(a, NULL, 0, 0, &count), WSAEMSGSIZE);
    CHECK_EQ(count, 0);
    CHECK_EQ(send(b, "next", 4, 0), 4);
    CHECK_EQ(recv(a, got, sizeof got, 0), 4);
}

TEST(s_030_a_peek_leaves_it_whole) {
    SOCKET a, b;
    char got[8];
    DWORD count = 0xdead;
    datagram_pair(&a, &b);
    eight(b);
    arrives(a, 1);
    CHECK_EQ(receive_now(a, got, 4, MSG_PEEK, &count), WSAEMSGSIZE);
    CHECK_EQ(recv(a, got, sizeof got, 0), 8);
}

TEST(s_031_too_large_to_send) {
    enum { LENGTH = 65536 };
    SOCKET a, b;
    static char block[LENGTH];
    char got[8];
    DWORD count;
    OVERLAPPED *ov = op_event();
    datagram_pair(&a, &b);
    CHECK_EQ(send_now(a, block, LENGTH, 0, &count), WSAEMSGSIZE);
    CHECK_EQ(send_from(a, block, LENGTH, 0, ov), WSAEMSGSIZE);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    WSABUF parts[3] = { { 30000, block }, { 30000, block }, { 30000, block } };
    CHECK_SOCK_ERR(WSASend(a, parts, 3, &count, 0, NULL, NULL), WSAEMSGSIZE);
    /* Nothing was sent. */
    CHECK_EQ(send(a, "next", 4, 0), 4);
    CHECK_EQ(recv(b, got, sizeof got, 0), 4);
}

TEST(s_032_only_the_peers_datagrams) {
    SOCKET a, b, other = udp();
    static char got[16];
    DWORD bytes;
    datagram_pair(&a, &b);
    OVERLAPPED *ov = op_event();
    SA4 to = name_of(a);
    CHECK_EQ(receive_into(a, got, sizeof got, 0, ov), WSA_IO_PENDING);
    CHECK_EQ(sendto(other, "stranger", 8, 0, (SA *)&to, sizeof to), 8);
    CHECK(still_pending(ov, 50));
    CHECK_EQ(send(b, "peer", 4, 0), 4);
    CHECK_EQ(finish(a, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 4);
    CHECK(!memcmp(got, "peer", 4));
}

TEST(s_032_one_message_each_in_order) {
    SOCKET a, b;
    static char got[3][8];
    OVERLAPPED *ov[3];
    datagram_pair(&a, &b);
    for (int i = 0; i < 3; i++) {
        ov[i] = op_event();
        CHECK_EQ(receive_into(a, got[i], 8, 0, ov[i]), WSA_IO_PENDING);
    }
    CHECK_EQ(send(b, "a", 1, 0), 1);
    CHECK_EQ(send(b, "bb", 2, 0), 2);
    CHECK_EQ(send(b, "ccc", 3, 0), 3);
    for (int i = 0; i < 3; i++) {
        DWORD bytes;
        CHECK_EQ(finish(a, ov[i], MOST_MS, &bytes), 0);
        CHECK_EQ(bytes, i + 1);
        CHECK_EQ(got[i][0], 'a' + i);
    }
}
