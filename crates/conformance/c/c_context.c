/* C-103..C-112: the state of a socket between the end of ConnectEx and SO_UPDATE_CONNECT_CONTEXT. */
#include "harness.h"

static int name_error(int (WSAAPI *function)(SOCKET, SA *, int *), SOCKET s) {
    SA4 name;
    int length = sizeof name;
    WSASetLastError(0);
    return function(s, (SA *)&name, &length) == 0 ? 0 : WSAGetLastError();
}

static DWORD WINAPI send_after_400_ms(void *argument) {
    Sleep(400);
    return send(*(SOCKET *)argument, "x", 1, 0);
}

TEST(c_103_earlier_options_wait_for_the_update) {
    SA4 at;
    static SOCKET peer;
    SOCKET l = listener(&at), s = bound();
    DWORD ms = 100;
    char byte;
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&ms, sizeof ms));
    connect_ok(s, &at);
    peer = accept_one(l);
    /* Default state: recv waits as long as it takes. */
    HANDLE t = thread(send_after_400_ms, &peer);
    int got = recv(s, &byte, 1, 0);
    join(t);
    CHECK_EQ(got, 1);
    update_context(s);
    CHECK_SOCK_ERR(recv(s, &byte, 1, 0), WSAETIMEDOUT);
    int length = sizeof ms;
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&ms, &length));
    CHECK_EQ(ms, 100);
}

TEST(c_104_update_takes_null_and_zero) {
    SOCKET s, peer;
    connected_ex(&s, &peer);
    CHECK_EQ(SO_UPDATE_CONNECT_CONTEXT, 0x7010);
    CHECK_OK(setsockopt(s, SOL_SOCKET, 0x7010, NULL, 0));
    CHECK_EQ(name_error(getpeername, s), 0);
    /* Once more does no harm. */
    CHECK_OK(setsockopt(s, SOL_SOCKET, 0x7010, NULL, 0));
}

TEST(c_105_update_takes_a_dword) {
    SOCKET s, peer;
    DWORD on = 1;
    connected_ex(&s, &peer);
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, (char *)&on, sizeof on));
    CHECK_EQ(name_error(getpeername, s), 0);
}

TEST(c_106_allowed_before_the_update) {
    SOCKET s, peer;
    char got[16];
    DWORD bytes = 0, flags = 0;
    connected_ex(&s, &peer);
    CHECK_EQ(send(s, "send", 4, 0), 4);
    WSABUF out = { 7, "wsasend" }, in = { sizeof got, got };
    CHECK_OK(WSASend(s, &out, 1, &bytes, 0, NULL, NULL));
    OVERLAPPED *ov = op_event();
    CHECK(WriteFile((HANDLE)s, "file", 4, NULL, ov) || GetLastError() == ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 4);
    read_exactly(peer, got, 15);
    CHECK(memcmp(got, "sendwsasendfile", 15) == 0);
    send_all(peer, "1", 1);
    CHECK_EQ(recv(s, got, sizeof got, 0), 1);
    send_all(peer, "22", 2);
    CHECK_OK(WSARecv(s, &in, 1, &bytes, &flags, NULL, NULL));
    CHECK_EQ(bytes, 2);
    send_all(peer, "333", 3);
    ov = op_event();
    CHECK(ReadFile((HANDLE)s, got, sizeof got, NULL, ov) || GetLastError() == ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 3);
    drop(s);
}

TEST(c_107_update_and_connect_time_are_allowed) {
    SOCKET s, peer;
    connected_ex(&s, &peer);
    CHECK_EQ(connect_time(s), 0);
    update_context(s);
    CHECK_EQ(connect_time(s), 0);
}

TEST(c_108_names_options_and_shutdown_need_the_update) {
    SOCKET s, peer;
    DWORD value = 0;
    int length = sizeof value;
    connected_ex(&s, &peer);
    CHECK(name_error(getpeername, s) != 0);
    CHECK(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, &length) != 0);
    CHECK(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, sizeof value) != 0);
    CHECK(shutdown(s, SD_SEND) != 0);
    update_context(s);
    CHECK_EQ(name_error(getpeername, s), 0);
    CHECK_EQ(name_error(getsockname, s), 0);
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, &length));
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, sizeof value));
    CHECK_OK(shutdown(s, SD_SEND));
    char byte;
    CHECK_EQ(recv(peer, &byte, 1, 0), 0);
}

TEST(c_109_not_connected_before_the_update) {
    SOCKET s, peer;
    connected_ex(&s, &peer);
    CHECK_EQ(name_error(getpeername, s), WSAENOTCONN);
    CHECK_SOCK_ERR(shutdown(s, SD_SEND), WSAENOTCONN);
    CHECK_EQ(name_of(s).sin_addr.s_addr, 0);
    update_context(s);
    CHECK_EQ(ntohl(name_of(s).sin_addr.s_addr), 0x7F000001);
}

TEST(c_110_held_options_are_applied_by_the_update) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    DWORD on = 1, value = 0;
    int length = sizeof value;
    struct linger linger = { 1, 7 }, read_back = { 0, 0 };
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on));
    CHECK_OK(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof on));
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger));
    connect_ok(s, &at);
    accept_one(l);
    update_context(s);
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, &length));
    CHECK_EQ(value, 1);
    value = 0;
    CHECK_OK(getsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&value, &length));
    CHECK_EQ(value & 0xFF, 1);
    length = sizeof read_back;
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&read_back, &length));
    CHECK_EQ(read_back.l_onoff, 1);
    CHECK_EQ(read_back.l_linger, 7);
}

TEST_ENV(c_110_lenient_mode_works_at_once, "LINSOCK_CONTEXT=lenient") {
    SOCKET s, peer;
    DWORD value = 0;
    int length = sizeof value;
    connected_ex(&s, &peer);
    CHECK_EQ(name_error(getpeername, s), 0);
    CHECK_EQ(ntohl(name_of(s).sin_addr.s_addr), 0x7F000001);
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, &length));
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, sizeof value));
    CHECK_OK(shutdown(s, SD_SEND));
}

TEST(c_111_update_of_a_socket_that_connectex_did_not_connect) {
    SOCKET client, server, unconnected = bound();
    connected_pair(&client, &server);
    CHECK_SOCK_ERR(setsockopt(unconnected, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), WSAENOTCONN);
    CHECK_SOCK_ERR(setsockopt(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), WSAENOTCONN);
    CHECK_SOCK_ERR(setsockopt(server, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), WSAENOTCONN);
}

TEST(c_112_send_and_recv_right_after_completion) {
    SOCKET s, peer;
    char byte;
    connected_ex(&s, &peer);
    CHECK_EQ(send(s, "a", 1, 0), 1);
    CHECK_EQ(recv(peer, &byte, 1, 0), 1);
    CHECK_EQ(send(peer, "b", 1, 0), 1);
    CHECK_EQ(recv(s, &byte, 1, 0), 1);
    CHECK_EQ(byte, 'b');
}
