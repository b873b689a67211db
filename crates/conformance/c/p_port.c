/* P-001..P-012, P-019..P-030, P-033..P-040: making ports, associating, packets and how they are taken.
 * Which thread gets a packet, and how many run, is in p_threads.c. */
#include "harness.h"

struct packet { BOOL result; DWORD bytes, error; ULONG_PTR key; OVERLAPPED *ov; };

static struct packet take(HANDLE port, DWORD ms) {
    struct packet p = { 0, 0x1111, 0, 0x2222, NULL };
    SetLastError(0x3333);
    p.result = GetQueuedCompletionStatus(port, &p.bytes, &p.key, &p.ov, ms);
    p.error = GetLastError();
    return p;
}

/* A pair whose client is associated with a port under key 5. */
static HANDLE port_pair(SOCKET *client, SOCKET *server) {
    connected_pair(client, server);
    return port_for(*client, 5);
}

static OVERLAPPED *receive(SOCKET s, char *into, DWORD length, int *error) {
    OVERLAPPED *ov = op_plain();
    WSABUF buffer = { length, into };
    DWORD flags = 0;
    *error = WSARecv(s, &buffer, 1, NULL, &flags, ov, NULL) == 0 ? 0 : WSAGetLastError();
    return ov;
}

TEST(p_001_makes_a_port) {
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0x99, 3);
    CHECK(port != NULL && port != INVALID_HANDLE_VALUE);
    CHECK(no_packet(port, 0));
    CHECK(CloseHandle(port));
}

TEST(p_002_associates_and_returns_the_port) {
    HANDLE port = new_port(2);
    CHECK(CreateIoCompletionPort((HANDLE)bound(), port, 1, 77) == port);
    CHECK(CreateIoCompletionPort((HANDLE)bound(), port, 2, 0) == port);
}

TEST(p_003_creates_and_associates_at_once) {
    SA4 at;
    listener(&at);
    SOCKET s = bound();
    HANDLE port = CreateIoCompletionPort((HANDLE)s, NULL, 42, 1);
    CHECK(port != NULL);
    OVERLAPPED *ov = op_plain();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    struct packet p = take(port, 5000);
    CHECK(p.result);
    CHECK_EQ(p.key, 42);
    CHECK(CloseHandle(port));
}

TEST(p_004_no_handle_with_a_port_is_invalid_parameter) {
    HANDLE port = new_port(0);
    SetLastError(0);
    CHECK(CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 0, 0) == NULL);
    CHECK_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

TEST(p_005_only_one_association) {
    SOCKET s = bound();
    HANDLE port = port_for(s, 1), other = new_port(0);
    SetLastError(0);
    CHECK(CreateIoCompletionPort((HANDLE)s, other, 2, 0) == NULL);
    CHECK_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    SetLastError(0);
    CHECK(CreateIoCompletionPort((HANDLE)s, port, 2, 0) == NULL);
    CHECK_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    drop(s);
    /* The number may come again; the association does not. */
    CHECK(CreateIoCompletionPort((HANDLE)bound(), other, 3, 0) == other);
}

TEST(p_006_only_overlapped_objects) {
    HANDLE port = new_port(0), event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE wrong[] = { event, new_port(0), (HANDLE)(ULONG_PTR)0x7FFFFFF0 };
    for (int i = 0; i < 3; i++) {
        SetLastError(0);
        CHECK(CreateIoCompletionPort(wrong[i], port, 0, 0) == NULL);
        CHECK(GetLastError() == ERROR_INVALID_HANDLE || GetLastError() == ERROR_INVALID_PARAMETER);
    }
    SOCKET plain = own(WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, 0));
    SetLastError(0);
    CHECK(CreateIoCompletionPort((HANDLE)plain, port, 0, 0) == NULL);
    CHECK(GetLastError() == ERROR_INVALID_HANDLE || GetLastError() == ERROR_INVALID_PARAMETER);
    CloseHandle(event);
}

