/* E-016..E-024, E-032: what is recorded for a socket, and when again. */
#include "network_events.h"

static char one;

TEST(e_016_not_again_before_the_call) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ);
    send_all(peer, "x", 1);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    send_all(peer, "y", 1);
    CHECK(!signalled(event, 200));
    CHECK_EQ(send(s, "z", 1, 0), 1); /* enables other events */
    CHECK(!signalled(event, 100));
    CHECK_EQ(recv(s, &one, 1, 0), 1);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
}

static int routines;
static void CALLBACK routine(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)ov, (void)flags;
    routines += !error && bytes == 1;
}

TEST(e_016_every_receiving_call_enables) {
    enum { WAYS = 7 };
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ);
    send_all(peer, "abcdefgh", WAYS + 1);
    for (int i = 0; i < WAYS; i++) {
        CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
        CHECK(!signalled(event, 20));
        WSABUF buffer = { 1, &one };
        DWORD got = 0, flags = 0;
        OVERLAPPED *ov = op_event();
        int failed = 0;
        switch (i) {
        case 0: CHECK_EQ(recv(s, &one, 1, 0), 1); break;
        case 1: CHECK_EQ(recvfrom(s, &one, 1, 0, NULL, NULL), 1); break;
        case 2: CHECK_OK(WSARecv(s, &buffer, 1, &got, &flags, NULL, NULL)); break;
        case 3: failed = WSARecv(s, &buffer, 1, NULL, &flags, ov, NULL); break;
        case 4: failed = WSARecv(s, &buffer, 1, NULL, &flags, op_plain(), routine); break;
        case 5: CHECK_OK(WSARecvFrom(s, &buffer, 1, &got, &flags, NULL, NULL, NULL, NULL)); break;
        case 6: failed = WSARecvFrom(s, &buffer, 1, NULL, &flags, NULL, NULL, ov, NULL);
        }
        if (failed) CHECK_EQ(WSAGetLastError(), WSA_IO_PENDING);
        if (i == 4) {
            CHECK_EQ(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
            CHECK_EQ(routines, 1);
        } else if (i == 3 || i == 6) {
            CHECK_EQ(finish(s, ov, 5000, &got), 0);
            CHECK_EQ(got, 1);
        }
        CHECK_EQ(one, 'a' + i);
    }
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
}

static int CALLBACK welcome(WSABUF *caller, WSABUF *caller_data, QOS *s_quality, QOS *g_quality, WSABUF *callee,
                            WSABUF *callee_data, GROUP *group, DWORD_PTR data) {
    (void)caller, (void)caller_data, (void)s_quality, (void)g_quality, (void)callee, (void)callee_data, (void)group;
    return (int)data;
}

TEST(e_016_every_accepting_call_enables) {
    enum { WAYS = 4 };
    SA4 at;
    SOCKET l = listener(&at);
    WSAEVENT event = selected(l, FD_ACCEPT);
    for (int i = 0; i < WAYS + 1; i++) CHECK_OK(connect(tcp(), (SA *)&at, sizeof at));
    for (int i = 0; i < WAYS; i++) {
        OVERLAPPED *ov = op_event();
        CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
        CHECK(!signalled(event, 20));
        switch (i) {
        case 0: accept_one(l); break;
        case 1: own(WSAAccept(l, NULL, NULL, NULL, 0)); break;
        case 2: own(WSAAccept(l, NULL, NULL, welcome, CF_ACCEPT)); break;
        case 3:
            accepts(l, tcp(), 0, ov);
            CHECK_EQ(finish(l, ov, 5000, NULL), 0);
        }
    }
    CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
}

TEST(e_017_a_failing_call_enables) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ);
    send_all(peer, "x", 1);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    CHECK(!signalled(event, 50));
    CHECK_EQ(recv(s, &one, 1, MSG_OOB), SOCKET_ERROR);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    /* The one that finds nothing, too. */
    CHECK_EQ(recv(s, &one, 1, 0), 1);
    CHECK_SOCK_ERR(recv(s, &one, 1, 0), WSAEWOULDBLOCK);
    CHECK(!signalled(event, 50));
    send_all(peer, "y", 1);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
}

