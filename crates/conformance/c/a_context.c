/* ..A-037, A-040..A-043: the buffer of AcceptEx, and the accept socket afterwards. */
#include "transmit.h"

/* A connection accepted by AcceptEx, without its context update. */
static SOCKET accepted(SOCKET l, const SA4 *at, SOCKET *client) {
    SOCKET s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 0, ov);
    *client = connected_to(at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    return s;
}

static DWORD option_of(SOCKET s, int level, int name) {
    DWORD value = 0;
    int length = sizeof value;
    CHECK_OK(getsockopt(s, level, name, (char *)&value, &length));
    return value;
}

TEST(a_018_data_then_local_then_remote) {
    SA4 at, *local, *remote;
    INT local_length, remote_length;
    DWORD received, bytes;
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    char *buffer = accept_buffer(200);
    CHECK_BOOL_ERR(AcceptEx(l, tcp(), buffer, 20, 40, 48, &received, ov), ERROR_IO_PENDING);
    send_all(connected_to(&at), "0123456789", 10);
    CHECK_EQ(finish(l, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 10);
    CHECK(memcmp(buffer, "0123456789", 10) == 0);
    GetAcceptExSockaddrs(buffer, 20, 40, 48, (SA **)&local, &local_length, (SA **)&remote, &remote_length);
    CHECK((char *)local >= buffer + 20 && (char *)local + local_length <= buffer + 60);
    CHECK((char *)remote >= buffer + 60 && (char *)remote + remote_length <= buffer + 108);
    /* Nothing behind the areas is touched. */
    for (int i = 108; i < 200; i++) CHECK_EQ(buffer[i], 0);
}

TEST(a_019_format_of_an_area) {
    NATIVE_ONLY("the format is private");
    SA4 at;
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    char *buffer = accepts(l, tcp(), 0, ov);
    SA4 mine = name_of(connected_to(&at));
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    DWORD length;
    memcpy(&length, buffer, 4);
    CHECK_EQ(length, sizeof(SA4));
    CHECK(memcmp(buffer + 8, &at, 8) == 0);
    memcpy(&length, buffer + AREA, 4);
    CHECK_EQ(length, sizeof(SA4));
    CHECK(memcmp(buffer + AREA + 8, &mine, 8) == 0);
}

TEST(a_030_transfers_work_before_the_update) {
    SA4 at;
    SOCKET client, l = listener(&at), s = accepted(l, &at, &client);
    DWORD bytes;
    char got[8];
    send_all(s, "a", 1);
    read_exactly(client, got, 1);
    send_all(client, "bc", 2);
    read_exactly(s, got, 2);
    OVERLAPPED *ov = op_event();
    WSABUF one = { 1, got };
    DWORD flags = 0;
    CHECK_SOCK_ERR(WSARecv(s, &one, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    send_all(client, "d", 1);
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(got[0], 'd');
    ov = op_event();
    CHECK(WriteFile((HANDLE)s, "e", 1, NULL, ov) || GetLastError() == ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    read_exactly(client, got, 1);
    CHECK_EQ(got[0], 'e');
    ov = op_event();
    CHECK(!ReadFile((HANDLE)s, got, 1, NULL, ov) && GetLastError() == ERROR_IO_PENDING);
    send_all(client, "f", 1);
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 1);
    CHECK_EQ(got[0], 'f');
    CHECK_EQ(transmit(s, file_of("gh", 2), 0, NULL, NULL, 0), 0);
    read_exactly(client, got, 2);
    CHECK(memcmp(got, "gh", 2) == 0);
    drop(s);
    CHECK_EQ(recv(client, got, 1, 0), 0);
}

TEST(a_030_other_calls_do_not) {
    SA4 at;
    int on = 1, length = sizeof on;
    SOCKET client, l = listener(&at), s = accepted(l, &at, &client);
    CHECK_SOCK_ERR(shutdown(s, SD_SEND), WSAENOTCONN);
    CHECK_SOCK_ERR(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof on), WSAENOTCONN);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_SNDBUF, (char *)&on, sizeof on), WSAENOTCONN);
    CHECK_SOCK_ERR(getsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&on, &length), WSAENOTCONN);
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&on, &length), WSAENOTCONN);
    accept_context(s, l);
    CHECK_OK(setsockopt(s, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof on));
    CHECK_EQ(option_of(s, IPPROTO_TCP, TCP_NODELAY), 1);
    CHECK_OK(shutdown(s, SD_SEND));
}