TEST(p_007_association_after_the_operation_began) {
    SOCKET client, server;
    char got[4];
    int error;
    connected_pair(&client, &server);
    OVERLAPPED *ov = receive(client, got, sizeof got, &error);
    CHECK_EQ(error, WSA_IO_PENDING);
    HANDLE port = port_for(client, 8);
    send_all(server, "late", 4);
    struct packet p = take(port, 5000);
    CHECK(p.result && p.ov == ov);
    CHECK_EQ(p.bytes, 4);
    CHECK_EQ(p.key, 8);
}

TEST(p_009_one_packet_each) {
    SA4 at, bad = refusing(), nobody;
    listener(&at);
    stuck(&nobody);
    HANDLE port = new_port(0);
    SOCKET s[3] = { bound(), bound(), bound() };
    SA4 *to[3] = { &at, &bad, &nobody };
    OVERLAPPED *ov[3];
    for (int i = 0; i < 3; i++) {
        CHECK(CreateIoCompletionPort((HANDLE)s[i], port, i, 0) == port);
        ov[i] = op_plain();
        CHECK_EQ(start_connect(s[i], to[i], NULL, 0, ov[i]), ERROR_IO_PENDING);
    }
    CHECK(CancelIoEx((HANDLE)s[2], ov[2]));
    static const DWORD errors[3] = { 0, ERROR_CONNECTION_REFUSED, ERROR_OPERATION_ABORTED };
    int seen[3] = { 0, 0, 0 };
    for (int i = 0; i < 3; i++) {
        struct packet p = take(port, 5000);
        CHECK(p.key < 3 && p.ov == ov[p.key]);
        seen[p.key]++;
        CHECK_EQ(p.result, errors[p.key] == 0);
        if (!p.result) CHECK_EQ(p.error, errors[p.key]);
    }
    CHECK(seen[0] == 1 && seen[1] == 1 && seen[2] == 1);
    CHECK(no_packet(port, 100));
    /* An event with its low bit set keeps the packet away. */
    SOCKET quiet = bound();
    CHECK(CreateIoCompletionPort((HANDLE)quiet, port, 9, 0) == port);
    OVERLAPPED *low = op_event();
    HANDLE event = low->hEvent;
    low->hEvent = (HANDLE)((ULONG_PTR)event | 1);
    CHECK_EQ(start_connect(quiet, &at, NULL, 0, low), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(event, 5000), WAIT_OBJECT_0);
    CHECK(no_packet(port, 50));
}

TEST(p_010_immediate_success_queues_too) {
    SOCKET client, server;
    HANDLE port = port_pair(&client, &server);
    OVERLAPPED *ov = op_plain();
    WSABUF buffer = { 4, "data" };
    DWORD bytes = 0;
    CHECK_OK(WSASend(client, &buffer, 1, &bytes, 0, ov, NULL));
    CHECK_EQ(bytes, 4);
    struct packet p = take(port, 1000);
    CHECK(p.result && p.ov == ov);
    CHECK_EQ(p.bytes, 4);
    CHECK(no_packet(port, 20));
}

TEST(p_011_synchronous_failure_queues_none) {
    SOCKET s = bound();
    HANDLE port = port_for(s, 1);
    SA4 zero = v4("127.0.0.1", 9);
    LPFN_CONNECTEX call = connect_ex();
    CHECK_BOOL_ERR(call(s, (SA *)&zero, 3, NULL, 0, NULL, op_plain()), WSAEFAULT);
    WSABUF buffer = { 1, "x" };
    DWORD bytes;
    CHECK_SOCK_ERR(WSASend(s, &buffer, 1, &bytes, 0, op_plain(), NULL), WSAENOTCONN);
    CHECK(no_packet(port, 50));
}

TEST(p_012_oldest_first) {
    HANDLE port = new_port(0);
    for (DWORD i = 0; i < 1000; i++) CHECK(PostQueuedCompletionStatus(port, i, i * 2, NULL));
    for (DWORD i = 0; i < 1000; i++) {
        struct packet p = take(port, 0);
        CHECK(p.result);
        CHECK_EQ(p.bytes, i);
        CHECK_EQ(p.key, i * 2);
    }
    CHECK(no_packet(port, 0));
}

