/* Clauses that need a network, ports or descriptors of their own: B-031, C-061, C-082..C-084, C-092, C-149, B-002, W-018.
 * The runner makes that world (src/world.rs); a test that finds itself in another one says so. */
#include "harness.h"

#define OWN_WORLD(variable)                                                                                            \
    NATIVE_ONLY("needs a world that the runner makes for native tests only");                                          \
    if (!getenv(variable)) FAIL("run it through linsock-conformance run --filter %s", __func__)

/* io_uring's connect passes no filter of system calls, so this is epoll's on both turns. */
TEST_ENV(c_061_network_down, "WORLD_CONNECT_ERRNO=100 LINSOCK_BACKEND=epoll") {
    OWN_WORLD("WORLD_CONNECT_ERRNO");
    SA4 at = v4("127.0.0.1", 9);
    CHECK_EQ(connect_error(bound(), &at), WSAENETDOWN);
}

/* A link-local address is nowhere without its scope. */
TEST_ENV(c_017_scope_and_flow_are_honoured, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    CHECK(add_address6("fe80::17"));
    SOCKET l = tcp6(), s = tcp6(), lost = tcp6(), plain = tcp6();
    SA6 at = v6("fe80::17", 0), any = v6("::", 0), peer;
    int length = sizeof at;
    at.sin6_scope_id = LOOPBACK_SCOPE;
    /* The kernel takes its time with the address. */
    for (int i = 0; bind(l, (SA *)&at, sizeof at) != 0; i++) {
        CHECK_EQ(WSAGetLastError(), WSAEADDRNOTAVAIL);
        CHECK(i < 500);
        Sleep(10);
    }
    CHECK_OK(listen(l, 5));
    CHECK_OK(getsockname(l, (SA *)&at, &length));

    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    at.sin6_flowinfo = htonl(0x12345);
    OVERLAPPED *ov = op_event();
    CHECK(connect_ex()(s, (SA *)&at, sizeof at, "x", 1, NULL, ov) || WSAGetLastError() == ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    length = sizeof peer;
    SOCKET accepted = own(accept(l, (SA *)&peer, &length));
    CHECK_EQ(peer.sin6_scope_id, LOOPBACK_SCOPE);
    CHECK_EQ(flow_label_of_peer(accepted), 0x12345);
    update_context(s);
    length = sizeof peer;
    CHECK_OK(getpeername(s, (SA *)&peer, &length));
    CHECK_EQ(peer.sin6_scope_id, LOOPBACK_SCOPE);

    CHECK_OK(bind(lost, (SA *)&any, sizeof any));
    at.sin6_scope_id = 0;
    ov = op_event();
    if (connect_ex()(lost, (SA *)&at, sizeof at, NULL, 0, NULL, ov) || WSAGetLastError() == ERROR_IO_PENDING)
        CHECK(finish(lost, ov, 5000, NULL) != 0);

    /* The plain connect does so, too. */
    at.sin6_scope_id = LOOPBACK_SCOPE;
    at.sin6_flowinfo = htonl(0x54321);
    CHECK_OK(connect(plain, (SA *)&at, sizeof at));
    CHECK_EQ(flow_label_of_peer(accept_one(l)), 0x54321);
}

TEST_ENV(c_082_no_route, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    SA4 at = v4("192.0.2.1", 80);
    CHECK_EQ(connect_error(bound(), &at), WSAENETUNREACH);
}

TEST_ENV(b_031_unreachable, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    SOCKET s = tcp();
    CHECK_BOOL_ERR(WSAConnectByNameA(s, "192.0.2.1", "80", NULL, NULL, NULL, NULL, NULL, NULL), WSAEHOSTUNREACH);
}

TEST_ENV(c_083_host_unreachable, "WORLD_NETWORK=own WORLD_UNREACHABLE=192.0.2.9") {
    OWN_WORLD("WORLD_UNREACHABLE");
    SA4 at = v4("192.0.2.9", 80);
    CHECK_EQ(connect_error(bound(), &at), WSAEHOSTUNREACH);
}

TEST_ENV(c_084_no_port_left, "WORLD_NETWORK=own WORLD_PORTS=50000-50003") {
    OWN_WORLD("WORLD_PORTS");
    SOCKET l = bound_at("127.0.0.1", 3000);
    CHECK_OK(listen(l, 100));
    SA4 at = name_of(l), any = v4("0.0.0.0", 0);
    int error = 0, connected = 0;
    for (; connected < 10 && !error; connected++) {
        SOCKET s = tcp();
        /* Some stacks notice the shortage at bind already. */
        error = bind(s, (SA *)&any, sizeof any) == 0 ? connect_error(s, &at) : WSAGetLastError();
    }
    CHECK_EQ(error, WSAENOBUFS);
    CHECK_EQ(connected, 5);
}

TEST_ENV(c_092_again_after_no_route, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    SA4 far_away = v4("192.0.2.1", 80), at, from;
    int length = sizeof from;
    SOCKET l = listener(&at), a = bound(), b = bound();
    int port = port_of(a);
    CHECK_EQ(connect_error(a, &far_away), WSAENETUNREACH);
    connect_ok(a, &at);
    own(accept(l, (SA *)&from, &length));
    CHECK_EQ(ntohs(from.sin_port), port);
    CHECK_EQ(connect_error(b, &far_away), WSAENETUNREACH);
    CHECK_OK(connect(b, (SA *)&at, sizeof at));
}

TEST_ENV(c_149_one_port_for_many_peers, "WORLD_NETWORK=own WORLD_PORTS=50000-50001") {
    OWN_WORLD("WORLD_PORTS");
    DWORD on = 1;
    SA4 any = v4("0.0.0.0", 0);
    for (int i = 0; i < 20; i++) {
        SOCKET l = bound_at("127.0.0.1", 3000 + i), s = tcp();
        CHECK_OK(listen(l, 5));
        SA4 at = name_of(l);
        CHECK_OK(setsockopt(s, SOL_SOCKET, SO_REUSE_UNICASTPORT, (char *)&on, sizeof on));
        CHECK_OK(bind(s, (SA *)&any, sizeof any));
        connect_ok(s, &at);
    }
}

TEST_ENV(b_002_descriptors_exhausted, "WORLD_DESCRIPTORS=40") {
    OWN_WORLD("WORLD_DESCRIPTORS");
    int made = 0;
    SOCKET s;
    WSASetLastError(0);
    while (made < 60 && (s = socket(AF_INET, SOCK_STREAM, 0)) != INVALID_SOCKET) {
        own(s);
        made++;
    }
    CHECK_EQ(WSAGetLastError(), WSAEMFILE);
    CHECK(made > 10 && made < 40);
}

static int child(void) {
    WSASetLastError(0);
    if (socket(AF_INET, SOCK_STREAM, 0) != INVALID_SOCKET) return 1;
    return WSAGetLastError() == WSANOTINITIALISED ? 0 : 2;
}

/* A WSAStartup in the child begins anew: with threads, queues and sockets of its own. */
static int child_starts_anew(void) {
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    SA4 at, any = v4("127.0.0.1", 0);
    int length = sizeof at;
    SOCKET l = socket(AF_INET, SOCK_STREAM, 0), s = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(l, (SA *)&any, sizeof any) || listen(l, 5) || getsockname(l, (SA *)&at, &length)) return 2;
    HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, 7, 0);
    OVERLAPPED *ov = op_plain(), *got = NULL;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    if (!port || bind(s, (SA *)&any, sizeof any)) return 3;
    if (start_connect(s, &at, "child", 5, ov) != ERROR_IO_PENDING) return 4;
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000) || got != ov || bytes != 5 || key != 7) return 5;
    char byte;
    SOCKET peer = accept(l, NULL, NULL);
    if (recv(peer, &byte, 1, 0) != 1 || byte != 'c') return 6;
    /* Nothing to read yet: a blocking call that needs the engine's thread. */
    if (send(s, "x", 1, 0) != SOCKET_ERROR && recv(peer, &byte, 1, 0) != 1) return 7;
    return WSACleanup() == 0 ? 0 : 8;
}

TEST(w_018_child_of_fork_begins_anew) {
    NATIVE_ONLY("Windows has no fork");
    SOCKET client, server;
    connected_ex(&client, &server);
    HANDLE port = port_for(client, 1);
    CHECK(no_packet(port, 10));
    CHECK_EQ(in_child(child_starts_anew), 0);
    CHECK_EQ(send(client, "x", 1, 0), 1);
}

TEST(w_018_child_of_fork_is_not_initialised) {
    NATIVE_ONLY("Windows has no fork");
    SOCKET client, server;
    connected_ex(&client, &server);
    CHECK_EQ(in_child(child), 0);
    CHECK_EQ(send(client, "x", 1, 0), 1);
}
