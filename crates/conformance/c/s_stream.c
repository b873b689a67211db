/* S-013..S-015, S-022..S-025, S-027, S-028, S-042, S-047..S-049, S-054: transfers on a stream, and how it ends. */
#include "transfer.h"
#include <afunix.h>

TEST(s_013_a_send_completes_when_all_is_consumed) {
    enum { LENGTH = 24 << 20 };
    SOCKET client, server;
    char *data = fill(LENGTH), *got = kept(LENGTH);
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    CHECK_EQ(send_from(client, data, LENGTH, 0, ov), WSA_IO_PENDING);
    /* Some is on its way, and more would have to be. */
    read_exactly(server, got, 1 << 20);
    CHECK(still_pending(ov, 50));
    read_exactly(server, got + (1 << 20), LENGTH - (1 << 20));
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, LENGTH);
    CHECK(memcmp(got, data, LENGTH) == 0);
}

TEST(s_013_the_blocking_mode_makes_no_partial_success) {
    enum { LENGTH = 24 << 20 };
    SOCKET client, server;
    char *data = fill(LENGTH), *got = kept(LENGTH);
    OVERLAPPED *ov = op_event();
    connected_pair(&client, &server);
    nonblocking(client);
    CHECK_EQ(send_from(client, data, LENGTH, 0, ov), WSA_IO_PENDING);
    read_exactly(server, got, LENGTH);
    CHECK_EQ(finish(client, ov, MOST_MS, NULL), 0);
    CHECK_EQ(ov->InternalHigh, LENGTH);
}

TEST(s_014_completion_is_not_delivery) {
    SOCKET client, server;
    OVERLAPPED *ov = op_event();
    char got[5];
    connected_pair(&client, &server);
    CHECK_STARTED(send_from(client, "hello", 5, 0, ov));
    /* Nobody has read it. */
    CHECK_EQ(finish(client, ov, MOST_MS, NULL), 0);
    /* And if it never is, the completed send does not hear of it. */
    hard_close(server);
    has_news(client);
    CHECK_STATUS(ov, ST_SUCCESS);
    CHECK_EQ(recv(client, got, 1, 0), SOCKET_ERROR);
}

TEST(s_015_a_receive_takes_what_there_is) {
    SOCKET client, server;
    static char got[1000];
    OVERLAPPED *ov = op_event();
    DWORD bytes, count;
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got, sizeof got, 0, ov), WSA_IO_PENDING);
    send_all(server, "a", 1);
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 1);
    send_all(server, "bcd", 3);
    arrives(client, 3);
    OVERLAPPED *two = op_event();
    CHECK_STARTED(receive_into(client, got, 2, 0, two));
    CHECK_EQ(finish(client, two, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 2);
    CHECK(!memcmp(got, "bc", 2));
    CHECK_EQ(receive_now(client, got, sizeof got, 0, &count), 0);
    CHECK_EQ(count, 1);
    CHECK_EQ(got[0], 'd');
}

TEST(s_022_the_end_of_a_stream_is_success_with_nothing) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *first = op_event(), *second = op_event(), *last = op_event();
    DWORD bytes, count = 0xdead;
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got, sizeof got, 0, first), WSA_IO_PENDING);
    CHECK_EQ(receive_into(client, got, sizeof got, 0, second), WSA_IO_PENDING);
    CHECK_EQ(receive_into(client, got, 0, 0, last), WSA_IO_PENDING);
    CHECK_OK(shutdown(server, SD_SEND));
    OVERLAPPED *all[3] = { first, second, last };
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(finish_wsa(client, all[i], MOST_MS, &bytes), 0);
        CHECK_EQ(bytes, 0);
        CHECK_STATUS(all[i], ST_SUCCESS);
    }
    /* Again and again, at once. */
    CHECK_EQ(receive_now(client, got, sizeof got, 0, &count), 0);
    CHECK_EQ(count, 0);
    CHECK_EQ(receive_into(client, got, sizeof got, 0, op_event()), 0);
    /* The other direction is open. */
    CHECK_EQ(send(client, "y", 1, 0), 1);
    read_exactly(server, got, 1);
}

