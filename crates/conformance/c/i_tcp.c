/* I-016, I-018, I-027..I-031: codes of TCP, of sends and of groups. */
#include "ioctl.h"

TEST(i_016_keep_alive_values) {
    SOCKET s = tcp();
    struct tcp_keepalive values = { 1, 2001, 10 };
    CHECK_EQ(control(s, SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0, NULL), 0);
    CHECK(option(s, SOL_SOCKET, SO_KEEPALIVE));
    values.onoff = 0;
    CHECK_EQ(control(s, SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0, NULL), 0);
    CHECK(!option(s, SOL_SOCKET, SO_KEEPALIVE));
    CHECK_EQ(control(s, SIO_KEEPALIVE_VALS, &values, sizeof values - 1, NULL, 0, NULL), WSAEFAULT);
    CHECK_EQ(control(udp(), SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0, NULL), WSAENOPROTOOPT);
}

TEST(i_016_rounded_up_to_seconds) {
    NATIVE_ONLY("the kernel's granularity");
    SOCKET s = tcp();
    struct tcp_keepalive values = { 1, 2001, 10 };
    CHECK_EQ(control(s, SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0, NULL), 0);
    CHECK_EQ(option(s, IPPROTO_TCP, TCP_KEEPIDLE), 3);
    CHECK_EQ(option(s, IPPROTO_TCP, TCP_KEEPINTVL), 1);
    CHECK_EQ(option(s, IPPROTO_TCP, TCP_KEEPCNT), 10);
}

TEST(i_018_queued_sends_are_dropped) {
    SOCKET a, b;
    connected_pair(&a, &b);
    OVERLAPPED *ov[2] = { op_event(), op_event() };
    for (int i = 0; i < 2; i++) {
        WSABUF data = { LARGE, fill(LARGE) };
        CHECK_SOCK_ERR(WSASend(a, &data, 1, NULL, 0, ov[i], NULL), WSA_IO_PENDING);
    }
    char byte, *room = kept(1);
    DWORD flags = 0;
    WSABUF buffer = { 1, room };
    OVERLAPPED *receive = op_event();
    CHECK_SOCK_ERR(WSARecv(a, &buffer, 1, NULL, &flags, receive, NULL), WSA_IO_PENDING);
    CHECK_EQ(control(a, SIO_FLUSH, NULL, 0, NULL, 0, NULL), 0);
    CHECK_EQ(finish(a, ov[0], 5000, NULL), WSA_OPERATION_ABORTED);
    CHECK_EQ(finish(a, ov[1], 5000, NULL), WSA_OPERATION_ABORTED);
    read_exactly(b, &byte, 1); /* what had gone out arrives */
    send_all(b, "x", 1);       /* and receives go on */
    CHECK_EQ(finish(a, receive, 5000, NULL), 0);
}

TEST(i_027_groups) {
    SOCKET s = udp();
    CHECK_EQ(option(s, IPPROTO_IP, IP_MULTICAST_LOOP), 1);
    CHECK_EQ(tell(s, SIO_MULTIPOINT_LOOPBACK, FALSE), 0);
    CHECK_EQ(option(s, IPPROTO_IP, IP_MULTICAST_LOOP), 0);
    CHECK_EQ(tell(s, SIO_MULTICAST_SCOPE, 9), 0);
    CHECK_EQ(option(s, IPPROTO_IP, IP_MULTICAST_TTL), 9);
    SOCKET six = own(socket(AF_INET6, SOCK_DGRAM, 0));
    CHECK_EQ(tell(six, SIO_MULTICAST_SCOPE, 7), 0);
    CHECK_EQ(option(six, IPPROTO_IPV6, IPV6_MULTICAST_HOPS), 7);
}

TEST(i_028_tcp_info) {
    SOCKET a, b;
    TCP_INFO_v0 info;
    DWORD version = 0, got;
    char byte;
    connected_pair(&a, &b);
    send_all(a, "hello, world", 12);
    for (int i = 0; i < 12; i++) read_exactly(b, &byte, 1);
    send_all(b, "x", 1);
    read_exactly(a, &byte, 1);
    memset(&info, 0xaa, sizeof info);
    CHECK_EQ(control(a, SIO_TCP_INFO, &version, sizeof version, &info, sizeof info, &got), 0);
    CHECK_EQ(got, 88);
    CHECK_EQ(info.State, TCPSTATE_ESTABLISHED);
    CHECK(info.Mss >= 500 && info.Mss < 70000);
    CHECK(info.ConnectionTimeMs < 60000);
    CHECK_EQ(info.BytesOut, 12);
    CHECK_EQ(info.BytesIn, 1);
    CHECK(info.RttUs > 0 && info.Cwnd >= info.Mss && info.SndWnd > 0 && info.RcvWnd > 0);
    CHECK_EQ(control(a, SIO_TCP_INFO, &version, sizeof version, &info, 87, NULL), WSAEFAULT);
    CHECK_EQ(control(a, SIO_TCP_INFO, &version, 3, &info, sizeof info, NULL), WSAEFAULT);
}