/* None of these gets as far as the data. */
TEST(e_017_a_refused_receive_enables) {
    enum { WAYS = 8, NO_FLAG = 0x40000000 };
    SOCKET s, peer;
    WSABUF buffer = { 1, &one };
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ);
    send_all(peer, "x", 1);
    for (int i = 0; i < WAYS; i++) {
        DWORD got = 0, none = 0, flags = NO_FLAG;
        OVERLAPPED *ov = op_event();
        CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
        CHECK(!signalled(event, 20));
        switch (i) {
        case 0: CHECK_SOCK_ERR(WSARecv(s, &buffer, 1, &got, &flags, NULL, NULL), WSAEOPNOTSUPP); break;
        case 1: CHECK_SOCK_ERR(WSARecv(s, &buffer, 1, NULL, &flags, ov, NULL), WSAEOPNOTSUPP); break;
        case 2: CHECK_SOCK_ERR(WSARecv(s, &buffer, 0, &got, &none, NULL, NULL), WSAEINVAL); break;
        case 3: CHECK_SOCK_ERR(WSARecv(s, &buffer, 1, NULL, &none, NULL, NULL), WSAEFAULT); break;
        case 4:
            CHECK_SOCK_ERR(WSARecvFrom(s, &buffer, 1, &got, &flags, NULL, NULL, NULL, NULL), WSAEOPNOTSUPP);
            break;
        case 5: CHECK_SOCK_ERR(WSARecvFrom(s, &buffer, 0, &got, &none, NULL, NULL, ov, NULL), WSAEINVAL); break;
        case 6: CHECK_SOCK_ERR(recv(s, &one, 1, NO_FLAG), WSAEOPNOTSUPP); break;
        case 7:
            ov->hEvent = (HANDLE)(ULONG_PTR)0x7FFFFFF0;
            CHECK_SOCK_ERR(WSARecv(s, &buffer, 1, NULL, &none, ov, NULL), WSA_INVALID_HANDLE);
        }
    }
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    CHECK_EQ(recv(s, &one, 1, 0), 1);
}

TEST(e_017_a_failing_accept_enables) {
    enum { WAYS = 5 };
    SA4 at;
    SOCKET l = listener(&at);
    WSAEVENT event = selected(l, FD_ACCEPT);
    CHECK_OK(connect(tcp(), (SA *)&at, sizeof at));
    for (int i = 0; i < WAYS; i++) {
        DWORD received;
        OVERLAPPED *ov = op_event();
        CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
        CHECK(!signalled(event, 20));
        switch (i) {
        case 0: CHECK_EQ(start_accept(l, tcp(), accept_buffer(0), 0, NULL), ERROR_INVALID_PARAMETER); break;
        case 1: CHECK_EQ(start_accept(l, bound(), accept_buffer(0), 0, ov), WSAEINVAL); break;
        case 2:
            CHECK_BOOL_ERR(AcceptEx(l, tcp(), accept_buffer(0), 0, AREA, 0, &received, ov), WSAEFAULT);
            break;
        case 3:
            ov->hEvent = (HANDLE)(ULONG_PTR)0x7FFFFFF0;
            CHECK_EQ(start_accept(l, tcp(), accept_buffer(0), 0, ov), WSA_INVALID_HANDLE);
            break;
        case 4:
            WSASetLastError(0);
            CHECK_EQ(accept(l, (SA *)&at, NULL), INVALID_SOCKET);
            CHECK_EQ(WSAGetLastError(), WSAEFAULT);
        }
    }
    CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
    accept_one(l);
}

TEST(e_018_still_true_is_recorded_again) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ);
    send_all(peer, "xyz", 3);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
        CHECK_EQ(recv(s, &one, 1, 0), 1);
    }
    CHECK(!signalled(event, 100)); /* all was read */
}