TEST(a_031_listeners_options_come_with_the_update) {
    SA4 at;
    int on = 1;
    SOCKET client, l = listener(&at);
    CHECK_EQ(SO_UPDATE_ACCEPT_CONTEXT, 0x700B);
    CHECK_EQ(sizeof l, 8);
    CHECK_OK(setsockopt(l, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof on));
    CHECK_OK(setsockopt(l, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on));
    SOCKET s = accepted(l, &at, &client);
    accept_context(s, l);
    CHECK_EQ(option_of(s, IPPROTO_TCP, TCP_NODELAY), 1);
    CHECK_EQ(option_of(s, SOL_SOCKET, SO_KEEPALIVE), 1);
    accept_context(s, l);
}

TEST(a_031_not_before) {
    SA4 at;
    struct linger now = { 1, 0 };
    char byte;
    SOCKET client, l = listener(&at);
    CHECK_OK(setsockopt(l, SOL_SOCKET, SO_LINGER, (char *)&now, sizeof now));
    /* A socket without the listener's hard close ends gracefully; with it, by a reset. */
    SOCKET without = accepted(l, &at, &client);
    drop(without);
    CHECK_EQ(recv(client, &byte, 1, 0), 0);
    SOCKET with = accepted(l, &at, &client);
    accept_context(with, l);
    drop(with);
    CHECK_SOCK_ERR(recv(client, &byte, 1, 0), WSAECONNRESET);
}

/* The same into a socket that was told something before. */
static SOCKET accepted_into(SOCKET s, SOCKET l, const SA4 *at) {
    OVERLAPPED *ov = op_event();
    accepts(l, s, 0, ov);
    connected_to(at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    return s;
}

static void tell(SOCKET s, int level, int name, DWORD value) {
    CHECK_OK(setsockopt(s, level, name, (char *)&value, sizeof value));
}

TEST(a_031_hops_and_buffers_come_with_the_update) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    tell(l, IPPROTO_IP, IP_TTL, 77);
    tell(l, SOL_SOCKET, SO_SNDBUF, 50000);
    tell(s, IPPROTO_IP, IP_TTL, 33);
    tell(s, SOL_SOCKET, SO_SNDBUF, 20000);
    accepted_into(s, l, &at);
    /* What the listener is told meanwhile counts too. */
    tell(l, IPPROTO_IP, IP_TTL, 78);
    accept_context(s, l);
    CHECK_EQ(option_of(s, IPPROTO_IP, IP_TTL), 78);
    CHECK_EQ(option_of(s, SOL_SOCKET, SO_SNDBUF), 50000);
}

/* The host's numbers; it doubles sizes of buffers. */
enum {
    HOST_SOCKET = 1, HOST_KEEPALIVE = 9, HOST_SNDBUF = 7, HOST_RCVBUF = 8, HOST_BUF_LOCK = 72,
    HOST_IP = 0, HOST_TTL = 2, HOST_TOS = 1,
    HOST_TCP = 6, HOST_KEEPINTVL = 5, HOST_KEEPCNT = 6, HOST_USER_TIMEOUT = 18
};

TEST(a_031_the_listeners_hops_and_buffers_not_before) {
    NATIVE_ONLY("asks the host");
    SA4 at;
    SOCKET l = listener(&at), fresh = tcp(), s = tcp();
    int hops = host_option(fresh, HOST_IP, HOST_TTL);
    tell(l, IPPROTO_IP, IP_TTL, 77);
    tell(l, IPPROTO_IP, IP_TOS, 0x20);
    tell(l, SOL_SOCKET, SO_SNDBUF, 50000);
    tell(l, SOL_SOCKET, SO_RCVBUF, 60000);
    tell(l, IPPROTO_TCP, 5 /* TCP_MAXRT */, 30);
    accepted_into(s, l, &at);
    CHECK_EQ(host_option(s, HOST_IP, HOST_TTL), hops);
    CHECK_EQ(host_option(s, HOST_IP, HOST_TOS), 0);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_USER_TIMEOUT), 0);
    CHECK_EQ(host_option(s, HOST_SOCKET, HOST_BUF_LOCK), 0); /* they grow by themselves */
    CHECK(host_option(s, HOST_SOCKET, HOST_SNDBUF) != 100000);
    accept_context(s, l);
    CHECK_EQ(host_option(s, HOST_IP, HOST_TTL), 77);
    CHECK_EQ(host_option(s, HOST_IP, HOST_TOS), 0x20);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_USER_TIMEOUT), 30000);
    CHECK_EQ(host_option(s, HOST_SOCKET, HOST_SNDBUF), 100000);
    CHECK_EQ(host_option(s, HOST_SOCKET, HOST_RCVBUF), 120000);
}

