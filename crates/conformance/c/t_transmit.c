/* T-001..T-011, T-021..T-028: what TransmitFile sends, from where, and what it leaves behind. */
#include "transmit.h"

static void expect_end(SOCKET s) {
    char byte;
    receive_timeout(s, 5000);
    CHECK_EQ(recv(s, &byte, 1, 0), 0);
}

static void expect_nothing(SOCKET s) {
    char byte;
    receive_timeout(s, 200);
    CHECK_SOCK_ERR(recv(s, &byte, 1, 0), WSAETIMEDOUT);
}

static void expect(SOCKET s, const char *text) {
    char got[64];
    int length = (int)strlen(text);
    receive_timeout(s, 5000);
    read_exactly(s, got, length);
    if (memcmp(got, text, length) != 0) FAIL("got '%.*s', expected '%s'", length, got, text);
}

static OVERLAPPED *op_at(ULONGLONG offset) {
    OVERLAPPED *ov = op_event();
    ov->Offset = (DWORD)offset;
    ov->OffsetHigh = (DWORD)(offset >> 32);
    return ov;
}

static TRANSMIT_FILE_BUFFERS around(const char *head, const char *tail) {
    TRANSMIT_FILE_BUFFERS b = { (void *)head, (DWORD)strlen(head), (void *)tail, (DWORD)strlen(tail) };
    return b;
}

TEST(t_001_signature_and_guid) {
    BOOL (PASCAL *exact)(SOCKET, HANDLE, DWORD, DWORD, LPOVERLAPPED, LPTRANSMIT_FILE_BUFFERS, DWORD) = transmit_file();
    BOOL (PASCAL *by_name)(SOCKET, HANDLE, DWORD, DWORD, LPOVERLAPPED, LPTRANSMIT_FILE_BUFFERS, DWORD) = TransmitFile;
    static const unsigned char bytes[16] = { 0xF0, 0x7D, 0x36, 0xB5, 0xAC, 0xCB, 0xCF, 0x11,
                                             0x95, 0xCA, 0x00, 0x80, 0x5F, 0x48, 0xA1, 0x92 };
    GUID id = WSAID_TRANSMITFILE;
    SOCKET client, server;
    CHECK(memcmp(&id, bytes, sizeof bytes) == 0);
    connected_pair(&client, &server);
    CHECK(exact(client, file_of("by GUID", 7), 0, 0, NULL, NULL, 0));
    expect(server, "by GUID");
    CHECK(by_name(client, file_of("by name", 7), 0, 0, NULL, NULL, 0));
    expect(server, "by name");
}

