/* ..A-024, A-027, A-028, A-036, A-038, A-039: how AcceptEx goes on and ends. */
#include "harness.h"

TEST(a_002_connection_addresses_and_data_in_one_call) {
    SA4 at, mine, *local, *remote;
    INT local_length = 0, remote_length = 0;
    DWORD bytes;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    char *buffer = accepts(l, s, 100, ov);
    SOCKET client = connected_to(&at);
    mine = name_of(client);
    send_all(client, "hello", 5);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 5);
    CHECK(memcmp(buffer, "hello", 5) == 0);
    GetAcceptExSockaddrs(buffer, 100, AREA, AREA, (SA **)&local, &local_length, (SA **)&remote, &remote_length);
    CHECK_EQ(local->sin_port, at.sin_port);
    CHECK_EQ(remote->sin_port, mine.sin_port);
    send_all(s, "there", 5);
    char back[5];
    read_exactly(client, back, 5);
    CHECK(memcmp(back, "there", 5) == 0);
}

TEST(a_014_without_data_the_connection_is_enough) {
    SA4 at;
    DWORD bytes = 77;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 0, ov);
    CHECK(still_pending(ov, 50));
    SOCKET client = connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 0);
    CHECK_STATUS(ov, ST_SUCCESS);
    send_all(client, "late", 4);
    char late[4];
    read_exactly(s, late, 4);
    CHECK(memcmp(late, "late", 4) == 0);
}

TEST(a_015_with_data_the_first_bytes_are_awaited) {
    SA4 at;
    DWORD bytes = 77;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    char *buffer = accepts(l, s, 3, ov);
    SOCKET client = connected_to(&at);
    CHECK(still_pending(ov, 100));
    send_all(client, "abcdef", 6);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 3);
    CHECK(memcmp(buffer, "abc", 3) == 0);
    char rest[3];
    read_exactly(s, rest, 3);
    CHECK(memcmp(rest, "def", 3) == 0);
}

TEST(a_015_less_than_the_room_is_enough) {
    SA4 at;
    DWORD bytes = 77;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 1000, ov);
    send_all(connected_to(&at), "x", 1);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 1);
}

TEST(a_016_peer_closes_without_sending) {
    SA4 at;
    DWORD bytes = 77;
    char byte;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 10, ov);
    SOCKET client = connected_to(&at);
    CHECK(still_pending(ov, 50));
    drop(client);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 0);
    CHECK_EQ(recv(s, &byte, 1, 0), 0);
}

TEST(a_017_peer_resets_before_the_accept) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *without = op_event(), *with = op_event(), *next = op_event();
    hard_close(connected_to(&at));
    hard_close(connected_to(&at));
    Sleep(50);
    accepts(l, s, 0, without);
    CHECK_EQ(finish_wsa(l, without, 5000, NULL), WSAECONNRESET);
    accepts(l, tcp(), 10, with);
    CHECK_EQ(finish_wsa(l, with, 5000, NULL), WSAECONNRESET);
    /* The socket never became connected. */
    accepts(l, s, 0, next);
    connected_to(&at);
    CHECK_EQ(finish(l, next, 5000, NULL), 0);
}

TEST(a_017_peer_resets_while_data_is_awaited) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 10, ov);
    SOCKET client = connected_to(&at);
    CHECK(still_pending(ov, 50));
    hard_close(client);
    CHECK_EQ(finish_wsa(l, ov, 5000, NULL), WSAECONNRESET);
}

TEST(a_020_count_is_not_written_later) {
    SA4 at;
    DWORD received, bytes;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    CHECK_BOOL_ERR(AcceptEx(l, s, accept_buffer(10), 10, AREA, AREA, &received, ov), ERROR_IO_PENDING);
    received = 0xabcdef;
    send_all(connected_to(&at), "xyz", 3);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 3);
    Sleep(20);
    CHECK_EQ(received, 0xabcdef);
}

