/* S-016..S-021, S-041: the flags of WSASend and WSARecv, going in and coming out. */
#include "transfer.h"

TEST(s_016_waitall_completes_when_full) {
    SOCKET client, server;
    static char got[10];
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got, 10, MSG_WAITALL, ov), WSA_IO_PENDING);
    send_all(server, "abcd", 4);
    CHECK(still_pending(ov, 50));
    send_all(server, "efg", 3);
    CHECK(still_pending(ov, 50));
    send_all(server, "hijk", 4);
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 10);
    CHECK(!memcmp(got, "abcdefghij", 10));
    /* What did not fit is still there. */
    read_exactly(client, got, 1);
    CHECK_EQ(got[0], 'k');
}

TEST(s_016_waitall_of_several_buffers_and_in_front_of_others) {
    SOCKET client, server;
    static char a[3], b[3], c[3];
    WSABUF both[2] = { { 3, a }, { 3, b } };
    OVERLAPPED *all = op_event(), *behind = op_event();
    DWORD flags = MSG_WAITALL, bytes;
    connected_pair(&client, &server);
    CHECK_SOCK_ERR(WSARecv(client, both, 2, NULL, &flags, all, NULL), WSA_IO_PENDING);
    CHECK_EQ(receive_into(client, c, 3, 0, behind), WSA_IO_PENDING);
    for (int i = 0; i < 7; i++) {
        CHECK_STATUS(behind, ST_PENDING);
        send_all(server, "abcdefg" + i, 1);
    }
    CHECK_EQ(finish(client, all, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 6);
    CHECK(!memcmp(a, "abc", 3) && !memcmp(b, "def", 3));
    CHECK_EQ(finish(client, behind, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 1);
    CHECK_EQ(c[0], 'g');
}

TEST(s_016_waitall_completes_when_closed) {
    SOCKET client, server;
    static char got[10];
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got, 10, MSG_WAITALL, ov), WSA_IO_PENDING);
    send_all(server, "abcd", 4);
    CHECK(still_pending(ov, 50));
    drop(server);
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 4);
    CHECK(!memcmp(got, "abcd", 4));
}

TEST(s_016_waitall_completes_when_failed) {
    SOCKET client, server;
    static char got[10];
    OVERLAPPED *ov = op_event();
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got, 10, MSG_WAITALL, ov), WSA_IO_PENDING);
    send_all(server, "abcd", 4);
    CHECK(still_pending(ov, 50));
    hard_close(server);
    CHECK_EQ(finish_wsa(client, ov, MOST_MS, NULL), WSAECONNRESET);
}

TEST(s_016_waitall_completes_when_cancelled) {
    SOCKET client, server;
    static char got[10];
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got, 10, MSG_WAITALL, ov), WSA_IO_PENDING);
    send_all(server, "abcd", 4);
    CHECK(still_pending(ov, 100));
    CHECK(CancelIoEx((HANDLE)client, ov));
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), ERROR_OPERATION_ABORTED);
    /* Whatever was stored is counted, and the rest of the stream goes on behind it. */
    send_all(server, "efgh", 4);
    CHECK(bytes <= 4);
    CHECK(!memcmp(got, "abcd", bytes));
    read_exactly(client, got, 8 - bytes);
    CHECK(!memcmp(got, "abcdefgh" + bytes, 8 - bytes));
}

static SOCKET piecemeal_to;
static DWORD WINAPI piecemeal(void *nothing) {
    (void)nothing;
    for (int i = 0; i < 6; i++) {
        Sleep(20);
        if (send(piecemeal_to, "abcdef" + i, 1, 0) != 1) return 0;
    }
    return 1;
}

TEST(s_016_waitall_without_an_overlapped) {
    SOCKET client, server;
    char got[6];
    DWORD count = 0;
    connected_pair(&client, &server);
    piecemeal_to = server;
    HANDLE sender = thread(piecemeal, NULL);
    CHECK_EQ(receive_now(client, got, 6, MSG_WAITALL, &count), 0);
    CHECK_EQ(count, 6);
    CHECK(!memcmp(got, "abcdef", 6));
    CHECK_EQ(join(sender), 1);
    sender = thread(piecemeal, NULL);
    CHECK_EQ(recv(client, got, 6, MSG_WAITALL), 6);
    CHECK_EQ(join(sender), 1);
}

TEST(s_016_waitall_is_refused_with_other_flags) {
    static const DWORD with[] = { MSG_OOB, MSG_PEEK, MSG_PARTIAL };
    SOCKET client, server;
    static char got[8];
    DWORD count;
    connected_pair(&client, &server);
    send_all(server, "abcd", 4);
    arrives(client, 4);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(receive_now(client, got, 4, MSG_WAITALL | with[i], &count), WSAEOPNOTSUPP);
        CHECK_EQ(receive_into(client, got, 4, MSG_WAITALL | with[i], op_event()), WSAEOPNOTSUPP);
    }
    CHECK_EQ(receive_now(client, got, 4, MSG_WAITALL, &count), 0);
}

