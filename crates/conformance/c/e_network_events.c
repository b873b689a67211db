/* E-012..E-015, E-025..E-030, E-033: WSAEventSelect's ties and WSAEnumNetworkEvents. */
#include "network_events.h"

TEST(c_147_connect_and_write_of_a_connect_ex) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    WSAEVENT event = selected(s, FD_CONNECT | FD_WRITE);
    CHECK(!signalled(event, 0));
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), WSA_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    CHECK(signalled(event, 0));
    WSANETWORKEVENTS got = taken(s, event);
    CHECK_EQ(got.lNetworkEvents, FD_CONNECT | FD_WRITE);
    CHECK_EQ(got.iErrorCode[FD_CONNECT_BIT], 0);
    CHECK_EQ(got.iErrorCode[FD_WRITE_BIT], 0);
    accept_one(l);
}

TEST(c_147_connect_of_a_connect_ex_with_data) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    WSAEVENT event = selected(s, FD_CONNECT | FD_WRITE);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, "hello", 5, ov), WSA_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    CHECK_EQ(awaited(s, event, FD_CONNECT | FD_WRITE).lNetworkEvents, FD_CONNECT | FD_WRITE);
    char data[5];
    read_exactly(accept_one(l), data, 5);
}

TEST(c_147_connect_of_a_refused_connect_ex) {
    SA4 bad = refusing();
    SOCKET s = bound();
    WSAEVENT event = selected(s, FD_CONNECT | FD_WRITE);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &bad, NULL, 0, ov), WSA_IO_PENDING);
    CHECK_EQ(finish_wsa(s, ov, 5000, NULL), WSAECONNREFUSED);
    WSANETWORKEVENTS got = taken(s, event);
    CHECK_EQ(got.lNetworkEvents, FD_CONNECT);
    CHECK_EQ(got.iErrorCode[FD_CONNECT_BIT], WSAECONNREFUSED);
}

TEST(c_147_connect_of_a_connect_ex_of_a_port) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    HANDLE port = port_for(s, 7);
    WSAEVENT event = selected(s, FD_CONNECT | FD_READ);
    CHECK_EQ(start_connect(s, &at, NULL, 0, op_plain()), WSA_IO_PENDING);
    awaited(s, event, FD_CONNECT); /* though nobody waits at the port */
    send_all(accept_one(l), "x", 1);
    CHECK_EQ(awaited(s, event, FD_READ).lNetworkEvents, FD_READ);
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *ov;
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &ov, 5000));
    CHECK_EQ(key, 7);
}

TEST(e_012_one_event_and_mask) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT first = selected(s, FD_READ);
    send_all(peer, "x", 1);
    CHECK(signalled(first, 5000));
    WSAEVENT second = selected(s, FD_WRITE);
    CHECK(signalled(second, 5000));
    CHECK_EQ(taken(s, second).lNetworkEvents, FD_WRITE); /* FD_READ was in the record that is gone */
    CHECK(WSAResetEvent(first));
    char byte;
    CHECK_EQ(recv(s, &byte, 1, 0), 1);
    send_all(peer, "y", 1);
    CHECK(!signalled(first, 200));
    CHECK(!signalled(second, 0));
}

TEST(e_013_becomes_nonblocking) {
    SOCKET s, peer;
    char byte;
    connected_pair(&s, &peer);
    selected(s, FD_WRITE);
    CHECK_SOCK_ERR(recv(s, &byte, 1, 0), WSAEWOULDBLOCK);
    SOCKET other = udp();
    SA4 any = v4("127.0.0.1", 0);
    CHECK_OK(bind(other, (SA *)&any, sizeof any));
    CHECK_OK(WSAEventSelect(other, WSA_INVALID_EVENT, 0));
    CHECK_SOCK_ERR(recv(other, &byte, 1, 0), WSAEWOULDBLOCK);
}

