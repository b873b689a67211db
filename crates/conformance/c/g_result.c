/* G-001..G-020: GetOverlappedResult(Ex) and WSAGetOverlappedResult. */
#include "harness.h"

/* A pending receive on a fresh connection. */
struct receiving { SOCKET s, peer; OVERLAPPED *ov; char got[64]; };

static void receiving(struct receiving *r, OVERLAPPED *ov) {
    connected_pair(&r->s, &r->peer);
    WSABUF buffer = { sizeof r->got, r->got };
    DWORD flags = 0;
    r->ov = ov;
    CHECK_SOCK_ERR(WSARecv(r->s, &buffer, 1, NULL, &flags, ov, NULL), WSA_IO_PENDING);
}

static struct receiving r;

static DWORD WINAPI feed_after_150_ms(void *s) {
    Sleep(150);
    return send((SOCKET)s, "abc", 3, 0);
}

static OVERLAPPED *refused(SOCKET *s) {
    SA4 bad = refusing();
    OVERLAPPED *ov = op_event();
    *s = bound();
    CHECK_EQ(start_connect(*s, &bad, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    return ov;
}

TEST(g_001_true_with_the_count) {
    DWORD bytes = 0;
    receiving(&r, op_event());
    send_all(r.peer, "abc", 3);
    CHECK_EQ(WaitForSingleObject(r.ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_EQ(GetOverlappedResult((HANDLE)r.s, r.ov, &bytes, FALSE), TRUE);
    CHECK_EQ(bytes, 3);
}

TEST(g_002_pending_is_io_incomplete) {
    DWORD bytes;
    receiving(&r, op_event());
    CHECK_BOOL_ERR(GetOverlappedResult((HANDLE)r.s, r.ov, &bytes, FALSE), ERROR_IO_INCOMPLETE);
    CHECK_EQ(ERROR_IO_INCOMPLETE, 996);
}

TEST(g_003_waits_on_the_event_or_the_handle) {
    for (int plain = 0; plain < 2; plain++) {
        DWORD bytes = 0;
        receiving(&r, plain ? op_plain() : op_event());
        HANDLE t = thread(feed_after_150_ms, (void *)r.peer);
        ULONGLONG began = now_ms();
        BOOL result = GetOverlappedResult((HANDLE)r.s, r.ov, &bytes, TRUE);
        ULONGLONG took = now_ms() - began;
        join(t);
        CHECK(result);
        CHECK_EQ(bytes, 3);
        CHECK(took >= 100);
    }
}

TEST(g_004_waits_only_while_pending) {
    OVERLAPPED *ov = op_event();
    DWORD bytes = 0;
    ov->Internal = 0;
    ov->InternalHigh = 9;
    /* The event is not set; nothing waits for it. */
    CHECK(GetOverlappedResult((HANDLE)tcp(), ov, &bytes, TRUE));
    CHECK_EQ(bytes, 9);
}

TEST(g_005_win32_code_of_the_failure) {
    static const struct { DWORD status, code; } row[] = {
        { 0xC0000236, 1225 }, { 0xC0000120, 995 },  { 0xC0000241, 1236 }, { 0xC000020D, 64 },
        { 0xC000013C, 64 },   { 0xC000023C, 1231 }, { 0xC000023D, 1232 }, { 0xC0000023, 122 },
    };
    SOCKET s;
    DWORD bytes;
    OVERLAPPED *ov = refused(&s);
    CHECK_BOOL_ERR(GetOverlappedResult((HANDLE)s, ov, &bytes, FALSE), 1225);
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        ov->Internal = row[i].status;
        SetLastError(0);
        BOOL result = GetOverlappedResult((HANDLE)s, ov, &bytes, FALSE);
        if (result || GetLastError() != row[i].code)
            FAIL("status 0x%x gave %d, expected %d", (unsigned)row[i].status, (int)GetLastError(), (int)row[i].code);
    }
}

TEST(g_006_count_is_stored_for_failures_too) {
    SOCKET s;
    DWORD bytes = 77;
    OVERLAPPED *ov = refused(&s);
    CHECK(!GetOverlappedResult((HANDLE)s, ov, &bytes, FALSE));
    CHECK_EQ(bytes, 0);
}

TEST(g_007_any_number_of_times) {
    receiving(&r, op_event());
    send_all(r.peer, "abcd", 4);
    CHECK_EQ(finish(r.s, r.ov, 5000, NULL), 0);
    for (int i = 0; i < 5; i++) {
        DWORD bytes = 0;
        CHECK(GetOverlappedResult((HANDLE)r.s, r.ov, &bytes, i & 1));
        CHECK_EQ(bytes, 4);
    }
}

TEST(g_008_consumed_auto_reset_event_does_not_hang) {
    OVERLAPPED *ov = op_plain();
    DWORD bytes = 0;
    ov->hEvent = CreateEventA(NULL, FALSE, FALSE, NULL);
    receiving(&r, ov);
    send_all(r.peer, "abc", 3);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    CHECK(GetOverlappedResult((HANDLE)r.s, ov, &bytes, TRUE));
    CHECK_EQ(bytes, 3);
}

TEST(g_009_handle_signal_of_another_operation) {
    /* Two operations share the handle's signal: the send ends at once, the receive is still waited for. */
    receiving(&r, op_plain());
    WSABUF buffer = { 1, "x" };
    DWORD bytes = 0;
    OVERLAPPED *sending = op_plain();
    CHECK_OK(WSASend(r.s, &buffer, 1, &bytes, 0, sending, NULL));
    HANDLE t = thread(feed_after_150_ms, (void *)r.peer);
    BOOL result = GetOverlappedResult((HANDLE)r.s, r.ov, &bytes, TRUE);
    DWORD status = (DWORD)r.ov->Internal;
    join(t);
    CHECK(result);
    CHECK_EQ(status, 0);
    CHECK_EQ(bytes, 3);
}

TEST(g_010_ex_time_out) {
    DWORD bytes = 0;
    receiving(&r, op_event());
    CHECK_BOOL_ERR(GetOverlappedResultEx((HANDLE)r.s, r.ov, &bytes, 0, FALSE), ERROR_IO_INCOMPLETE);
    ULONGLONG began = now_ms();
    CHECK_BOOL_ERR(GetOverlappedResultEx((HANDLE)r.s, r.ov, &bytes, 120, FALSE), WAIT_TIMEOUT);
    CHECK(now_ms() - began >= 100);
    send_all(r.peer, "abc", 3);
    CHECK(GetOverlappedResultEx((HANDLE)r.s, r.ov, &bytes, 5000, FALSE));
    CHECK_EQ(bytes, 3);
}

TEST(g_011_ex_infinite) {
    DWORD bytes = 0;
    receiving(&r, op_event());
    HANDLE t = thread(feed_after_150_ms, (void *)r.peer);
    BOOL result = GetOverlappedResultEx((HANDLE)r.s, r.ov, &bytes, INFINITE, FALSE);
    join(t);
    CHECK(result);
    CHECK_EQ(bytes, 3);
}

TEST(g_012_wsa_codes) {
    SOCKET s;
    DWORD bytes, flags;
    OVERLAPPED *ov = refused(&s);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(s, ov, &bytes, FALSE, &flags), WSAECONNREFUSED);
}

TEST(g_013_wsa_pending) {
    DWORD bytes, flags;
    receiving(&r, op_event());
    CHECK_BOOL_ERR(WSAGetOverlappedResult(r.s, r.ov, &bytes, FALSE, &flags), WSA_IO_INCOMPLETE);
    CHECK_EQ(WSA_IO_INCOMPLETE, 996);
}

TEST(g_014_wsa_count_untouched_on_failure) {
    SOCKET s;
    DWORD bytes = 77, flags;
    OVERLAPPED *ov = refused(&s);
    CHECK(!WSAGetOverlappedResult(s, ov, &bytes, FALSE, &flags));
    CHECK_EQ(bytes, 77);
}

TEST(g_015_wsa_null_pointers) {
    DWORD bytes = 0, flags;
    receiving(&r, op_event());
    send_all(r.peer, "abc", 3);
    CHECK_EQ(finish(r.s, r.ov, 5000, NULL), 0);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(r.s, r.ov, &bytes, FALSE, NULL), WSAEFAULT);
    CHECK_EQ(bytes, 3);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(r.s, r.ov, NULL, FALSE, &flags), WSAEFAULT);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(r.s, NULL, &bytes, FALSE, &flags), WSAEFAULT);
}