TEST(i_028_version_1_and_others) {
    SOCKET a, b;
    TCP_INFO_v1 info;
    DWORD version = 1, got;
    connected_pair(&a, &b);
    CHECK_OK(shutdown(b, SD_SEND));
    char byte;
    CHECK_EQ(recv(a, &byte, 1, 0), 0);
    CHECK_EQ(control(a, SIO_TCP_INFO, &version, sizeof version, &info, sizeof info, &got), 0);
    CHECK_EQ(got, sizeof info);
    CHECK_EQ(info.State, TCPSTATE_CLOSE_WAIT);
    version = 77;
    CHECK_EQ(control(a, SIO_TCP_INFO, &version, sizeof version, &info, sizeof info, NULL), WSAEINVAL);
    version = 0;
    CHECK_EQ(control(udp(), SIO_TCP_INFO, &version, sizeof version, &info, sizeof info, NULL), WSAENOPROTOOPT);
}

TEST(i_029_a_shorter_time_for_a_connection) {
    SA4 at;
    stuck(&at);
    TCP_INITIAL_RTO_PARAMETERS once = { 400, 1 }; /* given up after 400 + 800 ms */
    SOCKET s = bound();
    CHECK_EQ(control(s, SIO_TCP_INITIAL_RTO, &once, sizeof once, NULL, 0, NULL), 0);
    OVERLAPPED *ov = op_event();
    ULONGLONG before = now_ms();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), WSA_IO_PENDING);
    CHECK_EQ(finish_wsa(s, ov, 15000, NULL), WSAETIMEDOUT);
    CHECK(now_ms() - before >= 1100);
}

TEST(i_029_refused) {
    SOCKET a, b;
    TCP_INITIAL_RTO_PARAMETERS value = { 400, 1 };
    connected_pair(&a, &b);
    CHECK_EQ(control(a, SIO_TCP_INITIAL_RTO, &value, sizeof value, NULL, 0, NULL), WSAEINVAL);
    CHECK_EQ(control(tcp(), SIO_TCP_INITIAL_RTO, &value, 3, NULL, 0, NULL), WSAEFAULT);
    CHECK_EQ(control(udp(), SIO_TCP_INITIAL_RTO, &value, sizeof value, NULL, 0, NULL), WSAENOPROTOOPT);
}

TEST(i_030_loopback_fast_path) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    char data[2];
    CHECK_EQ(tell(s, SIO_LOOPBACK_FAST_PATH, TRUE), 0);
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    send_all(s, "ab", 2);
    read_exactly(accept_one(l), data, 2);
    CHECK(memcmp(data, "ab", 2) == 0);
    CHECK_EQ(tell(udp(), SIO_LOOPBACK_FAST_PATH, TRUE), WSAENOPROTOOPT);
}

TEST(i_031_how_much_is_best_left_unsent) {
    SOCKET a, b;
    ULONG backlog = 0;
    DWORD got;
    CHECK_EQ(control(tcp(), SIO_IDEAL_SEND_BACKLOG_QUERY, NULL, 0, &backlog, sizeof backlog, NULL), WSAENOTCONN);
    CHECK_EQ(control(udp(), SIO_IDEAL_SEND_BACKLOG_QUERY, NULL, 0, &backlog, sizeof backlog, NULL), WSAEOPNOTSUPP);
    connected_pair(&a, &b);
    CHECK_EQ(control(a, SIO_IDEAL_SEND_BACKLOG_QUERY, NULL, 0, &backlog, sizeof backlog, &got), 0);
    CHECK_EQ(got, 4);
    CHECK(backlog >= 1000);
}

TEST(i_031_a_change_is_waited_for) {
    SOCKET a, b;
    connected_pair(&a, &b);
    OVERLAPPED *ov = op_event(), *given_up = op_event();
    CHECK_EQ(start(a, SIO_IDEAL_SEND_BACKLOG_CHANGE, NULL, 0, given_up), WSA_IO_PENDING);
    CHECK(still_pending(given_up, 250));
    CHECK(CancelIoEx((HANDLE)a, given_up));
    CHECK_EQ(finish(a, given_up, 5000, NULL), WSA_OPERATION_ABORTED);
    CHECK_EQ(start(a, SIO_IDEAL_SEND_BACKLOG_CHANGE, NULL, 0, ov), WSA_IO_PENDING);
    /* Sending much lets the window grow. */
    char *block = kept(1 << 20);
    for (int i = 0; i < 200 && WaitForSingleObject(ov->hEvent, 0) != WAIT_OBJECT_0; i++) {
        WSABUF data = { 1 << 20, block };
        OVERLAPPED *sent = op_event();
        int result = WSASend(a, &data, 1, NULL, 0, sent, NULL) == 0 ? 0 : WSAGetLastError();
        CHECK(result == 0 || result == WSA_IO_PENDING);
        read_exactly(b, block, 1 << 20);
        CHECK_EQ(finish(a, sent, 5000, NULL), 0);
    }
    CHECK_EQ(finish(a, ov, 5000, NULL), 0);
}

TEST(i_031_ends_with_the_connection) {
    SOCKET a, b;
    connected_pair(&a, &b);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start(a, SIO_IDEAL_SEND_BACKLOG_CHANGE, NULL, 0, ov), WSA_IO_PENDING);
    hard_close(b);
    CHECK_EQ(finish_wsa(a, ov, 5000, NULL), WSAENOTCONN);
}
