/* Z-001..Z-021: closesocket, shutdown, linger. */
#include "harness.h"

static void linger(SOCKET s, u_short on, u_short seconds) {
    struct linger value = { on, seconds };
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&value, sizeof value));
}

/* More than the peer and both kernels will hold: something stays unsent. */
static void stuff(SOCKET s) {
    static char block[1 << 16];
    nonblocking(s);
    for (int quiet = 0; quiet < 5;) {
        if (send(s, block, sizeof block, 0) > 0) {
            quiet = 0;
        } else {
            CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
            quiet++;
            Sleep(10);
        }
    }
}

static void blocking(SOCKET s) {
    u_long off = 0;
    CHECK_OK(ioctlsocket(s, FIONBIO, &off));
}

TEST(z_001_closing) {
    SOCKET s = tcp();
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    drop(s);
    CHECK_SOCK_ERR(closesocket(s), WSAENOTSOCK);
    CHECK_SOCK_ERR(closesocket(INVALID_SOCKET), WSAENOTSOCK);
    CHECK_SOCK_ERR(closesocket((SOCKET)event), WSAENOTSOCK);
    CloseHandle(event);
}

TEST(z_002_fresh_state_under_an_old_number) {
    HANDLE port = new_port(0);
    for (int i = 0; i < 20; i++) {
        SOCKET s = tcp();
        DWORD on = 0;
        int length = sizeof on;
        CHECK_OK(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, &length));
        CHECK_EQ(on, 0);
        on = 1;
        CHECK_OK(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on));
        CHECK(CreateIoCompletionPort((HANDLE)s, port, i, 0) == port);
        SA4 any = v4("127.0.0.1", 0);
        CHECK_OK(bind(s, (SA *)&any, sizeof any));
        nonblocking(s);
        drop(s);
        CHECK_SOCK_ERR(bind(s, (SA *)&any, sizeof any), WSAENOTSOCK);
    }
}

TEST(z_003_pending_operations_are_cancelled_and_told) {
    SA4 nobody;
    SOCKET client, server, s = bound();
    char got[8];
    DWORD bytes, flags = 0;
    ULONG_PTR key;
    OVERLAPPED *taken = NULL;
    stuck(&nobody);
    HANDLE port = port_for(s, 1);
    OVERLAPPED *ov = op_plain();
    CHECK_EQ(start_connect(s, &nobody, NULL, 0, ov), ERROR_IO_PENDING);
    drop(s);
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &taken, 5000));
    CHECK_EQ(GetLastError(), 995);
    CHECK(taken == ov);
    CHECK_STATUS(ov, 0xC0000120);
    connected_pair(&client, &server);
    port = port_for(client, 2);
    WSABUF buffer = { sizeof got, got };
    ov = op_plain();
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    drop(client);
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &taken, 5000));
    CHECK_EQ(GetLastError(), 1236);
    CHECK(taken == ov);
    CHECK_STATUS(ov, 0xC0000241);
}

static DWORD WINAPI closes(void *s) { return closesocket((SOCKET)s) == 0 ? 0 : WSAGetLastError(); }

TEST(z_003_a_pending_send_by_another_thread) {
    static char *block;
    SOCKET client, server;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *ov = op_plain(), *taken = NULL;
    if (!block) block = fill(LARGE);
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 3);
    WSABUF buffer = { LARGE, block };
    CHECK_SOCK_ERR(WSASend(client, &buffer, 1, NULL, 0, ov, NULL), WSA_IO_PENDING);
    CHECK(still_pending(ov, 50));
    CHECK_EQ(join(thread(closes, (void *)client)), 0);
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &taken, 5000));
    CHECK_EQ(GetLastError(), 1236);
    CHECK(taken == ov);
    CHECK_EQ(key, 3);
    CHECK_STATUS(ov, 0xC0000241);
    CHECK(no_packet(port, 50));
}

static volatile LONG routines;
static DWORD routine_error;
static OVERLAPPED *routine_ov;

static void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)bytes, (void)flags;
    routines++;
    routine_error = error;
    routine_ov = ov;
}

