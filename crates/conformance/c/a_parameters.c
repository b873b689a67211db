/* A-001..A-013, A-025, A-026, C-077: what AcceptEx takes and what it refuses. */
#include "harness.h"

static LPVOID by_guid(GUID id) {
    LPVOID function = NULL;
    DWORD bytes = 0;
    CHECK_OK(WSAIoctl(tcp(), SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function, &bytes, NULL,
                      NULL));
    CHECK_EQ(bytes, sizeof function);
    return function;
}

TEST(a_001_signature) {
    BOOL (PASCAL *exact)(SOCKET, SOCKET, PVOID, DWORD, DWORD, DWORD, LPDWORD, LPOVERLAPPED) = AcceptEx;
    LPFN_ACCEPTEX type = AcceptEx;
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    DWORD received;
    CHECK(exact != NULL && type != NULL);
    CHECK_BOOL_ERR(exact(l, s, accept_buffer(0), 0, AREA, AREA, &received, ov), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 50));
}

TEST(a_003_by_guid_and_by_name) {
    GUID id = WSAID_ACCEPTEX;
    static const unsigned char bytes[16] = { 0xF1, 0x7D, 0x36, 0xB5, 0xAC, 0xCB, 0xCF, 0x11,
                                             0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92 };
    CHECK(memcmp(&id, bytes, sizeof bytes) == 0);
    LPFN_ACCEPTEX fetched = (LPFN_ACCEPTEX)by_guid(id);
    SA4 at;
    SOCKET l = listener(&at), by_pointer = tcp(), by_name = tcp();
    OVERLAPPED *first = op_event(), *second = op_event();
    DWORD received;
    CHECK_BOOL_ERR(fetched(l, by_pointer, accept_buffer(0), 0, AREA, AREA, &received, first), ERROR_IO_PENDING);
    CHECK_BOOL_ERR(AcceptEx(l, by_name, accept_buffer(0), 0, AREA, AREA, &received, second), ERROR_IO_PENDING);
    connected_to(&at);
    connected_to(&at);
    CHECK_EQ(finish(l, first, 5000, NULL), 0);
    CHECK_EQ(finish(l, second, 5000, NULL), 0);
}

TEST(a_004_listener_must_listen) {
    CHECK_EQ(start_accept(bound(), tcp(), accept_buffer(0), 0, op_event()), WSAEINVAL);
    CHECK_EQ(start_accept(tcp(), tcp(), accept_buffer(0), 0, op_event()), WSAEINVAL);
    CHECK_EQ(start_accept(udp(), tcp(), accept_buffer(0), 0, op_event()), WSAEINVAL);
}

TEST(a_005_accept_socket_is_neither_bound_nor_connected) {
    SA4 at;
    SOCKET l = listener(&at), client, server;
    connected_pair(&client, &server);
    CHECK_EQ(start_accept(l, bound(), accept_buffer(0), 0, op_event()), WSAEINVAL);
    CHECK_EQ(start_accept(l, client, accept_buffer(0), 0, op_event()), WSAEINVAL);
    CHECK_EQ(start_accept(l, server, accept_buffer(0), 0, op_event()), WSAEINVAL);
    CHECK_EQ(start_accept(l, l, accept_buffer(0), 0, op_event()), WSAEINVAL);
}

TEST(a_006_datagram_accept_socket) {
    SA4 at;
    CHECK_EQ(start_accept(listener(&at), udp(), accept_buffer(0), 0, op_event()), WSAEINVAL);
}

TEST(a_007_not_a_socket) {
    SA4 at;
    SOCKET l = listener(&at), closed = tcp(), s = tcp();
    drop(closed);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    CHECK_EQ(start_accept(INVALID_SOCKET, s, accept_buffer(0), 0, op_event()), WSAENOTSOCK);
    CHECK_EQ(start_accept((SOCKET)event, s, accept_buffer(0), 0, op_event()), WSAENOTSOCK);
    CHECK_EQ(start_accept(l, INVALID_SOCKET, accept_buffer(0), 0, op_event()), WSAENOTSOCK);
    CHECK_EQ(start_accept(l, closed, accept_buffer(0), 0, op_event()), WSAENOTSOCK);
    CloseHandle(event);
}