TEST(e_018_urgent_data_that_is_still_there) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_OOB);
    send_all(peer, "ab", 2);
    CHECK_EQ(send(peer, "!", 1, MSG_OOB), 1);
    CHECK_EQ(awaited(s, event, FD_OOB).lNetworkEvents, FD_OOB);
    CHECK(!signalled(event, 50));
    CHECK_EQ(recv(s, &one, 1, 0), 1); /* of the other data */
    CHECK_EQ(one, 'a');
    CHECK_EQ(awaited(s, event, FD_OOB).lNetworkEvents, FD_OOB);
    CHECK_EQ(recv(s, &one, 1, MSG_OOB), 1);
    CHECK_EQ(one, '!');
    CHECK(!signalled(event, 100)); /* there is none any more */
    CHECK_EQ(send(peer, "?", 1, MSG_OOB), 1);
    CHECK_EQ(awaited(s, event, FD_OOB).lNetworkEvents, FD_OOB);
}

TEST(e_018_datagrams) {
    SOCKET s = udp(), from = udp();
    SA4 at = v4("127.0.0.1", 0);
    CHECK_OK(bind(s, (SA *)&at, sizeof at));
    at = name_of(s);
    WSAEVENT event = selected(s, FD_READ);
    CHECK(!signalled(event, 50));
    for (int i = 0; i < 2; i++) CHECK_EQ(sendto(from, "", 0, 0, (SA *)&at, sizeof at), 0);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    CHECK_EQ(recv(s, &one, 1, 0), 0);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    CHECK_EQ(recv(s, &one, 1, 0), 0);
    CHECK(!signalled(event, 100));
}

TEST(e_019_already_true) {
    SA4 at;
    SOCKET s, peer, l = listener(&at);
    connected_pair(&s, &peer);
    send_all(peer, "x", 1);
    while (recv(s, &one, 1, MSG_PEEK) != 1) Sleep(1);
    WSAEVENT event = selected(s, FD_READ | FD_WRITE);
    CHECK(signalled(event, 0));
    CHECK_EQ(taken(s, event).lNetworkEvents, FD_READ | FD_WRITE);
    CHECK_OK(connect(tcp(), (SA *)&at, sizeof at));
    fd_set set;
    struct timeval limit = { 5, 0 };
    FD_ZERO(&set);
    FD_SET(l, &set);
    CHECK_EQ(select(0, &set, NULL, NULL, &limit), 1);
    event = selected(l, FD_ACCEPT);
    CHECK(signalled(event, 0));
    CHECK_EQ(taken(l, event).lNetworkEvents, FD_ACCEPT);
}

/* Sends until nothing more fits. */
static void stuff(SOCKET s) {
    static char block[1 << 16];
    while (send(s, block, sizeof block, 0) > 0) {}
    CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
}

TEST(e_020_write_after_connect_and_after_would_block) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    WSAEVENT event = selected(s, FD_CONNECT | FD_WRITE);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, sizeof at), WSAEWOULDBLOCK);
    CHECK_EQ(awaited(s, event, FD_CONNECT | FD_WRITE).lNetworkEvents, FD_CONNECT | FD_WRITE);
    SOCKET peer = accept_one(l);
    CHECK_EQ(send(s, "x", 1, 0), 1);
    CHECK(!signalled(event, 100)); /* it never was impossible */
    stuff(s);
    while (signalled(event, 200)) { /* the other side made more room by itself */
        CHECK_EQ(taken(s, event).lNetworkEvents, FD_WRITE);
        stuff(s);
    }
    nonblocking(peer);
    static char block[1 << 16];
    ULONGLONG until = now_ms() + 5000;
    while (!signalled(event, 0) && now_ms() < until)
        if (recv(peer, block, sizeof block, 0) < 0) Sleep(1);
    CHECK_EQ(taken(s, event).lNetworkEvents, FD_WRITE);
    CHECK_EQ(send(s, "x", 1, 0), 1);
}