TEST(z_003_events_and_routines_tell_of_it) {
    SA4 at;
    SOCKET client, server;
    static char got[2][8];
    DWORD flags = 0;
    OVERLAPPED *with_event = op_event(), *with_routine = op_plain(), *accepting = op_event();
    WSABUF buffer[2] = { { sizeof got[0], got[0] }, { sizeof got[1], got[1] } };
    connected_pair(&client, &server);
    routines = 0;
    CHECK_SOCK_ERR(WSARecv(client, &buffer[0], 1, NULL, &flags, with_event, NULL), WSA_IO_PENDING);
    CHECK_SOCK_ERR(WSARecv(client, &buffer[1], 1, NULL, &flags, with_routine, note), WSA_IO_PENDING);
    drop(client);
    CHECK_EQ(WaitForSingleObject(with_event->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(with_event, 0xC0000241);
    CHECK_EQ(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(routines, 1);
    CHECK(routine_ov == with_routine);
    CHECK_EQ(routine_error, WSAECONNABORTED);
    CHECK_STATUS(with_routine, 0xC0000241);
    SOCKET l = listener(&at);
    accepts(l, tcp(), 0, accepting);
    drop(l);
    CHECK_EQ(WaitForSingleObject(accepting->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(accepting, 0xC0000120);
}

TEST(z_004_completions_may_come_later) {
    SA4 nobody;
    SOCKET s = bound();
    stuck(&nobody);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &nobody, NULL, 0, ov), ERROR_IO_PENDING);
    drop(s);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
}

TEST(z_005_default_is_graceful_in_the_background) {
    SOCKET client, server;
    enum { LENGTH = 300000 };
    char *block = fill(LENGTH), *got = malloc(LENGTH);
    connected_pair(&client, &server);
    send_all(client, block, LENGTH);
    ULONGLONG began = now_ms();
    drop(client);
    CHECK(now_ms() - began < 500);
    read_exactly(server, got, LENGTH);
    CHECK(matches(got, LENGTH, 0));
    CHECK_EQ(recv(server, got, 1, 0), 0);
    free(got);
}

TEST(z_006_hard_close) {
    SOCKET client, server;
    char byte;
    connected_pair(&client, &server);
    SA4 me = name_of(client), there = name_of(server);
    stuff(client);
    linger(client, 1, 0);
    ULONGLONG began = now_ms();
    drop(client);
    CHECK(now_ms() - began < 500);
    /* The reset throws away what was not read. */
    int result;
    while ((result = recv(server, &byte, 1, 0)) > 0) { }
    CHECK_EQ(result, SOCKET_ERROR);
    CHECK_EQ(WSAGetLastError(), WSAECONNRESET);
    CHECK(!in_time_wait(&me, &there));
    /* A close that is not hard leaves one. */
    connected_pair(&client, &server);
    me = name_of(client);
    there = name_of(server);
    drop(client);
    CHECK_EQ(recv(server, &byte, 1, 0), 0);
    drop(server);
    ULONGLONG until = now_ms() + 5000;
    while (!ON_WINDOWS && !in_time_wait(&me, &there)) {
        if (now_ms() > until) FAIL("no TIME_WAIT after a graceful close");
        Sleep(5);
    }
}

static DWORD WINAPI drain_after_300_ms(void *s) {
    static char block[1 << 16];
    Sleep(300);
    while (recv((SOCKET)s, block, sizeof block, 0) > 0) { }
    return 0;
}

TEST(z_007_lingering_close_waits) {
    SOCKET client, server;
    connected_pair(&client, &server);
    stuff(client);
    blocking(client);
    linger(client, 1, 10);
    HANDLE t = thread(drain_after_300_ms, (void *)server);
    ULONGLONG began = now_ms();
    int result = closesocket(client);
    ULONGLONG took = now_ms() - began;
    join(t);
    CHECK_EQ(result, 0);
    CHECK(took >= 200 && took < 9000);
    /* Nobody reads: the time passes, then it is cut off; 0 all the same. */
    connected_pair(&client, &server);
    stuff(client);
    blocking(client);
    linger(client, 1, 1);
    began = now_ms();
    CHECK_EQ(closesocket(client), 0);
    took = now_ms() - began;
    CHECK(took >= 900 && took < 5000);
}

static DWORD WINAPI close_after_300_ms(void *s) {
    Sleep(300);
    return closesocket((SOCKET)s);
}

/* What the close waits for may be the end of a disconnect. */
TEST(z_007_lingers_for_a_disconnect) {
    SA4 at;
    SOCKET l = listener(&at), s = bound(), peer;
    connect_ok(s, &at);
    update_context(s);
    CHECK((peer = accept(l, NULL, NULL)) != INVALID_SOCKET); /* the thread closes it */
    linger(s, 1, 10);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_disconnect(s, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    HANDLE closer = thread(close_after_300_ms, (void *)peer);
    drop(s);
    CHECK_EQ(join(closer), 0);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_SOCK_ERR(listen(s, 1), WSAENOTSOCK);
}

TEST(z_008_lingering_close_of_a_nonblocking_socket) {
    SOCKET client, server;
    connected_pair(&client, &server);
    stuff(client);
    linger(client, 1, 5);
    ULONGLONG began = now_ms();
    CHECK_SOCK_ERR(closesocket(client), WSAEWOULDBLOCK);
    CHECK(now_ms() - began < 500);
    /* Still there, and nothing was begun. */
    SA4 name;
    int length = sizeof name;
    CHECK_OK(getpeername(client, (SA *)&name, &length));
    static char block[1 << 16];
    receive_timeout(server, 300);
    while (recv(server, block, sizeof block, 0) > 0) { }
    CHECK_EQ(WSAGetLastError(), WSAETIMEDOUT);
    linger(client, 1, 0);
    CHECK_EQ(closesocket(client), 0);
    connected_pair(&client, &server);
    nonblocking(client);
    linger(client, 1, 5);
    CHECK_EQ(closesocket(client), 0);
}

TEST(z_008_with_nothing_unsent_it_closes_at_once) {
    NATIVE_ONLY("cannot make the peer deaf");
    SOCKET client, server;
    connected_pair(&client, &server);
    deaf(server);
    nonblocking(client);
    linger(client, 1, 5);
    ULONGLONG began = now_ms();
    drop(client);
    CHECK(now_ms() - began < 2000);
}

TEST(z_009_timed_out_linger_resets) {
    SOCKET client, server;
    connected_pair(&client, &server);
    SA4 me = name_of(client), there = name_of(server);
    stuff(client);
    blocking(client);
    linger(client, 1, 1);
    CHECK_EQ(closesocket(client), 0);
    int result;
    static char block[1 << 16];
    while ((result = recv(server, block, sizeof block, 0)) > 0) { }
    CHECK_EQ(result, SOCKET_ERROR);
    CHECK_EQ(WSAGetLastError(), WSAECONNRESET);
    CHECK(!in_time_wait(&me, &there));
}

TEST(z_010_linger_structure) {
    struct linger value = { 1, 9 };
    int length = sizeof value;
    SOCKET s = tcp();
    CHECK_EQ(sizeof value, 4);
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&value, sizeof value));
    memset(&value, 0, sizeof value);
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&value, &length));
    CHECK_EQ(length, 4);
    CHECK_EQ(value.l_onoff, 1);
    CHECK_EQ(value.l_linger, 9);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&value, 3), WSAEFAULT);
    length = 3;
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&value, &length), WSAEFAULT);
}

