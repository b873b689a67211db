/* ..R-010, R-014..R-016, O-007: completion routines. */
#include "harness.h"

enum { CALLS = 8, ROOM = 64 };
static struct call {
    DWORD error, bytes, flags, thread;
    OVERLAPPED *ov;
} call[CALLS];
static volatile LONG calls;

static void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    struct call *c = &call[calls % CALLS];
    c->error = error, c->bytes = bytes, c->flags = flags, c->ov = ov;
    c->thread = GetCurrentThreadId();
    calls++;
}

static char room[CALLS][ROOM];

/* All three answer 0 or the last error. */
static int receive_with(SOCKET s, int into, OVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    WSABUF buffer = { ROOM, room[into] };
    DWORD flags = 0;
    return WSARecv(s, &buffer, 1, NULL, &flags, ov, routine) ? WSAGetLastError() : 0;
}

static int receive(SOCKET s, int into, OVERLAPPED *ov) { return receive_with(s, into, ov, note); }

static int transmit(SOCKET s, const char *data, int length, OVERLAPPED *ov) {
    WSABUF buffer = { (ULONG)length, (char *)data };
    return WSASend(s, &buffer, 1, NULL, 0, ov, note) ? WSAGetLastError() : 0;
}

static void pair(SOCKET *client, SOCKET *server) {
    calls = 0;
    connected_pair(client, server);
}

/* Data that was sent over the loopback is there shortly after. */
static void arrives(SOCKET s, u_long bytes) {
    for (int round = 0; round < 1000; round++) {
        u_long there = 0;
        CHECK_OK(ioctlsocket(s, FIONREAD, &there));
        if (there >= bytes) return;
        Sleep(5);
    }
    FAIL("nothing arrived");
}

TEST(r_001_what_the_routine_is_told) {
    SOCKET client, server;
    OVERLAPPED *in = op_plain(), *out = op_plain();
    pair(&client, &server);
    CHECK_EQ(receive(client, 0, in), WSA_IO_PENDING);
    send_all(server, "hello", 5);
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 1);
    CHECK(call[0].ov == in);
    CHECK_EQ(call[0].error, 0);
    CHECK_EQ(call[0].bytes, 5);
    CHECK_EQ(call[0].flags, 0);
    CHECK(!memcmp(room[0], "hello", 5));
    int sent = transmit(client, "a reply", 7, out);
    CHECK(sent == 0 || sent == WSA_IO_PENDING);
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 2);
    CHECK(call[1].ov == out);
    CHECK_EQ(call[1].error, 0);
    CHECK_EQ(call[1].bytes, 7);
}

static DWORD WINAPI sleep_alertably(void *ms) { return SleepEx((DWORD)(ULONG_PTR)ms, TRUE); }

TEST(r_002_only_on_its_thread_and_only_in_an_alertable_wait) {
    SOCKET client, server;
    pair(&client, &server);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    CHECK_EQ(receive(client, 0, op_plain()), WSA_IO_PENDING);
    send_all(server, "x", 1);
    CHECK_EQ(join(thread(sleep_alertably, (void *)200)), 0);
    CHECK_EQ(calls, 0);
    Sleep(20);
    CHECK_EQ(WaitForSingleObject(event, 20), WAIT_TIMEOUT);
    CHECK_EQ(WaitForSingleObjectEx(event, 20, FALSE), WAIT_TIMEOUT);
    CHECK_EQ(SleepEx(20, FALSE), 0);
    CHECK_EQ(calls, 0);
    CHECK_EQ(WaitForSingleObjectEx(event, 10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 1);
    CHECK_EQ(call[0].thread, GetCurrentThreadId());
    CloseHandle(event);
}

TEST(r_004_all_run_before_the_wait_returns) {
    SOCKET client[3], server[3];
    for (int i = 0; i < 3; i++) {
        pair(&client[i], &server[i]);
        CHECK_EQ(receive(client[i], i, op_plain()), WSA_IO_PENDING);
    }
    for (int i = 0; i < 3; i++) send_all(server[i], "x", 1);
    Sleep(300);
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 3);
    CHECK_EQ(SleepEx(0, TRUE), 0);
}

TEST(r_005_the_error_is_winsocks) {
    SOCKET client, server;
    OVERLAPPED *ov = op_plain();
    pair(&client, &server);
    CHECK_EQ(receive(client, 0, ov), WSA_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)client, ov));
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(call[0].error, WSA_OPERATION_ABORTED);
    CHECK_EQ(call[0].bytes, 0);
    CHECK_STATUS(ov, ST_CANCELLED);
    CHECK_EQ(receive(client, 0, ov), WSA_IO_PENDING);
    hard_close(server);
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 2);
    CHECK_EQ(call[1].error, WSAECONNRESET);
    CHECK_EQ(call[1].bytes, 0);
}

TEST(r_006_queued_on_immediate_success) {
    SOCKET client, server;
    OVERLAPPED *ov = op_plain();
    pair(&client, &server);
    send_all(server, "here", 4);
    arrives(client, 4);
    CHECK_EQ(receive(client, 0, ov), 0);
    CHECK_EQ(calls, 0);
    CHECK_STATUS(ov, ST_SUCCESS);
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 1);
    CHECK_EQ(call[0].bytes, 4);
}

TEST(r_007_none_after_a_synchronous_failure) {
    SOCKET client, server;
    pair(&client, &server);
    CHECK_EQ(receive(tcp(), 0, op_plain()), WSAENOTCONN);
    CHECK_OK(shutdown(client, SD_SEND));
    CHECK_EQ(transmit(client, "x", 1, op_plain()), WSAESHUTDOWN);
    CHECK_EQ(SleepEx(50, TRUE), 0);
    CHECK_EQ(calls, 0);
}