TEST(g_016_wsa_not_a_socket) {
    OVERLAPPED *ov = op_event();
    DWORD bytes, flags;
    SOCKET closed = tcp();
    closesocket(closed);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(INVALID_SOCKET, ov, &bytes, FALSE, &flags), WSAENOTSOCK);
    CHECK_BOOL_ERR(WSAGetOverlappedResult((SOCKET)ov->hEvent, ov, &bytes, FALSE, &flags), WSAENOTSOCK);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(closed, ov, &bytes, FALSE, &flags), WSAENOTSOCK);
}

TEST_RAW(g_016_wsa_before_startup) {
    OVERLAPPED *ov = op_plain();
    DWORD bytes, flags;
    CHECK_BOOL_ERR(WSAGetOverlappedResult((SOCKET)40, ov, &bytes, FALSE, &flags), WSANOTINITIALISED);
}

TEST(g_017_wsa_waiting_on_a_bad_event) {
    DWORD bytes, flags;
    receiving(&r, op_plain());
    r.ov->hEvent = (HANDLE)(ULONG_PTR)0x7FFFFFF0;
    WSASetLastError(0);
    BOOL result = WSAGetOverlappedResult(r.s, r.ov, &bytes, TRUE, &flags);
    int error = WSAGetLastError();
    r.ov->hEvent = NULL;
    CHECK(!result);
    CHECK_EQ(error, WSA_INVALID_HANDLE);
}