TEST(s_016_waitall_is_refused_on_a_nonblocking_socket) {
    SOCKET client, server;
    static char got[8];
    DWORD count;
    connected_pair(&client, &server);
    send_all(server, "abcd", 4);
    arrives(client, 4);
    nonblocking(client);
    CHECK_EQ(receive_now(client, got, 4, MSG_WAITALL, &count), WSAEOPNOTSUPP);
    CHECK_SOCK_ERR(recv(client, got, 4, MSG_WAITALL), WSAEOPNOTSUPP);
    CHECK_EQ(receive_into(client, got, 4, MSG_WAITALL, op_event()), WSAEOPNOTSUPP);
    u_long off = 0;
    CHECK_OK(ioctlsocket(client, FIONBIO, &off));
    CHECK_EQ(recv(client, got, 4, MSG_WAITALL), 4);
}

TEST(s_016_waitall_is_refused_on_a_datagram_socket) {
    SOCKET a, b;
    static char got[8];
    DWORD count;
    datagram_pair(&a, &b);
    CHECK_EQ(send(b, "x", 1, 0), 1);
    CHECK_EQ(receive_now(a, got, 1, MSG_WAITALL, &count), WSAEOPNOTSUPP);
    CHECK_EQ(receive_into(a, got, 1, MSG_WAITALL, op_event()), WSAEOPNOTSUPP);
    CHECK_EQ(recv(a, got, 1, 0), 1);
}

TEST(s_015_buffers_as_long_as_messages) {
    SOCKET client, server;
    static char got[4];
    connected_pair(&client, &server);
    /* Whoever remembers what is left must not be wrong about it: filled to the last byte, with more behind, with none. */
    for (int i = 0; i < 51; i++) {
        OVERLAPPED *ov = op_event();
        int error = receive_into(client, got, sizeof got, 0, ov), late = i % 3;
        CHECK(error == 0 || error == WSA_IO_PENDING);
        if (late == 0) send_all(server, "aaaabbbbcccc", 12);
        CHECK_EQ(WaitForSingleObject(ov->hEvent, MOST_MS), WAIT_OBJECT_0);
        CHECK_EQ(ov->InternalHigh, 4);
        CHECK_EQ(got[0], "abc"[late]);
    }
    /* The end of the stream behind a block that fills the buffer. */
    OVERLAPPED *one = op_event(), *end = op_event();
    send_all(server, "dddd", 4);
    CHECK_OK(shutdown(server, SD_SEND));
    Sleep(20);
    int error = receive_into(client, got, sizeof got, 0, one);
    CHECK(error == 0 || error == WSA_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(one->hEvent, MOST_MS), WAIT_OBJECT_0);
    CHECK_EQ(one->InternalHigh, 4);
    error = receive_into(client, got, sizeof got, 0, end);
    CHECK(error == 0 || error == WSA_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(end->hEvent, MOST_MS), WAIT_OBJECT_0);
    CHECK_EQ(end->InternalHigh, 0);
}

TEST(s_017_a_peek_is_not_overlapped) {
    SOCKET client, server;
    static char got[8];
    DWORD count = 0;
    OVERLAPPED *ov = op_event();
    connected_pair(&client, &server);
    send_all(server, "abc", 3);
    arrives(client, 3);
    CHECK_EQ(receive_into(client, got, sizeof got, MSG_PEEK, ov), WSAEOPNOTSUPP);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    for (int i = 0; i < 2; i++) {
        memset(got, 0, sizeof got);
        CHECK_EQ(receive_now(client, got, sizeof got, MSG_PEEK, &count), 0);
        CHECK_EQ(count, 3);
        CHECK(!memcmp(got, "abc", 3));
    }
    CHECK_EQ(recv(client, got, sizeof got, MSG_PEEK), 3);
    CHECK_EQ(recv(client, got, sizeof got, 0), 3);
}

