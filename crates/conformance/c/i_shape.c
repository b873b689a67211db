/* I-001..I-014, I-026, I-032..I-038: the shape of WSAIoctl, ioctlsocket, and codes that are refused. */
#include "ioctl.h"

TEST(i_001_zero_or_socket_error) {
    DWORD got = 0;
    SOCKET s = tcp(), base = 0;
    CHECK_EQ(WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof base, &got, NULL, NULL), 0);
    CHECK_EQ(got, sizeof base);
    CHECK_SOCK_ERR(WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, 4, &got, NULL, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(WSAIoctl(INVALID_SOCKET, SIO_BASE_HANDLE, NULL, 0, &base, sizeof base, &got, NULL, NULL), WSAENOTSOCK);
}

TEST(i_002_the_count_is_needed) {
    SOCKET s = tcp(), base;
    OVERLAPPED *ov = op_event();
    CHECK_SOCK_ERR(WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof base, NULL, NULL, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, NULL, ov, NULL), WSAEFAULT);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
}

TEST(i_003_too_small_or_bad) {
    DWORD got, on = 1;
    SOCKET s = tcp();
    struct tcp_keepalive values = { 1, 1000, 1000 };
    char room[64];
    CHECK_EQ(control(s, SIO_KEEPALIVE_VALS, &values, 11, NULL, 0, NULL), WSAEFAULT);
    CHECK_EQ(control(s, SIO_KEEPALIVE_VALS, NULL, 12, NULL, 0, NULL), WSAEFAULT);
    CHECK_EQ(control(s, FIONBIO, &on, 3, NULL, 0, NULL), WSAEFAULT);
    CHECK_EQ(control(s, FIONREAD, NULL, 0, room, 3, NULL), WSAEFAULT);
    CHECK_EQ(control(s, SIO_ROUTING_INTERFACE_QUERY, room, 1, room, sizeof room, &got), WSAEINVAL);
}

TEST(i_003_pointers_that_lead_nowhere) {
    NATIVE_ONLY("a pointer that leads nowhere ends a program under Wine");
    SOCKET s = tcp();
    CHECK_EQ(control(s, SIO_KEEPALIVE_VALS, UNMAPPED, 12, NULL, 0, NULL), WSAEFAULT);
    CHECK_EQ(control(s, FIONREAD, NULL, 0, UNMAPPED, 4, NULL), WSAEFAULT);
    CHECK_EQ(control(s, FIONREAD, NULL, 0, read_only_page(), 4, NULL), WSAEFAULT);
}

TEST(i_004_unknown_code) {
    char room[64];
    CHECK_EQ(control(tcp(), 0xDEADBEE0, room, sizeof room, room, sizeof room, NULL), WSAEINVAL);
    CHECK_EQ(control(udp(), 0x4711, NULL, 0, room, sizeof room, NULL), WSAEINVAL);
    CHECK_EQ(control(udp(), SIOCATMARK, NULL, 0, room, sizeof room, NULL), WSAEINVAL);
}

TEST(i_005_impossible_and_of_another_protocol) {
    struct tcp_keepalive values = { 1, 1000, 1000 };
    char room[64] = { 0 };
    CHECK_EQ(control(udp(), SIO_KEEPALIVE_VALS, &values, sizeof values, NULL, 0, NULL), WSAENOPROTOOPT);
    CHECK_EQ(control(tcp(), SIO_TRANSLATE_HANDLE, room, sizeof room, room, sizeof room, NULL), WSAEOPNOTSUPP);
}

TEST(i_006_would_block) {
    SOCKET s = udp();
    nonblocking(s);
    SA4 to = v4("127.0.0.1", 9);
    CHECK_EQ(control(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, NULL), WSAEWOULDBLOCK);
    CHECK_EQ(control(s, SIO_ROUTING_INTERFACE_CHANGE, &to, sizeof to, NULL, 0, NULL), WSAEWOULDBLOCK);
}

TEST(i_007_at_once_with_a_packet_of_no_bytes) {
    DWORD got = 0, bytes = 7;
    ULONG_PTR key = 0;
    SOCKET s = tcp(), base = 0;
    HANDLE port = port_for(s, 5);
    OVERLAPPED *ov = op_plain(), *from = NULL;
    CHECK_OK(WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof base, &got, ov, NULL));
    CHECK_EQ(got, sizeof base);
    CHECK_EQ(base, s);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &from, 5000));
    CHECK_EQ(bytes, 0);
    CHECK_EQ(key, 5);
    CHECK(from == ov);
    CHECK(no_packet(port, 0));
}

TEST(i_007_at_once_with_an_event) {
    DWORD got, on = 1;
    SOCKET s = tcp();
    OVERLAPPED *ov = op_event();
    CHECK_OK(WSAIoctl(s, FIONBIO, &on, sizeof on, NULL, 0, &got, ov, NULL));
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_SUCCESS);
}