TEST(e_014_mask_zero_ends_it) {
    SOCKET s, peer;
    u_long off = 0, on = 1;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ);
    CHECK_SOCK_ERR(ioctlsocket(s, FIONBIO, &off), WSAEINVAL);
    CHECK_OK(ioctlsocket(s, FIONBIO, &on));
    CHECK_OK(WSAEventSelect(s, (WSAEVENT)UNMAPPED, 0));
    send_all(peer, "x", 1);
    CHECK(!signalled(event, 200));
    CHECK_EQ(taken(s, event).lNetworkEvents, 0);
    CHECK_OK(ioctlsocket(s, FIONBIO, &off));
    char byte;
    CHECK_EQ(recv(s, &byte, 1, 0), 1);
}

TEST(e_014_mask_needs_an_event) {
    CHECK_SOCK_ERR(WSAEventSelect(tcp(), WSA_INVALID_EVENT, FD_READ), WSAEINVAL);
}

TEST(e_025_bad_event_takes_nothing) {
    SOCKET s, peer;
    WSANETWORKEVENTS got;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_WRITE);
    CHECK(signalled(event, 5000));
    CHECK_SOCK_ERR(WSAEnumNetworkEvents(s, (WSAEVENT)UNMAPPED, &got), WSAEINVAL);
    CHECK(signalled(event, 0));
    CHECK_EQ(taken(s, event).lNetworkEvents, FD_WRITE);
}

TEST(e_015_bits) {
    static const struct { long event; int bit; } BITS[] = {
        { FD_READ, FD_READ_BIT }, { FD_WRITE, FD_WRITE_BIT }, { FD_OOB, FD_OOB_BIT },
        { FD_ACCEPT, FD_ACCEPT_BIT }, { FD_CONNECT, FD_CONNECT_BIT }, { FD_CLOSE, FD_CLOSE_BIT },
        { FD_QOS, FD_QOS_BIT }, { FD_GROUP_QOS, FD_GROUP_QOS_BIT },
        { FD_ROUTING_INTERFACE_CHANGE, FD_ROUTING_INTERFACE_CHANGE_BIT },
        { FD_ADDRESS_LIST_CHANGE, FD_ADDRESS_LIST_CHANGE_BIT },
    };
    for (int i = 0; i < (int)(sizeof BITS / sizeof *BITS); i++) {
        CHECK_EQ(BITS[i].bit, i);
        CHECK_EQ(BITS[i].event, 1 << i);
    }
    CHECK_EQ(FD_MAX_EVENTS, 10);
    /* Each may be asked for. */
    for (int i = 0; i < FD_MAX_EVENTS; i++) CHECK_OK(WSAEventSelect(tcp(), WSACreateEvent(), 1 << i));
}

TEST(e_025_taken_at_once) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ | FD_WRITE);
    send_all(peer, "x", 1);
    WSANETWORKEVENTS got = awaited(s, event, FD_READ | FD_WRITE);
    CHECK_EQ(got.lNetworkEvents, FD_READ | FD_WRITE);
    CHECK(!signalled(event, 0));
    CHECK_EQ(taken(s, event).lNetworkEvents, 0);
    /* Whatever event is given is reset. */
    WSAEVENT other = WSACreateEvent();
    CHECK(WSASetEvent(other));
    CHECK_EQ(taken(s, other).lNetworkEvents, 0);
    CHECK(!signalled(other, 0));
}

TEST(e_025_neither_on_error) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_WRITE);
    CHECK(signalled(event, 5000));
    CHECK_SOCK_ERR(WSAEnumNetworkEvents(s, event, NULL), WSAEFAULT);
    CHECK(signalled(event, 0));
    CHECK_EQ(taken(s, event).lNetworkEvents, FD_WRITE);
}

TEST(e_026_only_errors_of_recorded_events) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_WRITE);
    CHECK(signalled(event, 5000));
    WSANETWORKEVENTS got;
    memset(&got, 0x5A, sizeof got);
    CHECK_OK(WSAEnumNetworkEvents(s, event, &got));
    CHECK_EQ(got.lNetworkEvents, FD_WRITE);
    for (int i = 0; i < FD_MAX_EVENTS; i++) CHECK_EQ(got.iErrorCode[i], i == FD_WRITE_BIT ? 0 : 0x5A5A5A5A);
}

