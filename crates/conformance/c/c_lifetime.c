/* C-051..C-059: many operations at once, threads that end before their operations, what stands in OVERLAPPED when. */
#include "harness.h"

TEST(c_051_a_thousand_pending_from_one_thread) {
    enum { MANY = 1000 };
    static SOCKET s[MANY];
    static OVERLAPPED *ov[MANY];
    SA4 at;
    stuck(&at);
    HANDLE port = new_port(0);
    for (int i = 0; i < MANY; i++) {
        s[i] = bound();
        ov[i] = op_plain();
        CHECK(CreateIoCompletionPort((HANDLE)s[i], port, i, 0) == port);
        CHECK_EQ(start_connect(s[i], &at, "x", 1, ov[i]), ERROR_IO_PENDING);
    }
    CHECK(thread_count() < 20);
    CHECK(no_packet(port, 50));
    for (int i = 0; i < MANY; i++) CHECK_STATUS(ov[i], ST_PENDING);
    /* Each of them ends, and ends once. */
    static char seen[MANY];
    for (int i = 0; i < MANY; i++) drop(s[i]);
    for (int i = 0; i < MANY; i++) {
        DWORD bytes;
        ULONG_PTR key = MANY;
        OVERLAPPED *got = NULL;
        CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000));
        CHECK(got != NULL && key < MANY && got == ov[key]);
        CHECK_EQ(seen[key]++, 0);
    }
    CHECK(no_packet(port, 50));
}

struct blocking { SA4 at; SOCKET s; };

static DWORD WINAPI connect_blocking(void *argument) {
    struct blocking *b = argument;
    return WSAConnect(b->s, (SA *)&b->at, sizeof b->at, NULL, NULL, NULL, NULL) == 0 ? 0 : WSAGetLastError();
}

TEST(c_052_wsaconnect_holds_its_thread) {
    static struct blocking b;
    SOCKET l = stuck(&b.at);
    b.s = tcp();
    HANDLE t = thread(connect_blocking, &b);
    CHECK_EQ(WaitForSingleObject(t, 200), WAIT_TIMEOUT);
    /* Room in the backlog lets the next retransmission through. */
    for (int i = 0; i < 2; i++) accept_one(l);
    CHECK_EQ(WaitForSingleObject(t, 8000), WAIT_OBJECT_0);
    CHECK_EQ(join(t), 0);
}

struct leaving { SA4 at; SOCKET s; OVERLAPPED *ov; int by_exit_thread, error; };

static DWORD WINAPI start_and_leave(void *argument) {
    struct leaving *l = argument;
    l->error = start_connect(l->s, &l->at, NULL, 0, l->ov);
    if (l->by_exit_thread) ExitThread(5);
    return 5;
}

static void leave(struct leaving *l) {
    HANDLE t = thread(start_and_leave, l);
    CHECK_EQ(join(t), 5);
    CHECK_EQ(l->error, ERROR_IO_PENDING);
}

TEST(c_053_thread_exit_cancels_its_operations) {
    static struct leaving l[2];
    SA4 at;
    stuck(&at);
    for (int i = 0; i < 2; i++) {
        l[i].at = at;
        l[i].s = bound();
        l[i].ov = op_event();
        l[i].by_exit_thread = i;
        leave(&l[i]);
        CHECK_EQ(finish_wsa(l[i].s, l[i].ov, 3000, NULL), WSA_OPERATION_ABORTED);
        CHECK_STATUS(l[i].ov, ST_CANCELLED);
    }
    /* This thread's own are not touched. */
    SOCKET mine = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(mine, &at, NULL, 0, ov), ERROR_IO_PENDING);
    l[0].s = bound();
    l[0].ov = op_event();
    leave(&l[0]);
    CHECK_EQ(finish_wsa(l[0].s, l[0].ov, 3000, NULL), WSA_OPERATION_ABORTED);
    CHECK(still_pending(ov, 50));
}

static DWORD WINAPI start_and_vanish(void *argument) {
    struct leaving *l = argument;
    l->error = start_connect(l->s, &l->at, NULL, 0, l->ov);
    vanish();
    return 0;
}

TEST(c_053_a_thread_killed_without_destructors_is_noticed) {
    static struct leaving l[2];
    SOCKET mine = bound();
    OVERLAPPED *ov = op_event();
    SA4 at;
    stuck(&at);
    CHECK_EQ(start_connect(mine, &at, NULL, 0, ov), ERROR_IO_PENDING);
    for (int i = 0; i < 2; i++) {
        l[i].at = at;
        l[i].s = bound();
        l[i].ov = op_event();
        /* Nobody joins it: such a thread does not say that it has ended. */
        thread(start_and_vanish, &l[i]);
    }
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(finish_wsa(l[i].s, l[i].ov, 15000, NULL), WSA_OPERATION_ABORTED);
        CHECK_EQ(l[i].error, ERROR_IO_PENDING);
        CHECK_STATUS(l[i].ov, ST_CANCELLED);
    }
    CHECK(still_pending(ov, 50));
}