TEST(a_008_null_overlapped) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    DWORD received;
    CHECK_BOOL_ERR(AcceptEx(l, s, accept_buffer(0), 0, AREA, AREA, &received, NULL), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(AcceptEx(l, s, accept_buffer(0), 0, AREA, 0, &received, NULL), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(AcceptEx(l, s, accept_buffer(0), 0, 0, 0, &received, NULL), ERROR_INVALID_PARAMETER);
}

TEST(a_009_null_buffer_with_a_receive_length) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    DWORD received;
    CHECK_BOOL_ERR(AcceptEx(l, s, NULL, 10, AREA, AREA, &received, op_event()), WSAEFAULT);
    /* Nothing was started: the socket is still free. */
    accepts(l, s, 0, op_event());
}

TEST(a_009_buffer_that_cannot_be_written) {
    NATIVE_ONLY("Wine writes there and answers with a fault of its own");
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    DWORD received;
    CHECK_BOOL_ERR(AcceptEx(l, s, UNMAPPED, 10, AREA, AREA, &received, op_event()), WSAEFAULT);
    CHECK_BOOL_ERR(AcceptEx(l, s, read_only_page(), 10, AREA, AREA, &received, op_event()), WSAEFAULT);
    CHECK_BOOL_ERR(AcceptEx(l, s, before_a_hole(32), 10, AREA, AREA, &received, op_event()), WSAEFAULT);
    CHECK_BOOL_ERR(AcceptEx(l, s, accept_buffer(0), 0, AREA, AREA, &received, UNMAPPED), WSAEFAULT);
    accepts(l, s, 0, op_event());
}

TEST(a_010_no_room_for_the_remote_address) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    DWORD received;
    CHECK_BOOL_ERR(AcceptEx(l, s, accept_buffer(0), 0, AREA, 0, &received, op_event()), WSAEFAULT);
    CHECK_BOOL_ERR(AcceptEx(l, s, accept_buffer(64), 64, 0, 0, &received, op_event()), WSAEFAULT);
    accepts(l, s, 0, op_event());
}

/* Starts with these lengths, lets a peer connect, and gives the outcome. */
static DWORD outcome_with(SOCKET l, SOCKET s, DWORD local, DWORD remote, DWORD *bytes) {
    DWORD received;
    OVERLAPPED *ov = op_event();
    CHECK_BOOL_ERR(AcceptEx(l, s, accept_buffer(0), 0, local, remote, &received, ov), ERROR_IO_PENDING);
    return finish(l, ov, 5000, bytes);
}

TEST(a_011_address_areas) {
    SA4 at4;
    SA6 at6;
    DWORD bytes;
    SOCKET l4 = listener(&at4), l6 = listener6(&at6), c6 = tcp6();
    CHECK_EQ(AREA4, 32);
    CHECK_EQ(AREA6, 44);
    connected_to(&at4);
    CHECK_EQ(outcome_with(l4, tcp(), 32, 32, &bytes), 0);
    CHECK_OK(connect(c6, (SA *)&at6, sizeof at6));
    CHECK_EQ(outcome_with(l6, tcp6(), 44, 44, &bytes), 0);
}

TEST(a_011_less_is_too_small) {
    SA4 at4;
    SA6 at6;
    DWORD bytes;
    SOCKET l4 = listener(&at4), l6 = listener6(&at6), c6 = tcp6();
    connected_to(&at4);
    CHECK_EQ(outcome_with(l4, tcp(), 31, 32, &bytes), ERROR_INSUFFICIENT_BUFFER);
    CHECK_EQ(outcome_with(l4, tcp(), 32, 31, &bytes), ERROR_INSUFFICIENT_BUFFER);
    CHECK_OK(connect(c6, (SA *)&at6, sizeof at6));
    CHECK_EQ(outcome_with(l6, tcp6(), 43, 44, &bytes), ERROR_INSUFFICIENT_BUFFER);
    CHECK_EQ(outcome_with(l6, tcp6(), 44, 43, &bytes), ERROR_INSUFFICIENT_BUFFER);
}

TEST(a_012_no_local_area) {
    SA4 at;
    DWORD received, bytes = 77;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    char *buffer = accept_buffer(0);
    memset(buffer + AREA4, 'x', AREA4);
    CHECK_BOOL_ERR(AcceptEx(l, s, buffer, 0, 0, AREA4, &received, ov), ERROR_IO_PENDING);
    connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 0);
    for (int i = 0; i < AREA4; i++) CHECK_EQ(buffer[AREA4 + i], 'x');
}

