/* C-032..C-050: what ConnectEx returns, and how its end is told. The others of 1.3 are in c_lifetime.c. */
#include "harness.h"

TEST(c_032_false_and_last_error) {
    SA4 at;
    listener(&at);
    LPFN_CONNECTEX call = connect_ex();
    OVERLAPPED *ov = op_event();
    WSASetLastError(0);
    CHECK_EQ(call(tcp(), (SA *)&at, sizeof at, NULL, 0, NULL, ov), FALSE);
    CHECK_EQ(WSAGetLastError(), WSAEINVAL);
    CHECK_EQ(GetLastError(), WSAEINVAL);
}

TEST(c_033_pending_means_started) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    accept_one(l);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
}

TEST(c_034_both_names_are_997) {
    CHECK_EQ(WSA_IO_PENDING, 997);
    CHECK_EQ(ERROR_IO_PENDING, 997);
    SA4 at;
    listener(&at);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), 997);
    CHECK_EQ(GetLastError(), 997);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
}

TEST(c_035_pending_may_still_fail) {
    SA4 at = refusing();
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(finish(s, ov, 5000, NULL) != 0);
}

TEST(c_036_never_blocks) {
    SA4 at;
    stuck(&at);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    ULONGLONG before = now_ms();
    CHECK_EQ(start_connect(s, &at, "data", 4, ov), ERROR_IO_PENDING);
    CHECK(now_ms() - before < 500);
    CHECK(still_pending(ov, 100));
}

TEST(c_037_other_errors_start_nothing) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    HANDLE port = port_for(s, 1);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), WSAEINVAL);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 50), WAIT_TIMEOUT);
    CHECK(no_packet(port, 20));
    nonblocking(l);
    WSASetLastError(0);
    CHECK(accept(l, NULL, NULL) == INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
}

TEST(c_038_valid_request_always_pends) {
    SA4 good, bad = refusing();
    listener(&good);
    for (int i = 0; i < 10; i++) {
        SOCKET a = bound(), b = bound();
        OVERLAPPED *ova = op_event(), *ovb = op_event();
        CHECK_EQ(start_connect(a, &good, i % 2 ? "data" : NULL, i % 2 ? 4 : 0, ova), ERROR_IO_PENDING);
        CHECK_EQ(start_connect(b, &bad, i % 2 ? "data" : NULL, i % 2 ? 4 : 0, ovb), ERROR_IO_PENDING);
        CHECK_EQ(finish(a, ova, 5000, NULL), 0);
        CHECK_EQ(finish(b, ovb, 5000, NULL), ERROR_CONNECTION_REFUSED);
    }
}

TEST(c_039_told_through_the_overlapped) {
    SA4 good, bad = refusing();
    listener(&good);
    SA4 *to[2] = { &good, &bad };
    for (int i = 0; i < 2; i++) {
        SOCKET by_event = bound(), by_port = bound();
        HANDLE port = port_for(by_port, 7);
        OVERLAPPED *with_event = op_event(), *with_port = op_plain(), *got = NULL;
        CHECK_EQ(start_connect(by_event, to[i], NULL, 0, with_event), ERROR_IO_PENDING);
        CHECK_EQ(start_connect(by_port, to[i], NULL, 0, with_port), ERROR_IO_PENDING);
        CHECK_EQ(WaitForSingleObject(with_event->hEvent, 5000), WAIT_OBJECT_0);
        DWORD bytes;
        ULONG_PTR key = 0;
        CHECK_EQ(GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000), i == 0);
        CHECK(got == with_port);
        CHECK_EQ(key, 7);
    }
}

TEST(c_040_event_is_the_notification) {
    SA4 at;
    listener(&at);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_SUCCESS);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_OBJECT_0);
}

TEST(c_041_port_is_the_notification) {
    SA4 at;
    listener(&at);
    SOCKET s = bound();
    HANDLE port = port_for(s, 0x1234567887654321ull);
    OVERLAPPED *ov = op_plain(), *got = NULL;
    DWORD bytes = 99;
    ULONG_PTR key = 0;
    CHECK_EQ(start_connect(s, &at, "hello", 5, ov), ERROR_IO_PENDING);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000));
    CHECK(got == ov);
    CHECK_EQ(bytes, 5);
    CHECK_EQ(key, 0x1234567887654321ull);
    CHECK(no_packet(port, 50));
}

TEST(c_042_event_is_reset_by_the_call_and_set_at_completion) {
    SA4 at, bad = refusing();
    SOCKET l = stuck(&at), s = bound();
    OVERLAPPED *ov = op_event();
    SetEvent(ov->hEvent);
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 50), WAIT_TIMEOUT);
    drop(s);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    drop(l);
    s = bound();
    ov = op_event();
    SetEvent(ov->hEvent);
    CHECK_EQ(start_connect(s, &bad, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_CONNECTION_REFUSED);
}