TEST(p_019_true_leaves_the_last_error) {
    HANDLE port = new_port(0);
    CHECK(PostQueuedCompletionStatus(port, 7, 8, (OVERLAPPED *)0x10));
    struct packet p = take(port, 1000);
    CHECK(p.result);
    CHECK_EQ(p.error, 0x3333);
}

TEST(p_020_false_with_an_overlapped_is_a_failed_operation) {
    SA4 bad = refusing();
    SOCKET s = bound();
    HANDLE port = port_for(s, 6);
    OVERLAPPED *ov = op_plain();
    CHECK_EQ(start_connect(s, &bad, "data", 4, ov), ERROR_IO_PENDING);
    struct packet p = take(port, 5000);
    CHECK(!p.result);
    CHECK(p.ov == ov);
    CHECK_EQ(p.key, 6);
    CHECK_EQ(p.bytes, 0);
    CHECK_EQ(p.error, ERROR_CONNECTION_REFUSED);
}

TEST(p_021_false_without_an_overlapped_is_nothing) {
    HANDLE port = new_port(0);
    DWORD bytes = 0x1111;
    ULONG_PTR key = 0x2222;
    OVERLAPPED *ov = (OVERLAPPED *)0x4444;
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &ov, 10));
    CHECK(ov == NULL);
    CHECK_EQ(bytes, 0x1111);
    CHECK_EQ(key, 0x2222);
}

static DWORD WINAPI post_after_200_ms(void *port) {
    Sleep(200);
    return PostQueuedCompletionStatus(port, 1, 1, NULL);
}

TEST(p_022_time_out) {
    HANDLE port = new_port(0);
    ULONGLONG began = now_ms();
    struct packet p = take(port, 0);
    CHECK(!p.result && now_ms() - began < 500);
    CHECK_EQ(p.error, WAIT_TIMEOUT);
    began = now_ms();
    p = take(port, 150);
    CHECK(!p.result && now_ms() - began >= 130 && now_ms() - began < 3000);
    CHECK_EQ(p.error, 258);
    HANDLE t = thread(post_after_200_ms, port);
    p = take(port, INFINITE);
    join(t);
    CHECK(p.result);
}

static DWORD WINAPI close_after_100_ms(void *port) {
    Sleep(100);
    return CloseHandle(port);
}

TEST(p_023_closed_during_the_wait) {
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    HANDLE t = thread(close_after_100_ms, port);
    struct packet p = take(port, 10000);
    join(t);
    CHECK(!p.result && p.ov == NULL);
    CHECK_EQ(p.error, 735);
}

TEST(p_024_invalid_port) {
    HANDLE closed = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    CHECK(CloseHandle(closed));
    HANDLE wrong[] = { closed, NULL, (HANDLE)(ULONG_PTR)0x7FFFFFF0 };
    for (int i = 0; i < 3; i++) {
        struct packet p = take(wrong[i], 0);
        CHECK(!p.result && p.ov == NULL);
        CHECK_EQ(p.error, ERROR_INVALID_HANDLE);
        SetLastError(0);
        CHECK(!PostQueuedCompletionStatus(wrong[i], 0, 0, NULL));
        CHECK_EQ(GetLastError(), ERROR_INVALID_HANDLE);
    }
    CHECK(!take(event, 0).result);
    CloseHandle(event);
}

TEST(p_025_posted_values_come_untouched) {
    HANDLE port = new_port(0);
    CHECK(PostQueuedCompletionStatus(port, 0xFFFFFFFF, ~(ULONG_PTR)0, (OVERLAPPED *)(ULONG_PTR)0xdeadbeefcafe));
    struct packet p = take(port, 1000);
    CHECK(p.result);
    CHECK_EQ(p.bytes, 0xFFFFFFFF);
    CHECK(p.key == ~(ULONG_PTR)0);
    CHECK(p.ov == (OVERLAPPED *)(ULONG_PTR)0xdeadbeefcafe);
}