TEST(z_011_ways_of_shutting_down) {
    SOCKET client, server;
    CHECK(SD_RECEIVE == 0 && SD_SEND == 1 && SD_BOTH == 2);
    for (int how = 0; how < 3; how++) {
        connected_pair(&client, &server);
        CHECK_SOCK_ERR(shutdown(client, 3), WSAEINVAL);
        CHECK_SOCK_ERR(shutdown(client, -1), WSAEINVAL);
        CHECK_OK(shutdown(client, how));
    }
}

TEST(z_012_unconnected) {
    SA4 at;
    CHECK_SOCK_ERR(shutdown(tcp(), SD_SEND), WSAENOTCONN);
    CHECK_SOCK_ERR(shutdown(bound(), SD_BOTH), WSAENOTCONN);
    CHECK_SOCK_ERR(shutdown(listener(&at), SD_RECEIVE), WSAENOTCONN);
    CHECK_OK(shutdown(udp(), SD_BOTH));
    SOCKET s = udp();
    SA4 any = v4("127.0.0.1", 0);
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    CHECK_OK(shutdown(s, SD_SEND));
}

TEST(z_013_send_side) {
    SOCKET client, server;
    char got[4];
    connected_pair(&client, &server);
    send_all(client, "last", 4);
    CHECK_OK(shutdown(client, SD_SEND));
    read_exactly(server, got, 4);
    CHECK_EQ(recv(server, got, 4, 0), 0);
    CHECK_SOCK_ERR(send(client, "x", 1, 0), WSAESHUTDOWN);
    WSABUF buffer = { 1, "x" };
    DWORD bytes;
    CHECK_SOCK_ERR(WSASend(client, &buffer, 1, &bytes, 0, NULL, NULL), WSAESHUTDOWN);
    send_all(server, "back", 4);
    read_exactly(client, got, 4);
}