TEST(t_002_head_file_tail) {
    SOCKET client, server;
    connected_pair(&client, &server);
    TRANSMIT_FILE_BUFFERS b = around("<head>", "<tail>");
    HANDLE file = file_of("file", 4);
    CHECK_EQ(transmit(client, file, 0, NULL, &b, 0), 0);
    expect(server, "<head>file<tail>");
    OVERLAPPED *ov = op_at(0);
    CHECK_EQ(transmit(client, file, 0, ov, &b, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    expect(server, "<head>file<tail>");
}

TEST(t_002_either_block_alone) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("file", 4);
    TRANSMIT_FILE_BUFFERS head = around("head", ""), tail = around("", "tail");
    tail.Head = NULL;
    head.Tail = NULL;
    OVERLAPPED *ov = op_at(0);
    CHECK_EQ(transmit(client, file, 0, ov, &head, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    expect(server, "headfile");
    ov = op_at(0);
    CHECK_EQ(transmit(client, file, 0, ov, &tail, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    expect(server, "filetail");
    expect_nothing(server);
}

TEST(t_003_no_file_sends_the_blocks) {
    SOCKET client, server;
    connected_pair(&client, &server);
    TRANSMIT_FILE_BUFFERS b = around("only", "blocks");
    CHECK_EQ(transmit(client, NULL, 0, NULL, &b, 0), 0);
    expect(server, "onlyblocks");
}

TEST(t_003_the_flags_still_act) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_EQ(transmit(client, NULL, 0, NULL, NULL, TF_DISCONNECT), 0);
    expect_end(server);
}

TEST(t_004_nothing_to_send_is_true) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_EQ(transmit(client, NULL, 0, NULL, NULL, 0), 0);
    expect_nothing(server);
}

TEST(t_005_zero_is_the_whole_file) {
    enum { SIZE = 300000 };
    SOCKET client, server;
    char *block = fill(SIZE), *got = kept(SIZE);
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_at(1000);
    DWORD bytes = 0;
    CHECK_EQ(transmit(client, file_of(block, SIZE), 0, ov, NULL, 0), ERROR_IO_PENDING);
    read_exactly(server, got, SIZE - 1000);
    CHECK(matches(got, SIZE - 1000, 1000));
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, SIZE - 1000);
    expect_nothing(server);
}

TEST(t_005_an_empty_file) {
    SOCKET client, server;
    connected_pair(&client, &server);
    TRANSMIT_FILE_BUFFERS b = around("a", "b");
    CHECK_EQ(transmit(client, file_of("", 0), 0, NULL, &b, 0), 0);
    expect(server, "ab");
}

TEST(t_006_completes_when_the_count_is_sent) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    OVERLAPPED *ov = op_at(0);
    DWORD bytes = 0;
    CHECK_EQ(transmit(client, file, 4, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 4);
    expect(server, "0123");
    expect_nothing(server);
}

TEST(t_006_not_before) {
    SOCKET client, server;
    char *got = kept(BIG);
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_at(0);
    DWORD bytes = 0;
    CHECK_EQ(transmit(client, big_file(), 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 200));
    read_exactly(server, got, BIG);
    CHECK(matches(got, BIG, 0));
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, BIG);
}

TEST(t_006_by_packet) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 7);
    OVERLAPPED *ov = op_plain(), *told = NULL;
    char *got = kept(BIG);
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    CHECK_EQ(transmit(client, big_file(), 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK(no_packet(port, 100));
    /* The port's thread does the I/O, so the reader has to be another one. */
    struct reading r = { server, got, BIG };
    HANDLE reader = thread(read_all, &r);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &told, 10000));
    CHECK_EQ(join(reader), 0);
    CHECK(told == ov);
    CHECK_EQ(bytes, BIG);
    CHECK_EQ(key, 7);
    CHECK(matches(got, BIG, 0));
}

TEST(t_007_size_of_a_send_changes_nothing) {
    static const DWORD sizes[] = { 1, 3, 4096, 1 << 20, 0xFFFFFFFF };
    enum { SIZE = 10000 };
    char *block = fill(SIZE), got[SIZE + 2];
    TRANSMIT_FILE_BUFFERS b = around("<", ">");
    HANDLE file = file_of(block, SIZE);
    for (int i = 0; i < 5; i++) {
        SOCKET client, server;
        connected_pair(&client, &server);
        OVERLAPPED *ov = op_at(0);
        WSASetLastError(0);
        CHECK(!TransmitFile(client, file, 0, sizes[i], ov, &b, 0) && WSAGetLastError() == ERROR_IO_PENDING);
        read_exactly(server, got, SIZE + 2);
        CHECK(got[0] == '<' && got[SIZE + 1] == '>' && matches(got + 1, SIZE, 0));
        CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    }
}

