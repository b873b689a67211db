/* X-012..X-014: CancelSynchronousIo ends the blocking call that a thread is in. */
#include "blocking_calls.h"

/* Asks until the thread is in its call and the call is given up. */
static void cancel_by(HANDLE thread) {
    ULONGLONG until = now_ms() + 10000;
    while (!CancelSynchronousIo(thread)) {
        CHECK_EQ(GetLastError(), ERROR_NOT_FOUND);
        if (now_ms() > until)
            FAIL("nothing to cancel was found");
        Sleep(1);
    }
}

static struct call *cancelled(int (*make)(struct call *), SOCKET s, const SA4 *to) {
    struct call *call = kept(sizeof *call);
    call->make = make;
    call->s = s;
    if (to)
        call->to = *to;
    HANDLE t = thread(caller, call);
    cancel_by(t);
    CHECK_EQ(WaitForSingleObject(t, 10000), WAIT_OBJECT_0);
    join(t);
    return call;
}

static int reads(struct call *call) {
    char byte;
    DWORD n;
    return ReadFile((HANDLE)call->s, &byte, 1, &n, NULL) ? 0 : SOCKET_ERROR;
}

TEST(x_012_recv_ends_with_wsaeintr) {
    SOCKET c, s;
    char byte;
    connected_pair(&c, &s);
    struct call *call = cancelled(receives, c, NULL);
    CHECK_EQ(call->result, SOCKET_ERROR);
    CHECK_EQ(call->error, WSAEINTR);
    send_all(s, "x", 1);
    read_exactly(c, &byte, 1);
    CHECK_EQ(byte, 'x');
}

TEST(x_012_send_ends_with_wsaeintr) {
    SOCKET c, s;
    connected_pair(&c, &s);
    struct call *call = cancelled(sends, c, NULL);
    CHECK_EQ(call->result, SOCKET_ERROR);
    CHECK_EQ(call->error, WSAEINTR);
}

TEST(x_012_accept_ends_with_wsaeintr) {
    SA4 at;
    SOCKET l = listener(&at);
    struct call *call = cancelled(accepts_one, l, NULL);
    CHECK_EQ(call->result, SOCKET_ERROR);
    CHECK_EQ(call->error, WSAEINTR);
    connected_to(&at);
    accept_one(l);
}

TEST(x_012_connect_ends_with_wsaeintr) {
    SA4 at;
    stuck(&at);
    struct call *call = cancelled(connects, tcp(), &at);
    CHECK_EQ(call->result, SOCKET_ERROR);
    CHECK_EQ(call->error, WSAEINTR);
}

TEST(x_012_readfile_ends_with_error_operation_aborted) {
    SOCKET c, s;
    connected_pair(&c, &s);
    struct call *call = cancelled(reads, c, NULL);
    CHECK_EQ(call->result, SOCKET_ERROR);
    CHECK_EQ(call->error, ERROR_OPERATION_ABORTED);
}

static DWORD WINAPI waits(void *event) {
    return WaitForSingleObject(event, 10000);
}

TEST(x_012_a_wait_for_an_event_is_not_found) {
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), t = thread(waits, event);
    CHECK_BOOL_ERR(CancelSynchronousIo(t), ERROR_NOT_FOUND);
    SetEvent(event);
    CHECK_EQ(join(t), WAIT_OBJECT_0);
    CloseHandle(event);
}

TEST(x_012_other_threads_and_overlapped_operations_stay) {
    SOCKET c, s, c2, s2;
    WSABUF room = { 1, kept(1) };
    DWORD flags = 0, bytes;
    OVERLAPPED *ov = op_event();
    connected_pair(&c, &s);
    connected_pair(&c2, &s2);
    CHECK_EQ(WSARecv(c, &room, 1, NULL, &flags, ov, NULL), SOCKET_ERROR);
    CHECK_EQ(WSAGetLastError(), WSA_IO_PENDING);
    CHECK_BOOL_ERR(CancelSynchronousIo(GetCurrentThread()), ERROR_NOT_FOUND);
    struct call *call = cancelled(receives, c2, NULL);
    CHECK_EQ(call->error, WSAEINTR);
    CHECK(!HasOverlappedIoCompleted(ov));
    send_all(s, "y", 1);
    CHECK_EQ(finish(c, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 1);
}

TEST(x_012_what_is_no_thread_is_an_invalid_handle) {
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    CHECK_BOOL_ERR(CancelSynchronousIo(event), ERROR_INVALID_HANDLE);
    CHECK_BOOL_ERR(CancelSynchronousIo(NULL), ERROR_INVALID_HANDLE);
    CloseHandle(event);
}

TEST(x_013_openthread_gives_a_handle_that_may_cancel) {
    SOCKET c, s;
    connected_pair(&c, &s);
    struct call *call = kept(sizeof *call);
    call->make = receives;
    call->s = c;
    HANDLE t = thread(caller, call);
    while (!call->thread)
        Sleep(1);
    HANDLE opened = OpenThread(THREAD_TERMINATE, FALSE, (DWORD)call->thread);
    CHECK(opened != NULL);
    CHECK(opened != t);
    cancel_by(opened);
    join(t);
    CHECK_EQ(call->error, WSAEINTR);
    CHECK(CloseHandle(opened));
}

TEST(x_013_openthread_of_nobody_is_an_invalid_parameter) {
    WSASetLastError(0);
    CHECK(OpenThread(THREAD_TERMINATE, FALSE, 0) == NULL);
    CHECK_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
}

TEST(x_014_synchronous_operations_queue_no_packet) {
    SOCKET c, s, stuffed, full;
    DWORD bytes, flags = 0;
    ULONG_PTR key;
    OVERLAPPED *ov = op_plain(), *got = NULL;
    connected_pair(&c, &s);
    HANDLE port = port_for(c, 1);
    CHECK_EQ(cancelled(receives, c, NULL)->error, WSAEINTR);
    CHECK_EQ(cancelled(reads, c, NULL)->error, ERROR_OPERATION_ABORTED);
    connected_pair(&stuffed, &full);
    CHECK(CreateIoCompletionPort((HANDLE)stuffed, port, 2, 0) == port);
    CHECK_EQ(cancelled(sends, stuffed, NULL)->error, WSAEINTR);
    SA4 nobody;
    stuck(&nobody);
    SOCKET attempt = tcp();
    CHECK(CreateIoCompletionPort((HANDLE)attempt, port, 3, 0) == port);
    CHECK_EQ(cancelled(connects, attempt, &nobody)->error, WSAEINTR);
    CHECK(no_packet(port, 200));
    /* The port does hear of the same socket: of an overlapped operation, and of its cancelling. */
    WSABUF room = { 1, kept(1) };
    CHECK_SOCK_ERR(WSARecv(c, &room, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)c, ov));
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &got, 10000));
    CHECK_EQ(GetLastError(), ERROR_OPERATION_ABORTED);
    CHECK(got == ov);
    CHECK_EQ(key, 1);
    CHECK(no_packet(port, 0));
}
