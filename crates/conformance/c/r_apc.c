/* ..R-014, B-019, F-007, F-008, P-029: user APCs and the waits that run them. */
#include "harness.h"

static volatile LONG ran, order, in_order, on_thread;

static void CALLBACK count(ULONG_PTR parameter) {
    if (parameter == (ULONG_PTR)++order) in_order++;
    on_thread = (LONG)GetCurrentThreadId();
    InterlockedIncrement(&ran); /* on several threads at once */
}

static void reset(void) { ran = order = in_order = on_thread = 0; }

static void queue(HANDLE thread) { CHECK(QueueUserAPC(count, thread, 1)); }

static int becomes(volatile LONG *what, LONG wanted, DWORD ms) {
    ULONGLONG until = now_ms() + ms;
    while (*what != wanted) {
        if (now_ms() > until) return 0;
        Sleep(5);
    }
    return 1;
}

/* ---- the alertable waits ------------------------------------------------------------------------------------- */

static HANDLE event[2], port;
static OVERLAPPED *pending;
static SOCKET receiving;

/* Every alertable wait for what does not happen: WAIT_IO_COMPLETION if that is how it ends. */
static DWORD wait_by(int kind) {
    OVERLAPPED_ENTRY entry;
    ULONG removed = 9;
    DWORD bytes = 0;
    switch (kind) {
    case 0: return SleepEx(10000, TRUE);
    case 1: return SleepEx(INFINITE, TRUE);
    case 2: return WaitForSingleObjectEx(event[0], 10000, TRUE);
    case 3: return WaitForMultipleObjectsEx(2, event, FALSE, INFINITE, TRUE);
    case 4: return WaitForMultipleObjectsEx(2, event, TRUE, 10000, TRUE);
    case 5: return SignalObjectAndWait(event[1], event[0], 10000, TRUE);
    case 6: return WSAWaitForMultipleEvents(2, event, FALSE, 10000, TRUE);
    case 7: return WSAWaitForMultipleEvents(2, event, TRUE, WSA_INFINITE, TRUE);
    case 8:
        if (GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 10000, TRUE)) return 0;
        return GetLastError();
    default: return GetOverlappedResultEx((HANDLE)receiving, pending, &bytes, 10000, TRUE) ? 0 : GetLastError();
    }
}
enum { KINDS = 10 };

static void world(void) {
    SOCKET peer;
    static char room[8];
    WSABUF buffer = { sizeof room, room };
    DWORD flags = 0;
    reset();
    for (int i = 0; i < 2; i++) event[i] = CreateEventA(NULL, FALSE, FALSE, NULL);
    port = new_port(0);
    connected_pair(&receiving, &peer);
    pending = op_event();
    CHECK_SOCK_ERR(WSARecv(receiving, &buffer, 1, NULL, &flags, pending, NULL), WSA_IO_PENDING);
}

TEST(r_003_alertable_waits_run_what_is_queued) {
    world();
    for (int kind = 0; kind < KINDS; kind++) {
        reset();
        ResetEvent(event[1]);
        CHECK(QueueUserAPC(count, GetCurrentThread(), 1));
        CHECK(QueueUserAPC(count, GetCurrentThread(), 2));
        DWORD result = wait_by(kind);
        if (result != WAIT_IO_COMPLETION || ran != 2 || in_order != 2)
            FAIL("wait %d: %u, %d ran, %d in order", kind, (unsigned)result, (int)ran, (int)in_order);
        if (kind == 5) CHECK_EQ(WaitForSingleObject(event[1], 0), WAIT_OBJECT_0);
    }
}

static volatile LONG kind_now;

static DWORD WINAPI waits(void *kind) {
    InterlockedExchange(&kind_now, (LONG)(ULONG_PTR)kind + 1);
    return wait_by((int)(ULONG_PTR)kind);
}

TEST(r_003_alertable_waits_are_woken) {
    world();
    for (int kind = 0; kind < KINDS; kind++) {
        reset();
        ResetEvent(event[1]);
        HANDLE waiter = thread(waits, (void *)(ULONG_PTR)kind);
        CHECK(becomes(&kind_now, kind + 1, 5000));
        Sleep(30);
        ULONGLONG before = now_ms();
        queue(waiter);
        DWORD result = join(waiter);
        if (result != WAIT_IO_COMPLETION || ran != 1)
            FAIL("wait %d: %u, %d ran", kind, (unsigned)result, (int)ran);
        CHECK(now_ms() - before < 5000);
    }
}

