/* W-001..W-011, W-014..W-017: starting, and the last error. What the last WSACleanup does is in w_cleanup.c, fork (W-018) in
 * c_network.c. */
#include "harness.h"

static int startup(BYTE major, BYTE minor, WSADATA *data) { return WSAStartup(MAKEWORD(major, minor), data); }

static WSADATA data;

TEST_RAW(w_001_nothing_works_before_startup) {
    SA4 at = v4("127.0.0.1", 9);
    int length = sizeof at;
    char byte = 0;
    DWORD bytes = 0, flags = 0;
    u_long one = 1;
    WSABUF buffer = { 1, &byte };
    GUID id = WSAID_CONNECTEX;
    void *function;
    OVERLAPPED *ov = op_plain();
    WSASetLastError(0);
    CHECK(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSANOTINITIALISED);
    WSASetLastError(0);
    CHECK(WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, 0) == INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSANOTINITIALISED);
    WSASetLastError(0);
    CHECK(accept(3, NULL, NULL) == INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSANOTINITIALISED);
    CHECK_SOCK_ERR(bind(3, (SA *)&at, length), WSANOTINITIALISED);
    CHECK_SOCK_ERR(listen(3, 1), WSANOTINITIALISED);
    CHECK_SOCK_ERR(connect(3, (SA *)&at, length), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSAConnect(3, (SA *)&at, length, NULL, NULL, NULL, NULL), WSANOTINITIALISED);
    CHECK_SOCK_ERR(shutdown(3, SD_SEND), WSANOTINITIALISED);
    CHECK_SOCK_ERR(closesocket(3), WSANOTINITIALISED);
    CHECK_SOCK_ERR(getsockname(3, (SA *)&at, &length), WSANOTINITIALISED);
    CHECK_SOCK_ERR(getpeername(3, (SA *)&at, &length), WSANOTINITIALISED);
    CHECK_SOCK_ERR(getsockopt(3, SOL_SOCKET, SO_TYPE, &byte, &length), WSANOTINITIALISED);
    CHECK_SOCK_ERR(setsockopt(3, SOL_SOCKET, SO_KEEPALIVE, &byte, 1), WSANOTINITIALISED);
    CHECK_SOCK_ERR(ioctlsocket(3, FIONBIO, &one), WSANOTINITIALISED);
    CHECK_SOCK_ERR(send(3, &byte, 1, 0), WSANOTINITIALISED);
    CHECK_SOCK_ERR(recv(3, &byte, 1, 0), WSANOTINITIALISED);
    CHECK_SOCK_ERR(sendto(3, &byte, 1, 0, (SA *)&at, length), WSANOTINITIALISED);
    CHECK_SOCK_ERR(recvfrom(3, &byte, 1, 0, NULL, NULL), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSASend(3, &buffer, 1, &bytes, 0, NULL, NULL), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSARecv(3, &buffer, 1, &bytes, &flags, NULL, NULL), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSAIoctl(3, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function, &bytes,
                            NULL, NULL), WSANOTINITIALISED);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(3, ov, &bytes, FALSE, &flags), WSANOTINITIALISED);
    /* These need nothing. */
    WSASetLastError(5);
    CHECK_EQ(WSAGetLastError(), 5);
    CHECK_EQ(htons(0x1234), 0x3412);
    CHECK_EQ(inet_addr("1.2.3.4"), 0x04030201);
}

static int CALLBACK any_caller(LPWSABUF id, LPWSABUF data, LPQOS s, LPQOS g, LPWSABUF callee, LPWSABUF callee_data, GROUP *group,
                               DWORD_PTR more) {
    (void)id, (void)data, (void)s, (void)g, (void)callee, (void)callee_data, (void)group, (void)more;
    return CF_ACCEPT;
}

/* The same of functions that answer with something else than 0 or SOCKET_ERROR. */
#define CHECK_NOTHING(call, nothing)                                                                                   \
    do { WSASetLastError(0); CHECK((call) == (nothing)); CHECK_EQ(WSAGetLastError(), WSANOTINITIALISED); } while (0)

