/* D-001..D-023: DisconnectEx. */
#include "harness.h"

/* The far end goes first, so that the close has nothing to wait for. */
static void both_ends(SOCKET *client, SOCKET *server) {
    connected_ex(client, server);
    update_context(*client);
}

TEST(d_001_signature_and_guid) {
    BOOL (PASCAL *exact)(SOCKET, LPOVERLAPPED, DWORD, DWORD) = disconnect_ex();
    static const unsigned char bytes[16] = { 0x11, 0x2E, 0xDA, 0x7F, 0x30, 0x86, 0x6F, 0x43,
                                             0xA0, 0x31, 0xF5, 0x36, 0xA6, 0xEE, 0xC1, 0x57 };
    GUID id = WSAID_DISCONNECTEX;
    CHECK(memcmp(&id, bytes, sizeof bytes) == 0);
    SOCKET client, server;
    both_ends(&client, &server);
    CHECK_EQ(exact(client, NULL, 0, 0), TRUE);
}

TEST(d_002_datagram_sockets_are_refused) {
    SOCKET plain = udp(), with_peer = udp();
    SA4 to = v4("127.0.0.1", 9);
    LPFN_DISCONNECTEX call = disconnect_ex();
    CHECK_BOOL_ERR(call(plain, NULL, 0, 0), WSAENOTCONN);
    CHECK_OK(connect(with_peer, (SA *)&to, sizeof to));
    CHECK_BOOL_ERR(call(with_peer, NULL, 0, 0), WSAEOPNOTSUPP);
}

TEST(d_003_not_a_socket) {
    LPFN_DISCONNECTEX call = disconnect_ex();
    SOCKET closed = tcp();
    closesocket(closed);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    CHECK_BOOL_ERR(call(INVALID_SOCKET, NULL, 0, 0), WSAENOTSOCK);
    CHECK_BOOL_ERR(call(closed, NULL, 0, 0), WSAENOTSOCK);
    CHECK_BOOL_ERR(call((SOCKET)event, NULL, 0, 0), WSAENOTSOCK);
    CloseHandle(event);
}

TEST(d_004_not_connected) {
    SA4 at;
    LPFN_DISCONNECTEX call = disconnect_ex();
    CHECK_BOOL_ERR(call(tcp(), NULL, 0, 0), WSAENOTCONN);
    CHECK_BOOL_ERR(call(bound(), op_event(), 0, 0), WSAENOTCONN);
    CHECK_BOOL_ERR(call(bound(), NULL, TF_REUSE_SOCKET, 0), WSAENOTCONN);
    CHECK_BOOL_ERR(call(listener(&at), NULL, 0, 0), WSAENOTCONN);
}

TEST(d_005_reserved_must_be_zero) {
    SOCKET client, server;
    both_ends(&client, &server);
    LPFN_DISCONNECTEX call = disconnect_ex();
    CHECK_BOOL_ERR(call(client, NULL, 0, 1), WSAEINVAL);
    CHECK_EQ(send(client, "x", 1, 0), 1);
}

TEST(d_006_other_flags_are_refused) {
    SOCKET client, server;
    both_ends(&client, &server);
    LPFN_DISCONNECTEX call = disconnect_ex();
    static const DWORD flags[] = { 1, 4, 8, 0x10, 0x80000000, 3 };
    for (int i = 0; i < 6; i++) CHECK_BOOL_ERR(call(client, NULL, flags[i], 0), WSAEINVAL);
    CHECK_EQ(send(client, "x", 1, 0), 1);
    CHECK_EQ(TF_REUSE_SOCKET, 2);
}

TEST(d_007_bad_overlapped_is_wsaefault) {
    SOCKET client, server;
    both_ends(&client, &server);
    LPFN_DISCONNECTEX call = disconnect_ex();
    CHECK_BOOL_ERR(call(client, UNMAPPED, 0, 0), WSAEFAULT);
    CHECK_BOOL_ERR(call(client, (OVERLAPPED *)read_only_page(), 0, 0), WSAEFAULT);
    CHECK_EQ(send(client, "x", 1, 0), 1);
}

TEST(d_008_without_overlapped_it_is_synchronous) {
    SOCKET client, server;
    char byte;
    both_ends(&client, &server);
    CHECK_EQ(start_disconnect(client, NULL, 0), 0);
    CHECK_EQ(recv(server, &byte, 1, 0), 0);
    both_ends(&client, &server);
    drop(server);
    CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
}

TEST(d_009_with_overlapped_it_pends) {
    SOCKET client, server;
    DWORD bytes = 77;
    both_ends(&client, &server);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_disconnect(client, ov, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 0);
}

