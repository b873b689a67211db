/* O-001..O-013: the OVERLAPPED structure. */
#include "harness.h"
#include <stddef.h>

static SOCKET s, peer;
static char got[64];

static int start_receive(OVERLAPPED *ov) {
    WSABUF buffer = { sizeof got, got };
    DWORD flags = 0;
    WSASetLastError(0);
    return WSARecv(s, &buffer, 1, NULL, &flags, ov, NULL) == 0 ? 0 : WSAGetLastError();
}

TEST(o_001_layout) {
    CHECK_EQ(sizeof(OVERLAPPED), 32);
    CHECK_EQ(offsetof(OVERLAPPED, Internal), 0);
    CHECK_EQ(offsetof(OVERLAPPED, InternalHigh), 8);
    CHECK_EQ(offsetof(OVERLAPPED, Offset), 16);
    CHECK_EQ(offsetof(OVERLAPPED, OffsetHigh), 20);
    CHECK_EQ(offsetof(OVERLAPPED, Pointer), 16);
    CHECK_EQ(offsetof(OVERLAPPED, hEvent), 24);
    OVERLAPPED ov;
    CHECK_EQ(sizeof ov.Internal, 8);
    CHECK_EQ(sizeof ov.InternalHigh, 8);
    CHECK_EQ(sizeof ov.Offset, 4);
    CHECK_EQ(sizeof ov.hEvent, 8);
}

TEST(o_002_wsaoverlapped_is_the_same) {
    CHECK_EQ(sizeof(WSAOVERLAPPED), sizeof(OVERLAPPED));
    CHECK_EQ(offsetof(WSAOVERLAPPED, hEvent), offsetof(OVERLAPPED, hEvent));
    WSAOVERLAPPED *same = op_plain(); /* the compiler agrees */
    CHECK(same != NULL);
}