TEST_RAW(w_001_nor_does_waiting_or_looking_up) {
    SOCKET s = 3;
    SA4 at = v4("127.0.0.1", 9), local, remote;
    int length = sizeof at;
    DWORD bytes = 0, flags = 0, local_length = sizeof local, remote_length = sizeof remote;
    char byte = 0, text[64];
    fd_set set;
    struct timeval now = { 0, 0 };
    WSAPOLLFD entry = { s, POLLRDNORM, 0 };
    WSANETWORKEVENTS events;
    WSABUF buffer = { 1, &byte };
    WSAMSG message = { (SA *)&at, sizeof at, &buffer, 1, { 0, NULL }, 0 };
    ADDRINFOA *list = NULL;
    ADDRINFOW *wide_list = NULL;
    WSAPROTOCOL_INFOA protocol;
    SOCKET_ADDRESS_LIST addresses = { 1, { { (SA *)&at, sizeof at } } };
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    FD_ZERO(&set);
    FD_SET(s, &set);
    CHECK_SOCK_ERR(select(0, &set, NULL, NULL, &now), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSAPoll(&entry, 1, 0), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSAEventSelect(s, event, FD_READ), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSAEnumNetworkEvents(s, event, &events), WSANOTINITIALISED);
    CHECK_EQ(getaddrinfo("127.0.0.1", NULL, NULL, &list), WSANOTINITIALISED);
    CHECK_EQ(GetAddrInfoW(L"127.0.0.1", NULL, NULL, &wide_list), WSANOTINITIALISED);
    CHECK_EQ(getnameinfo((SA *)&at, sizeof at, text, sizeof text, NULL, 0, NI_NUMERICHOST), WSANOTINITIALISED);
    CHECK_SOCK_ERR(gethostname(text, sizeof text), WSANOTINITIALISED);
    CHECK_NOTHING(gethostbyname("localhost"), NULL);
    CHECK_NOTHING(gethostbyaddr((char *)&at.sin_addr, 4, AF_INET), NULL);
    CHECK_NOTHING(getservbyname("http", "tcp"), NULL);
    CHECK_NOTHING(getservbyport(htons(80), "tcp"), NULL);
    CHECK_NOTHING(getprotobyname("tcp"), NULL);
    CHECK_NOTHING(getprotobynumber(6), NULL);
    CHECK_BOOL_ERR(WSAConnectByNameA(s, "127.0.0.1", "9", &local_length, (SA *)&local, &remote_length, (SA *)&remote, &now,
                                     NULL), WSANOTINITIALISED);
    CHECK_BOOL_ERR(WSAConnectByNameW(s, L"127.0.0.1", L"9", NULL, NULL, NULL, NULL, &now, NULL), WSANOTINITIALISED);
    CHECK_BOOL_ERR(WSAConnectByList(s, &addresses, NULL, NULL, NULL, NULL, &now, NULL), WSANOTINITIALISED);
    CHECK_NOTHING(WSAAccept(s, NULL, NULL, any_caller, 0), INVALID_SOCKET);
    CHECK_NOTHING(WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, 0), INVALID_SOCKET);
    CHECK_BOOL_ERR(AcceptEx(s, 4, accept_buffer(0), 0, AREA, AREA, &bytes, op_plain()), WSANOTINITIALISED);
    CHECK_BOOL_ERR(TransmitFile(s, NULL, 0, 0, NULL, NULL, 0), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSASendTo(s, &buffer, 1, &bytes, 0, (SA *)&at, length, NULL, NULL), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSARecvFrom(s, &buffer, 1, &bytes, &flags, NULL, NULL, NULL, NULL), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSASendMsg(s, &message, 0, &bytes, NULL, NULL), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSASendDisconnect(s, NULL), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSARecvDisconnect(s, NULL), WSANOTINITIALISED);
    CHECK_SOCK_ERR(WSADuplicateSocketA(s, GetCurrentProcessId(), &protocol), WSANOTINITIALISED);
    bytes = sizeof protocol;
    CHECK_SOCK_ERR(WSAEnumProtocolsA(NULL, &protocol, &bytes), WSANOTINITIALISED);
    CloseHandle(event);
}

TEST_RAW(w_002_startup_returns_its_error) {
    WSASetLastError(77);
    CHECK_EQ(startup(0, 0, &data), WSAVERNOTSUPPORTED);
    CHECK_EQ(startup(2, 2, &data), 0);
    CHECK_OK(WSACleanup());
}

TEST_RAW(w_003_supported_versions) {
    static const BYTE versions[][2] = { { 1, 0 }, { 1, 1 }, { 2, 0 }, { 2, 1 }, { 2, 2 } };
    for (int i = 0; i < 5; i++) {
        CHECK_EQ(startup(versions[i][0], versions[i][1], &data), 0);
        CHECK_EQ(LOBYTE(data.wVersion), versions[i][0]);
        CHECK_EQ(HIBYTE(data.wVersion), versions[i][1]);
        CHECK_OK(WSACleanup());
    }
}

TEST_RAW(w_004_negotiated_version) {
    static const WORD row[][2] = { { 0x0202, 0x0202 }, { 0x0302, 0x0202 }, { 0x0003, 0x0202 }, { 0xFFFF, 0x0202 },
                                   { 0x0101, 0x0101 }, { 0x0002, 0x0002 }, { 0x0102, 0x0102 } };
    for (int i = 0; i < 7; i++) {
        memset(&data, 0, sizeof data);
        CHECK_EQ(WSAStartup(row[i][0], &data), 0);
        if (data.wVersion != row[i][1]) FAIL("asked for 0x%04x, got 0x%04x", row[i][0], data.wVersion);
        CHECK_EQ(data.wHighVersion, 0x0202);
        CHECK_OK(WSACleanup());
    }
}