TEST(d_010_a_bad_event_starts_nothing) {
    SOCKET client, server;
    both_ends(&client, &server);
    OVERLAPPED *ov = op_plain();
    ov->hEvent = (HANDLE)(ULONG_PTR)0x7FFFFFF0;
    CHECK_EQ(start_disconnect(client, ov, 0), ERROR_INVALID_HANDLE);
    CHECK_EQ(start_disconnect(client, ov, TF_REUSE_SOCKET), ERROR_INVALID_HANDLE);
    CHECK_EQ(send(client, "x", 1, 0), 1);
}

TEST(d_010_event_or_handle_is_signalled) {
    SOCKET client, server;
    both_ends(&client, &server);
    OVERLAPPED *ov = op_event();
    SetEvent(ov->hEvent);
    CHECK_EQ(start_disconnect(client, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 100), WAIT_TIMEOUT);
    drop(server);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    both_ends(&client, &server);
    ov = op_plain();
    CHECK_EQ(start_disconnect(client, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject((HANDLE)client, 100), WAIT_TIMEOUT);
    drop(server);
    CHECK_EQ(WaitForSingleObject((HANDLE)client, 5000), WAIT_OBJECT_0);
    CHECK_EQ(finish(client, ov, 0, NULL), 0);
}

TEST(d_011_closes_the_send_side) {
    SOCKET client, server;
    SA4 name;
    int length = sizeof name;
    char got[4];
    both_ends(&client, &server);
    CHECK_EQ(start_disconnect(client, NULL, 0), 0);
    CHECK_SOCK_ERR(send(client, "x", 1, 0), WSAESHUTDOWN);
    send_all(server, "abcd", 4);
    read_exactly(client, got, 4);
    CHECK_OK(getpeername(client, (SA *)&name, &length));
    CHECK_OK(getsockname(client, (SA *)&name, &length));
}

TEST(d_012_connect_after_it_is_wsaeisconn) {
    SOCKET client, server;
    SA4 at;
    listener(&at);
    both_ends(&client, &server);
    CHECK_EQ(start_disconnect(client, NULL, 0), 0);
    CHECK_SOCK_ERR(connect(client, (SA *)&at, sizeof at), WSAEISCONN);
}

TEST(d_013_repeating_it_succeeds) {
    SOCKET client, server;
    both_ends(&client, &server);
    CHECK_EQ(start_disconnect(client, NULL, 0), 0);
    CHECK_EQ(start_disconnect(client, NULL, 0), 0);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_disconnect(client, ov, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
}

TEST(d_014_peer_sees_the_end) {
    SOCKET client, server;
    char got[4];
    both_ends(&client, &server);
    send_all(client, "last", 4);
    CHECK_EQ(start_disconnect(client, NULL, 0), 0);
    read_exactly(server, got, 4);
    CHECK_EQ(recv(server, got, 4, 0), 0);
}

TEST(d_015_reuse_by_connectex) {
    SOCKET client, server;
    SA4 at;
    SOCKET l = listener(&at);
    both_ends(&client, &server);
    drop(server);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_disconnect(client, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    for (int i = 0; i < 3; i++) {
        connect_ok(client, &at);
        SOCKET peer = accept_one(l);
        CHECK_EQ(send(client, "x", 1, 0), 1);
        char byte;
        CHECK_EQ(recv(peer, &byte, 1, 0), 1);
        /* The peer closes first, so no TIME_WAIT is on this side. */
        drop(peer);
        CHECK_EQ(recv(client, &byte, 1, 0), 0);
        CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
    }
}

TEST(d_016_not_connected_but_still_bound) {
    SOCKET client, server;
    both_ends(&client, &server);
    int port = port_of(client);
    drop(server);
    CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
    SA4 name;
    int length = sizeof name;
    CHECK_SOCK_ERR(getpeername(client, (SA *)&name, &length), WSAENOTCONN);
    CHECK_EQ(port_of(client), port);
    SA4 any = v4("0.0.0.0", 0);
    CHECK_SOCK_ERR(bind(client, (SA *)&any, sizeof any), WSAEINVAL);
}

TEST(d_017_accepted_sockets_can_connect_afterwards) {
    SA4 at, other;
    SOCKET l = listener(&at), client = tcp(), fresh = listener(&other);
    CHECK_OK(connect(client, (SA *)&at, sizeof at));
    SOCKET server = accept_one(l);
    drop(client);
    drop(l);
    CHECK_EQ(start_disconnect(server, NULL, TF_REUSE_SOCKET), 0);
    connect_ok(server, &other);
    accept_one(fresh);
}

TEST(d_017_sockets_that_connected_can_accept_afterwards) {
    SA4 at, elsewhere;
    SOCKET client, server;
    char got[4];
    both_ends(&client, &server);
    drop(server);
    CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
    SOCKET l = listener(&at), last = listener(&elsewhere);
    for (int i = 0; i < 2; i++) {
        OVERLAPPED *ov = op_event();
        accepts(l, client, 0, ov);
        SOCKET other = connected_to(&at);
        CHECK_EQ(finish(l, ov, 5000, NULL), 0);
        accept_context(client, l);
        CHECK_EQ(send(other, "ping", 4, 0), 4);
        read_exactly(client, got, 4);
        CHECK(memcmp(got, "ping", 4) == 0);
        CHECK_EQ(send(client, "pong", 4, 0), 4);
        read_exactly(other, got, 4);
        CHECK(memcmp(got, "pong", 4) == 0);
        drop(other);
        CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
    }
    /* The choice is there again. */
    connect_ok(client, &elsewhere);
    accept_one(last);
}

TEST(d_018_close_may_take_its_time) {
    SOCKET client, server;
    both_ends(&client, &server);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_disconnect(client, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 300));
    drop(server);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
}

TEST(d_019_reuse_is_graceful) {
    SOCKET client, server;
    enum { LENGTH = 200000 };
    char *block = fill(LENGTH), *got = malloc(LENGTH), byte;
    both_ends(&client, &server);
    send_all(client, block, LENGTH);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_disconnect(client, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    /* Every byte and a clean end; what the peer says meanwhile is discarded. */
    read_exactly(server, got, LENGTH);
    CHECK(matches(got, LENGTH, 0));
    free(got);
    CHECK_EQ(recv(server, &byte, 1, 0), 0);
    send_all(server, "unheard", 7);
    CHECK(still_pending(ov, 200));
    drop(server);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
}

/* A receive that was started before has what the peer still sends, and its end. Nobody waits at the port, so that the call
 * finds both there. */
static void receive_comes_first(const char *last, int length) {
    SOCKET client, server;
    SA4 at;
    static char got[8];
    WSABUF buffer = { sizeof got, got };
    DWORD flags = 0, bytes = 99;
    ULONG_PTR key = 0;
    OVERLAPPED *done = NULL, *receive = op_plain();
    SOCKET l = listener(&at);
    both_ends(&client, &server);
    HANDLE port = port_for(client, 19);
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, receive, NULL), WSA_IO_PENDING);
    if (length) send_all(server, last, length);
    drop(server);
    CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &done, 5000));
    CHECK(done == receive && key == 19);
    CHECK_EQ(bytes, length);
    CHECK(memcmp(got, last, (size_t)length) == 0);
    /* And nothing of the next connection. */
    OVERLAPPED *again = op_event();
    CHECK_EQ(start_connect(client, &at, NULL, 0, again), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, again, 5000, NULL), 0);
    update_context(client);
    SOCKET peer = accept_one(l);
    send_all(peer, "next", 4);
    read_exactly(client, got, 4);
    CHECK(memcmp(got, "next", 4) == 0);
}

