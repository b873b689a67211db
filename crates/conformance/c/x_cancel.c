/* X-001..X-011, X-015, X-016: CancelIo, CancelIoEx, and what a cancelled operation leaves behind. */
#include "harness.h"

struct op { SOCKET s, peer; OVERLAPPED *ov; char got[16]; };

static void receive_on(struct op *o, OVERLAPPED *ov) {
    WSABUF buffer = { sizeof o->got, o->got };
    DWORD flags = 0;
    o->ov = ov;
    CHECK_SOCK_ERR(WSARecv(o->s, &buffer, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
}

static void receiving(struct op *o) {
    connected_pair(&o->s, &o->peer);
    receive_on(o, op_event());
}

static struct op a, b;
static volatile LONG leave;

static DWORD WINAPI start_and_stay(void *argument) {
    struct op *o = argument;
    WSABUF buffer = { sizeof o->got, o->got };
    DWORD flags = 0;
    int result = WSARecv(o->s, &buffer, 1, NULL, &flags, o->ov, NULL);
    DWORD error = result == 0 ? 0 : WSAGetLastError();
    while (!leave) Sleep(5);
    return error;
}

static DWORD WINAPI cancel_ex(void *argument) { return CancelIoEx((HANDLE)((struct op *)argument)->s, NULL); }
static DWORD WINAPI cancel_plain(void *argument) { return CancelIo((HANDLE)((struct op *)argument)->s); }

TEST(x_001_cancelio_takes_this_threads_operations_on_this_handle) {
    receiving(&a);
    receiving(&b);
    /* Another thread's CancelIo changes nothing here. */
    CHECK_EQ(join(thread(cancel_plain, &a)), TRUE);
    CHECK(still_pending(a.ov, 100));
    CHECK(CancelIo((HANDLE)a.s));
    CHECK_EQ(finish(a.s, a.ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    CHECK(still_pending(b.ov, 50));
    /* And another thread's operation is none of ours. */
    connected_pair(&a.s, &a.peer);
    a.ov = op_event();
    a.ov->Internal = 1;
    leave = 0;
    HANDLE t = thread(start_and_stay, &a);
    while (*(volatile ULONG_PTR *)&a.ov->Internal != ST_PENDING) Sleep(1);
    Sleep(20);
    BOOL result = CancelIo((HANDLE)a.s);
    int pending = still_pending(a.ov, 100);
    leave = 1;
    CHECK_EQ(join(t), WSA_IO_PENDING);
    CHECK(result);
    CHECK(pending);
}

TEST(x_002_cancelio_with_nothing_to_cancel) {
    CHECK(CancelIo((HANDLE)bound()));
    connected_pair(&a.s, &a.peer);
    CHECK(CancelIo((HANDLE)a.s));
}

TEST(x_003_cancelioex_takes_all_from_any_thread) {
    connected_pair(&a.s, &a.peer);
    OVERLAPPED *ov[5];
    for (int i = 0; i < 5; i++) receive_on(&a, ov[i] = op_event());
    CHECK_EQ(join(thread(cancel_ex, &a)), TRUE);
    for (int i = 0; i < 5; i++) CHECK_EQ(finish(a.s, ov[i], 5000, NULL), ERROR_OPERATION_ABORTED);
}

static DWORD WINAPI receives_one(void *argument) {
    struct op *o = argument;
    return recv(o->s, o->got, 1, 0) == 1 ? 0 : WSAGetLastError();
}

TEST(x_003_cancelioex_takes_a_blocking_call) {
    char got;
    connected_pair(&a.s, &a.peer);
    HANDLE t = thread(receives_one, &a);
    /* Once it waits. */
    for (int i = 0; !CancelIoEx((HANDLE)a.s, NULL); i++) {
        CHECK_EQ(GetLastError(), ERROR_NOT_FOUND);
        CHECK(i < 500);
        Sleep(10);
    }
    DWORD error = join(t);
    CHECK(error == WSAEINTR || error == WSA_OPERATION_ABORTED);
    send_all(a.peer, "x", 1);
    CHECK_EQ(recv(a.s, &got, 1, 0), 1);
}

TEST(x_004_cancelioex_takes_the_one_named) {
    connected_pair(&a.s, &a.peer);
    OVERLAPPED *first = op_event(), *second = op_event(), *third = op_event();
    receive_on(&a, first);
    receive_on(&a, second);
    receive_on(&a, third);
    CHECK(CancelIoEx((HANDLE)a.s, second));
    CHECK_EQ(finish(a.s, second, 5000, NULL), ERROR_OPERATION_ABORTED);
    CHECK(still_pending(first, 50));
    CHECK(still_pending(third, 0));
    send_all(a.peer, "x", 1);
    CHECK_EQ(finish(a.s, first, 5000, NULL), 0);
    CHECK(still_pending(third, 50));
}

TEST(x_005_nothing_found) {
    connected_pair(&a.s, &a.peer);
    CHECK_BOOL_ERR(CancelIoEx((HANDLE)a.s, NULL), ERROR_NOT_FOUND);
    CHECK_BOOL_ERR(CancelIoEx((HANDLE)a.s, op_event()), ERROR_NOT_FOUND);
    receive_on(&a, op_event());
    CHECK_BOOL_ERR(CancelIoEx((HANDLE)a.s, op_event()), ERROR_NOT_FOUND);
    CHECK_EQ(ERROR_NOT_FOUND, 1168);
    send_all(a.peer, "x", 1);
    CHECK_EQ(finish(a.s, a.ov, 5000, NULL), 0);
    CHECK_BOOL_ERR(CancelIoEx((HANDLE)a.s, a.ov), ERROR_NOT_FOUND);
}

TEST(x_006_it_does_not_wait) {
    SOCKET s, peer;
    OVERLAPPED *ov = connect_large(&s, &peer, NULL);
    CHECK(still_pending(ov, 50));
    ULONGLONG began = now_ms();
    CHECK(CancelIoEx((HANDLE)s, ov));
    CHECK(now_ms() - began < 500);
    CHECK_EQ(finish(s, ov, 5000, NULL), ERROR_OPERATION_ABORTED);
}

TEST(x_007_aborted_with_its_normal_notification) {
    SA4 nobody;
    stuck(&nobody);
    receiving(&a);
    CHECK(CancelIoEx((HANDLE)a.s, a.ov));
    CHECK_EQ(WaitForSingleObject(a.ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(a.ov, 0xC0000120);
    SOCKET s = bound();
    HANDLE port = port_for(s, 4);
    OVERLAPPED *ov = op_plain(), *got = NULL;
    DWORD bytes = 9;
    ULONG_PTR key = 0;
    CHECK_EQ(start_connect(s, &nobody, "x", 1, ov), ERROR_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)s, NULL));
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000));
    CHECK_EQ(GetLastError(), 995);
    CHECK(got == ov);
    CHECK_EQ(key, 4);
    CHECK_EQ(bytes, 0);
}

static DWORD WINAPI cancel_in_a_loop(void *argument) {
    struct op *o = argument;
    while (!leave) CancelIoEx((HANDLE)o->s, NULL);
    return 0;
}

TEST(x_008_exactly_one_completion_whoever_wins) {
    enum { ROUNDS = 300 };
    connected_pair(&a.s, &a.peer);
    HANDLE port = port_for(a.s, 1);
    leave = 0;
    HANDLE t = thread(cancel_in_a_loop, &a);
    int bad = 0, aborted = 0;
    for (int i = 0; i < ROUNDS && !bad; i++) {
        OVERLAPPED *ov = op_plain(), *got = NULL;
        WSABUF buffer = { 1, a.got };
        DWORD flags = 0, bytes;
        ULONG_PTR key;
        int error = WSARecv(a.s, &buffer, 1, NULL, &flags, ov, NULL) == 0 ? 0 : WSAGetLastError();
        if (error != 0 && error != WSA_IO_PENDING) bad = 1;
        if (send(a.peer, "x", 1, 0) != 1) bad = 2;
        BOOL result = GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000);
        if (got != ov) bad = 3;
        if (result ? bytes != 1 : GetLastError() != ERROR_OPERATION_ABORTED) bad = 4;
        aborted += !result;
    }
    leave = 1;
    join(t);
    CHECK_EQ(bad, 0);
    CHECK(no_packet(port, 50));
    /* No byte was lost to a cancelled receive. */
    char byte;
    for (int i = 0; i < aborted; i++) CHECK_EQ(recv(a.s, &byte, 1, 0), 1);
    nonblocking(a.s);
    CHECK_SOCK_ERR(recv(a.s, &byte, 1, 0), WSAEWOULDBLOCK);
}

TEST(x_009_structure_is_free_after_the_completion) {
    receiving(&a);
    CHECK(CancelIoEx((HANDLE)a.s, a.ov));
    CHECK_EQ(finish(a.s, a.ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    receive_on(&a, a.ov);
    send_all(a.peer, "again", 5);
    DWORD bytes;
    CHECK_EQ(finish(a.s, a.ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 5);
}

TEST(x_010_socket_stays_usable) {
    SA4 nobody, at;
    char byte;
    receiving(&a);
    CHECK(CancelIoEx((HANDLE)a.s, NULL));
    CHECK_EQ(finish(a.s, a.ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    CHECK_EQ(send(a.s, "x", 1, 0), 1);
    CHECK_EQ(recv(a.peer, &byte, 1, 0), 1);
    /* A cancelled ConnectEx: back to bound. */
    SOCKET l = stuck(&nobody), s = bound();
    listener(&at);
    (void)l;
    OVERLAPPED *ov = op_event();
    int port = 0;
    CHECK_EQ(start_connect(s, &nobody, NULL, 0, ov), ERROR_IO_PENDING);
    port = port_of(s);
    CHECK(CancelIoEx((HANDLE)s, NULL));
    CHECK_EQ(finish(s, ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    CHECK_EQ(port_of(s), port);
    connect_ok(s, &at);
}

TEST(x_010_partly_sent_data_stays_sent) {
    connected_pair(&a.s, &a.peer);
    char *block = fill(LARGE), *got = malloc(LARGE);
    WSABUF buffer = { LARGE, block };
    OVERLAPPED *ov = op_event();
    DWORD bytes = 0;
    CHECK_SOCK_ERR(WSASend(a.s, &buffer, 1, NULL, 0, ov, NULL), WSA_IO_PENDING);
    CHECK(still_pending(ov, 100));
    CHECK(CancelIoEx((HANDLE)a.s, ov));
    CHECK_EQ(finish(a.s, ov, 5000, &bytes), ERROR_OPERATION_ABORTED);
    CHECK(shutdown(a.s, SD_SEND) == 0);
    int have = 0, part;
    while ((part = recv(a.peer, got + have, LARGE - have, 0)) > 0) have += part;
    CHECK(have > 0 && have < LARGE);
    CHECK_EQ(bytes, have);
    CHECK(matches(got, have, 0));
    free(block);
    free(got);
}

TEST(x_011_cancelled_receive_loses_no_data) {
    receiving(&a);
    CHECK(CancelIoEx((HANDLE)a.s, NULL));
    CHECK_EQ(finish(a.s, a.ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    send_all(a.peer, "data", 4);
    char got[4];
    read_exactly(a.s, got, 4);
    CHECK(memcmp(got, "data", 4) == 0);
}

TEST(x_015_closesocket_cancels_everything) {
    SA4 nobody;
    stuck(&nobody);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &nobody, NULL, 0, ov), ERROR_IO_PENDING);
    connected_pair(&a.s, &a.peer);
    OVERLAPPED *first = op_event(), *second = op_event();
    receive_on(&a, first);
    receive_on(&a, second);
    drop(s);
    drop(a.s);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_EQ(WaitForSingleObject(first->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_EQ(WaitForSingleObject(second->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_CANCELLED);
    CHECK(first->Internal != 0 && second->Internal != 0);
}

TEST(x_016_thread_exit_cancels_receives_too) {
    connected_pair(&a.s, &a.peer);
    a.ov = op_event();
    leave = 1;
    CHECK_EQ(join(thread(start_and_stay, &a)), WSA_IO_PENDING);
    CHECK_EQ(finish(a.s, a.ov, 5000, NULL), ERROR_OPERATION_ABORTED);
}
