/* S-029, T-020: a peer that answers nothing any more. */
#include "transmit.h"
#include "transfer.h"
#include <mstcpip.h>

#define NEEDS_A_DEAF_PEER NATIVE_ONLY("nothing makes a host deaf there")
#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE 3
#endif
#ifndef TCP_KEEPCNT
#define TCP_KEEPCNT 16
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL 17
#endif
#ifndef TCP_MAXRTMS
#define TCP_MAXRTMS 14
#endif

static void option(SOCKET s, int level, int name, DWORD value) {
    CHECK_OK(setsockopt(s, level, name, (char *)&value, sizeof value));
}

/* Two seconds without a word and the connection is given up. */
static void keep_alive(SOCKET s) {
    option(s, IPPROTO_TCP, TCP_KEEPIDLE, 1);
    option(s, IPPROTO_TCP, TCP_KEEPINTVL, 1);
    option(s, IPPROTO_TCP, TCP_KEEPCNT, 1);
    option(s, SOL_SOCKET, SO_KEEPALIVE, 1);
}

TEST(s_029_keep_alive_fails) {
    NEEDS_A_DEAF_PEER;
    SOCKET client, server;
    static char got[2][8];
    DWORD bytes, flags = 0, count;
    OVERLAPPED *in = op_event(), *next = op_event();
    connected_pair(&client, &server);
    keep_alive(client);
    deaf(server);
    CHECK_EQ(receive_into(client, got[0], 8, 0, in), WSA_IO_PENDING);
    CHECK_EQ(receive_into(client, got[1], 8, 0, next), WSA_IO_PENDING);
    CHECK_EQ(finish_wsa(client, in, MOST_MS, NULL), WSAENETRESET);
    CHECK_EQ(finish_wsa(client, next, MOST_MS, NULL), WSAENETRESET);
    CHECK_STATUS(in, ST_CONNECTION_ABORTED);
    CHECK(!GetOverlappedResult((HANDLE)client, in, &bytes, FALSE));
    CHECK_EQ(GetLastError(), ERROR_CONNECTION_ABORTED);
    CHECK(!WSAGetOverlappedResult(client, in, &bytes, TRUE, &flags));
    CHECK_EQ(WSAGetLastError(), WSAENETRESET);
    /* Whoever comes later hears the same. */
    CHECK_EQ(receive_into(client, got[0], 8, 0, op_event()), WSAENETRESET);
    CHECK_EQ(send_from(client, "x", 1, 0, op_event()), WSAENETRESET);
    CHECK_EQ(send_now(client, "x", 1, 0, &count), WSAENETRESET);
}

TEST(s_029_keep_alive_fails_under_a_blocking_call) {
    NEEDS_A_DEAF_PEER;
    SOCKET client, server;
    char got[8];
    connected_pair(&client, &server);
    keep_alive(client);
    deaf(server);
    CHECK_SOCK_ERR(recv(client, got, sizeof got, 0), WSAENETRESET);
    CHECK_SOCK_ERR(send(client, "x", 1, 0), WSAENETRESET);
}

static DWORD told;
static void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)bytes, (void)ov, (void)flags;
    told = error;
}