TEST(o_003_internal_is_the_status) {
    SA4 bad = refusing();
    SOCKET failing = bound();
    connected_pair(&s, &peer);
    OVERLAPPED *ov = op_event();
    ov->Internal = 0x77;
    CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
    CHECK_STATUS(ov, 0x103);
    send_all(peer, "x", 1);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    CHECK_EQ(ov->Internal, 0);
    CHECK_EQ(start_connect(failing, &bad, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(finish(failing, ov, 5000, NULL) != 0);
    CHECK_STATUS(ov, ST_CONNECTION_REFUSED);
}

TEST(o_004_internal_high_is_the_count) {
    connected_pair(&s, &peer);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
    send_all(peer, "12345", 5);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    CHECK_EQ(ov->InternalHigh, 5);
}

TEST(o_005_offsets_are_never_modified) {
    connected_pair(&s, &peer);
    OVERLAPPED *ov = op_event();
    ov->Offset = 0x11111111;
    ov->OffsetHigh = 0x22222222;
    CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
    send_all(peer, "12345", 5);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    CHECK_EQ(ov->Offset, 0x11111111);
    CHECK_EQ(ov->OffsetHigh, 0x22222222);
}

TEST(o_006_event_is_reset_at_start_and_set_at_completion) {
    connected_pair(&s, &peer);
    OVERLAPPED *ov = op_event();
    HANDLE event = ov->hEvent;
    SetEvent(event);
    CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(event, 50), WAIT_TIMEOUT);
    send_all(peer, "12345", 5);
    CHECK_EQ(WaitForSingleObject(event, 5000), WAIT_OBJECT_0);
    CHECK(ov->hEvent == event);
}

TEST(o_008_low_bit_keeps_the_packet_away) {
    connected_pair(&s, &peer);
    HANDLE port = port_for(s, 1);
    OVERLAPPED *ov = op_event(), *plain = op_plain();
    HANDLE event = ov->hEvent;
    CHECK_EQ((ULONG_PTR)event & 3, 0);
    ov->hEvent = (HANDLE)((ULONG_PTR)event | 1);
    CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
    send_all(peer, "x", 1);
    CHECK_EQ(WaitForSingleObject(event, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, 0);
    CHECK(no_packet(port, 50));
    /* Without the bit both happen. */
    ov->hEvent = event;
    CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
    send_all(peer, "x", 1);
    CHECK_EQ(WaitForSingleObject(event, 5000), WAIT_OBJECT_0);
    CHECK(!no_packet(port, 1000));
    CHECK_EQ(start_receive(plain), WSA_IO_PENDING);
    send_all(peer, "x", 1);
    CHECK(!no_packet(port, 5000));
}

TEST(o_009_one_structure_for_each_operation) {
    connected_pair(&s, &peer);
    enum { MANY = 20 };
    OVERLAPPED *ov[MANY];
    for (int i = 0; i < MANY; i++) {
        ov[i] = op_event();
        CHECK_EQ(start_receive(ov[i]), WSA_IO_PENDING);
    }
    for (int i = 0; i < MANY; i++) {
        send_all(peer, "x", 1);
        DWORD bytes;
        CHECK_EQ(finish(s, ov[i], 5000, &bytes), 0);
        CHECK_EQ(bytes, 1);
        if (i + 1 < MANY) CHECK_STATUS(ov[i + 1], ST_PENDING);
    }
}

TEST(o_010_reused_after_completion) {
    connected_pair(&s, &peer);
    OVERLAPPED *ov = op_event();
    for (int i = 1; i <= 50; i++) {
        DWORD bytes;
        CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
        send_all(peer, got, i);
        CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
        CHECK_EQ(bytes, i);
    }
}

TEST(o_011_not_touched_after_completion) {
    connected_pair(&s, &peer);
    HANDLE port = port_for(s, 1);
    for (int i = 0; i < 200; i++) {
        OVERLAPPED *ov = op_plain(), *taken = NULL;
        DWORD bytes;
        ULONG_PTR key;
        CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
        send_all(peer, "x", 1);
        CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &taken, 5000));
        CHECK(taken == ov);
        /* From here on it is the program's. */
        memset(ov, 0xA5, sizeof *ov);
        if (i % 20 == 0) Sleep(5);
        for (unsigned j = 0; j < sizeof *ov; j++) CHECK_EQ(((unsigned char *)ov)[j], 0xA5);
    }
    SOCKET pending, there;
    OVERLAPPED *large = connect_large(&pending, &there, NULL);
    CHECK(CancelIoEx((HANDLE)pending, large));
    CHECK_EQ(WaitForSingleObject(large->hEvent, 5000), WAIT_OBJECT_0);
    memset(large, 0xA5, sizeof *large);
    drop(there);
    drop(pending);
    Sleep(100);
    for (unsigned j = 0; j < sizeof *large; j++) CHECK_EQ(((unsigned char *)large)[j], 0xA5);
}

TEST(o_012_nothing_but_internal_and_the_handle) {
    connected_pair(&s, &peer);
    OVERLAPPED *ov = op_plain();
    CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
    CHECK_EQ(WaitForSingleObject((HANDLE)s, 50), WAIT_TIMEOUT);
    send_all(peer, "x", 1);
    CHECK_EQ(WaitForSingleObject((HANDLE)s, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, 0);
}

TEST(o_013_the_way_of_notification_follows_the_fields) {
    SOCKET other, far_end;
    connected_pair(&s, &peer);
    connected_pair(&other, &far_end);
    /* NULL: synchronous. */
    WSABUF buffer = { sizeof got, got };
    DWORD bytes = 0, flags = 0;
    send_all(peer, "abc", 3);
    CHECK_OK(WSARecv(s, &buffer, 1, &bytes, &flags, NULL, NULL));
    CHECK_EQ(bytes, 3);
    /* Event alone; packet alone; both. */
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
    send_all(peer, "x", 1);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    s = other;
    HANDLE port = port_for(s, 1);
    CHECK_EQ(start_receive(op_plain()), WSA_IO_PENDING);
    send_all(far_end, "x", 1);
    CHECK(!no_packet(port, 5000));
    ov = op_event();
    CHECK_EQ(start_receive(ov), WSA_IO_PENDING);
    send_all(far_end, "x", 1);
    CHECK(!no_packet(port, 5000));
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
}