TEST(a_031_the_accept_sockets_own_until_then) {
    NATIVE_ONLY("asks the host");
    SA4 at;
    SOCKET l = listener(&at), fresh = tcp(), s = tcp();
    int hops = host_option(fresh, HOST_IP, HOST_TTL);
    tell(l, SOL_SOCKET, SO_SNDBUF, 50000);
    tell(s, IPPROTO_IP, IP_TTL, 33);
    tell(s, SOL_SOCKET, SO_SNDBUF, 20000);
    tell(s, IPPROTO_TCP, 5 /* TCP_MAXRT */, 40);
    tell(s, SOL_SOCKET, SO_KEEPALIVE, 1);
    accepted_into(s, l, &at);
    CHECK_EQ(host_option(s, HOST_IP, HOST_TTL), 33);
    CHECK_EQ(host_option(s, HOST_SOCKET, HOST_SNDBUF), 40000);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_USER_TIMEOUT), 40000);
    CHECK_EQ(host_option(s, HOST_SOCKET, HOST_KEEPALIVE), 1);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_KEEPINTVL), 1);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_KEEPCNT), 10);
    /* Afterwards it has what the listener has, be that the default. */
    accept_context(s, l);
    CHECK_EQ(host_option(s, HOST_IP, HOST_TTL), hops);
    CHECK_EQ(host_option(s, HOST_SOCKET, HOST_SNDBUF), 100000);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_USER_TIMEOUT), 0);
    CHECK_EQ(host_option(s, HOST_SOCKET, HOST_KEEPALIVE), 0);
}

TEST(a_032_names_after_the_update) {
    SA4 at, local, remote;
    int length = sizeof remote;
    SOCKET client, l = listener(&at), s = accepted(l, &at, &client);
    accept_context(s, l);
    local = name_of(s);
    CHECK_OK(getpeername(s, (SA *)&remote, &length));
    SA4 mine = name_of(client);
    CHECK(memcmp(&local, &at, 8) == 0);
    CHECK(memcmp(&remote, &mine, 8) == 0);
}

TEST(a_033_no_names_before) {
    SA4 at, name;
    int length = sizeof name;
    SOCKET client, l = listener(&at), s = accepted(l, &at, &client);
    CHECK_SOCK_ERR(getpeername(s, (SA *)&name, &length), WSAENOTCONN);
    CHECK_SOCK_ERR(getsockname(s, (SA *)&name, &length), WSAENOTCONN);
}

TEST(a_034_only_the_listener_will_do) {
    SA4 at, at2;
    SOCKET client, server, l = listener(&at), other = listener(&at2), s = accepted(l, &at, &client);
    SOCKET none = INVALID_SOCKET;
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&l, 4), WSAEFAULT);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, NULL, 0), WSAEFAULT);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&none, sizeof none), WSAENOTSOCK);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&other, sizeof other), WSAEINVAL);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&s, sizeof s), WSAEINVAL);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), WSAENOTCONN);
    accept_context(s, l);
    /* A connection that came another way has no such update. */
    connected_pair(&client, &server);
    CHECK_SOCK_ERR(setsockopt(server, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&l, sizeof l), WSAEINVAL);
}

TEST(k_041_update_accept_context_is_set_only) {
    SOCKET value;
    int length = sizeof value;
    CHECK_EQ(SO_UPDATE_ACCEPT_CONTEXT, 0x700B);
    CHECK_SOCK_ERR(getsockopt(tcp(), SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&value, &length), WSAENOPROTOOPT);
}

TEST(a_035_connect_time_while_data_is_awaited) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(connect_time(s), NOT_CONNECTED);
    accepts(l, s, 10, ov);
    CHECK_EQ(connect_time(s), NOT_CONNECTED);
    SOCKET client = connected_to(&at);
    ULONGLONG until = now_ms() + 3000;
    while (connect_time(s) == NOT_CONNECTED && now_ms() < until) Sleep(5);
    CHECK_EQ(connect_time(s), 0);
    CHECK(still_pending(ov, 1200));
    DWORD seconds = connect_time(s);
    CHECK(seconds == 1 || seconds == 2);
    send_all(client, "x", 1);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    CHECK(connect_time(s) <= 3);
}

