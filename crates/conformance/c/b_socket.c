/* B-001..B-006: socket, bind, listen, accept. B-002's exhausted descriptors are in src/native. */
#include "harness.h"

static int kind(SOCKET s) {
    int type = 0, length = sizeof type;
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&type, &length));
    return type;
}

static int creation(int family, int type, int protocol) {
    WSASetLastError(0);
    SOCKET s = socket(family, type, protocol);
    if (s == INVALID_SOCKET) return WSAGetLastError();
    closesocket(s);
    return 0;
}

TEST(b_001_defaults) {
    CHECK_EQ(kind(own(socket(AF_INET, SOCK_STREAM, 0))), SOCK_STREAM);
    CHECK_EQ(kind(own(socket(AF_INET, SOCK_DGRAM, 0))), SOCK_DGRAM);
    CHECK_EQ(kind(own(socket(AF_INET6, SOCK_STREAM, 0))), SOCK_STREAM);
    CHECK_EQ(kind(own(socket(AF_INET, 0, IPPROTO_TCP))), SOCK_STREAM);
    CHECK_EQ(kind(own(socket(AF_INET, 0, IPPROTO_UDP))), SOCK_DGRAM);
    SOCKET s = own(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED));
    CHECK_EQ(kind(s), SOCK_STREAM);
    CHECK_EQ(kind(own(WSASocketA(AF_INET6, SOCK_DGRAM, 0, NULL, 0, 0))), SOCK_DGRAM);
}

TEST(b_002_errors_of_socket) {
    CHECK_EQ(creation(99, SOCK_STREAM, 0), WSAEAFNOSUPPORT);
    CHECK_EQ(creation(AF_INET, 99, 0), WSAESOCKTNOSUPPORT);
    CHECK_EQ(creation(AF_INET, SOCK_STREAM, 9999), WSAEPROTONOSUPPORT);
    CHECK_EQ(creation(AF_INET, SOCK_STREAM, IPPROTO_UDP), WSAEPROTOTYPE);
    CHECK_EQ(creation(AF_INET, SOCK_DGRAM, IPPROTO_TCP), WSAEPROTOTYPE);
}

TEST(b_003_errors_of_bind) {
    SA4 any = v4("127.0.0.1", 0), foreign = v4("192.0.2.77", 0), taken;
    SOCKET s = tcp();
    CHECK_SOCK_ERR(bind(s, (SA *)&foreign, sizeof foreign), WSAEADDRNOTAVAIL);
    CHECK_SOCK_ERR(bind(s, (SA *)&any, 15), WSAEFAULT);
    CHECK_SOCK_ERR(bind(s, NULL, 16), WSAEFAULT);
    CHECK_SOCK_ERR(bind(s, UNMAPPED, 16), WSAEFAULT);
    listener(&taken);
    CHECK_SOCK_ERR(bind(s, (SA *)&taken, sizeof taken), WSAEADDRINUSE);
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    CHECK_SOCK_ERR(bind(s, (SA *)&any, sizeof any), WSAEINVAL);
    CHECK_SOCK_ERR(bind(INVALID_SOCKET, (SA *)&any, sizeof any), WSAENOTSOCK);
}

TEST(b_003_exclusive_use_is_denied) {
    SOCKET first = tcp(), second = tcp();
    DWORD on = 1;
    SA4 any = v4("127.0.0.1", 0);
    CHECK_OK(setsockopt(first, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, (char *)&on, sizeof on));
    CHECK_OK(bind(first, (SA *)&any, sizeof any));
    SA4 taken = name_of(first);
    CHECK_OK(setsockopt(second, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof on));
    CHECK_SOCK_ERR(bind(second, (SA *)&taken, sizeof taken), WSAEACCES);
}

TEST(b_004_errors_of_listen) {
    SOCKET client, server, s = udp();
    SA4 any = v4("127.0.0.1", 0);
    CHECK_SOCK_ERR(listen(tcp(), 5), WSAEINVAL);
    connected_pair(&client, &server);
    CHECK_SOCK_ERR(listen(client, 5), WSAEISCONN);
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    CHECK_SOCK_ERR(listen(s, 5), WSAEOPNOTSUPP);
    CHECK_SOCK_ERR(listen(INVALID_SOCKET, 5), WSAENOTSOCK);
}

TEST(b_005_errors_of_accept) {
    WSASetLastError(0);
    CHECK(accept(bound(), NULL, NULL) == INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAEINVAL);
    SA4 at;
    SOCKET l = listener(&at);
    nonblocking(l);
    WSASetLastError(0);
    CHECK(accept(l, NULL, NULL) == INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
}

TEST(b_005_reset_before_accept) {
    SA4 at;
    char byte;
    SOCKET l = listener(&at), s = tcp();
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    hard_close(s);
    Sleep(50);
    WSASetLastError(0);
    SOCKET got = accept(l, NULL, NULL);
    /* Linux hands the dead connection out; its first use tells. */
    if (got == INVALID_SOCKET) {
        CHECK_EQ(WSAGetLastError(), WSAECONNRESET);
    } else {
        own(got);
        CHECK_SOCK_ERR(recv(got, &byte, 1, 0), WSAECONNRESET);
    }
}

TEST(b_006_accepted_socket_inherits_options) {
    SA4 at;
    SOCKET l = listener(&at), client = tcp();
    DWORD on = 1, value = 0;
    int length = sizeof value;
    struct linger linger = { 1, 3 }, read_back = { 0, 0 };
    CHECK_OK(setsockopt(l, SOL_SOCKET, SO_KEEPALIVE, (char *)&on, sizeof on));
    CHECK_OK(setsockopt(l, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger));
    CHECK_OK(connect(client, (SA *)&at, sizeof at));
    SOCKET server = accept_one(l);
    CHECK_OK(getsockopt(server, SOL_SOCKET, SO_KEEPALIVE, (char *)&value, &length));
    CHECK_EQ(value, 1);
    CHECK_OK(getsockopt(server, SOL_SOCKET, SO_LINGER, (char *)&read_back, &length));
    CHECK_EQ(read_back.l_onoff, 1);
    CHECK_EQ(read_back.l_linger, 3);
}