TEST(a_013_local_area_too_small) {
    SA4 at;
    DWORD received, bytes = 77;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    CHECK_BOOL_ERR(AcceptEx(l, s, accept_buffer(0), 0, 3, AREA4, &received, ov), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 50));
    SOCKET client = connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, &bytes), ERROR_INSUFFICIENT_BUFFER);
    CHECK_EQ(bytes, 0);
    CHECK_STATUS(ov, 0xC0000023);
    /* The connection is still there for the next one who asks, and so is the socket. */
    nonblocking(l);
    SOCKET server = accept(l, NULL, NULL);
    CHECK(server != INVALID_SOCKET);
    own(server);
    send_all(client, "x", 1);
    char byte;
    receive_timeout(server, 5000);
    CHECK_EQ(recv(server, &byte, 1, 0), 1);
    accepts(l, s, 0, op_event());
}

TEST(a_025_one_accept_socket_for_two_calls) {
    SA4 at, at2;
    SOCKET l = listener(&at), other = listener(&at2), s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 0, ov);
    CHECK_EQ(start_accept(l, s, accept_buffer(0), 0, op_event()), WSAEINVAL);
    CHECK_EQ(start_accept(other, s, accept_buffer(0), 0, op_event()), WSAEINVAL);
    connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    CHECK_EQ(start_accept(l, s, accept_buffer(0), 0, op_event()), WSAEINVAL);
}

TEST(a_026_connect_on_a_pending_accept_socket) {
    SA4 at, elsewhere;
    SOCKET l = listener(&at), s = tcp();
    listener(&elsewhere);
    OVERLAPPED *ov = op_event();
    accepts(l, s, 10, ov);
    CHECK_SOCK_ERR(connect(s, (SA *)&elsewhere, sizeof elsewhere), WSAEINVAL);
    SOCKET client = connected_to(&at);
    CHECK(still_pending(ov, 50));
    CHECK_SOCK_ERR(connect(s, (SA *)&elsewhere, sizeof elsewhere), WSAEINVAL);
    send_all(client, "x", 1);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
}

TEST(a_026_the_socket_is_nobody_elses_meanwhile) {
    SA4 at, any = v4("127.0.0.1", 0);
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    char byte;
    accepts(l, s, 10, ov);
    CHECK_SOCK_ERR(bind(s, (SA *)&any, sizeof any), WSAEINVAL);
    connected_to(&at);
    CHECK(still_pending(ov, 50));
    CHECK_SOCK_ERR(send(s, "x", 1, 0), WSAENOTCONN);
    CHECK_SOCK_ERR(recv(s, &byte, 1, 0), WSAENOTCONN);
    CHECK_EQ(start_disconnect(s, NULL, 0), WSAENOTCONN);
}

TEST(a_026_nor_do_names_and_lists_connect_it) {
    SA4 at, elsewhere;
    char port[8];
    struct timeval limit = { 5, 0 };
    SOCKET l = listener(&at), other = listener(&elsewhere), s = tcp();
    OVERLAPPED *ov = op_event();
    SOCKET_ADDRESS_LIST list;
    list.iAddressCount = 1;
    list.Address[0].lpSockaddr = (SA *)&elsewhere;
    list.Address[0].iSockaddrLength = sizeof elsewhere;
    snprintf(port, sizeof port, "%d", ntohs(elsewhere.sin_port));
    accepts(l, s, 0, ov);
    CHECK_BOOL_ERR(WSAConnectByList(s, &list, NULL, NULL, NULL, NULL, &limit, NULL), WSAEINVAL);
    CHECK_BOOL_ERR(WSAConnectByNameA(s, "127.0.0.1", port, NULL, NULL, NULL, NULL, &limit, NULL), WSAEINVAL);
    /* The operation has its socket still, and nobody came elsewhere. */
    connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    nonblocking(other);
    WSASetLastError(0);
    CHECK_EQ(accept(other, NULL, NULL), INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
}

TEST(a_026_nor_does_it_listen) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    /* One that was an accept socket before is bound all the time. */
    accepts(l, s, 0, ov);
    SOCKET client = connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    accept_context(s, l);
    drop(client);
    ov = op_event();
    CHECK_EQ(start_disconnect(s, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    ov = op_event();
    accepts(l, s, 0, ov);
    CHECK_SOCK_ERR(listen(s, 5), WSAEINVAL);
    connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
}

TEST(c_077_target_of_a_pending_accept_is_wsaeinval) {
    SA4 at, elsewhere;
    SOCKET l = listener(&at), s = tcp();
    listener(&elsewhere);
    OVERLAPPED *ov = op_event();
    accepts(l, s, 10, ov);
    CHECK_EQ(start_connect(s, &elsewhere, NULL, 0, op_event()), WSAEINVAL);
    connected_to(&at);
    CHECK(still_pending(ov, 50));
    CHECK_EQ(start_connect(s, &elsewhere, NULL, 0, op_event()), WSAEINVAL);
}