TEST(e_020_write_after_accept) {
    SA4 at;
    SOCKET l = listener(&at), client = tcp();
    WSAEVENT event = selected(l, FD_ACCEPT | FD_WRITE);
    CHECK_OK(connect(client, (SA *)&at, sizeof at));
    CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
    SOCKET s = accept_one(l);
    CHECK_EQ(awaited(s, event, FD_WRITE).lNetworkEvents, FD_WRITE);
}

TEST(e_021_close_of_a_graceful_end) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ | FD_CLOSE);
    CHECK_OK(shutdown(peer, SD_SEND));
    WSANETWORKEVENTS got = awaited(s, event, FD_CLOSE);
    CHECK_EQ(got.lNetworkEvents, FD_CLOSE);
    CHECK_EQ(got.iErrorCode[FD_CLOSE_BIT], 0);
    CHECK_EQ(recv(s, &one, 1, 0), 0);
    CHECK(!signalled(event, 100)); /* nothing enables it again */
}

TEST(e_021_close_of_a_reset) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ | FD_CLOSE);
    hard_close(peer);
    WSANETWORKEVENTS got = awaited(s, event, FD_CLOSE);
    CHECK_EQ(got.lNetworkEvents, FD_CLOSE);
    CHECK_EQ(got.iErrorCode[FD_CLOSE_BIT], WSAECONNRESET);
    /* Looking took nothing away from the calls. */
    CHECK_SOCK_ERR(recv(s, &one, 1, 0), WSAECONNRESET);
}

TEST(e_021_close_of_an_aborted_connection) {
    NATIVE_ONLY("nothing makes a host deaf there");
    SOCKET s, peer;
    DWORD limit_ms = 500;
    connected_pair(&s, &peer);
    CHECK_OK(setsockopt(s, IPPROTO_TCP, 14 /* TCP_MAXRTMS */, (char *)&limit_ms, sizeof limit_ms));
    WSAEVENT event = selected(s, FD_READ | FD_CLOSE);
    deaf(peer);
    CHECK_EQ(send(s, "x", 1, 0), 1);
    CHECK(signalled(event, 20000)); /* once it was repeated often enough, on a busy machine too */
    WSANETWORKEVENTS got = taken(s, event);
    CHECK_EQ(got.lNetworkEvents, FD_CLOSE);
    CHECK_EQ(got.iErrorCode[FD_CLOSE_BIT], WSAECONNABORTED);
    CHECK(!signalled(event, 100));
}

TEST(e_022_close_after_all_data) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ | FD_CLOSE);
    send_all(peer, "xy", 2);
    drop(peer);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    CHECK(!signalled(event, 100));
    CHECK_EQ(recv(s, &one, 1, 0), 1);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    CHECK_EQ(recv(s, &one, 1, 0), 1);
    WSANETWORKEVENTS got = awaited(s, event, FD_CLOSE);
    CHECK_EQ(got.lNetworkEvents, FD_CLOSE);
    CHECK_EQ(got.iErrorCode[FD_CLOSE_BIT], 0);
}

TEST(e_022_close_although_only_it_is_asked_for) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_CLOSE);
    send_all(peer, "x", 1);
    drop(peer);
    CHECK(!signalled(event, 200));
    CHECK_EQ(recv(s, &one, 1, 0), 1);
    CHECK_EQ(awaited(s, event, FD_CLOSE).lNetworkEvents, FD_CLOSE);
}