TEST(p_026_posted_null_is_true_with_null) {
    HANDLE port = new_port(0);
    CHECK(PostQueuedCompletionStatus(port, 5, 6, NULL));
    struct packet p = take(port, 1000);
    CHECK(p.result && p.ov == NULL);
    CHECK_EQ(p.bytes, 5);
    CHECK_EQ(p.key, 6);
}

TEST(p_027_ex_takes_several) {
    SA4 bad = refusing();
    SOCKET s = bound();
    HANDLE port = port_for(s, 11);
    OVERLAPPED *ov = op_plain();
    OVERLAPPED_ENTRY entries[8];
    ULONG removed = 0;
    CHECK_EQ(start_connect(s, &bad, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(finish(s, ov, 5000, NULL) != 0);
    Sleep(50);
    for (DWORD i = 0; i < 3; i++) CHECK(PostQueuedCompletionStatus(port, i, 100 + i, NULL));
    CHECK(GetQueuedCompletionStatusEx(port, entries, 2, &removed, 1000, FALSE));
    CHECK_EQ(removed, 2);
    CHECK(entries[0].lpOverlapped == ov);
    CHECK_EQ(entries[0].lpCompletionKey, 11);
    CHECK_EQ((DWORD)entries[0].lpOverlapped->Internal, ST_CONNECTION_REFUSED);
    CHECK_EQ(entries[1].lpCompletionKey, 100);
    CHECK(GetQueuedCompletionStatusEx(port, entries, 8, &removed, 1000, FALSE));
    CHECK_EQ(removed, 2);
    CHECK_EQ(entries[1].lpCompletionKey, 102);
    CHECK_EQ(entries[1].dwNumberOfBytesTransferred, 2);
}

TEST(p_028_ex_time_out_and_closed) {
    OVERLAPPED_ENTRY entry;
    ULONG removed = 77;
    CHECK_BOOL_ERR(GetQueuedCompletionStatusEx(new_port(0), &entry, 1, &removed, 20, FALSE), 258);
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    HANDLE t = thread(close_after_100_ms, port);
    SetLastError(0);
    BOOL result = GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 10000, FALSE);
    DWORD error = GetLastError();
    join(t);
    CHECK(!result);
    CHECK_EQ(error, 735);
}

TEST(p_030_ex_needs_room) {
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    HANDLE port = new_port(0);
    CHECK(PostQueuedCompletionStatus(port, 1, 1, NULL));
    CHECK_BOOL_ERR(GetQueuedCompletionStatusEx(port, &entry, 0, &removed, 0, FALSE), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(GetQueuedCompletionStatusEx(port, NULL, 1, &removed, 0, FALSE), ERROR_INVALID_PARAMETER);
    CHECK(take(port, 0).result);
}

static void send_with_packet(SOCKET s, HANDLE port, int expected) {
    WSABUF buffer = { 1, "x" };
    DWORD bytes;
    OVERLAPPED *ov = op_plain();
    CHECK_OK(WSASend(s, &buffer, 1, &bytes, 0, ov, NULL));
    struct packet p = take(port, expected ? 1000 : 50);
    CHECK_EQ(p.result, expected);
}

TEST(p_033_notification_modes_stay) {
    SOCKET client, server;
    HANDLE port = port_pair(&client, &server);
    CHECK_BOOL_ERR(SetFileCompletionNotificationModes((HANDLE)client, 0x10), ERROR_INVALID_PARAMETER);
    send_with_packet(client, port, 1);
    CHECK(SetFileCompletionNotificationModes((HANDLE)client, 1));
    send_with_packet(client, port, 0);
    CHECK(SetFileCompletionNotificationModes((HANDLE)client, 0));
    send_with_packet(client, port, 0);
    CHECK(SetFileCompletionNotificationModes((HANDLE)client, 2));
    send_with_packet(client, port, 0);
}

TEST(p_034_skip_port_on_success) {
    SOCKET client, server;
    char got[4];
    int error;
    HANDLE port = port_pair(&client, &server);
    CHECK(SetFileCompletionNotificationModes((HANDLE)client, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    send_with_packet(client, port, 0);
    OVERLAPPED *ov = receive(client, got, sizeof got, &error);
    CHECK_EQ(error, WSA_IO_PENDING);
    send_all(server, "abcd", 4);
    struct packet p = take(port, 5000);
    CHECK(p.result && p.ov == ov);
    CHECK_EQ(p.bytes, 4);
}

TEST(p_035_skip_event_on_handle) {
    SA4 at;
    SOCKET l = listener(&at), loud = bound(), quiet = bound();
    connect_ok(loud, &at);
    accept_one(l);
    char got[4];
    int error;
    CHECK(SetFileCompletionNotificationModes((HANDLE)quiet, FILE_SKIP_SET_EVENT_ON_HANDLE));
    connect_ok(quiet, &at);
    SOCKET peer = accept_one(l);
    OVERLAPPED *ov = receive(quiet, got, sizeof got, &error);
    CHECK_EQ(error, WSA_IO_PENDING);
    CHECK_EQ(WaitForSingleObject((HANDLE)quiet, 0), WAIT_TIMEOUT);
    send_all(peer, "abcd", 4);
    CHECK_EQ(finish(quiet, ov, 5000, NULL), 0);
    CHECK_EQ(WaitForSingleObject((HANDLE)quiet, 50), WAIT_TIMEOUT);
    ov = op_event();
    WSABUF buffer = { sizeof got, got };
    DWORD flags = 0;
    CHECK_SOCK_ERR(WSARecv(quiet, &buffer, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    send_all(peer, "efgh", 4);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
}

TEST(p_036_operations_survive_the_closed_port) {
    SOCKET client, server;
    char got[4];
    int error;
    connected_pair(&client, &server);
    HANDLE port = CreateIoCompletionPort((HANDLE)client, NULL, 5, 0);
    OVERLAPPED *ov = receive(client, got, sizeof got, &error);
    CHECK_EQ(error, WSA_IO_PENDING);
    CHECK(CloseHandle(port));
    send_all(server, "abcd", 4);
    DWORD bytes;
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 4);
    send_all(server, "efgh", 4);
    read_exactly(client, got, 4);
}

static void CALLBACK routine(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)error, (void)bytes, (void)ov, (void)flags;
}

TEST(p_037_no_completion_routines_on_an_associated_handle) {
    SOCKET client, server;
    char got[4];
    port_pair(&client, &server);
    WSABUF buffer = { sizeof got, got };
    DWORD flags = 0;
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, op_plain(), routine), WSAEINVAL);
}

TEST(p_039_packets_carry_the_key_of_their_socket) {
    SA4 at;
    SOCKET l = listener(&at), s[2] = { bound(), bound() };
    HANDLE port = new_port(0);
    CHECK(CreateIoCompletionPort((HANDLE)l, port, 99, 0) == port);
    for (int i = 0; i < 2; i++) {
        CHECK(CreateIoCompletionPort((HANDLE)s[i], port, i, 0) == port);
        OVERLAPPED *ov = op_plain();
        CHECK_EQ(start_connect(s[i], &at, NULL, 0, ov), ERROR_IO_PENDING);
        struct packet p = take(port, 5000);
        CHECK(p.result && p.ov == ov);
        CHECK_EQ(p.key, i);
        drop(accept_one(l));
        ov = op_plain();
        CHECK_EQ(start_disconnect(s[i], ov, 0), ERROR_IO_PENDING);
        p = take(port, 5000);
        CHECK(p.result && p.ov == ov);
        CHECK_EQ(p.key, i);
    }
}

TEST(p_040_status_is_written_by_the_time_of_the_packet) {
    SOCKET client, server;
    char got[64];
    int error;
    HANDLE port = port_pair(&client, &server);
    for (int i = 1; i <= 60; i++) {
        OVERLAPPED *ov = receive(client, got, sizeof got, &error);
        CHECK(error == 0 || error == WSA_IO_PENDING);
        send_all(server, got, i);
        struct packet p = take(port, 5000);
        CHECK(p.result && p.ov == ov);
        CHECK_EQ(ov->Internal, 0);
        CHECK_EQ(ov->InternalHigh, i);
        CHECK_EQ(p.bytes, i);
    }
}