TEST(s_029_keep_alive_fails_by_its_ioctl_and_a_routine) {
    NEEDS_A_DEAF_PEER;
    SOCKET client, server;
    static char got[8];
    struct tcp_keepalive values = { 1, 1000, 1000 };
    DWORD flags = 0, bytes;
    WSABUF buffer = { sizeof got, got };
    connected_pair(&client, &server);
    CHECK_OK(WSAIoctl(client, SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0, &bytes, NULL, NULL));
    option(client, IPPROTO_TCP, TCP_KEEPCNT, 1);
    deaf(server);
    told = 0;
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, op_plain(), note), WSA_IO_PENDING);
    CHECK_EQ(SleepEx(MOST_MS, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(told, WSAENETRESET);
}

/* The same peer, but something is on its way to it: keep-alive has no say then. */
TEST(s_029_retransmission_times_out) {
    NEEDS_A_DEAF_PEER;
    for (int keeps = 0; keeps < 2; keeps++) {
        SOCKET client, server;
        static char got[8];
        OVERLAPPED *in = op_event();
        connected_pair(&client, &server);
        if (keeps) keep_alive(client);
        option(client, IPPROTO_TCP, TCP_MAXRTMS, 500);
        deaf(server);
        CHECK_EQ(receive_into(client, got, 8, 0, in), WSA_IO_PENDING);
        CHECK_EQ(send(client, "x", 1, 0), 1);
        CHECK_EQ(finish_wsa(client, in, MOST_MS, NULL), WSAETIMEDOUT);
        CHECK_EQ(receive_into(client, got, 8, 0, op_event()), WSAECONNABORTED);
        CHECK_EQ(send_from(client, "x", 1, 0, op_event()), WSAECONNABORTED);
    }
}

TEST(s_029_retransmission_times_out_under_a_send) {
    NEEDS_A_DEAF_PEER;
    SOCKET client, server;
    static char more[64];
    OVERLAPPED *out = op_event();
    connected_pair(&client, &server);
    keep_alive(client);
    option(client, IPPROTO_TCP, TCP_MAXRTMS, 500);
    deaf(server);
    plug(client);
    CHECK_EQ(send_from(client, more, sizeof more, 0, out), WSA_IO_PENDING);
    CHECK_EQ(finish_wsa(client, out, MOST_MS, NULL), WSAECONNABORTED);
    CHECK_STATUS(out, ST_CONNECTION_ABORTED);
}

/* Fills the connection until nothing more goes in. */
static void fill_up(SOCKET s) {
    static char block[65536];
    u_long on = 1, off = 0;
    CHECK_OK(ioctlsocket(s, FIONBIO, &on));
    for (int idle = 0; idle < 5;) {
        int sent = send(s, block, sizeof block, 0);
        if (sent < 0) {
            CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
            Sleep(20);
            idle++;
        } else {
            idle = 0;
        }
    }
    CHECK_OK(ioctlsocket(s, FIONBIO, &off));
}

/* A window of nothing is asked about, which is no keep-alive. */
TEST(s_029_a_full_peer_that_falls_silent_times_out) {
    NEEDS_A_DEAF_PEER;
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *in = op_event();
    connected_pair(&client, &server);
    keep_alive(client);
    fill_up(client);
    option(client, IPPROTO_TCP, TCP_MAXRTMS, 500);
    deaf(server);
    CHECK_EQ(receive_into(client, got, 8, 0, in), WSA_IO_PENDING);
    CHECK_EQ(finish_wsa(client, in, MOST_MS, NULL), WSAETIMEDOUT);
}

TEST(t_020_keep_alive_failed) {
    NEEDS_A_DEAF_PEER;
    SOCKET client, server;
    char got[8];
    connected_pair(&client, &server);
    keep_alive(client);
    deaf(server);
    CHECK_SOCK_ERR(recv(client, got, sizeof got, 0), WSAENETRESET);
    CHECK_EQ(transmit(client, file_of("x", 1), 0, NULL, NULL, 0), WSAENETRESET);
    CHECK_EQ(transmit(client, file_of("x", 1), 0, op_event(), NULL, 0), WSAENETRESET);
}

TEST(t_020_retransmission_timed_out) {
    NEEDS_A_DEAF_PEER;
    SOCKET client, server;
    OVERLAPPED *ov = op_event();
    connected_pair(&client, &server);
    keep_alive(client);
    option(client, IPPROTO_TCP, TCP_MAXRTMS, 500);
    deaf(server);
    CHECK_EQ(transmit(client, big_file(), 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish_wsa(client, ov, MOST_MS, NULL), WSAECONNABORTED);
    CHECK_EQ(transmit(client, big_file(), 0, op_event(), NULL, 0), WSAECONNABORTED);
}