TEST(a_020_no_count_is_asked_for) {
    SA4 at;
    DWORD bytes;
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    CHECK_BOOL_ERR(AcceptEx(l, tcp(), accept_buffer(10), 10, AREA, AREA, NULL, ov), ERROR_IO_PENDING);
    send_all(connected_to(&at), "xyz", 3);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 3);
}

TEST(a_021_pending_and_at_once) {
    SA4 at;
    DWORD bytes;
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_accept(l, tcp(), accept_buffer(0), 0, ov), ERROR_IO_PENDING);
    CHECK_STATUS(ov, ST_PENDING);
    connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    /* A connection with data waits already. */
    send_all(connected_to(&at), "abc", 3);
    Sleep(20);
    ov = op_event();
    char *buffer = accept_buffer(10);
    int error = start_accept(l, tcp(), buffer, 10, ov);
    CHECK(error == 0 || error == ERROR_IO_PENDING);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 3);
    CHECK(memcmp(buffer, "abc", 3) == 0);
}

TEST(a_022_belongs_to_the_listener) {
    SA4 at;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *done;
    SOCKET l = listener(&at), s = tcp();
    HANDLE port = port_for(l, 11);
    CHECK(CreateIoCompletionPort((HANDLE)s, port, 22, 0) == port);
    for (DWORD data = 0; data < 20; data += 10) {
        OVERLAPPED *ov = op_plain();
        SOCKET into = data ? tcp() : s;
        accepts(l, into, data, ov);
        SOCKET client = connected_to(&at);
        if (data) {
            CHECK(no_packet(port, 50));
            send_all(client, "four", 4);
        }
        CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000));
        CHECK(done == ov);
        CHECK_EQ(key, 11);
        CHECK_EQ(bytes, data ? 4 : 0);
        CHECK(GetOverlappedResult((HANDLE)l, ov, &bytes, FALSE));
        CHECK_EQ(bytes, data ? 4 : 0);
    }
    CHECK(no_packet(port, 20));
    /* Its own operations carry its own key. */
    OVERLAPPED *ov = op_plain();
    WSABUF one = { 1, (char[]){ 'x' } };
    CHECK(WSASend(s, &one, 1, &bytes, 0, ov, NULL) == 0 || WSAGetLastError() == WSA_IO_PENDING);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000));
    CHECK(done == ov);
    CHECK_EQ(key, 22);
}

TEST(a_022_a_port_that_comes_while_data_is_awaited) {
    SA4 at;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *done = NULL, *ov = op_plain();
    SOCKET l = listener(&at), s = tcp();
    accepts(l, s, 10, ov);
    SOCKET client = connected_to(&at);
    ULONGLONG until = now_ms() + 10000;
    while (connect_time(s) == NOT_CONNECTED && now_ms() < until) Sleep(5);
    /* The operation is at its accept socket by now. The port is its listener's all the same. */
    HANDLE port = port_for(l, 7);
    CHECK(no_packet(port, 50));
    send_all(client, "late", 4);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &done, 10000));
    CHECK(done == ov);
    CHECK_EQ(key, 7);
    CHECK_EQ(bytes, 4);
    CHECK(no_packet(port, 20));
}

TEST(a_022_signals_the_listeners_handle) {
    SA4 at;
    DWORD bytes;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_plain();
    accepts(l, s, 10, ov);
    CHECK_EQ(WaitForSingleObject((HANDLE)l, 50), WAIT_TIMEOUT);
    SOCKET client = connected_to(&at);
    CHECK_EQ(WaitForSingleObject((HANDLE)l, 50), WAIT_TIMEOUT);
    send_all(client, "x", 1);
    CHECK_EQ(WaitForSingleObject((HANDLE)l, 5000), WAIT_OBJECT_0);
    CHECK(GetOverlappedResult((HANDLE)l, ov, &bytes, TRUE));
    CHECK_EQ(bytes, 1);
}