TEST(z_014_receive_side) {
    SOCKET client, server;
    char byte;
    connected_pair(&client, &server);
    CHECK_OK(shutdown(client, SD_RECEIVE));
    CHECK_SOCK_ERR(recv(client, &byte, 1, 0), WSAESHUTDOWN);
    /* Nothing on the wire: the peer notices nothing, and our own data still goes. */
    CHECK_EQ(send(client, "x", 1, 0), 1);
    CHECK_EQ(recv(server, &byte, 1, 0), 1);
    SOCKET s = udp();
    SA4 any = v4("127.0.0.1", 0);
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    CHECK_OK(shutdown(s, SD_RECEIVE));
    CHECK_SOCK_ERR(recv(s, &byte, 1, 0), WSAESHUTDOWN);
}

TEST(z_014_data_after_it_resets_the_connection) {
    SOCKET client, server;
    char byte;
    int result = 1;
    connected_pair(&client, &server);
    CHECK_OK(shutdown(client, SD_RECEIVE));
    send_all(server, "late", 4);
    receive_timeout(server, 3000);
    result = recv(server, &byte, 1, 0);
    int error = WSAGetLastError();
    CHECK_EQ(result, SOCKET_ERROR);
    CHECK_EQ(error, WSAECONNRESET);
}

TEST(z_015_repeating_it) {
    SOCKET client, server;
    for (int how = 0; how < 3; how++) {
        connected_pair(&client, &server);
        for (int i = 0; i < 3; i++) CHECK_OK(shutdown(client, how));
    }
}

TEST(z_016_names_and_connect_after_it) {
    SOCKET client, server;
    SA4 name, at;
    int length = sizeof name;
    listener(&at);
    connected_pair(&client, &server);
    CHECK_OK(shutdown(client, SD_BOTH));
    CHECK_OK(getpeername(client, (SA *)&name, &length));
    CHECK_OK(getsockname(client, (SA *)&name, &length));
    CHECK_SOCK_ERR(connect(client, (SA *)&at, sizeof at), WSAEISCONN);
}

TEST(z_017_shutdown_never_blocks) {
    SOCKET client, server;
    connected_pair(&client, &server);
    stuff(client);
    blocking(client);
    linger(client, 1, 10);
    ULONGLONG began = now_ms();
    CHECK_OK(shutdown(client, SD_SEND));
    CHECK(now_ms() - began < 500);
    linger(client, 1, 0);
}

TEST(z_018_shutdown_frees_nothing) {
    SOCKET client, server;
    connected_pair(&client, &server);
    SA4 me = name_of(client);
    CHECK_OK(shutdown(client, SD_BOTH));
    SOCKET other = tcp();
    CHECK_SOCK_ERR(bind(other, (SA *)&me, sizeof me), WSAEADDRINUSE);
    drop(client);
    CHECK_SOCK_ERR(closesocket(client), WSAENOTSOCK);
}

TEST(z_019_reused_only_through_disconnectex) {
    SOCKET client, server;
    SA4 at;
    char got[4];
    SOCKET l = listener(&at);
    connected_pair(&client, &server);
    /* Nobody waits at it, so that what the kernel has to tell is found by the calls. */
    port_for(client, 19);
    CHECK_OK(shutdown(client, SD_BOTH));
    CHECK_SOCK_ERR(connect(client, (SA *)&at, sizeof at), WSAEISCONN);
    CHECK_EQ(start_connect(client, &at, NULL, 0, op_event()), WSAEISCONN);
    drop(server);
    CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
    connect_ok(client, &at);
    update_context(client);
    /* Data that comes is the new connection's. */
    SOCKET peer = accept_one(l);
    send_all(peer, "data", 4);
    read_exactly(client, got, 4);
    CHECK_EQ(send(client, "data", 4, 0), 4);
    read_exactly(peer, got, 4);
}

TEST(z_020_unread_data_means_reset) {
    SOCKET client, server;
    char byte;
    connected_pair(&client, &server);
    send_all(server, "unread", 6);
    Sleep(50);
    drop(client);
    Sleep(50);
    CHECK_SOCK_ERR(recv(server, &byte, 1, 0), WSAECONNRESET);
}

TEST(z_021_closehandle_closes) {
    SOCKET client, server;
    char byte;
    connected_pair(&client, &server);
    CHECK(CloseHandle((HANDLE)client));
    CHECK_EQ(recv(server, &byte, 1, 0), 0);
    CHECK_SOCK_ERR(closesocket(client), WSAENOTSOCK);
}
