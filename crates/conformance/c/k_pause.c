/* K-032: SO_PAUSE_ACCEPT, a listener that turns everybody away for a while. */
#include "options.h"

/* 0, or the error that a peer who comes meets: at connect, or, where connections are taken and reset, right after it. */
static int meets(const SA4 *at) {
    SOCKET s = tcp();
    char byte;
    if (connect(s, (const SA *)at, sizeof *at) != 0) return WSAGetLastError();
    receive_timeout(s, 3000);
    int n = recv(s, &byte, 1, 0), error = n < 0 ? WSAGetLastError() : 0;
    drop(s);
    return error == WSAETIMEDOUT ? 0 : error;
}

static int is_turned_away(const SA4 *at) {
    int error = meets(at);
    return error == WSAECONNREFUSED || error == WSAECONNRESET;
}

TEST(k_032_the_option) {
    SA4 at;
    CHECK_FLAG(bound(), SOL_SOCKET, SO_PAUSE_ACCEPT, 0);
    CHECK_FLAG(listener(&at), SOL_SOCKET, SO_PAUSE_ACCEPT, 0);
    CHECK_NO_OPTION(udp(), SOL_SOCKET, SO_PAUSE_ACCEPT, WSAENOPROTOOPT);
}

TEST(k_032_who_comes_is_turned_away_until_it_ends) {
    SA4 at;
    SOCKET l = listener(&at);
    for (int round = 0; round < 2; round++) {
        CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 1);
        CHECK(is_turned_away(&at));
        CHECK_EQ(port_of(l), ntohs(at.sin_port));
        CHECK_VALUE(l, SOL_SOCKET, SO_ACCEPTCONN, 1);
        CHECK(is_turned_away(&at));
        CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 0);
        SOCKET client = connected_to(&at), server = accept_one(l);
        send_all(client, "a", 1);
        char byte;
        read_exactly(server, &byte, 1);
    }
}

TEST(k_032_set_before_listen) {
    SOCKET l = bound_at("127.0.0.1", 0);
    SA4 at = name_of(l);
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 1);
    CHECK_OK(listen(l, 5));
    CHECK(is_turned_away(&at));
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 0);
    SOCKET client = connected_to(&at);
    accept_one(l);
    (void)client;
}

TEST(k_032_a_pending_accept_waits) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 0, ov);
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 1);
    CHECK(is_turned_away(&at));
    CHECK(still_pending(ov, 50));
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 0);
    SOCKET client = connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    (void)client;
}

TEST(k_032_an_accept_that_is_made_meanwhile_waits_too) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    fd_set readable;
    TIMEVAL time = { 0, 50000 };
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 1);
    accepts(l, s, 0, ov);
    CHECK(still_pending(ov, 50));
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 0);
    SOCKET client = connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 1);
    FD_ZERO(&readable);
    FD_SET(l, &readable);
    CHECK_EQ(select(0, &readable, NULL, NULL, &time), 0);
    nonblocking(l);
    CHECK_EQ(accept(l, NULL, NULL), INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
    (void)client;
}

TEST(k_032_closing_ends_an_accept_that_waits) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 1);
    accepts(l, s, 0, ov);
    drop(l);
    CHECK(WaitForSingleObject(ov->hEvent, 5000) == WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_CANCELLED);
}

TEST(k_032_network_events_tell_of_nobody) {
    SA4 at;
    SOCKET l = listener(&at);
    WSAEVENT event = WSACreateEvent();
    WSANETWORKEVENTS events;
    CHECK_OK(WSAEventSelect(l, event, FD_ACCEPT | FD_CLOSE));
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 1);
    CHECK(is_turned_away(&at));
    CHECK_EQ(WSAWaitForMultipleEvents(1, &event, FALSE, 50, FALSE), WSA_WAIT_TIMEOUT);
    CHECK_SET(l, SOL_SOCKET, SO_PAUSE_ACCEPT, 0);
    SOCKET client = connected_to(&at);
    CHECK_EQ(WSAWaitForMultipleEvents(1, &event, FALSE, 5000, FALSE), WSA_WAIT_EVENT_0);
    CHECK_OK(WSAEnumNetworkEvents(l, event, &events));
    CHECK_EQ(events.lNetworkEvents, FD_ACCEPT);
    CHECK_OK(WSAEventSelect(l, NULL, 0));
    WSACloseEvent(event);
    (void)client;
}