static void cancel_from(int connect_first) {
    SA4 at;
    DWORD bytes = 77;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 10, ov);
    if (connect_first) {
        connected_to(&at);
        Sleep(50);
    }
    CancelIo((HANDLE)s);
    CancelIoEx((HANDLE)s, NULL);
    CancelIoEx((HANDLE)s, ov);
    CHECK(still_pending(ov, 50));
    CHECK(CancelIo((HANDLE)l));
    CHECK_EQ(finish(l, ov, 5000, &bytes), ERROR_OPERATION_ABORTED);
    CHECK_EQ(bytes, 0);
    CHECK_STATUS(ov, ST_CANCELLED);
}

TEST(a_023_cancelled_through_the_listener) { cancel_from(0); }

TEST(a_023_also_while_data_is_awaited) { cancel_from(1); }

TEST(a_023_cancel_io_ex_takes_one) {
    SA4 at;
    SOCKET l = listener(&at);
    OVERLAPPED *first = op_event(), *second = op_event(), *third = op_event();
    accepts(l, tcp(), 10, first);
    connected_to(&at);
    Sleep(50);
    accepts(l, tcp(), 0, second);
    accepts(l, tcp(), 0, third);
    CHECK(CancelIoEx((HANDLE)l, second));
    CHECK_EQ(finish(l, second, 5000, NULL), ERROR_OPERATION_ABORTED);
    CHECK(CancelIoEx((HANDLE)l, first));
    CHECK_EQ(finish(l, first, 5000, NULL), ERROR_OPERATION_ABORTED);
    CHECK_BOOL_ERR(CancelIoEx((HANDLE)l, first), ERROR_NOT_FOUND);
    connected_to(&at);
    CHECK_EQ(finish(l, third, 5000, NULL), 0);
}

static void close_one(int the_listener, int connect_first) {
    SA4 at;
    DWORD bytes = 77;
    SOCKET l = listener(&at), s = tcp();
    HANDLE port = port_for(l, 5);
    OVERLAPPED *ov = op_plain(), *done = NULL;
    ULONG_PTR key = 0;
    accepts(l, s, 10, ov);
    if (connect_first) {
        connected_to(&at);
        CHECK(no_packet(port, 50));
    }
    drop(the_listener ? l : s);
    CHECK_BOOL_ERR(GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000), ERROR_OPERATION_ABORTED);
    CHECK(done == ov);
    CHECK_EQ(key, 5);
    CHECK_EQ(bytes, 0);
    CHECK_STATUS(ov, ST_CANCELLED);
    CHECK(no_packet(port, 20));
}

TEST(a_024_closing_the_accept_socket) { close_one(0, 0); }

TEST(a_024_closing_the_listener) { close_one(1, 0); }

TEST(a_024_closing_the_listener_while_data_is_awaited) { close_one(1, 1); }

TEST(a_036_closing_the_accept_socket_sheds_an_idle_connection) {
    close_one(0, 1);
    SA4 at;
    char byte;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 10, ov);
    SOCKET client = connected_to(&at);
    /* Taken from the backlog: else it would stay there, and be the next one's. */
    while (connect_time(s) == NOT_CONNECTED) Sleep(5);
    drop(s);
    CHECK(finish(l, ov, 5000, NULL) != 0);
    CHECK(recv(client, &byte, 1, 0) <= 0);
}

TEST(a_027_connections_go_in_posting_order) {
    enum { N = 8 };
    SA4 at;
    SOCKET l = listener(&at), s[N], client[N];
    OVERLAPPED *ov[N];
    for (int i = 0; i < N; i++) accepts(l, s[i] = tcp(), 0, ov[i] = op_event());
    for (int i = 0; i < N; i++) {
        client[i] = connected_to(&at);
        CHECK_EQ(finish(l, ov[i], 5000, NULL), 0);
        if (i + 1 < N) CHECK_STATUS(ov[i + 1], ST_PENDING);
    }
    for (int i = 0; i < N; i++) {
        char byte, mark = (char)('a' + i);
        send_all(client[i], &mark, 1);
        read_exactly(s[i], &byte, 1);
        CHECK_EQ(byte, mark);
    }
}