TEST(e_027_without_an_event) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_WRITE);
    CHECK(signalled(event, 5000));
    CHECK_EQ(taken(s, WSA_INVALID_EVENT).lNetworkEvents, FD_WRITE);
    CHECK(signalled(event, 0));
    CHECK_EQ(taken(s, event).lNetworkEvents, 0);
    CHECK(!signalled(event, 0));
}

TEST(e_028_bad_parameters) {
    WSANETWORKEVENTS got;
    SOCKET s = tcp();
    WSAEVENT event = WSACreateEvent();
    CHECK_SOCK_ERR(WSAEnumNetworkEvents(INVALID_SOCKET, event, &got), WSAENOTSOCK);
    CHECK_SOCK_ERR(WSAEventSelect(INVALID_SOCKET, event, FD_READ), WSAENOTSOCK);
    CHECK_SOCK_ERR(WSAEnumNetworkEvents(s, event, (WSANETWORKEVENTS *)UNMAPPED), WSAEFAULT);
    SOCKET closed = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_OK(closesocket(closed));
    CHECK_SOCK_ERR(WSAEventSelect(closed, event, FD_READ), WSAENOTSOCK);
}

TEST(e_029_accepted_sockets_take_it_over) {
    SA4 at;
    SOCKET l = listener(&at), client = tcp();
    WSAEVENT event = selected(l, FD_ACCEPT | FD_READ | FD_CLOSE);
    CHECK_OK(connect(client, (SA *)&at, sizeof at));
    CHECK_EQ(awaited(l, event, FD_ACCEPT).lNetworkEvents, FD_ACCEPT);
    SOCKET s = accept_one(l);
    char byte;
    CHECK_SOCK_ERR(recv(s, &byte, 1, 0), WSAEWOULDBLOCK);
    send_all(client, "x", 1);
    CHECK(signalled(event, 5000));
    CHECK_EQ(taken(l, WSA_INVALID_EVENT).lNetworkEvents, 0);
    CHECK_EQ(taken(s, event).lNetworkEvents, FD_READ);
    /* From here on they are apart. */
    CHECK_OK(WSAEventSelect(s, WSA_INVALID_EVENT, 0));
    CHECK_EQ(recv(s, &byte, 1, 0), 1);
    send_all(client, "y", 1);
    CHECK(!signalled(event, 200));
    CHECK_OK(connect(tcp(), (SA *)&at, sizeof at));
    CHECK(signalled(event, 5000));
}

TEST(e_030_ends_with_the_socket) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ | FD_CLOSE);
    drop(s);
    CHECK(!signalled(event, 200));
    CHECK(WSASetEvent(event));
    CHECK(signalled(event, 0));
    CHECK(WSACloseEvent(event));
}

TEST(e_033_select_and_poll_change_nothing) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    WSAEVENT event = selected(s, FD_READ | FD_WRITE);
    send_all(peer, "x", 1);
    fd_set set;
    struct timeval limit = { 5, 0 };
    FD_ZERO(&set);
    FD_SET(s, &set);
    CHECK_EQ(select(0, &set, NULL, NULL, &limit), 1);
    WSAPOLLFD entry = { s, POLLRDNORM | POLLWRNORM, 0 };
    CHECK_EQ(WSAPoll(&entry, 1, 5000), 1);
    CHECK_EQ(awaited(s, event, FD_READ | FD_WRITE).lNetworkEvents, FD_READ | FD_WRITE);
    /* Neither enables what was told, though both see it. */
    CHECK_EQ(WSAPoll(&entry, 1, 5000), 1);
    FD_SET(s, &set);
    CHECK_EQ(select(0, &set, NULL, NULL, &limit), 1);
    CHECK(!signalled(event, 200));
}