static int calls;
static DWORD call_error, call_bytes;

static void CALLBACK routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags) {
    (void)ov, (void)flags;
    calls++, call_error = error, call_bytes = bytes;
}

TEST(i_007_at_once_with_a_routine) {
    DWORD got;
    SOCKET s = tcp(), base;
    call_bytes = 9;
    CHECK_OK(WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof base, &got, op_plain(), routine));
    CHECK_EQ(calls, 0);
    CHECK_EQ(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 1);
    CHECK_EQ(call_error, 0);
    CHECK_EQ(call_bytes, 0);
}

TEST(i_007_pending_with_a_routine) {
    DWORD got;
    SOCKET s = udp();
    OVERLAPPED *ov = op_plain();
    CHECK_SOCK_ERR(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &got, ov, routine), WSA_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)s, ov));
    CHECK_EQ(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 1);
    CHECK_EQ(call_error, WSA_OPERATION_ABORTED);
}

TEST(i_007_errors_come_at_once) {
    DWORD got;
    SOCKET s = tcp();
    OVERLAPPED *ov = op_event();
    CHECK_SOCK_ERR(WSAIoctl(s, 0xDEADBEE0, NULL, 0, NULL, 0, &got, ov, NULL), WSAEINVAL);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
}

TEST(i_007_a_bad_event_leaves_everything_as_it_was) {
    DWORD got = 7, on = 1;
    SOCKET s = udp(), base = 0;
    SA4 at = v4("127.0.0.1", 0);
    char byte;
    OVERLAPPED *ov = op_plain();
    CHECK_OK(bind(s, (SA *)&at, sizeof at));
    ov->hEvent = (HANDLE)(ULONG_PTR)0x7FFFFFF0;
    CHECK_SOCK_ERR(WSAIoctl(s, FIONBIO, &on, sizeof on, NULL, 0, &got, ov, NULL), WSA_INVALID_HANDLE);
    /* It blocks still. */
    receive_timeout(s, 50);
    CHECK_SOCK_ERR(recv(s, &byte, 1, 0), WSAETIMEDOUT);
    CHECK_SOCK_ERR(WSAIoctl(s, SIO_BASE_HANDLE, NULL, 0, &base, sizeof base, &got, ov, NULL), WSA_INVALID_HANDLE);
    CHECK_EQ(base, 0);
    CHECK_SOCK_ERR(WSAIoctl(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, &got, ov, NULL), WSA_INVALID_HANDLE);
    CHECK(!CancelIoEx((HANDLE)s, ov));
}

TEST(i_008_the_parts_of_a_code) {
    CHECK_EQ((DWORD)FIONBIO, IOC_IN | 4 << 16 | 'f' << 8 | 126);
    CHECK_EQ((DWORD)FIONREAD, IOC_OUT | 4 << 16 | 'f' << 8 | 127);
    CHECK_EQ((DWORD)SIO_FLUSH, IOC_VOID | IOC_WS2 | 4);
    CHECK_EQ((DWORD)SIO_GET_BROADCAST_ADDRESS, IOC_OUT | IOC_WS2 | 5);
    CHECK_EQ((DWORD)SIO_KEEPALIVE_VALS, IOC_IN | IOC_VENDOR | 4);
    CHECK_EQ((DWORD)SIO_GET_EXTENSION_FUNCTION_POINTER, IOC_INOUT | IOC_WS2 | 6);
    CHECK_EQ((DWORD)SIO_TCP_INFO, IOC_INOUT | IOC_VENDOR | 39);
    CHECK_EQ((DWORD)SIO_GET_INTERFACE_LIST, IOC_OUT | 4 << 16 | 't' << 8 | 127);
}

TEST(i_009_non_blocking) {
    SOCKET a, b;
    char byte;
    connected_pair(&a, &b);
    CHECK_EQ((DWORD)FIONBIO, 0x8004667E);
    CHECK_EQ(tell(a, FIONBIO, 5), 0);
    CHECK_SOCK_ERR(recv(a, &byte, 1, 0), WSAEWOULDBLOCK);
    CHECK_EQ(tell(a, FIONBIO, 0), 0);
    receive_timeout(a, 50);
    CHECK_SOCK_ERR(recv(a, &byte, 1, 0), WSAETIMEDOUT);
    CHECK_OK(WSAEventSelect(a, WSACreateEvent(), FD_READ));
    CHECK_EQ(tell(a, FIONBIO, 0), WSAEINVAL);
    CHECK_EQ(tell(a, FIONBIO, 1), 0);
}