TEST(c_043_connection_first_then_the_block) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    OVERLAPPED *ov = op_event();
    char got[6];
    CHECK_EQ(start_connect(s, &at, "block!", 6, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    SOCKET peer = accept_one(l);
    /* What is sent later comes later. */
    CHECK_EQ(send(s, "later", 5, 0), 5);
    read_exactly(peer, got, 6);
    CHECK(memcmp(got, "block!", 6) == 0);
    read_exactly(peer, got, 5);
    CHECK(memcmp(got, "later", 5) == 0);
}

TEST(c_044_success_means_every_byte) {
    const char *block;
    SOCKET s, peer;
    OVERLAPPED *ov = connect_large(&s, &peer, &block);
    char *got = malloc(LARGE);
    CHECK(still_pending(ov, 200));
    read_exactly(peer, got, LARGE);
    DWORD bytes;
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, LARGE);
    CHECK(memcmp(got, block, LARGE) == 0);
    free(got);
}

TEST(c_045_large_buffers_as_send_takes_them) {
    SA4 at;
    SOCKET l = listener(&at), by_send = tcp();
    const char *block;
    SOCKET s, peer;
    OVERLAPPED *ov = connect_large(&s, &peer, &block);
    static char got[1 << 16];
    for (int have = 0; have < LARGE; have += sizeof got) {
        read_exactly(peer, got, sizeof got);
        CHECK(memcmp(got, block + have, sizeof got) == 0);
    }
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    /* The same block is nothing special to send either. */
    CHECK_OK(connect(by_send, (SA *)&at, sizeof at));
    accept_one(l);
    nonblocking(by_send);
    CHECK(send(by_send, block, LARGE, 0) > 0);
}

TEST(c_046_memory_is_released_at_completion) {
    NATIVE_ONLY("counts this process's memory through /proc");
    const char *block;
    SOCKET s, peer;
    char *got = malloc(LARGE);
    memset(got, 1, LARGE);
    (void)connect_large(&s, &peer, &block); /* touches the block once, so that it counts before and after */
    hard_close(peer);
    drop(s);
    Sleep(100);
    long long before = memory_in_use();
    OVERLAPPED *ov = connect_large(&s, &peer, &block);
    long long during = memory_in_use();
    CHECK(during - before > LARGE / 2);
    read_exactly(peer, got, LARGE);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    /* By the thread that ended it, which may not have come to that yet. */
    for (int i = 0; i < 100 && memory_in_use() - before >= LARGE / 4; i++) Sleep(20);
    CHECK(memory_in_use() - before < LARGE / 4);
    free(got);
}

TEST(c_047_pending_until_the_last_byte) {
    const char *block;
    SOCKET s, peer;
    OVERLAPPED *ov = connect_large(&s, &peer, &block);
    CHECK(still_pending(ov, 300));
    static char got[1 << 20];
    /* Half is not enough. */
    for (int i = 0; i < LARGE / 2; i += sizeof got) read_exactly(peer, got, sizeof got);
    CHECK(still_pending(ov, 200));
    for (int i = 0; i < LARGE / 2; i += sizeof got) read_exactly(peer, got, sizeof got);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
}

TEST(c_048_failed_send_is_the_result) {
    SOCKET s, peer;
    OVERLAPPED *ov = connect_large(&s, &peer, NULL);
    CHECK(still_pending(ov, 50));
    hard_close(peer);
    DWORD bytes = 99;
    int error = finish_wsa(s, ov, 5000, NULL);
    if (error != WSAECONNRESET && error != WSAECONNABORTED) FAIL("the operation ended with %d", error);
    GetOverlappedResult((HANDLE)s, ov, &bytes, FALSE);
    CHECK_EQ(bytes, 0);
    CHECK_EQ(ov->InternalHigh, 0);
}

TEST(c_049_count_is_reported_everywhere) {
    SA4 at;
    listener(&at);
    SOCKET s = bound();
    HANDLE port = port_for(s, 1);
    OVERLAPPED *ov = op_plain(), *got = NULL;
    DWORD bytes = 0, flags = 1;
    ULONG_PTR key;
    CHECK_EQ(start_connect(s, &at, "1234567", 7, ov), ERROR_IO_PENDING);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000));
    CHECK_EQ(bytes, 7);
    bytes = 0;
    CHECK(GetOverlappedResult((HANDLE)s, ov, &bytes, FALSE));
    CHECK_EQ(bytes, 7);
    bytes = 0;
    CHECK(WSAGetOverlappedResult(s, ov, &bytes, FALSE, &flags));
    CHECK_EQ(bytes, 7);
    CHECK_EQ(flags, 0);
}

TEST(c_050_count_is_zero_without_a_buffer) {
    SA4 at;
    listener(&at);
    SOCKET a = bound(), b = bound();
    OVERLAPPED *ova = op_event(), *ovb = op_event();
    DWORD bytes;
    CHECK_EQ(start_connect(a, &at, NULL, 0, ova), ERROR_IO_PENDING);
    CHECK_EQ(finish(a, ova, 5000, &bytes), 0);
    CHECK_EQ(bytes, 0);
    CHECK_EQ(start_connect(b, &at, fill(1000), 1000, ovb), ERROR_IO_PENDING);
    CHECK_EQ(finish(b, ovb, 5000, &bytes), 0);
    CHECK_EQ(bytes, 1000);
}