TEST(s_022_the_end_comes_after_the_data) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *ov = op_event();
    DWORD count;
    connected_pair(&client, &server);
    send_all(server, "abc", 3);
    CHECK_OK(shutdown(server, SD_SEND));
    CHECK_STARTED(receive_into(client, got, sizeof got, 0, ov));
    CHECK_EQ(finish(client, ov, MOST_MS, &count), 0);
    CHECK_EQ(count, 3);
    CHECK_EQ(receive_now(client, got, sizeof got, 0, &count), 0);
    CHECK_EQ(count, 0);
}

TEST(s_022_the_end_of_messages_is_wsaediscon) {
    NATIVE_ONLY("Wine has no AF_UNIX sockets");
    struct sockaddr_un name;
    static char got[8];
    memset(&name, 0, sizeof name);
    name.sun_family = AF_UNIX;
    snprintf(name.sun_path, sizeof name.sun_path, "/tmp/conformance-%u-end", (unsigned)GetCurrentThreadId());
    remove(name.sun_path);
    SOCKET l = own(socket(AF_UNIX, SOCK_SEQPACKET, 0)), s = own(socket(AF_UNIX, SOCK_SEQPACKET, 0));
    CHECK_OK(bind(l, (SA *)&name, sizeof name));
    CHECK_OK(listen(l, 5));
    int failed = connect(s, (SA *)&name, sizeof name);
    remove(name.sun_path);
    CHECK_EQ(failed, 0);
    SOCKET peer = accept_one(l);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(receive_into(s, got, sizeof got, 0, ov), WSA_IO_PENDING);
    drop(peer);
    CHECK_EQ(finish_wsa(s, ov, MOST_MS, NULL), WSAEDISCON);
    CHECK_EQ(receive_into(s, got, sizeof got, 0, op_event()), WSAEDISCON);
}

TEST(s_023_reset_under_a_pending_receive) {
    SOCKET client, server;
    static char got[8];
    DWORD bytes;
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(receive_into(client, got, sizeof got, 0, ov), WSA_IO_PENDING);
    hard_close(server);
    CHECK_EQ(finish_wsa(client, ov, MOST_MS, NULL), WSAECONNRESET);
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), ERROR_NETNAME_DELETED);
    CHECK_EQ(bytes, 0);
    CHECK_STATUS(ov, ST_CONNECTION_RESET);
}

TEST(s_023_reset_is_64_at_a_port) {
    SOCKET client, server;
    static char got[8];
    DWORD bytes;
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 1);
    OVERLAPPED *ov = op_plain();
    CHECK_EQ(receive_into(client, got, sizeof got, 0, ov), WSA_IO_PENDING);
    hard_close(server);
    CHECK_EQ(packet(port, ov, &bytes), ERROR_NETNAME_DELETED);
    CHECK_EQ(bytes, 0);
    CHECK(no_packet(port, 0));
}

TEST(s_023_every_pending_operation_hears_of_the_reset) {
    SOCKET client, server;
    static char got[4][8], more[8];
    OVERLAPPED *in[4], *out[2];
    connected_pair(&client, &server);
    plug(client);
    for (int i = 0; i < 4; i++) {
        in[i] = op_event();
        /* One that waits for a full buffer and one without a buffer among them. */
        CHECK_EQ(receive_into(client, got[i], i == 2 ? 0 : 8, i == 1 ? MSG_WAITALL : 0, in[i]), WSA_IO_PENDING);
    }
    for (int i = 0; i < 2; i++) {
        out[i] = op_event();
        CHECK_EQ(send_from(client, more, sizeof more, 0, out[i]), WSA_IO_PENDING);
    }
    hard_close(server);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(finish_wsa(client, in[i], MOST_MS, NULL), WSAECONNRESET);
        CHECK_EQ(in[i]->InternalHigh, 0);
    }
    for (int i = 0; i < 2; i++) CHECK_EQ(finish_wsa(client, out[i], MOST_MS, NULL), WSAECONNRESET);
}