TEST(i_010_bytes_of_a_stream) {
    SOCKET a, b;
    u_long there = 9;
    connected_pair(&a, &b);
    CHECK_OK(ioctlsocket(a, FIONREAD, &there));
    CHECK_EQ(there, 0);
    send_all(b, "hello", 5);
    for (ULONGLONG until = now_ms() + 5000; there != 5 && now_ms() < until; Sleep(1)) CHECK_OK(ioctlsocket(a, FIONREAD, &there));
    CHECK_EQ(there, 5);
}

TEST(i_010_bytes_of_all_datagrams) {
    SOCKET s = udp(), from = udp();
    SA4 at = v4("127.0.0.1", 0);
    char room[200];
    u_long there = 0;
    CHECK_OK(bind(s, (SA *)&at, sizeof at));
    at = name_of(s);
    int lengths[] = { 100, 7, 50 };
    for (int i = 0; i < 3; i++) CHECK_EQ(sendto(from, room, lengths[i], 0, (SA *)&at, sizeof at), lengths[i]);
    for (ULONGLONG until = now_ms() + 5000; there != 157 && now_ms() < until; Sleep(1)) CHECK_OK(ioctlsocket(s, FIONREAD, &there));
    CHECK_EQ(there, 157);
    for (int i = 0; i < 3; i++) CHECK_EQ(recv(s, room, sizeof room, 0), lengths[i]);
    CHECK_OK(ioctlsocket(s, FIONREAD, &there));
    CHECK_EQ(there, 0);
}

static int no_urgent_data(SOCKET s) {
    u_long none = 7;
    CHECK_OK(ioctlsocket(s, SIOCATMARK, &none));
    return none;
}

TEST(i_011_true_unless_urgent_data_waits) {
    SOCKET a, b;
    char data[8];
    int on = 1;
    connected_pair(&a, &b);
    CHECK_OK(setsockopt(a, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof on));
    CHECK_EQ(no_urgent_data(a), TRUE);
    send_all(b, "abc", 3);
    CHECK_EQ(send(b, "!", 1, MSG_OOB), 1);
    for (ULONGLONG until = now_ms() + 5000; no_urgent_data(a) && now_ms() < until;) Sleep(1);
    CHECK_EQ(no_urgent_data(a), FALSE);
    read_exactly(a, data, 4);
    CHECK_EQ(data[3], '!');
    CHECK_EQ(no_urgent_data(a), TRUE);
}

static const GUID connectex = { 0x25a207b9, 0xddf3, 0x4660, { 0x8e, 0xe9, 0x76, 0xe5, 0x8c, 0x74, 0x06, 0x3e } };

TEST(i_012_an_extension_function) {
    void *function = NULL;
    DWORD got = 0;
    SOCKET s = tcp();
    CHECK_EQ(control(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &connectex, 16, &function, 8, &got), 0);
    CHECK_EQ(got, 8);
    CHECK(function != NULL);
    CHECK(function == (void *)connect_ex());
}

TEST(i_013_unknown_guid_or_too_small) {
    GUID none = { 1, 2, 3, { 4 } };
    void *function;
    SOCKET s = tcp();
    CHECK_EQ(control(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &none, 16, &function, 8, NULL), WSAEINVAL);
    CHECK_EQ(control(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &connectex, 15, &function, 8, NULL), WSAEFAULT);
    CHECK_EQ(control(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &connectex, 16, &function, 7, NULL), WSAEFAULT);
}

TEST(i_026_no_layers) {
    DWORD codes[] = { SIO_BASE_HANDLE, SIO_BSP_HANDLE, SIO_BSP_HANDLE_SELECT, SIO_BSP_HANDLE_POLL };
    SOCKET s = tcp();
    for (int i = 0; i < 4; i++) {
        SOCKET base = 0;
        DWORD got = 0;
        CHECK_EQ(control(s, codes[i], NULL, 0, &base, 8, &got), 0);
        CHECK_EQ(base, s);
        CHECK_EQ(got, 8);
        CHECK_EQ(control(s, codes[i], NULL, 0, &base, 7, NULL), WSAEFAULT);
        CHECK_EQ(control(s, codes[i], NULL, 0, NULL, 8, NULL), WSAEFAULT);
    }
    SOCKET base;
    DWORD got;
    CHECK_SOCK_ERR(WSAIoctl(s, SIO_BSP_HANDLE_POLL, NULL, 0, &base, 8, &got, op_event(), NULL), WSAEFAULT);
}

TEST(i_032_circular_queueing) {
    CHECK_EQ(control(udp(), SIO_ENABLE_CIRCULAR_QUEUEING, NULL, 0, NULL, 0, NULL), 0);
    CHECK_EQ(control(tcp(), SIO_ENABLE_CIRCULAR_QUEUEING, NULL, 0, NULL, 0, NULL), WSAENOPROTOOPT);
}