TEST(t_008_starts_at_the_offset) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    SetFilePointer(file, 1, NULL, FILE_BEGIN);
    OVERLAPPED *ov = op_at(6);
    CHECK_EQ(transmit(client, file, 2, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    expect(server, "67");
    ov = op_at(10);
    TRANSMIT_FILE_BUFFERS b = around("nothing", "");
    CHECK_EQ(transmit(client, file, 0, ov, &b, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    expect(server, "nothing");
}

TEST(t_008_the_offset_has_64_bits) {
    SOCKET client, server;
    LARGE_INTEGER far_away;
    HANDLE file = file_of("near", 4);
    DWORD n;
    far_away.QuadPart = (5LL << 32) + 3;
    CHECK(SetFilePointerEx(file, far_away, NULL, FILE_BEGIN));
    CHECK(WriteFile(file, "far", 3, &n, NULL) && n == 3);
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_at(far_away.QuadPart);
    CHECK_EQ(transmit(client, file, 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    expect(server, "far");
}

TEST(t_009_synchronous_from_the_position) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    CHECK_EQ(SetFilePointer(file, 3, NULL, FILE_BEGIN), 3);
    CHECK_EQ(transmit(client, file, 4, NULL, NULL, 0), 0);
    expect(server, "3456");
    CHECK_EQ(SetFilePointer(file, 8, NULL, FILE_BEGIN), 8);
    CHECK_EQ(transmit(client, file, 0, NULL, NULL, 0), 0);
    expect(server, "89");
    expect_nothing(server);
}

TEST(t_009_synchronous_to_the_end) {
    SOCKET client, server;
    char *got = kept(BIG);
    connected_pair(&client, &server);
    struct reading r = { server, got, BIG };
    HANDLE file = big_file(), reader = thread(read_all, &r);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    CHECK_EQ(transmit(client, file, 0, NULL, NULL, 0), 0);
    CHECK_EQ(join(reader), 0);
    CHECK(matches(got, BIG, 0));
}

TEST(t_010_the_count_is_that_of_all_three) {
    SOCKET client, server;
    connected_pair(&client, &server);
    TRANSMIT_FILE_BUFFERS b = around("123", "12345");
    OVERLAPPED *ov = op_at(4);
    DWORD bytes = 0;
    CHECK_EQ(transmit(client, file_of("0123456789", 10), 0, ov, &b, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 3 + 6 + 5);
    CHECK_EQ(ov->InternalHigh, 3 + 6 + 5);
    expect(server, "12345678912345");
}

TEST(t_011_overlapped_always_pends) {
    SOCKET client, server;
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_at(0);
    SetEvent(ov->hEvent);
    CHECK_EQ(transmit(client, file_of("x", 1), 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_SUCCESS);
    ov = op_plain();
    CHECK_EQ(transmit(client, file_of("y", 1), 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject((HANDLE)client, 5000), WAIT_OBJECT_0);
    expect(server, "xy");
}

TEST(t_011_in_order_with_sends) {
    SOCKET client, server;
    char *got = kept(BIG);
    connected_pair(&client, &server);
    OVERLAPPED *first = op_at(0), *second = op_event(), *third = op_at(0);
    WSABUF text = { 6, "middle" };
    DWORD bytes;
    CHECK_EQ(transmit(client, big_file(), 0, first, NULL, 0), ERROR_IO_PENDING);
    CHECK_SOCK_ERR(WSASend(client, &text, 1, &bytes, 0, second, NULL), WSA_IO_PENDING);
    CHECK_EQ(transmit(client, file_of("last", 4), 0, third, NULL, 0), ERROR_IO_PENDING);
    read_exactly(server, got, BIG);
    CHECK(matches(got, BIG, 0));
    expect(server, "middlelast");
    CHECK_EQ(finish(client, first, 5000, NULL), 0);
    CHECK_EQ(finish(client, second, 5000, NULL), 0);
    CHECK_EQ(finish(client, third, 5000, NULL), 0);
}

TEST(t_011_cancelled) {
    SOCKET client, server;
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_at(0);
    DWORD bytes = 0;
    CHECK_EQ(transmit(client, big_file(), 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    CHECK(CancelIoEx((HANDLE)client, ov));
    CHECK_EQ(finish(client, ov, 5000, &bytes), ERROR_OPERATION_ABORTED);
    CHECK(bytes < BIG);
}

TEST(t_021_disconnects_behind_the_data) {
    SOCKET client, server;
    char *got = kept(BIG);
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_at(0);
    TRANSMIT_FILE_BUFFERS b = around("", "end");
    CHECK_EQ(transmit(client, big_file(), 0, ov, &b, TF_DISCONNECT), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    read_exactly(server, got, BIG);
    CHECK(matches(got, BIG, 0));
    expect(server, "end");
    expect_end(server);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
}

TEST(t_021_nothing_goes_out_afterwards) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_EQ(transmit(client, file_of("bye", 3), 0, NULL, NULL, TF_DISCONNECT), 0);
    CHECK_SOCK_ERR(send(client, "x", 1, 0), WSAESHUTDOWN);
    expect(server, "bye");
    expect_end(server);
}

TEST(t_023_reuse_waits_for_the_peer) {
    SOCKET client, server;
    connected_ex(&client, &server);
    OVERLAPPED *ov = op_at(0);
    DWORD bytes = 0;
    CHECK_EQ(transmit(client, file_of("bye", 3), 0, ov, NULL, TF_DISCONNECT | TF_REUSE_SOCKET), ERROR_IO_PENDING);
    expect(server, "bye");
    expect_end(server);
    CHECK(still_pending(ov, 200));
    /* What the peer still has to say comes before its end. */
    send_all(server, "late", 4);
    CHECK(still_pending(ov, 200));
    drop(server);
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 3);
    CHECK_SOCK_ERR(send(client, "x", 1, 0), WSAENOTCONN);
}

TEST(t_023_by_packet) {
    SOCKET client, server;
    connected_ex(&client, &server);
    HANDLE port = port_for(client, 9);
    OVERLAPPED *ov = op_plain(), *told = NULL;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    CHECK_EQ(transmit(client, file_of("bye", 3), 0, ov, NULL, TF_DISCONNECT | TF_REUSE_SOCKET), ERROR_IO_PENDING);
    CHECK(no_packet(port, 200));
    drop(server);
    BOOL good = GetQueuedCompletionStatus(port, &bytes, &key, &told, 5000);
    /* The peer closed with "bye" unread, which is a reset. */
    CHECK(told == ov && !good);
    CHECK_EQ(GetLastError(), ERROR_NETNAME_DELETED);
}

TEST(t_024_write_behind) {
    SOCKET client, server;
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_at(0);
    HANDLE file = file_of("behind", 6);
    CHECK_EQ(transmit(client, file, 0, ov, NULL, TF_WRITE_BEHIND), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    expect(server, "behind");
    CHECK_EQ(transmit(client, file, 0, NULL, NULL, TF_WRITE_BEHIND | TF_DISCONNECT), WSAEINVAL);
    CHECK_EQ(transmit(client, file, 0, NULL, NULL, TF_WRITE_BEHIND | TF_DISCONNECT | TF_REUSE_SOCKET), WSAEINVAL);
    expect_nothing(server);
}

/* Nothing that a peer says is waited for, with the flag or without it. */
TEST(t_024_a_silent_peer_is_not_waited_for) {
    NATIVE_ONLY("nothing makes a host deaf there");
    static const DWORD flags[] = { TF_WRITE_BEHIND, 0 };
    for (int i = 0; i < 2; i++) {
        DWORD bytes;
        SOCKET client, server;
        connected_pair(&client, &server);
        deaf(server);
        OVERLAPPED *ov = op_at(0);
        CHECK_EQ(transmit(client, file_of("behind", 6), 0, ov, NULL, flags[i]), ERROR_IO_PENDING);
        CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
        CHECK_EQ(bytes, 6);
    }
}

/* What the system does not take at once is waited for all the same. */
TEST(t_024_more_than_the_system_takes) {
    SOCKET client, server;
    char *got = kept(BIG);
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_at(0);
    CHECK_EQ(transmit(client, big_file(), 0, ov, NULL, TF_WRITE_BEHIND), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 200));
    read_exactly(server, got, BIG);
    CHECK(matches(got, BIG, 0));
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
}

TEST(t_025_the_worker_flags_are_accepted) {
    static const DWORD flags[] = { TF_USE_DEFAULT_WORKER, TF_USE_SYSTEM_THREAD, TF_USE_KERNEL_APC };
    SOCKET client, server;
    connected_pair(&client, &server);
    for (int i = 0; i < 3; i++) {
        OVERLAPPED *ov = op_at(0);
        CHECK_EQ(transmit(client, file_of("work", 4), 0, ov, NULL, flags[i]), ERROR_IO_PENDING);
        CHECK_EQ(finish(client, ov, 5000, NULL), 0);
        expect(server, "work");
    }
}

TEST(t_026_many_at_once) {
    enum { MANY = 8 };
    SOCKET client[MANY], server[MANY];
    OVERLAPPED *ov[MANY];
    char *got = kept(BIG);
    for (int i = 0; i < MANY; i++) {
        connected_pair(&client[i], &server[i]);
        ov[i] = op_at(0);
        CHECK_EQ(transmit(client[i], big_file(), 0, ov[i], NULL, 0), ERROR_IO_PENDING);
    }
    /* The last one first: none waits for those that began before. */
    for (int i = MANY - 1; i >= 0; i--) {
        read_exactly(server[i], got, BIG);
        CHECK(matches(got, BIG, 0));
        CHECK_EQ(finish(client[i], ov[i], 5000, NULL), 0);
    }
}

TEST(t_027_the_file_may_be_closed_meanwhile) {
    SOCKET client, server;
    char *block = fill(BIG), *got = kept(BIG);
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_at(0);
    HANDLE file = unowned_file_of(block, BIG);
    CHECK_EQ(transmit(client, file, 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK(CloseHandle(file));
    CHECK_BOOL_ERR(CloseHandle(file), ERROR_INVALID_HANDLE);
    read_exactly(server, got, BIG);
    CHECK(matches(got, BIG, 0));
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
}

TEST(t_027_a_file_is_read_and_written) {
    HANDLE file = file_of("0123456789", 10);
    LARGE_INTEGER size;
    char got[16];
    DWORD n = 77, high = 77;
    CHECK_EQ(GetFileSize(file, &high), 10);
    CHECK_EQ(high, 0);
    CHECK(GetFileSizeEx(file, &size) && size.QuadPart == 10);
    CHECK_EQ(SetFilePointer(file, -3, NULL, FILE_END), 7);
    CHECK(ReadFile(file, got, 10, &n, NULL) && n == 3 && memcmp(got, "789", 3) == 0);
    CHECK(ReadFile(file, got, 10, &n, NULL) && n == 0);
    CHECK_EQ(SetFilePointer(file, -8, NULL, FILE_CURRENT), 2);
    CHECK(WriteFile(file, "ab", 2, &n, NULL) && n == 2);
    CHECK_EQ(SetFilePointer(file, 0, NULL, FILE_BEGIN), 0);
    CHECK(ReadFile(file, got, 5, &n, NULL) && n == 5 && memcmp(got, "01ab4", 5) == 0);
    CHECK_BOOL_ERR(SetFilePointer(file, -1, NULL, FILE_BEGIN) != INVALID_SET_FILE_POINTER, ERROR_NEGATIVE_SEEK);
    CHECK_SOCK_ERR(send((SOCKET)file, "x", 1, 0), WSAENOTSOCK);
}

TEST(t_027_an_overlapped_says_where) {
    HANDLE file = file_of("0123456789", 10);
    OVERLAPPED *ov = op_at(6);
    char got[16];
    DWORD n = 77;
    CHECK(ReadFile(file, got, 3, &n, ov) && n == 3 && memcmp(got, "678", 3) == 0);
    CHECK_STATUS(ov, ST_SUCCESS);
    CHECK_EQ(ov->InternalHigh, 3);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_OBJECT_0);
    ov = op_at(2);
    CHECK(WriteFile(file, "ab", 2, &n, ov) && n == 2);
    CHECK_BOOL_ERR(ReadFile(file, got, 3, &n, op_at(10)), ERROR_HANDLE_EOF);
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    CHECK(ReadFile(file, got, 5, &n, NULL) && n == 5 && memcmp(got, "01ab4", 5) == 0);
}

TEST(t_027_files_are_found_or_not) {
    HANDLE none = CreateFileA("no such file", GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    CHECK(none == INVALID_HANDLE_VALUE);
    CHECK_EQ(GetLastError(), ERROR_FILE_NOT_FOUND);
    CHECK_BOOL_ERR(DeleteFileA("no such file"), ERROR_FILE_NOT_FOUND);
}

TEST(t_028_overlapped_leaves_the_position) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    SetFilePointer(file, 2, NULL, FILE_BEGIN);
    OVERLAPPED *ov = op_at(5);
    CHECK_EQ(transmit(client, file, 3, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    expect(server, "567");
    CHECK_EQ(SetFilePointer(file, 0, NULL, FILE_CURRENT), 2);
}

TEST(t_028_synchronous_moves_the_position) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    SetFilePointer(file, 2, NULL, FILE_BEGIN);
    CHECK_EQ(transmit(client, file, 3, NULL, NULL, 0), 0);
    CHECK_EQ(transmit(client, file, 3, NULL, NULL, 0), 0);
    expect(server, "234567");
    CHECK_EQ(SetFilePointer(file, 0, NULL, FILE_CURRENT), 8);
}