TEST(s_017_a_peek_leaves_it_to_a_pending_receive) {
    SOCKET client, server;
    static char got[8], peeked[16];
    DWORD count = 0;
    connected_pair(&client, &server);
    for (int i = 0; i < 3; i++) {
        OVERLAPPED *first = op_event(), *second = op_event();
        /* One that waited, so that the socket is watched; then a look; then one that finds what was looked at. */
        CHECK_EQ(receive_into(client, got, sizeof got, 0, first), WSA_IO_PENDING);
        send_all(server, "abc", 3);
        CHECK_EQ(WaitForSingleObject(first->hEvent, MOST_MS), WAIT_OBJECT_0);
        send_all(server, "defg", 4);
        arrives(client, 4);
        Sleep(20);
        CHECK_EQ(receive_now(client, peeked, sizeof peeked, MSG_PEEK, &count), 0);
        CHECK_EQ(count, 4);
        int error = receive_into(client, got, sizeof got, 0, second);
        CHECK(error == 0 || error == WSA_IO_PENDING);
        CHECK_EQ(WaitForSingleObject(second->hEvent, MOST_MS), WAIT_OBJECT_0);
        CHECK_EQ(second->InternalHigh, 4);
    }
}

TEST(s_018_oob_is_for_streams) {
    SOCKET a, b;
    static char got[8];
    DWORD count;
    datagram_pair(&a, &b);
    CHECK_EQ(send_now(a, "x", 1, MSG_OOB, &count), WSAEOPNOTSUPP);
    CHECK_EQ(send_from(a, "x", 1, MSG_OOB, op_event()), WSAEOPNOTSUPP);
    CHECK_EQ(receive_now(a, got, 1, MSG_OOB, &count), WSAEOPNOTSUPP);
    CHECK_EQ(receive_into(a, got, 1, MSG_OOB, op_event()), WSAEOPNOTSUPP);
    CHECK_SOCK_ERR(send(a, "x", 1, MSG_OOB), WSAEOPNOTSUPP);
    /* Nothing was sent. */
    CHECK_EQ(send(a, "real", 4, 0), 4);
    CHECK_EQ(recv(b, got, sizeof got, 0), 4);
}

TEST(s_018_oob_until_the_end_of_the_stream) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got, sizeof got, MSG_OOB, ov), WSA_IO_PENDING);
    /* Ordinary data is not what it waits for. */
    send_all(server, "abc", 3);
    CHECK(still_pending(ov, 100));
    drop(server);
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 0);
    read_exactly(client, got, 3);
    CHECK(!memcmp(got, "abc", 3));
}

TEST(s_018_oob_that_is_inline_is_not_apart) {
    SOCKET client, server;
    static char got[8];
    int on = 1;
    connected_pair(&client, &server);
    CHECK_OK(setsockopt(client, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof on));
    CHECK_EQ(send(server, "!", 1, MSG_OOB), 1);
    CHECK_EQ(recv(client, got, sizeof got, 0), 1);
    CHECK_EQ(receive_into(client, got, sizeof got, MSG_OOB, op_event()), WSAEINVAL);
    CHECK_SOCK_ERR(recv(client, got, sizeof got, MSG_OOB), WSAEINVAL);
}

TEST(s_019_no_partial_sends) {
    SOCKET client, server, a, b;
    char got[8];
    DWORD count;
    connected_pair(&client, &server);
    datagram_pair(&a, &b);
    CHECK_EQ(send_now(client, "x", 1, MSG_PARTIAL, &count), WSAEOPNOTSUPP);
    CHECK_EQ(send_from(client, "x", 1, MSG_PARTIAL, op_event()), WSAEOPNOTSUPP);
    CHECK_EQ(send_now(a, "x", 1, MSG_PARTIAL, &count), WSAEOPNOTSUPP);
    CHECK_EQ(send_from(a, "x", 1, MSG_PARTIAL, op_event()), WSAEOPNOTSUPP);
    CHECK_EQ(send(client, "real", 4, 0), 4);
    CHECK_EQ(recv(server, got, sizeof got, 0), 4);
    CHECK_EQ(send(a, "real", 4, 0), 4);
    CHECK_EQ(recv(b, got, sizeof got, 0), 4);
}

TEST(s_020_push_immediate_is_a_hint) {
    SOCKET client, server;
    static char got[8];
    DWORD count = 0, bytes;
    OVERLAPPED *ov = op_event();
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got, sizeof got, MSG_PUSH_IMMEDIATE, ov), WSA_IO_PENDING);
    send_all(server, "abc", 3);
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 3);
    send_all(server, "de", 2);
    CHECK_EQ(receive_now(client, got, sizeof got, MSG_PUSH_IMMEDIATE, &count), 0);
    CHECK_EQ(count, 2);
}

TEST(s_021_dontroute_may_be_ignored) {
    SOCKET client, server, a, b;
    char got[8];
    DWORD count = 0;
    connected_pair(&client, &server);
    datagram_pair(&a, &b);
    CHECK_EQ(send_now(client, "abc", 3, MSG_DONTROUTE, &count), 0);
    CHECK_EQ(count, 3);
    CHECK_EQ(recv(server, got, sizeof got, 0), 3);
    CHECK_STARTED(send_from(a, "abc", 3, MSG_DONTROUTE, op_event()));
    CHECK_EQ(recv(b, got, sizeof got, 0), 3);
}