TEST(r_003_what_is_signalled_wins) {
    reset();
    HANDLE set = CreateEventA(NULL, TRUE, TRUE, NULL);
    queue(GetCurrentThread());
    CHECK_EQ(WaitForSingleObjectEx(set, 1000, TRUE), WAIT_OBJECT_0);
    CHECK_EQ(SleepEx(0, TRUE), ran ? 0 : WAIT_IO_COMPLETION);
    CHECK_EQ(ran, 1);
    CloseHandle(set);
}

TEST(r_003_other_waits_do_not) {
    world();
    DWORD bytes;
    ULONG removed;
    ULONG_PTR key;
    OVERLAPPED *ov;
    OVERLAPPED_ENTRY entry;
    queue(GetCurrentThread());
    Sleep(10);
    CHECK_EQ(SleepEx(10, FALSE), 0);
    CHECK_EQ(WaitForSingleObject(event[0], 10), WAIT_TIMEOUT);
    CHECK_EQ(WaitForMultipleObjectsEx(2, event, FALSE, 10, FALSE), WAIT_TIMEOUT);
    CHECK_EQ(WSAWaitForMultipleEvents(1, event, FALSE, 10, FALSE), WSA_WAIT_TIMEOUT);
    CHECK_BOOL_ERR(GetQueuedCompletionStatus(port, &bytes, &key, &ov, 10), WAIT_TIMEOUT);
    CHECK_BOOL_ERR(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 10, FALSE), WAIT_TIMEOUT);
    CHECK_BOOL_ERR(GetOverlappedResultEx((HANDLE)receiving, pending, &bytes, 10, FALSE), WAIT_TIMEOUT);
    CHECK_EQ(ran, 0);
    CHECK_EQ(SleepEx(10000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(ran, 1);
}

/* ---- QueueUserAPC ------------------------------------------------------------------------------------------------ */

static HANDLE go_on;

static DWORD WINAPI naps(void *nothing) {
    (void)nothing;
    WaitForSingleObject(go_on, 20000);
    return SleepEx(20000, TRUE);
}

TEST(r_011_first_in_first_out_on_the_thread) {
    DWORD id;
    reset();
    go_on = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE napping = CreateThread(NULL, 0, naps, NULL, 0, &id);
    CHECK(napping != NULL);
    Sleep(50);
    for (ULONG_PTR i = 1; i <= 20; i++) CHECK(QueueUserAPC(count, napping, i));
    CHECK_EQ(ran, 0);
    SetEvent(go_on);
    CHECK_EQ(join(napping), WAIT_IO_COMPLETION);
    CHECK_EQ(ran, 20);
    CHECK_EQ(in_order, 20);
    CHECK_EQ((DWORD)on_thread, id);
    CloseHandle(go_on);
}

TEST(r_011_not_a_thread) {
    HANDLE gone = CreateEventA(NULL, TRUE, FALSE, NULL);
    CloseHandle(gone);
    CHECK_BOOL_ERR(QueueUserAPC(count, gone, 1), ERROR_INVALID_HANDLE);
    CHECK_BOOL_ERR(QueueUserAPC(count, NULL, 1), ERROR_INVALID_HANDLE);
    CHECK_EQ(SleepEx(10, TRUE), 0);
}

TEST(r_012_sleepex) {
    reset();
    ULONGLONG before = now_ms();
    CHECK_EQ(SleepEx(60, TRUE), 0);
    CHECK(now_ms() - before >= 40);
    CHECK_EQ(SleepEx(0, TRUE), 0);
    queue(GetCurrentThread());
    CHECK_EQ(SleepEx(0, TRUE), WAIT_IO_COMPLETION);
    before = now_ms();
    queue(GetCurrentThread());
    CHECK_EQ(SleepEx(20000, TRUE), WAIT_IO_COMPLETION);
    CHECK(now_ms() - before < 10000);
    CHECK_EQ(ran, 2);
}

static DWORD WINAPI leaves(void *nothing) {
    (void)nothing;
    return QueueUserAPC(count, GetCurrentThread(), 1);
}

TEST(r_014_dropped_with_the_thread) {
    DWORD code = 0;
    reset();
    HANDLE leaving = thread(leaves, NULL);
    CHECK_EQ(WaitForSingleObject(leaving, 20000), WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(leaving, &code));
    CHECK(code != 0);
    CHECK_EQ(QueueUserAPC(count, leaving, 2), 0);
    CloseHandle(leaving);
    CHECK_EQ(SleepEx(50, TRUE), 0);
    CHECK_EQ(ran, 0);
}

/* ---- blocking calls ---------------------------------------------------------------------------------------------- */

enum call { RECV, ACCEPT, POLL, SELECT, CONNECT, SEND, RESULT };
static struct blocked {
    enum call call;
    SOCKET s;
    SA4 to;
    OVERLAPPED *ov;
    volatile LONG began, ended;
} blocked;
enum { BIG = 16 << 20 };

/* 0 if the call succeeds, and then whether an APC was still queued after it. */
static DWORD WINAPI blocks(void *argument) {
    struct blocked *b = argument;
    char byte;
    DWORD error = 0, bytes, flags;
    fd_set set;
    WSAPOLLFD poll = { b->s, POLLRDNORM, 0 };
    FD_ZERO(&set);
    FD_SET(b->s, &set);
    b->began = 1;
    switch (b->call) {
    case RECV: error = recv(b->s, &byte, 1, 0) != 1; break;
    case ACCEPT: {
        SOCKET accepted = accept(b->s, NULL, NULL);
        error = accepted == INVALID_SOCKET || closesocket(accepted);
        break;
    }
    case POLL: error = WSAPoll(&poll, 1, 20000) != 1; break;
    case SELECT: error = select(0, &set, NULL, NULL, NULL) != 1; break;
    case CONNECT: error = connect(b->s, (SA *)&b->to, sizeof b->to) != 0; break;
    case SEND: error = send(b->s, fill(BIG), BIG, 0) != BIG; break;
    case RESULT: error = !WSAGetOverlappedResult(b->s, b->ov, &bytes, TRUE, &flags); break;
    }
    b->ended = 1;
    return error ? 1000 + (DWORD)WSAGetLastError() : SleepEx(0, TRUE);
}

static HANDLE block(enum call call, SOCKET s) {
    reset();
    blocked.call = call, blocked.s = s, blocked.began = blocked.ended = 0;
    HANDLE t = thread(blocks, &blocked);
    CHECK(becomes(&blocked.began, 1, 5000));
    Sleep(50);
    queue(t);
    return t;
}

/* The call runs the APC and goes on until `end` lets it. */
static void runs_in(enum call call, SOCKET s, void (*end)(SOCKET), SOCKET peer) {
    HANDLE t = block(call, s);
    int alerted = becomes(&ran, 1, 5000);
    Sleep(50);
    int ended = blocked.ended;
    end(peer);
    DWORD result = join(t);
    CHECK(alerted);
    CHECK(!ended);
    CHECK_EQ(result, 0);
    CHECK_EQ(ran, 1);
}

/* The APC waits until the call is over. */
static void waits_in(enum call call, SOCKET s, void (*end)(SOCKET), SOCKET peer) {
    HANDLE t = block(call, s);
    Sleep(200);
    int before = ran, ended = blocked.ended;
    end(peer);
    DWORD result = join(t);
    CHECK_EQ(before, 0);
    CHECK(!ended);
    CHECK_EQ(result, WAIT_IO_COMPLETION);
    CHECK_EQ(ran, 1);
}

static void one_byte(SOCKET peer) { send_all(peer, "x", 1); }

TEST(f_007_recv_is_alertable) {
    SOCKET client, server;
    connected_pair(&client, &server);
    runs_in(RECV, client, one_byte, server);
}

static SA4 listening_at;
static void come(SOCKET s) { CHECK_OK(connect(s, (SA *)&listening_at, sizeof listening_at)); }

TEST(f_007_accept_is_alertable) {
    SOCKET l = listener(&listening_at);
    runs_in(ACCEPT, l, come, tcp());
}

TEST(f_007_wsapoll_is_alertable) {
    SOCKET client, server;
    connected_pair(&client, &server);
    runs_in(POLL, client, one_byte, server);
}

TEST(f_007_select_is_alertable) {
    SOCKET client, server;
    connected_pair(&client, &server);
    runs_in(SELECT, client, one_byte, server);
}

static void read_all(SOCKET peer) {
    static char block[1 << 16];
    for (int left = BIG; left > 0; left -= sizeof block) read_exactly(peer, block, sizeof block);
}

TEST(f_007_send_is_not) {
    SOCKET client, server;
    connected_pair(&client, &server);
    waits_in(SEND, client, read_all, server);
}

TEST(f_007_wsagetoverlappedresult_is_not) {
    SOCKET client, server;
    static char room[8];
    WSABUF buffer = { sizeof room, room };
    DWORD flags = 0;
    connected_pair(&client, &server);
    blocked.ov = op_event();
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, blocked.ov, NULL), WSA_IO_PENDING);
    waits_in(RESULT, client, one_byte, server);
}