TEST(e_023_connect_carries_its_error) {
    SA4 bad = refusing(), at;
    SOCKET l = listener(&at), s = tcp();
    WSAEVENT event = selected(s, FD_CONNECT | FD_WRITE | FD_CLOSE);
    CHECK_SOCK_ERR(connect(s, (SA *)&bad, sizeof bad), WSAEWOULDBLOCK);
    WSANETWORKEVENTS got = awaited(s, event, FD_CONNECT);
    CHECK_EQ(got.lNetworkEvents, FD_CONNECT);
    CHECK_EQ(got.iErrorCode[FD_CONNECT_BIT], WSAECONNREFUSED);
    SOCKET other = tcp();
    event = selected(other, FD_CONNECT);
    CHECK_SOCK_ERR(connect(other, (SA *)&at, sizeof at), WSAEWOULDBLOCK);
    got = awaited(other, event, FD_CONNECT);
    CHECK_EQ(got.lNetworkEvents, FD_CONNECT);
    CHECK_EQ(got.iErrorCode[FD_CONNECT_BIT], 0);
    accept_one(l);
}

TEST(e_023_each_attempt_has_its_connect) {
    SA4 bad = refusing(), at;
    SOCKET l = listener(&at), s = tcp();
    WSAEVENT event = selected(s, FD_CONNECT);
    CHECK_SOCK_ERR(connect(s, (SA *)&bad, sizeof bad), WSAEWOULDBLOCK);
    CHECK_EQ(awaited(s, event, FD_CONNECT).iErrorCode[FD_CONNECT_BIT], WSAECONNREFUSED);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, sizeof at), WSAEWOULDBLOCK);
    CHECK_EQ(awaited(s, event, FD_CONNECT).iErrorCode[FD_CONNECT_BIT], 0);
    accept_one(l);
}

TEST(e_024_urgent_data) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ | FD_OOB);
    CHECK_EQ(send(peer, "!", 1, MSG_OOB), 1);
    CHECK_EQ(awaited(s, event, FD_OOB).lNetworkEvents, FD_OOB);
    CHECK(!signalled(event, 50));
    CHECK_EQ(recv(s, &one, 1, MSG_OOB), 1);
    CHECK(!signalled(event, 50));
    BOOL inl = TRUE;
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_OOBINLINE, (char *)&inl, sizeof inl));
    CHECK_EQ(send(peer, "!", 1, MSG_OOB), 1);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    CHECK_EQ(recv(s, &one, 1, 0), 1);
}

TEST(e_031_pending_accept_ex_suppresses_accept) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    WSAEVENT event = selected(l, FD_ACCEPT);
    OVERLAPPED *ov = op_event();
    accepts(l, s, 0, ov);
    CHECK_OK(connect(tcp(), (SA *)&at, sizeof at));
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    CHECK(!signalled(event, 100));
    /* The next one nobody waits for. */
    CHECK_OK(connect(tcp(), (SA *)&at, sizeof at));
    CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
    /* AcceptEx takes it, and enables the event again (E-016). */
    ov = op_event();
    accepts(l, tcp(), 0, ov);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    CHECK(!signalled(event, 100));
    CHECK_OK(connect(tcp(), (SA *)&at, sizeof at));
    CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
}

TEST(e_031_events_of_an_accept_socket) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp(), client = tcp();
    OVERLAPPED *ov = op_event();
    WSAEVENT event = selected(s, FD_READ | FD_CLOSE);
    accepts(l, s, 0, ov);
    CHECK_OK(connect(client, (SA *)&at, sizeof at));
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    CHECK(!signalled(event, 50));
    send_all(client, "x", 1);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    CHECK_EQ(recv(s, &one, 1, 0), 1);
    drop(client);
    CHECK_EQ(awaited(s, event, FD_CLOSE).lNetworkEvents, FD_CLOSE);
}

TEST(e_032_more_connections) {
    SA4 at;
    SOCKET l = listener(&at);
    WSAEVENT event = selected(l, FD_ACCEPT);
    for (int i = 0; i < 3; i++) CHECK_OK(connect(tcp(), (SA *)&at, sizeof at));
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
        CHECK(!signalled(event, 20));
        CHECK_OK(WSAEventSelect(accept_one(l), WSA_INVALID_EVENT, 0));
    }
    CHECK(!signalled(event, 100));
    CHECK_OK(connect(tcp(), (SA *)&at, sizeof at));
    CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
}