TEST(s_024_calls_after_the_reset_fail_at_once) {
    SOCKET client, server;
    static char got[8];
    DWORD count;
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 1);
    OVERLAPPED *ov = op_plain();
    CHECK_EQ(receive_into(client, got, sizeof got, 0, ov), WSA_IO_PENDING);
    hard_close(server);
    CHECK_EQ(packet(port, ov, NULL), ERROR_NETNAME_DELETED);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(receive_into(client, got, sizeof got, 0, op_plain()), WSAECONNRESET);
        CHECK_EQ(send_from(client, "x", 1, 0, op_plain()), WSAECONNRESET);
        CHECK_EQ(receive_now(client, got, sizeof got, 0, &count), WSAECONNRESET);
        CHECK_EQ(send_now(client, "x", 1, 0, &count), WSAECONNRESET);
    }
    CHECK(no_packet(port, 20));
}

TEST(s_024_a_reset_that_nobody_waited_for) {
    SOCKET client, server;
    static char got[8];
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 1);
    hard_close(server);
    has_news(client);
    for (int i = 0; i < 3; i++) CHECK_EQ(receive_into(client, got, sizeof got, 0, op_plain()), WSAECONNRESET);
    CHECK(no_packet(port, 20));
}

TEST(s_025_not_connected) {
    static char got[8];
    SA4 at;
    SOCKET all[3] = { tcp(), bound(), listener(&at) };
    DWORD count;
    for (int i = 0; i < 3; i++) {
        HANDLE port = port_for(all[i], 1);
        CHECK_EQ(receive_into(all[i], got, sizeof got, 0, op_plain()), WSAENOTCONN);
        CHECK_EQ(send_from(all[i], "x", 1, 0, op_plain()), WSAENOTCONN);
        CHECK_EQ(receive_now(all[i], got, sizeof got, 0, &count), WSAENOTCONN);
        CHECK_EQ(send_now(all[i], "x", 1, 0, &count), WSAENOTCONN);
        CHECK(no_packet(port, 0));
    }
}

TEST(s_027_after_a_shutdown) {
    static char got[8];
    DWORD count;
    static const int how[3] = { SD_RECEIVE, SD_SEND, SD_BOTH };
    for (int i = 0; i < 3; i++) {
        SOCKET client, server;
        connected_pair(&client, &server);
        if (how[i] == SD_SEND) {
            /* Where nobody may take it any more it would reset the connection. */
            send_all(server, "abcd", 4);
            arrives(client, 4);
        }
        CHECK_OK(shutdown(client, how[i]));
        int no_send = how[i] != SD_RECEIVE ? WSAESHUTDOWN : 0, no_receive = how[i] != SD_SEND ? WSAESHUTDOWN : 0;
        CHECK_EQ(send_from(client, "x", 1, 0, op_event()), no_send);
        CHECK_EQ(send_now(client, "x", 1, 0, &count), no_send);
        CHECK_EQ(receive_into(client, got, 1, 0, op_event()), no_receive);
        CHECK_EQ(receive_now(client, got, 1, 0, &count), no_receive);
    }
}

TEST(s_027_datagram_sockets_too) {
    static char got[8];
    DWORD count;
    SOCKET a, b;
    datagram_pair(&a, &b);
    CHECK_OK(shutdown(a, SD_BOTH));
    CHECK_EQ(send_now(a, "x", 1, 0, &count), WSAESHUTDOWN);
    CHECK_EQ(receive_into(a, got, sizeof got, 0, op_event()), WSAESHUTDOWN);
}