TEST(d_019_a_receive_has_the_end_first) { receive_comes_first("", 0); }

TEST(d_019_a_receive_has_the_data_first) { receive_comes_first("last", 4); }

static DWORD WINAPI sends_much_and_closes(void *s) {
    char *block = fill(LARGE);
    int sent = 0;
    while (sent < LARGE) {
        int n = send((SOCKET)s, block + sent, LARGE - sent, 0);
        if (n <= 0) break;
        sent += n;
    }
    closesocket((SOCKET)s);
    return sent == LARGE ? 0 : 1;
}

/* One of urgent data waits for nothing that comes: all that the peer sends behind the first receive is thrown away. */
TEST(d_019_a_receive_of_urgent_data_is_not_waited_for) {
    SOCKET client, peer;
    SA4 at;
    static char got, urgent;
    WSABUF plain = { 1, &got }, oob = { 1, &urgent };
    DWORD none = 0, out_of_band = MSG_OOB;
    OVERLAPPED *first = op_event(), *second = op_event(), *end = op_event();
    SOCKET l = listener(&at);
    client = bound();
    connect_ok(client, &at);
    update_context(client);
    CHECK((peer = accept(l, NULL, NULL)) != INVALID_SOCKET); /* its own thread closes it */
    CHECK_SOCK_ERR(WSARecv(client, &plain, 1, NULL, &none, first, NULL), WSA_IO_PENDING);
    CHECK_SOCK_ERR(WSARecv(client, &oob, 1, NULL, &out_of_band, second, NULL), WSA_IO_PENDING);
    CHECK_EQ(start_disconnect(client, end, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    HANDLE sender = thread(sends_much_and_closes, (void *)peer);
    DWORD bytes;
    CHECK_EQ(finish(client, first, 10000, &bytes), 0);
    CHECK_EQ(bytes, 1);
    CHECK_EQ(finish(client, end, 20000, NULL), 0);
    CHECK_EQ(WaitForSingleObject(second->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_EQ(join(sender), 0);
    connect_ok(client, &at);
    accept_one(l);
}

TEST(d_020_reset_meanwhile) {
    SOCKET client, server;
    SA4 at;
    listener(&at);
    both_ends(&client, &server);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_disconnect(client, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 50));
    hard_close(server);
    CHECK_EQ(finish_wsa(client, ov, 5000, NULL), WSAECONNRESET);
    connect_ok(client, &at);
}

/* Whoever learns of it first is not the only one. */
TEST(d_020_reset_with_a_receive_before_it) {
    SOCKET client, server;
    SA4 at;
    static char got;
    WSABUF buffer = { 1, &got };
    DWORD flags = 0;
    OVERLAPPED *receive = op_event(), *ov = op_event();
    listener(&at);
    both_ends(&client, &server);
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, receive, NULL), WSA_IO_PENDING);
    CHECK_EQ(start_disconnect(client, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 50));
    hard_close(server);
    CHECK_EQ(finish_wsa(client, receive, 5000, NULL), WSAECONNRESET);
    CHECK_EQ(finish_wsa(client, ov, 5000, NULL), WSAECONNRESET);
    connect_ok(client, &at);
}

TEST(d_021_state_after_reuse) {
    SOCKET client, server;
    SA4 at;
    SOCKET l = listener(&at);
    char byte;
    both_ends(&client, &server);
    drop(server);
    CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
    CHECK_SOCK_ERR(recv(client, &byte, 1, 0), WSAENOTCONN);
    CHECK_SOCK_ERR(send(client, "x", 1, 0), WSAENOTCONN);
    CHECK_EQ(connect_time(client), NOT_CONNECTED);
    connect_ok(client, &at);
    accept_one(l);
    /* The update of the first connection does not count for the second. */
    SA4 name;
    int length = sizeof name;
    CHECK_SOCK_ERR(getpeername(client, (SA *)&name, &length), WSAENOTCONN);
    update_context(client);
    CHECK_OK(getpeername(client, (SA *)&name, &length));
}

/* Waits until the socket's events have told of all those in `wanted`. */
static void await_events(SOCKET s, WSAEVENT event, long wanted) {
    WSANETWORKEVENTS record;
    while (wanted) {
        CHECK_EQ(WSAWaitForMultipleEvents(1, &event, TRUE, 5000, FALSE), WSA_WAIT_EVENT_0);
        CHECK_OK(WSAEnumNetworkEvents(s, event, &record));
        wanted &= ~record.lNetworkEvents;
    }
}

static void selection_outlasts(SOCKET client, SOCKET server, const SA4 *at, SOCKET l) {
    WSAEVENT event = WSACreateEvent();
    char byte;
    CHECK_OK(WSAEventSelect(client, event, FD_READ | FD_CLOSE));
    drop(server);
    await_events(client, event, FD_CLOSE);
    CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
    connect_ok(client, at);
    update_context(client);
    SOCKET peer = accept_one(l);
    send_all(peer, "x", 1);
    await_events(client, event, FD_READ);
    CHECK_EQ(recv(client, &byte, 1, 0), 1);
    drop(peer);
    await_events(client, event, FD_CLOSE);
    WSACloseEvent(event);
}

TEST(d_021_the_selection_is_kept) {
    SOCKET client, server;
    SA4 at;
    SOCKET l = listener(&at);
    both_ends(&client, &server);
    selection_outlasts(client, server, &at, l);
}

TEST(d_021_the_selection_is_kept_beside_a_port) {
    SOCKET client, server;
    SA4 at;
    SOCKET l = listener(&at);
    both_ends(&client, &server);
    port_for(client, 21);
    selection_outlasts(client, server, &at, l);
}

static SOCKET leaving_socket;
static OVERLAPPED *leaving_ov;

static DWORD WINAPI disconnect_and_leave(void *nothing) {
    (void)nothing;
    return start_disconnect(leaving_socket, leaving_ov, TF_REUSE_SOCKET);
}

TEST(d_022_thread_exit_cancels_it) {
    SOCKET server;
    both_ends(&leaving_socket, &server);
    leaving_ov = op_event();
    CHECK_EQ(join(thread(disconnect_and_leave, NULL)), ERROR_IO_PENDING);
    CHECK_EQ(finish(leaving_socket, leaving_ov, 5000, NULL), ERROR_OPERATION_ABORTED);
}

TEST(d_023_timed_wait_delay_holds_the_next_connection) {
    NATIVE_ONLY("TcpTimedWaitDelay is linsock's own setting; Windows has it in its registry, Wine nowhere");
    SA4 at;
    SOCKET l = listener(&at), s = bound_at("127.0.0.1", 0);
    CHECK_EQ(linsock_set_timed_wait_delay(2), 0);
    connect_ok(s, &at);
    SOCKET peer = accept_one(l);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_disconnect(s, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 50));
    drop(peer);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 1000));
    CHECK_EQ(finish(s, ov, 8000, NULL), 0);
}