/* Empties the backlog; the next attempt of the blocked SYN gets through. */
static void make_room(SOCKET l) {
    nonblocking(l);
    for (SOCKET s; (s = accept(l, NULL, NULL)) != INVALID_SOCKET;) own(s);
}

TEST(b_019_connect_is_alertable) {
    SOCKET l = stuck(&blocked.to);
    runs_in(CONNECT, tcp(), make_room, l);
}

static SOCKET inner, inner_peer;
static volatile LONG inner_got;

static void CALLBACK receives(ULONG_PTR parameter) {
    char byte;
    (void)parameter;
    inner_got = recv(inner, &byte, 1, 0);
    ran++;
}

TEST(r_013_a_blocking_call_inside_an_apc) {
    SOCKET client, server;
    connected_pair(&client, &server);
    connected_pair(&inner, &inner_peer);
    reset();
    inner_got = 0;
    blocked.call = RECV, blocked.s = client, blocked.began = blocked.ended = 0;
    HANDLE t = thread(blocks, &blocked);
    int began = becomes(&blocked.began, 1, 5000);
    Sleep(50);
    int queued = QueueUserAPC(receives, t, 0) != 0;
    Sleep(50);
    send_all(inner_peer, "x", 1);
    int received = becomes(&ran, 1, 5000);
    int ended = blocked.ended;
    send_all(server, "x", 1);
    CHECK_EQ(join(t), 0);
    CHECK(began && queued && received && !ended);
    CHECK_EQ(inner_got, 1);
}