TEST(i_033_ports_are_not_set_aside) {
    char in[16] = { 0 }, out[16];
    SOCKET s = tcp();
    DWORD codes[] = { SIO_ACQUIRE_PORT_RESERVATION, SIO_RELEASE_PORT_RESERVATION, SIO_ASSOCIATE_PORT_RESERVATION };
    for (int i = 0; i < 3; i++) CHECK_EQ(control(s, codes[i], in, sizeof in, out, sizeof out, NULL), WSAEOPNOTSUPP);
}

TEST(i_034_receive_all) {
    SOCKET raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    SA4 at = v4("127.0.0.1", 0);
    CHECK_EQ(tell(udp(), SIO_RCVALL, RCVALL_ON), WSAEINVAL);
    if (raw == INVALID_SOCKET) SKIP("raw sockets need a privilege");
    own(raw);
    CHECK_EQ(tell(raw, SIO_RCVALL, RCVALL_ON), WSAEINVAL); /* not bound */
    CHECK_OK(bind(raw, (SA *)&at, sizeof at));
    CHECK_EQ(tell(raw, SIO_RCVALL, RCVALL_OFF), 0);
    CHECK_EQ(tell(raw, SIO_RCVALL, RCVALL_ON), WSAEACCES);
    CHECK_EQ(tell(raw, SIO_RCVALL, 4), WSAEINVAL);
}

TEST(i_035_no_quality_of_service_no_foreign_handles) {
    char in[256] = { 0 }, out[256];
    DWORD qos[] = { SIO_GET_QOS, SIO_SET_QOS, SIO_GET_GROUP_QOS, SIO_SET_GROUP_QOS };
    DWORD foreign[] = { SIO_ASSOCIATE_HANDLE, SIO_TRANSLATE_HANDLE, SIO_QUERY_TARGET_PNP_HANDLE };
    SOCKET s = tcp();
    for (int i = 0; i < 4; i++) CHECK_EQ(control(s, qos[i], in, sizeof in, out, sizeof out, NULL), WSAENOPROTOOPT);
    for (int i = 0; i < 3; i++) CHECK_EQ(control(s, foreign[i], in, sizeof in, out, sizeof out, NULL), WSAEOPNOTSUPP);
}

TEST(i_036_sockets_of_several_processors) {
    USHORT processor = 0;
    SOCKET a = udp(), b = udp(), plain = udp();
    SA4 at = v4("127.0.0.1", 0);
    CHECK_EQ(control(a, SIO_CPU_AFFINITY, &processor, sizeof processor, NULL, 0, NULL), 0);
    CHECK_OK(bind(a, (SA *)&at, sizeof at));
    CHECK_EQ(control(a, SIO_CPU_AFFINITY, &processor, sizeof processor, NULL, 0, NULL), WSAEINVAL);
    at = name_of(a);
    CHECK_SOCK_ERR(bind(plain, (SA *)&at, sizeof at), WSAEADDRINUSE);
    CHECK_EQ(control(b, SIO_CPU_AFFINITY, &processor, sizeof processor, NULL, 0, NULL), 0);
    CHECK_OK(bind(b, (SA *)&at, sizeof at));
    CHECK_EQ(control(tcp(), SIO_CPU_AFFINITY, &processor, sizeof processor, NULL, 0, NULL), WSAEINVAL);
}

TEST(i_037_without_a_counterpart) {
    char in[64] = { 0 }, out[64];
    DWORD codes[] = { SIO_QUERY_RSS_PROCESSOR_INFO, SIO_SET_COMPATIBILITY_MODE, 0x980000DC, 0x980000DD, 0x980000DE };
    for (int i = 0; i < 5; i++) CHECK_EQ(control(tcp(), codes[i], in, sizeof in, out, sizeof out, NULL), WSAEOPNOTSUPP);
}

TEST(i_038_three_codes_and_no_more) {
    SOCKET s = tcp();
    u_long value = 1;
    CHECK_OK(ioctlsocket(s, FIONBIO, &value));
    CHECK_OK(ioctlsocket(s, FIONREAD, &value));
    CHECK_EQ(value, 0);
    CHECK_OK(ioctlsocket(s, SIOCATMARK, &value));
    CHECK_EQ(value, 1);
    CHECK_SOCK_ERR(ioctlsocket(s, FIOASYNC, &value), WSAEINVAL);
    CHECK_SOCK_ERR(ioctlsocket(s, SIO_KEEPALIVE_VALS, &value), WSAEINVAL);
    CHECK_SOCK_ERR(ioctlsocket(s, FIONREAD, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(ioctlsocket(INVALID_SOCKET, FIONREAD, &value), WSAENOTSOCK);
}
