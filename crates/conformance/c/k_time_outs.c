/* K-023: SO_SNDTIMEO and SO_RCVTIMEO. */
#include "options.h"

TEST(k_023_milliseconds_as_they_were_set) {
    static const int names[] = { SO_SNDTIMEO, SO_RCVTIMEO };
    for (int i = 0; i < 2; i++) {
        SOCKET s = tcp();
        CHECK_VALUE(s, SOL_SOCKET, names[i], 0);
        CHECK_NUMBER(s, SOL_SOCKET, names[i], 1, 0xFFFFFFFF);
        CHECK_NUMBER(udp(), SOL_SOCKET, names[i], 1234, 0);
    }
}

TEST(k_023_a_receive_times_out) {
    SOCKET client, server, u = udp_at("127.0.0.1", 0);
    char byte;
    connected_pair(&client, &server);
    CHECK_SET(client, SOL_SOCKET, SO_RCVTIMEO, 60);
    CHECK_SET(u, SOL_SOCKET, SO_RCVTIMEO, 60);
    ULONGLONG before = now_ms();
    CHECK_SOCK_ERR(recv(client, &byte, 1, 0), WSAETIMEDOUT);
    CHECK(now_ms() - before >= 50);
    CHECK_SOCK_ERR(recv(u, &byte, 1, 0), WSAETIMEDOUT);
    /* The connection is none the worse. */
    send_all(server, "x", 1);
    CHECK_SET(client, SOL_SOCKET, SO_RCVTIMEO, 0);
    CHECK_EQ(recv(client, &byte, 1, 0), 1);
}

TEST(k_023_a_send_times_out) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_SET(client, SOL_SOCKET, SO_SNDTIMEO, 60);
    CHECK_SET(client, SOL_SOCKET, SO_SNDBUF, 8192);
    char *block = fill(1 << 20);
    int sent = 0;
    WSASetLastError(0);
    for (int i = 0; i < 64 && sent >= 0; i++) sent = send(client, block, 1 << 20, 0);
    CHECK_EQ(sent, SOCKET_ERROR);
    CHECK_EQ(WSAGetLastError(), WSAETIMEDOUT);
}

TEST(k_023_overlapped_operations_do_not_time_out) {
    SOCKET client, server;
    static char room[4];
    WSABUF buffer = { sizeof room, room };
    DWORD flags = 0, bytes = 0;
    OVERLAPPED *ov = op_event();
    connected_pair(&client, &server);
    CHECK_SET(client, SOL_SOCKET, SO_RCVTIMEO, 30);
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    CHECK(still_pending(ov, 150));
    send_all(server, "x", 1);
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 1);
}

static DWORD WINAPI sends_later(void *socket) {
    host_sleep(300);
    return (DWORD)send(*(SOCKET *)socket, "late", 4, 0);
}

TEST(k_023_a_socket_that_is_not_overlapped_waits_on) {
    SA4 at;
    char text[4];
    SOCKET l = listener(&at), s = own(WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, 0));
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    SOCKET peer = accept_one(l);
    CHECK_SET(s, SOL_SOCKET, SO_RCVTIMEO, 30);
    CHECK_VALUE(s, SOL_SOCKET, SO_RCVTIMEO, 30);
    HANDLE sender = thread(sends_later, &peer);
    int n = recv(s, text, 4, 0), error = WSAGetLastError();
    CHECK_EQ(join(sender), 4);
    if (n != 4) FAIL("recv gave %d, last error %d", n, error);
}