static DWORD flags_after(SOCKET s, OVERLAPPED *ov, int error) {
    DWORD bytes = 0, flags = 0xdead;
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    WSASetLastError(0);
    BOOL good = WSAGetOverlappedResult(s, ov, &bytes, FALSE, &flags);
    CHECK_EQ(good ? 0 : WSAGetLastError(), error);
    return flags;
}

TEST(g_018_wsa_flags_of_receives) {
    DWORD flags = 0;
    receiving(&r, op_event());
    send_all(r.peer, "abc", 3);
    CHECK_EQ(flags_after(r.s, r.ov, 0), 0);
    /* A datagram that did not fit, and one that did. */
    SOCKET to = udp(), from = udp();
    SA4 me = v4("127.0.0.1", 0);
    CHECK_OK(bind(to, (SA *)&me, sizeof me));
    SA4 at = name_of(to);
    char *little = kept(2);
    WSABUF buffer = { 2, little };
    OVERLAPPED *cut = op_event(), *whole = op_event(), *urgent = op_event();
    CHECK_SOCK_ERR(WSARecv(to, &buffer, 1, NULL, &flags, cut, NULL), WSA_IO_PENDING);
    CHECK_EQ(sendto(from, "abcdef", 6, 0, (SA *)&at, sizeof at), 6);
    CHECK_EQ(flags_after(to, cut, WSAEMSGSIZE), MSG_PARTIAL);
    CHECK_SOCK_ERR(WSARecv(to, &buffer, 1, NULL, &flags, whole, NULL), WSA_IO_PENDING);
    CHECK_EQ(sendto(from, "ab", 2, 0, (SA *)&at, sizeof at), 2);
    CHECK_EQ(flags_after(to, whole, 0), 0);
    /* Urgent data. */
    flags = MSG_OOB;
    CHECK_SOCK_ERR(WSARecv(r.s, &buffer, 1, NULL, &flags, urgent, NULL), WSA_IO_PENDING);
    CHECK_EQ(send(r.peer, "!", 1, MSG_OOB), 1);
    CHECK_EQ(flags_after(r.s, urgent, 0), MSG_OOB);
}

TEST(g_018_wsa_flags_of_other_calls) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    WSABUF buffer = { 1, "x" };
    DWORD bytes;
    OVERLAPPED *connecting = op_event(), *sending = op_event(), *disconnecting = op_event();
    CHECK_EQ(start_connect(s, &at, "data", 4, connecting), ERROR_IO_PENDING);
    accept_one(l);
    CHECK_EQ(flags_after(s, connecting, 0), 0);
    update_context(s);
    CHECK_OK(WSASend(s, &buffer, 1, &bytes, 0, sending, NULL));
    CHECK_EQ(flags_after(s, sending, 0), 0);
    CHECK_EQ(start_disconnect(s, disconnecting, 0), ERROR_IO_PENDING);
    CHECK_EQ(flags_after(s, disconnecting, 0), 0);
}

TEST(g_019_wsa_waits_for_events) {
    DWORD bytes = 0, flags;
    receiving(&r, op_event());
    HANDLE t = thread(feed_after_150_ms, (void *)r.peer);
    BOOL result = WSAGetOverlappedResult(r.s, r.ov, &bytes, TRUE, &flags);
    join(t);
    CHECK(result);
    CHECK_EQ(bytes, 3);
}

TEST(g_020_has_overlapped_io_completed) {
    OVERLAPPED ov;
    memset(&ov, 0, sizeof ov);
    CHECK(HasOverlappedIoCompleted(&ov));
    ov.Internal = 0x103;
    CHECK(!HasOverlappedIoCompleted(&ov));
    ov.Internal = 0xC0000120;
    CHECK(HasOverlappedIoCompleted(&ov));
    receiving(&r, op_event());
    CHECK(!HasOverlappedIoCompleted(r.ov));
    send_all(r.peer, "x", 1);
    CHECK_EQ(finish(r.s, r.ov, 5000, NULL), 0);
    CHECK(HasOverlappedIoCompleted(r.ov));
}