TEST(a_037_again_after_disconnect_ex) {
    SA4 at;
    SOCKET client, l = listener(&at), s = accepted(l, &at, &client);
    for (int round = 0; round < 3; round++) {
        accept_context(s, l);
        drop(client);
        OVERLAPPED *ov = op_event();
        CHECK_EQ(start_disconnect(s, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
        CHECK_EQ(finish(s, ov, 5000, NULL), 0);
        CHECK_EQ(connect_time(s), NOT_CONNECTED);
        ov = op_event();
        char *buffer = accepts(l, s, 10, ov);
        client = connected_to(&at);
        send_all(client, "again", 5);
        CHECK_EQ(finish(l, ov, 5000, NULL), 0);
        CHECK(memcmp(buffer, "again", 5) == 0);
    }
}

TEST(a_040_nothing_is_returned) {
    VOID (PASCAL *exact)(PVOID, DWORD, DWORD, DWORD, struct sockaddr **, LPINT, struct sockaddr **, LPINT) =
        GetAcceptExSockaddrs;
    LPFN_GETACCEPTEXSOCKADDRS type = GetAcceptExSockaddrs;
    SA4 at;
    SA *local, *remote;
    INT local_length, remote_length;
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    char *buffer = accepts(l, tcp(), 30, ov);
    SOCKET client = connected_to(&at);
    send_all(client, "x", 1);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    exact(buffer, 30, AREA, AREA, &local, &local_length, &remote, &remote_length);
    CHECK(memcmp(local, &at, 8) == 0);
    CHECK(type == exact);
}

TEST(a_041_same_as_the_names) {
    SA4 at, local_name, remote_name;
    SA *local = NULL, *remote = NULL;
    INT local_length = 0, remote_length = 0;
    int length = sizeof remote_name;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    char *buffer = accepts(l, s, 0, ov);
    connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    accept_context(s, l);
    GetAcceptExSockaddrs(buffer, 0, AREA, AREA, &local, &local_length, &remote, &remote_length);
    local_name = name_of(s);
    CHECK_OK(getpeername(s, (SA *)&remote_name, &length));
    CHECK_EQ(local_length, sizeof local_name);
    CHECK_EQ(remote_length, sizeof remote_name);
    CHECK((char *)local > buffer && (char *)remote > (char *)local && (char *)remote < buffer + 2 * AREA);
    CHECK(memcmp(local, &local_name, 8) == 0);
    CHECK(memcmp(remote, &remote_name, 8) == 0);
}

TEST(a_041_over_ipv6) {
    SA6 at, mine;
    SA6 *local = NULL, *remote = NULL;
    INT local_length = 0, remote_length = 0;
    int length = sizeof mine;
    SOCKET l = listener6(&at), c = tcp6();
    OVERLAPPED *ov = op_event();
    char *buffer = accepts(l, tcp6(), 0, ov);
    CHECK_OK(connect(c, (SA *)&at, sizeof at));
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    CHECK_OK(getsockname(c, (SA *)&mine, &length));
    GetAcceptExSockaddrs(buffer, 0, AREA, AREA, (SA **)&local, &local_length, (SA **)&remote, &remote_length);
    CHECK_EQ(local_length, sizeof(SA6));
    CHECK_EQ(local->sin6_family, AF_INET6);
    CHECK_EQ(remote->sin6_family, AF_INET6);
    CHECK_EQ(local->sin6_port, at.sin6_port);
    CHECK_EQ(remote->sin6_port, mine.sin6_port);
}

TEST(a_042_no_local_area_leaves_the_local_outputs) {
    SA4 at;
    SA *local = (SA *)&at, *remote = NULL;
    INT local_length = 55, remote_length = 0;
    DWORD received;
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    char *buffer = accept_buffer(0);
    CHECK_BOOL_ERR(AcceptEx(l, tcp(), buffer, 0, 0, AREA, &received, ov), ERROR_IO_PENDING);
    SA4 mine = name_of(connected_to(&at));
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    GetAcceptExSockaddrs(buffer, 0, 0, AREA, &local, &local_length, &remote, &remote_length);
    CHECK(local == (SA *)&at);
    CHECK_EQ(local_length, 55);
    CHECK_EQ(remote_length, sizeof mine);
    CHECK(memcmp(remote, &mine, 8) == 0);
}

TEST(a_043_guid_of_get_accept_ex_sockaddrs) {
    GUID id = WSAID_GETACCEPTEXSOCKADDRS;
    static const unsigned char bytes[16] = { 0xF2, 0x7D, 0x36, 0xB5, 0xAC, 0xCB, 0xCF, 0x11,
                                             0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92 };
    LPFN_GETACCEPTEXSOCKADDRS fetched = NULL;
    DWORD got = 0;
    SA4 at;
    SA *local = NULL, *remote = NULL;
    INT local_length = 0, remote_length = 0;
    CHECK(memcmp(&id, bytes, sizeof bytes) == 0);
    CHECK_OK(WSAIoctl(tcp(), SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &fetched, sizeof fetched, &got, NULL,
                      NULL));
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    char *buffer = accepts(l, tcp(), 0, ov);
    connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    fetched(buffer, 0, AREA, AREA, &local, &local_length, &remote, &remote_length);
    CHECK_EQ(local_length, sizeof(SA4));
    CHECK(memcmp(local, &at, 8) == 0);
}