static SOCKET again_on;
static OVERLAPPED *again_with[3];
static volatile LONG depth, deepest;
static DWORD waited;

/* Starts the next receive, whose data is there already, and waits alertably inside if asked. */
static void CALLBACK again(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    depth++;
    if (depth > deepest) deepest = depth;
    note(error, bytes, ov, flags);
    if (calls < 3) receive_with(again_on, calls, again_with[calls], again);
    if (waited) SleepEx(waited, TRUE);
    depth--;
}

static void chain(DWORD wait_inside) {
    SOCKET client, server;
    pair(&client, &server);
    char block[ROOM * 3];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 3; i++) again_with[i] = op_plain();
    again_on = client, depth = deepest = 0, waited = wait_inside;
    send_all(server, block, sizeof block);
    arrives(client, sizeof block);
    CHECK_EQ(receive_with(client, 0, again_with[0], again), 0);
    while (calls < 3) CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 3);
    for (int i = 0; i < 3; i++) {
        CHECK(call[i].ov == again_with[i]);
        CHECK_EQ(call[i].bytes, ROOM);
    }
}

TEST(r_008_routines_of_a_socket_do_not_nest) {
    chain(0);
    CHECK_EQ(deepest, 1);
}

TEST(r_008_not_in_an_alertable_wait_either) {
    chain(20);
    CHECK_EQ(deepest, 1);
}

TEST(r_009_routines_start_operations) {
    SOCKET client, server;
    pair(&client, &server);
    for (int i = 0; i < 3; i++) again_with[i] = op_plain();
    again_on = client, depth = deepest = 0, waited = 0;
    CHECK_EQ(receive_with(client, 0, again_with[0], again), WSA_IO_PENDING);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(calls, i);
        send_all(server, "next", 4);
        CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    }
    CHECK_EQ(calls, 3);
    for (int i = 0; i < 3; i++) CHECK(call[i].ov == again_with[i] && call[i].bytes == 4);
}

TEST(r_010_in_the_order_of_completion) {
    static const int order[3] = { 2, 0, 1 };
    SOCKET client[3], server[3];
    OVERLAPPED *ov[3];
    for (int i = 0; i < 3; i++) {
        pair(&client[i], &server[i]);
        ov[i] = op_plain();
        CHECK_EQ(receive(client[i], i, ov[i]), WSA_IO_PENDING);
    }
    for (int i = 0; i < 3; i++) {
        send_all(server[order[i]], "x", 1);
        for (int round = 0; round < 500 && !HasOverlappedIoCompleted(ov[order[i]]); round++) Sleep(10);
        CHECK(HasOverlappedIoCompleted(ov[order[i]]));
    }
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 3);
    for (int i = 0; i < 3; i++) CHECK(call[i].ov == ov[order[i]]);
}

static OVERLAPPED *left_behind;

static DWORD WINAPI starts_and_leaves(void *s) { return receive((SOCKET)(ULONG_PTR)s, 0, left_behind); }

TEST(r_014_a_thread_leaves_its_operations_cancelled_and_runs_no_routine) {
    SOCKET client, server;
    pair(&client, &server);
    left_behind = op_plain();
    CHECK_EQ(join(thread(starts_and_leaves, (void *)(ULONG_PTR)client)), WSA_IO_PENDING);
    for (int round = 0; round < 500 && !HasOverlappedIoCompleted(left_behind); round++) Sleep(10);
    CHECK_STATUS(left_behind, ST_CANCELLED);
    CHECK_EQ(SleepEx(50, TRUE), 0);
    CHECK_EQ(calls, 0);
}

TEST(r_015_the_event_is_not_signalled) {
    SOCKET client, server;
    OVERLAPPED *ov = op_event();
    pair(&client, &server);
    CHECK_EQ(receive(client, 0, ov), WSA_IO_PENDING);
    send_all(server, "x", 1);
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 1);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    /* Nor is it reset. */
    CHECK(SetEvent(ov->hEvent));
    CHECK_EQ(receive(client, 0, ov), WSA_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_OBJECT_0);
    send_all(server, "x", 1);
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 2);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_OBJECT_0);
}

TEST(o_007_the_event_field_is_the_callers_with_a_routine) {
    SOCKET client, server;
    OVERLAPPED *ov = op_plain();
    pair(&client, &server);
    ov->hEvent = (HANDLE)(ULONG_PTR)0xdeadbeee;
    CHECK_EQ(receive(client, 0, ov), WSA_IO_PENDING);
    send_all(server, "x", 1);
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 1);
    CHECK_EQ(call[0].error, 0);
    CHECK(call[0].ov == ov);
    CHECK(ov->hEvent == (HANDLE)(ULONG_PTR)0xdeadbeee);
}

TEST(r_016_refused_on_a_socket_of_a_port) {
    SOCKET client, server;
    pair(&client, &server);
    HANDLE port = port_for(client, 7);
    OVERLAPPED *ov = op_plain();
    send_all(server, "kept", 4);
    arrives(client, 4);
    CHECK_EQ(receive(client, 0, ov), WSAEINVAL);
    CHECK_EQ(transmit(client, "x", 1, ov), WSAEINVAL);
    CHECK_EQ(SleepEx(50, TRUE), 0);
    CHECK_EQ(calls, 0);
    CHECK(no_packet(port, 50));
    char kept[4];
    read_exactly(client, kept, sizeof kept);
    CHECK(!memcmp(kept, "kept", 4));
}