/* ---- S-041 ---------------------------------------------------------------------------------------------------------- */

static DWORD routine_error, routine_bytes, routine_flags;
static volatile LONG routines;
static void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)ov;
    routine_error = error, routine_bytes = bytes, routine_flags = flags;
    routines++;
}

TEST(s_041_out_of_band_data) {
    SOCKET client, server;
    static char got[8];
    DWORD flags = MSG_OOB, bytes = 0xdead, out = 0xdead;
    WSABUF buffer = { sizeof got, got };
    OVERLAPPED *ov = op_event(), *routine = op_plain(), *plain = op_event();
    connected_pair(&client, &server);
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    CHECK_EQ(send(server, "!", 1, MSG_OOB), 1);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, MOST_MS), WAIT_OBJECT_0);
    CHECK(WSAGetOverlappedResult(client, ov, &bytes, FALSE, &out));
    CHECK_EQ(bytes, 1);
    CHECK_EQ(out, MSG_OOB);
    CHECK_EQ(got[0], '!');
    /* It is a success for everybody else. */
    CHECK(GetOverlappedResult((HANDLE)client, ov, &bytes, FALSE));
    CHECK_EQ(bytes, 1);
    /* The delayed completion left lpFlags alone. */
    CHECK_EQ(flags, MSG_OOB);
    routines = 0;
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, routine, note), WSA_IO_PENDING);
    CHECK_EQ(send(server, "?", 1, MSG_OOB), 1);
    CHECK_EQ(SleepEx(MOST_MS, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(routines, 1);
    CHECK_EQ(routine_error, 0);
    CHECK_EQ(routine_bytes, 1);
    CHECK_EQ(routine_flags, MSG_OOB);
    /* Ordinary data has no flags. */
    CHECK_EQ(receive_into(client, got, sizeof got, 0, plain), WSA_IO_PENDING);
    send_all(server, "abc", 3);
    CHECK_EQ(WaitForSingleObject(plain->hEvent, MOST_MS), WAIT_OBJECT_0);
    out = 0xdead;
    CHECK(WSAGetOverlappedResult(client, plain, &bytes, FALSE, &out));
    CHECK_EQ(bytes, 3);
    CHECK_EQ(out, 0);
}

TEST(s_041_out_of_band_data_at_a_port) {
    SOCKET client, server;
    static char got[8];
    DWORD flags = MSG_OOB, bytes;
    WSABUF buffer = { sizeof got, got };
    OVERLAPPED *ov = op_plain();
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 1);
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    CHECK_EQ(send(server, "!", 1, MSG_OOB), 1);
    CHECK_EQ(packet(port, ov, &bytes), 0);
    CHECK_EQ(bytes, 1);
    DWORD out = 0xdead;
    CHECK(WSAGetOverlappedResult(client, ov, &bytes, FALSE, &out));
    CHECK_EQ(out, MSG_OOB);
}

TEST(s_041_a_message_in_part) {
    SOCKET a, b;
    static char got[4];
    DWORD flags = 0, bytes = 0xdead, out = 0xdead;
    WSABUF buffer = { sizeof got, got };
    OVERLAPPED *ov = op_event(), *routine = op_plain(), *whole = op_event();
    datagram_pair(&a, &b);
    CHECK_SOCK_ERR(WSARecv(a, &buffer, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    CHECK_EQ(send(b, "abcdefgh", 8, 0), 8);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, MOST_MS), WAIT_OBJECT_0);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(a, ov, &bytes, FALSE, &out), WSAEMSGSIZE);
    CHECK_EQ(out, MSG_PARTIAL);
    CHECK_EQ(flags, 0);
    routines = 0;
    CHECK_SOCK_ERR(WSARecv(a, &buffer, 1, NULL, &flags, routine, note), WSA_IO_PENDING);
    CHECK_EQ(send(b, "abcdefgh", 8, 0), 8);
    CHECK_EQ(SleepEx(MOST_MS, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(routines, 1);
    CHECK_EQ(routine_error, WSAEMSGSIZE);
    CHECK_EQ(routine_bytes, 4);
    CHECK_EQ(routine_flags, MSG_PARTIAL);
    CHECK_SOCK_ERR(WSARecv(a, &buffer, 1, NULL, &flags, whole, NULL), WSA_IO_PENDING);
    CHECK_EQ(send(b, "abcd", 4, 0), 4);
    CHECK_EQ(WaitForSingleObject(whole->hEvent, MOST_MS), WAIT_OBJECT_0);
    CHECK(WSAGetOverlappedResult(a, whole, &bytes, FALSE, &out));
    CHECK_EQ(out, 0);
}