TEST(s_028_pending_receives_outlive_the_shutdown) {
    SOCKET client, server;
    static char got[2][4];
    OVERLAPPED *first = op_event(), *second = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got[0], 4, 0, first), WSA_IO_PENDING);
    CHECK_EQ(receive_into(client, got[1], 4, 0, second), WSA_IO_PENDING);
    CHECK_OK(shutdown(client, SD_RECEIVE));
    CHECK_EQ(receive_into(client, got[0], 4, 0, op_event()), WSAESHUTDOWN);
    CHECK(still_pending(first, 50));
    send_all(server, "abcd", 4);
    CHECK_EQ(finish(client, first, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 4);
    CHECK(!memcmp(got[0], "abcd", 4));
    CHECK_STATUS(second, ST_PENDING);
    send_all(server, "ef", 2);
    CHECK_EQ(finish(client, second, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 2);
    /* Sending goes on. */
    CHECK_EQ(send(client, "y", 1, 0), 1);
    read_exactly(server, got[0], 1);
}

TEST(s_042_thousands_of_operations_are_not_too_many) {
    enum { OPERATIONS = 5000 };
    SOCKET client, server;
    char *got = kept(OPERATIONS), *data = fill(OPERATIONS);
    static OVERLAPPED ov[OPERATIONS], out[OPERATIONS];
    connected_pair(&client, &server);
    for (int i = 0; i < OPERATIONS; i++) CHECK_EQ(receive_into(client, got + i, 1, 0, &ov[i]), WSA_IO_PENDING);
    int filled = plug(client);
    for (int i = 0; i < OPERATIONS; i++) CHECK_STARTED(send_from(client, data + i, 1, 0, &out[i]));
    send_all(server, data, OPERATIONS);
    CHECK_EQ(finish(client, &ov[OPERATIONS - 1], MOST_MS, NULL), 0);
    CHECK(!memcmp(got, data, OPERATIONS));
    char *rest = kept(filled + OPERATIONS);
    read_exactly(server, rest, filled + OPERATIONS);
    CHECK(!memcmp(rest + filled, data, OPERATIONS));
    CHECK_EQ(finish(client, &out[OPERATIONS - 1], MOST_MS, NULL), 0);
}

TEST(s_047_a_receive_of_nothing_waits_for_data) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *ov = op_event(), *again = op_event();
    DWORD bytes, flags = 0, count = 0xdead;
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, NULL, 0, 0, ov), WSA_IO_PENDING);
    CHECK(still_pending(ov, 50));
    send_all(server, "abc", 3);
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 0);
    /* With data there it is done at once, whatever its array looks like. */
    WSABUF none[2] = { { 0, got }, { 0, NULL } };
    CHECK_EQ(WSARecv(client, none, 2, &count, &flags, again, NULL), 0);
    CHECK_EQ(count, 0);
    /* And nothing was consumed. */
    read_exactly(client, got, 3);
    CHECK(!memcmp(got, "abc", 3));
    CHECK_EQ(receive_into(client, NULL, 0, 0, op_event()), WSA_IO_PENDING);
}

TEST(s_047_in_front_of_receives_with_room) {
    SOCKET client, server;
    static char got[8];
    DWORD bytes;
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 1);
    OVERLAPPED *nothing = op_plain(), *some = op_plain();
    CHECK_EQ(receive_into(client, NULL, 0, 0, nothing), WSA_IO_PENDING);
    CHECK_EQ(receive_into(client, got, sizeof got, 0, some), WSA_IO_PENDING);
    send_all(server, "abc", 3);
    CHECK_EQ(packet(port, nothing, &bytes), 0);
    CHECK_EQ(bytes, 0);
    CHECK_EQ(packet(port, some, &bytes), 0);
    CHECK_EQ(bytes, 3);
}

