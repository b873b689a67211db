/* C-001..C-009: the shape of ConnectEx and how a program gets hold of it. */
#include "harness.h"

static int ask(SOCKET s, GUID *id, void **function, DWORD *bytes) {
    *function = NULL;
    *bytes = 0xdead;
    return WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, id, sizeof *id, function, sizeof *function, bytes, NULL, NULL);
}

TEST(c_001_signature_and_32_bit_bool) {
    BOOL (PASCAL *exact)(SOCKET, const struct sockaddr *, int, PVOID, DWORD, LPDWORD, LPOVERLAPPED) = connect_ex();
    SA4 at;
    listener(&at);
    CHECK_EQ(sizeof(exact(INVALID_SOCKET, NULL, 0, NULL, 0, NULL, NULL)), 4);
    SOCKET s = bound();
    DWORD sent = 0;
    OVERLAPPED *ov = op_event();
    BOOL result = exact(s, (SA *)&at, sizeof at, NULL, 0, &sent, ov);
    CHECK(result == TRUE || WSAGetLastError() == ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
}

TEST(c_002_connects_then_sends_one_block) {
    SA4 at;
    char got[5];
    SOCKET l = listener(&at), s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, "first", 5, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    SOCKET peer = accept_one(l);
    read_exactly(peer, got, 5);
    CHECK(memcmp(got, "first", 5) == 0);
    drop(s);
    CHECK_EQ(recv(peer, got, 5, 0), 0);
}

TEST(c_003_fetched_at_run_time) {
    void *function;
    DWORD bytes;
    GUID id = WSAID_CONNECTEX;
    CHECK_OK(ask(tcp(), &id, &function, &bytes));
    CHECK(function != NULL);
    GUID unknown = { 0x12345678, 1, 2, { 3, 4, 5, 6, 7, 8, 9, 10 } };
    CHECK_SOCK_ERR(ask(tcp(), &unknown, &function, &bytes), WSAEINVAL);
}

TEST(c_004_guid_in_pointer_out) {
    GUID id = { 0x25A207B9, 0xDDF3, 0x4660, { 0x8E, 0xE9, 0x76, 0xE5, 0x8C, 0x74, 0x06, 0x3E } };
    void *function;
    DWORD bytes;
    CHECK_EQ(sizeof id, 16);
    CHECK_OK(ask(tcp(), &id, &function, &bytes));
    SA4 at;
    listener(&at);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    LPFN_CONNECTEX call = (LPFN_CONNECTEX)function;
    CHECK(call(s, (SA *)&at, sizeof at, NULL, 0, NULL, ov) || WSAGetLastError() == ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
}

TEST(c_005_returned_size_is_a_pointer) {
    GUID id = WSAID_CONNECTEX;
    void *function;
    DWORD bytes;
    CHECK_OK(ask(tcp(), &id, &function, &bytes));
    CHECK_EQ(bytes, sizeof(void *));
    CHECK_EQ(bytes, 8);
}

TEST(c_006_pointer_from_any_socket_works_on_every_socket) {
    GUID id = WSAID_CONNECTEX;
    void *from_udp, *from_tcp6;
    DWORD bytes;
    CHECK_OK(ask(udp(), &id, &from_udp, &bytes));
    CHECK_OK(ask(tcp6(), &id, &from_tcp6, &bytes));
    void *both[2] = { from_udp, from_tcp6 };
    SA4 at;
    listener(&at);
    for (int i = 0; i < 2; i++) {
        SOCKET s = bound();
        OVERLAPPED *ov = op_event();
        LPFN_CONNECTEX call = (LPFN_CONNECTEX)both[i];
        CHECK(call(s, (SA *)&at, sizeof at, NULL, 0, NULL, ov) || WSAGetLastError() == ERROR_IO_PENDING);
        CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    }
}

TEST(c_007_guid_is_in_mswsock) {
    GUID id = WSAID_CONNECTEX;
    static const unsigned char bytes[16] = { 0xB9, 0x07, 0xA2, 0x25, 0xF3, 0xDD, 0x60, 0x46,
                                             0x8E, 0xE9, 0x76, 0xE5, 0x8C, 0x74, 0x06, 0x3E };
    CHECK(memcmp(&id, bytes, sizeof bytes) == 0);
    GUID other = WSAID_DISCONNECTEX;
    CHECK_EQ(other.Data1, 0x7FDA2E11);
}

TEST(c_008_offers_what_the_page_refers_to) {
    /* Taking the address makes the linker prove it. */
    void *functions[] = { (void *)ExitThread, (void *)GetOverlappedResult, (void *)GetQueuedCompletionStatus,
                          (void *)ReadFile, (void *)WriteFile, (void *)WSAConnect, (void *)WSAGetLastError,
                          (void *)WSAIoctl, (void *)WSARecv, (void *)WSASend, (void *)WSAStartup, (void *)bind,
                          (void *)closesocket, (void *)connect, (void *)getsockopt, (void *)setsockopt, (void *)recv,
                          (void *)send, (void *)sendto, (void *)WSAConnectByNameA, (void *)WSAConnectByNameW,
                          (void *)WSAConnectByList };
    for (unsigned i = 0; i < sizeof functions / sizeof *functions; i++) CHECK(functions[i] != NULL);
    CHECK(connect_ex() != NULL);
    CHECK(disconnect_ex() != NULL);
    CHECK_EQ(sizeof(OVERLAPPED), 32);
    CHECK_EQ(sizeof(struct sockaddr), 16);
}