TEST(a_027_one_that_waits_for_data_holds_nobody_up) {
    SA4 at;
    DWORD bytes;
    SOCKET l = listener(&at);
    OVERLAPPED *silent = op_event(), *quick = op_event(), *plain = op_event();
    accepts(l, tcp(), 10, silent);
    accepts(l, tcp(), 10, quick);
    accepts(l, tcp(), 0, plain);
    SOCKET first = connected_to(&at);
    SOCKET second = connected_to(&at);
    send_all(second, "quick", 5);
    CHECK_EQ(finish(l, quick, 5000, &bytes), 0);
    CHECK_EQ(bytes, 5);
    connected_to(&at);
    CHECK_EQ(finish(l, plain, 5000, NULL), 0);
    CHECK(still_pending(silent, 20));
    send_all(first, "x", 1);
    CHECK_EQ(finish(l, silent, 5000, &bytes), 0);
    CHECK_EQ(bytes, 1);
}

TEST(a_028_nobody_else_sees_its_connection) {
    SA4 at;
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    accepts(l, tcp(), 0, ov);
    connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    fd_set readable;
    struct timeval soon = { 0, 50000 };
    FD_ZERO(&readable);
    FD_SET(l, &readable);
    CHECK_EQ(select(0, &readable, NULL, NULL, &soon), 0);
    nonblocking(l);
    WSASetLastError(0);
    CHECK_EQ(accept(l, NULL, NULL), INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
}

static SOCKET leaving_listener, leaving_accept;
static OVERLAPPED *leaving_ov;

static DWORD WINAPI accept_and_leave(void *unused) {
    (void)unused;
    DWORD received;
    static char buffer[10 + 2 * AREA];
    WSASetLastError(0);
    AcceptEx(leaving_listener, leaving_accept, buffer, 10, AREA, AREA, &received, leaving_ov);
    DWORD error = WSAGetLastError();
    Sleep(200);
    return error;
}

TEST(a_038_thread_exit_cancels) {
    for (int connect_first = 0; connect_first < 2; connect_first++) {
        SA4 at;
        leaving_listener = listener(&at);
        leaving_accept = tcp();
        leaving_ov = op_event();
        HANDLE leaver = thread(accept_and_leave, NULL);
        if (connect_first) connected_to(&at);
        CHECK_EQ(join(leaver), ERROR_IO_PENDING);
        CHECK_EQ(finish(leaving_listener, leaving_ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    }
}

TEST(a_039_the_number_stays) {
    SA4 at;
    int before = descriptor_count();
    SOCKET l = listener(&at), s = tcp();
    HANDLE port = port_for(s, 9);
    for (int round = 0; round < 20; round++) {
        OVERLAPPED *ov = op_event(), *received = op_plain(), *done = NULL;
        DWORD bytes, flags = 0;
        ULONG_PTR key;
        char byte = 0;
        WSABUF one = { 1, &byte };
        accepts(l, s, 0, ov);
        SOCKET client = connected_to(&at);
        CHECK_EQ(finish(l, ov, 5000, NULL), 0);
        /* The new connection is heard of at the port that the old socket was tied to. */
        CHECK_SOCK_ERR(WSARecv(s, &one, 1, &bytes, &flags, received, NULL), WSA_IO_PENDING);
        CHECK(no_packet(port, 5));
        send_all(client, "y", 1);
        CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000));
        CHECK(done == received && key == 9 && bytes == 1 && byte == 'y');
        drop(client);
        CHECK_EQ(recv(s, &byte, 1, 0), 0);
        ov = op_event();
        CHECK_EQ(start_disconnect(s, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
        CHECK_EQ(finish(s, ov, 5000, NULL), 0);
        CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000));
    }
    drop(s);
    drop(l);
    /* The port and the engine keep a few. */
    CHECK(descriptor_count() <= before + 8);
}