TEST(s_048_a_send_of_nothing_is_done_at_once) {
    SOCKET client, server, a, b;
    DWORD count = 0xdead, bytes;
    char got[8];
    connected_pair(&client, &server);
    CHECK_EQ(send_now(client, "x", 0, 0, &count), 0);
    CHECK_EQ(count, 0);
    CHECK_EQ(send(client, NULL, 0, 0), 0);
    HANDLE port = port_for(client, 1);
    OVERLAPPED *ov = op_plain();
    CHECK_EQ(send_from(client, NULL, 0, 0, ov), 0);
    CHECK_EQ(packet(port, ov, &bytes), 0);
    CHECK_EQ(bytes, 0);
    /* The peer heard nothing of it, neither data nor an end. */
    CHECK_EQ(send(client, "y", 1, 0), 1);
    CHECK_EQ(recv(server, got, sizeof got, 0), 1);
    /* But an empty datagram is one. */
    datagram_pair(&a, &b);
    count = 0xdead;
    CHECK_EQ(send_now(a, NULL, 0, 0, &count), 0);
    CHECK_EQ(count, 0);
    CHECK_EQ(send_from(a, NULL, 0, 0, op_event()), 0);
    CHECK_EQ(send(a, "end", 3, 0), 3);
    CHECK_EQ(recv(b, got, sizeof got, 0), 0);
    CHECK_EQ(recv(b, got, sizeof got, 0), 0);
    CHECK_EQ(recv(b, got, sizeof got, 0), 3);
}

TEST(s_048_behind_others_it_waits_its_turn) {
    SOCKET client, server;
    static char more[100];
    OVERLAPPED *data = op_event(), *nothing = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    int filled = plug(client);
    CHECK_EQ(send_from(client, more, sizeof more, 0, data), WSA_IO_PENDING);
    CHECK_STARTED(send_from(client, NULL, 0, 0, nothing));
    read_exactly(server, kept(filled + sizeof more), filled + sizeof more);
    CHECK_EQ(finish(client, data, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, sizeof more);
    CHECK_EQ(finish(client, nothing, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 0);
}

TEST(s_049_no_buffers) {
    SOCKET client, server, a, b;
    DWORD count = 0xdead, flags = 0;
    char got[8];
    connected_pair(&client, &server);
    CHECK_EQ(WSASend(client, NULL, 0, &count, 0, NULL, NULL), 0);
    CHECK_EQ(count, 0);
    count = 0xdead;
    CHECK_EQ(WSASend(client, NULL, 0, &count, 0, op_event(), NULL), 0);
    CHECK_EQ(count, 0);
    send_all(server, "abc", 3);
    arrives(client, 3);
    WSABUF buffer = { sizeof got, got };
    OVERLAPPED *ov = op_event();
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 0, &count, &flags, NULL, NULL), WSAEINVAL);
    CHECK_SOCK_ERR(WSARecv(client, NULL, 0, &count, &flags, ov, NULL), WSAEINVAL);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    read_exactly(client, got, 3);
    datagram_pair(&a, &b);
    CHECK_SOCK_ERR(WSARecv(a, NULL, 0, &count, &flags, NULL, NULL), WSAEINVAL);
}

TEST(s_054_a_receive_buffer_of_nothing) {
    SOCKET client, server;
    int none = 0, value = 0xdead, length = sizeof value;
    static char got[8];
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    CHECK_OK(setsockopt(client, SOL_SOCKET, SO_RCVBUF, (char *)&none, sizeof none));
    CHECK_OK(getsockopt(client, SOL_SOCKET, SO_RCVBUF, (char *)&value, &length));
    CHECK_EQ(value, 0);
    CHECK_EQ(length, 4);
    /* Posted buffers are filled as ever. */
    CHECK_EQ(receive_into(client, got, sizeof got, 0, ov), WSA_IO_PENDING);
    send_all(server, "abc", 3);
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 3);
    enum { LENGTH = 1 << 20 };
    char *data = fill(LENGTH), *all = kept(LENGTH);
    OVERLAPPED *out = op_event();
    CHECK_STARTED(send_from(server, data, LENGTH, 0, out));
    for (DWORD have = 0; have < LENGTH; have += bytes) {
        OVERLAPPED *in = op_event();
        CHECK_STARTED(receive_into(client, all + have, LENGTH - have, 0, in));
        CHECK_EQ(finish(client, in, MOST_MS, &bytes), 0);
        CHECK(bytes > 0);
    }
    CHECK(memcmp(all, data, LENGTH) == 0);
    CHECK_EQ(finish(server, out, MOST_MS, NULL), 0);
}