TEST(c_054_thread_exit_still_signals_the_event) {
    static struct leaving l;
    stuck(&l.at);
    l.s = bound();
    l.ov = op_event();
    leave(&l);
    CHECK_EQ(WaitForSingleObject(l.ov->hEvent, 3000), WAIT_OBJECT_0);
    CHECK_STATUS(l.ov, ST_CANCELLED);
}

TEST(c_055_port_operations_outlive_their_thread) {
    static struct leaving l;
    SOCKET listening = stuck(&l.at);
    l.s = bound();
    l.ov = op_plain();
    HANDLE port = port_for(l.s, 3);
    leave(&l);
    CHECK(still_pending(l.ov, 200));
    for (int i = 0; i < 2; i++) accept_one(listening);
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *got = NULL;
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &got, 8000));
    CHECK(got == l.ov);
}

TEST(c_056_internal_is_pending_then_final) {
    SA4 at, bad = refusing();
    SOCKET listening = listener(&at), s, peer;
    OVERLAPPED *ov = connect_large(&s, &peer, NULL);
    CHECK_STATUS(ov, ST_PENDING);
    hard_close(peer);
    CHECK(finish(s, ov, 5000, NULL) != 0);
    CHECK((DWORD)ov->Internal >= 0xC0000000u);
    s = bound();
    ov = op_event();
    CHECK_EQ(start_connect(s, &at, "12345", 5, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    accept_one(listening);
    CHECK_EQ(ov->Internal, 0);
    CHECK_EQ(ov->InternalHigh, 5);
    s = bound();
    ov = op_event();
    CHECK_EQ(start_connect(s, &bad, "12345", 5, ov), ERROR_IO_PENDING);
    CHECK(finish(s, ov, 5000, NULL) != 0);
    CHECK_STATUS(ov, ST_CONNECTION_REFUSED);
    CHECK_EQ(ov->InternalHigh, 0);
}

TEST(c_057_synchronous_failure_leaves_pending_behind) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    connect_ok(s, &at);
    update_context(s);
    SOCKET refused[2] = { l, s };
    static const int errors[2] = { WSAEINVAL, WSAEISCONN };
    for (int i = 0; i < 2; i++) {
        OVERLAPPED *ov = op_event();
        ov->Internal = 0xdeadbeef;
        ov->InternalHigh = 0xcafe;
        CHECK_EQ(start_connect(refused[i], &at, NULL, 0, ov), errors[i]);
        CHECK_STATUS(ov, ST_PENDING);
        CHECK_EQ(ov->InternalHigh, 0xcafe);
    }
}

struct watcher { OVERLAPPED *volatile ov; HANDLE port; volatile LONG bad; };

static DWORD WINAPI watch_packets(void *argument) {
    struct watcher *w = argument;
    for (int i = 0; i < 300; i++) {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *got = NULL;
        if (!GetQueuedCompletionStatus(w->port, &bytes, &key, &got, 10000) || got->Internal != 0 || got->InternalHigh != 3)
            w->bad++;
    }
    return 0;
}

TEST(c_058_overlapped_is_written_before_the_notification) {
    static struct watcher w;
    SA4 at;
    SOCKET l = listener(&at);
    w.bad = 0;
    w.port = new_port(0);
    HANDLE t = thread(watch_packets, &w);
    for (int i = 0; i < 300; i++) {
        SOCKET s = bound();
        CHECK(CreateIoCompletionPort((HANDLE)s, w.port, 0, 0) == w.port);
        CHECK_EQ(start_connect(s, &at, "abc", 3, op_plain()), ERROR_IO_PENDING);
        SOCKET peer = accept_one(l);
        drop(peer);
    }
    join(t);
    CHECK_EQ(w.bad, 0);
}

/* The call succeeds, and the last error, which was another one, is 0 then. */
#define LEAVES_ZERO(call)                                                                                              \
    do { WSASetLastError(1234); CHECK(call); if (WSAGetLastError()) FAIL("%s left %d", #call, WSAGetLastError()); } while (0)

TEST(c_059_success_leaves_last_error_zero) {
    SA4 at;
    SOCKET l = listener(&at), s = bound(), u = udp(), to = udp();
    WSABUF buffer = { 1, "y" };
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    u_long on = 1;
    SA4 here = v4("127.0.0.1", 0);
    CHECK_OK(bind(to, (SA *)&here, sizeof here));
    here = name_of(to);
    connect_ok(s, &at);
    accept_one(l);
    LEAVES_ZERO(WSASendTo(u, &buffer, 1, &bytes, 0, (SA *)&here, sizeof here, NULL, NULL) == 0);
    LEAVES_ZERO(WSASendTo(u, &buffer, 1, &bytes, 0, (SA *)&here, sizeof here, ov, NULL) == 0);
    update_context(s);
    LEAVES_ZERO(WSASend(s, &buffer, 1, &bytes, 0, NULL, NULL) == 0);
    LEAVES_ZERO(send(s, "x", 1, 0) == 1);
    LEAVES_ZERO(ioctlsocket(s, FIONBIO, &on) == 0);
}