TEST_RAW(w_005_below_one) {
    CHECK_EQ(startup(0, 0, &data), 10092);
    CHECK_EQ(startup(0, 9, &data), 10092);
    CHECK_SOCK_ERR(WSACleanup(), WSANOTINITIALISED);
}

TEST_RAW(w_006_bad_data_is_wsaefault) {
    CHECK_EQ(startup(2, 2, NULL), WSAEFAULT);
    CHECK_EQ(startup(2, 2, UNMAPPED), WSAEFAULT);
    CHECK_SOCK_ERR(WSACleanup(), WSANOTINITIALISED);
}

TEST_RAW(w_007_the_other_codes_exist) {
    CHECK_EQ(WSASYSNOTREADY, 10091);
    CHECK_EQ(WSAEPROCLIM, 10067);
    CHECK_EQ(WSAEINPROGRESS, 10036);
    CHECK_EQ(WSAVERNOTSUPPORTED, 10092);
}

TEST_RAW(w_008_limits_of_version_one) {
    CHECK_EQ(startup(2, 2, &data), 0);
    CHECK_EQ(data.iMaxSockets, 0);
    CHECK_EQ(data.iMaxUdpDg, 0);
    CHECK_OK(WSACleanup());
    CHECK_EQ(startup(1, 1, &data), 0);
    CHECK_EQ(data.iMaxSockets, 32767);
    CHECK_EQ(data.iMaxUdpDg, 65467);
    CHECK_OK(WSACleanup());
}

TEST_RAW(w_009_description) {
    CHECK_EQ(startup(2, 2, &data), 0);
    CHECK(strcmp(data.szDescription, "WinSock 2.0") == 0);
    CHECK(strcmp(data.szSystemStatus, "Running") == 0);
    CHECK_OK(WSACleanup());
}

TEST_RAW(w_010_nested) {
    for (int i = 0; i < 3; i++) CHECK_EQ(startup(2, 2, &data), 0);
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    CHECK_OK(WSACleanup());
    CHECK_OK(WSACleanup());
    SA4 any = v4("127.0.0.1", 0);
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    CHECK_OK(closesocket(s));
    CHECK_OK(WSACleanup());
    CHECK_SOCK_ERR(WSACleanup(), WSANOTINITIALISED);
}

TEST_RAW(w_011_cleanup_without_startup) { CHECK_SOCK_ERR(WSACleanup(), WSANOTINITIALISED); }

TEST_RAW(w_014_started_again) {
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(startup(2, 2, &data), 0);
        SA4 at;
        SOCKET l = listener(&at), s = bound();
        connect_ok(s, &at);
        drop(accept_one(l));
        drop(s);
        drop(l);
        CHECK_OK(WSACleanup());
    }
}

static DWORD WINAPI other_thread(void *nothing) {
    (void)nothing;
    DWORD fresh = WSAGetLastError();
    WSASetLastError(222);
    return fresh * 1000 + GetLastError();
}

TEST(w_015_one_last_error_a_thread) {
    WSASetLastError(111);
    CHECK_EQ(GetLastError(), 111);
    CHECK_EQ(join(thread(other_thread, NULL)), 222);
    WSASetLastError(111);
    join(thread(other_thread, NULL));
    SetLastError(333);
    CHECK_EQ(WSAGetLastError(), 333);
}

TEST(w_016_errno_and_the_last_error_are_apart) {
    WSASetLastError(4242);
    FILE *nothing = fopen("/no/such/file", "r");
    CHECK(nothing == NULL);
    CHECK_EQ(WSAGetLastError(), 4242);
    set_host_errno(34);
    CHECK_SOCK_ERR(closesocket(INVALID_SOCKET), WSAENOTSOCK);
    CHECK_EQ(host_errno(), 34);
    SA4 bad = refusing();
    set_host_errno(33);
    CHECK_SOCK_ERR(connect(tcp(), (SA *)&bad, sizeof bad), WSAECONNREFUSED);
    CHECK_EQ(host_errno(), 33);
}

TEST(w_017_success_keeps_or_clears_the_last_error) {
    SOCKET client, server;
    char byte;
    connected_pair(&client, &server);
    WSASetLastError(1234);
    CHECK_EQ(send(client, "x", 1, 0), 1);
    CHECK(WSAGetLastError() == 1234 || WSAGetLastError() == 0);
    WSASetLastError(1234);
    CHECK_EQ(recv(server, &byte, 1, 0), 1);
    CHECK(WSAGetLastError() == 1234 || WSAGetLastError() == 0);
    WSASetLastError(1234);
    nonblocking(client);
    CHECK(WSAGetLastError() == 1234 || WSAGetLastError() == 0);
}