/* ---- completion ports -------------------------------------------------------------------------------------------- */

TEST(f_008_packets_win_over_apcs) {
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    reset();
    port = new_port(0);
    queue(GetCurrentThread());
    CHECK(PostQueuedCompletionStatus(port, 1, 9, NULL));
    CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 1000, TRUE));
    CHECK_EQ(removed, 1);
    CHECK_EQ(entry.lpCompletionKey, 9);
    CHECK_EQ(ran, 0);
    CHECK_BOOL_ERR(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 1000, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(ran, 1);
    CHECK_BOOL_ERR(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 30, TRUE), WAIT_TIMEOUT);
}

static DWORD WINAPI waits_at_port(void *alertable) {
    OVERLAPPED_ENTRY entry;
    ULONG removed;
    if (GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 20000, alertable != NULL))
        return 1000 + (DWORD)entry.lpCompletionKey;
    return GetLastError();
}

/* More waiters than may run at a time, so that some sit and some are parked; every second one is alertable. */
static void each_is_called(DWORD concurrency) {
    enum { MANY = 6 };
    HANDLE t[MANY];
    DWORD result[MANY];
    reset();
    port = new_port(concurrency);
    for (int i = 0; i < MANY; i++) {
        t[i] = thread(waits_at_port, i % 2 ? (void *)1 : NULL);
        Sleep(20);
    }
    Sleep(50);
    for (int i = 0; i < MANY; i++) queue(t[i]);
    int called = becomes(&ran, MANY / 2, 5000);
    for (int i = 0; i < MANY / 2; i++) PostQueuedCompletionStatus(port, 0, 7, NULL);
    for (int i = 0; i < MANY; i++) result[i] = join(t[i]);
    CHECK(called);
    CHECK_EQ(ran, MANY / 2);
    for (int i = 0; i < MANY; i++) CHECK_EQ(result[i], i % 2 ? WAIT_IO_COMPLETION : 1007);
}

TEST(p_029_waiting_threads_are_called) { each_is_called(MAXIMUM_WAIT_OBJECTS); }
TEST(p_029_one_runs_at_a_time) { each_is_called(1); }
TEST(p_029_three_run_at_a_time) { each_is_called(3); }

TEST(p_029_apcs_run_when_nothing_is_queued) {
    OVERLAPPED_ENTRY entry;
    ULONG removed = 9;
    reset();
    port = new_port(1);
    queue(GetCurrentThread());
    CHECK_BOOL_ERR(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, INFINITE, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(ran, 1);
}
