/* T-029..T-034: what TransmitPackets sends. */
#include "packets.h"
#include <afunix.h>

TEST(t_029_signature_and_guid) {
    BOOL (PASCAL *exact)(SOCKET, LPTRANSMIT_PACKETS_ELEMENT, DWORD, DWORD, LPOVERLAPPED, DWORD) = transmit_packets();
    static const unsigned char bytes[16] = { 0xA0, 0x9D, 0x68, 0xD9, 0x90, 0x1F, 0xD3, 0x11,
                                             0x99, 0x71, 0x00, 0xC0, 0x4F, 0x68, 0xC8, 0x76 };
    GUID id = WSAID_TRANSMITPACKETS;
    SOCKET client, server;
    ELEMENT e = memory("by GUID", 0);
    CHECK(memcmp(&id, bytes, sizeof bytes) == 0);
    CHECK_EQ(sizeof(ELEMENT), 24);
    connected_pair(&client, &server);
    CHECK(exact(client, &e, 1, 0, NULL, 0));
    expect_text(server, "by GUID");
}

TEST(t_029_overlapped_always_pends) {
    SOCKET client, server;
    connected_pair(&client, &server);
    ELEMENT list[] = { memory("memory", 0), part(file_of("0123456789", 10), 2, 4, 0) };
    OVERLAPPED *ov = op_event();
    DWORD bytes = 0;
    SetEvent(ov->hEvent);
    CHECK_EQ(packets(client, list, 2, 0, ov, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 10);
    CHECK_EQ(ov->InternalHigh, 10);
    expect_text(server, "memory2345");
    /* With no event the socket itself tells. */
    ov = op_plain();
    CHECK_EQ(packets(client, list, 1, 0, ov, 0), ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject((HANDLE)client, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_SUCCESS);
    expect_text(server, "memory");
}

TEST(t_029_by_packet) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 29);
    ELEMENT e = memory("packet", 0);
    OVERLAPPED *ov = op_plain(), *told = NULL;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    CHECK_EQ(packets(client, &e, 1, 0, ov, 0), ERROR_IO_PENDING);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &told, 5000));
    CHECK(told == ov && key == 29 && bytes == 6);
    CHECK(no_packet(port, 50));
    expect_text(server, "packet");
}

TEST(t_029_the_array_is_read_at_once) {
    SOCKET client, server;
    char *block = fill(BIG), *got = kept(BIG);
    connected_pair(&client, &server);
    ELEMENT *list = kept(2 * sizeof *list);
    list[0] = part(big_file(), 0, 0, 0);
    list[1] = part(unowned_file_of(block, BIG), 0, 0, 0);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(packets(client, list, 2, 0, ov, 0), ERROR_IO_PENDING);
    /* So it may go, and the file's handle as well. */
    CHECK(CloseHandle(list[1].hFile));
    memset(list, 0xff, 2 * sizeof *list);
    CHECK(still_pending(ov, 100));
    for (int i = 0; i < 2; i++) {
        read_exactly(server, got, BIG);
        CHECK(matches(got, BIG, 0));
    }
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
}

TEST(t_029_cancelled) {
    SOCKET client, server;
    connected_pair(&client, &server);
    ELEMENT list[] = { memory("head", 0), part(big_file(), 0, 0, 0), memory("tail", 0) };
    OVERLAPPED *ov = op_event();
    DWORD bytes = 0;
    CHECK_EQ(packets(client, list, 3, 0, ov, 0), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    CHECK(CancelIoEx((HANDLE)client, ov));
    CHECK_EQ(finish(client, ov, 5000, &bytes), ERROR_OPERATION_ABORTED);
    CHECK(bytes >= 4 && bytes < BIG);
}

TEST(t_030_in_order) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE one = file_of("0123456789", 10), two = file_of("abcdef", 6);
    ELEMENT list[] = { memory("<", 0), part(one, 0, 3, 0), memory("", 0), memory("|", 0), part(two, 0, 0, 0),
                       part(one, 8, 2, 0), memory(">", 0) };
    CHECK_EQ(packets(client, list, 7, 0, NULL, 0), 0);
    expect_text(server, "<012|abcdef89>");
    OVERLAPPED *ov = op_event();
    CHECK_EQ(packets(client, list, 7, 0, ov, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    expect_text(server, "<012|abcdef89>");
}

TEST(t_030_a_file_unless_said_otherwise) {
    SOCKET client, server;
    connected_pair(&client, &server);
    ELEMENT e = part(file_of("default", 7), 0, 0, 0), both = e, odd = e;
    e.dwElFlags = 0;
    CHECK_EQ(packets(client, &e, 1, 0, NULL, 0), 0);
    expect_text(server, "default");
    both.dwElFlags = TP_ELEMENT_MEMORY | TP_ELEMENT_FILE;
    CHECK_EQ(packets(client, &both, 1, 0, NULL, 0), WSAEINVAL);
    CHECK_EQ(packets(client, &both, 1, 0, op_event(), 0), WSAEINVAL);
    odd.dwElFlags |= 0x100;
    CHECK_EQ(packets(client, &odd, 1, 0, NULL, 0), WSAEINVAL);
    /* Nothing went out for them, nor for what came before them. */
    ELEMENT list[] = { memory("before", 0), both };
    CHECK_EQ(packets(client, list, 2, 0, NULL, 0), WSAEINVAL);
    CHECK_EQ(send(client, "y", 1, 0), 1);
    expect_text(server, "y");
}

TEST(t_030_nothing_to_send) {
    SOCKET client, server;
    connected_pair(&client, &server);
    ELEMENT e = memory("", 0);
    OVERLAPPED *ov = op_event();
    DWORD bytes = 7;
    CHECK_EQ(packets(client, &e, 0, 0, NULL, 0), 0);
    CHECK_EQ(packets(client, &e, 1, 0, NULL, 0), 0);
    CHECK_EQ(packets(client, &e, 1, 0, ov, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 0);
    CHECK_EQ(send(client, "y", 1, 0), 1);
    expect_text(server, "y");
}

TEST(t_030_more_than_fits) {
    SOCKET client, server;
    char *block = fill(BIG), *got = kept(BIG);
    connected_pair(&client, &server);
    ELEMENT list[] = { memory("head", 0), memory("", 0), part(big_file(), 0, 0, 0), memory("tail", 0) };
    list[1].pBuffer = block;
    list[1].cLength = BIG;
    OVERLAPPED *ov = op_event();
    DWORD bytes = 0;
    CHECK_EQ(packets(client, list, 4, 0, ov, 0), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    expect_text(server, "head");
    for (int i = 0; i < 2; i++) {
        read_exactly(server, got, BIG);
        CHECK(matches(got, BIG, 0));
    }
    expect_text(server, "tail");
    CHECK_EQ(finish(client, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 2 * BIG + 8);
}

TEST(t_031_zero_is_the_whole_file) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    SetFilePointer(file, 5, NULL, FILE_BEGIN);
    ELEMENT list[] = { part(file, 0, 0, 0), memory("-", 0), part(file, 7, 0, 0) };
    CHECK_EQ(packets(client, list, 3, 0, NULL, 0), 0);
    expect_text(server, "0123456789-789");
    /* An offset that is given leaves the position alone. */
    CHECK_EQ(SetFilePointer(file, 0, NULL, FILE_CURRENT), 5);
}

TEST(t_031_minus_one_is_the_current_position) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    SetFilePointer(file, 2, NULL, FILE_BEGIN);
    ELEMENT list[] = { part(file, -1, 3, 0), memory("-", 0), part(file, -1, 2, 0) };
    CHECK_EQ(packets(client, list, 1, 0, NULL, 0), 0);
    expect_text(server, "234");
    SetFilePointer(file, 6, NULL, FILE_BEGIN);
    list[0].cLength = 0;
    CHECK_EQ(packets(client, list, 1, 0, NULL, 0), 0);
    expect_text(server, "6789");
}

TEST(t_031_the_position_moves_on) {
    NATIVE_ONLY("whether it does is not documented");
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    SetFilePointer(file, 2, NULL, FILE_BEGIN);
    ELEMENT list[] = { part(file, -1, 3, 0), memory("-", 0), part(file, -1, 2, 0) };
    CHECK_EQ(packets(client, list, 3, 0, NULL, 0), 0);
    expect_text(server, "234-56");
    CHECK_EQ(SetFilePointer(file, 0, NULL, FILE_CURRENT), 7);
}

TEST(t_031_the_offset_has_64_bits) {
    SOCKET client, server;
    LARGE_INTEGER end;
    DWORD n;
    connected_pair(&client, &server);
    HANDLE file = file_of("x", 1);
    end.QuadPart = 0x123456789LL;
    CHECK(SetFilePointerEx(file, end, NULL, FILE_BEGIN));
    CHECK(WriteFile(file, "far", 3, &n, NULL) && n == 3);
    ELEMENT e = part(file, end.QuadPart, 0, 0);
    CHECK_EQ(packets(client, &e, 1, 0, NULL, 0), 0);
    expect_text(server, "far");
}

TEST(t_032_datagrams_end_where_they_are_said_to) {
    SOCKET s, peer;
    datagram_pair(&s, &peer);
    HANDLE file = file_of("0123456789", 10);
    ELEMENT list[] = { memory("one", 0), part(file, 0, 2, TP_ELEMENT_EOP), part(file, 4, 3, TP_ELEMENT_EOP),
                       memory("three", 0), memory("3", TP_ELEMENT_EOP), memory("four", 0) };
    OVERLAPPED *ov = op_event();
    DWORD bytes = 0;
    CHECK_EQ(packets(s, list, 6, 0xFFFFFFFF, ov, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, &bytes), 0);
    CHECK_EQ(bytes, 5 + 3 + 6 + 4);
    expect_message(peer, "one01");
    expect_message(peer, "456");
    expect_message(peer, "three3");
    expect_message(peer, "four");
    receive_timeout(peer, 100);
    char byte;
    CHECK_SOCK_ERR(recv(peer, &byte, 1, 0), WSAETIMEDOUT);
}

TEST(t_032_on_a_stream_nothing_is_lost) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    ELEMENT list[] = { memory("one", TP_ELEMENT_EOP), part(file, 0, 2, TP_ELEMENT_EOP), memory("two", TP_ELEMENT_EOP) };
    CHECK_EQ(packets(client, list, 3, 0xFFFFFFFF, NULL, 0), 0);
    expect_text(server, "one01two");
}

TEST(t_032_sequenced_packets) {
    NATIVE_ONLY("Wine has no AF_UNIX sockets");
    struct sockaddr_un name;
    memset(&name, 0, sizeof name);
    name.sun_family = AF_UNIX;
    snprintf(name.sun_path, sizeof name.sun_path, "/tmp/conformance-%u-elements", (unsigned)GetCurrentThreadId());
    remove(name.sun_path);
    SOCKET l = own(socket(AF_UNIX, SOCK_SEQPACKET, 0)), s = own(socket(AF_UNIX, SOCK_SEQPACKET, 0));
    CHECK_OK(bind(l, (SA *)&name, sizeof name));
    CHECK_OK(listen(l, 5));
    int failed = connect(s, (SA *)&name, sizeof name);
    remove(name.sun_path);
    CHECK_EQ(failed, 0);
    SOCKET peer = accept_one(l);
    ELEMENT list[] = { memory("one", 0), part(file_of("01", 2), 0, 0, TP_ELEMENT_EOP), memory("two", 0) };
    OVERLAPPED *ov = op_event();
    CHECK_EQ(packets(s, list, 3, 0, ov, TF_DISCONNECT), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    expect_message(peer, "one01");
    expect_message(peer, "two");
}

TEST(t_033_the_size_of_a_send) {
    SOCKET s, peer, client, server;
    datagram_pair(&s, &peer);
    HANDLE file = file_of("0123456789", 10);
    ELEMENT list[] = { memory("ab", 0), part(file, 0, 7, 0), memory("cd", TP_ELEMENT_EOP), memory("ef", 0) };
    /* Without a choice: as long as a message may be. */
    CHECK_EQ(packets(s, list, 4, 0, NULL, 0), 0);
    expect_message(peer, "ab0123456cd");
    expect_message(peer, "ef");
    CHECK_EQ(packets(s, list, 4, 4, NULL, 0), 0);
    expect_message(peer, "ab01");
    expect_message(peer, "2345");
    expect_message(peer, "6cd");
    expect_message(peer, "ef");
    CHECK_EQ(packets(s, list, 4, 0x0FFFFFFF, NULL, 0), 0);
    expect_message(peer, "ab0123456cd");
    expect_message(peer, "ef");
    /* No effect on what a stream delivers. */
    static const DWORD sizes[] = { 0, 1, 3, 65536, 0x0FFFFFFF, 0xFFFFFFFF };
    connected_pair(&client, &server);
    for (int i = 0; i < 6; i++) {
        CHECK_EQ(packets(client, list, 4, sizes[i], NULL, 0), 0);
        expect_text(server, "ab0123456cdef");
    }
}

TEST(t_033_a_message_may_be_too_long) {
    SOCKET s, peer;
    datagram_pair(&s, &peer);
    char *block = fill(70000);
    ELEMENT e = memory("", 0);
    e.pBuffer = block;
    e.cLength = 70000;
    OVERLAPPED *ov = op_event();
    CHECK_EQ(packets(s, &e, 1, 0xFFFFFFFF, ov, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish_wsa(s, ov, 5000, NULL), WSAEMSGSIZE);
    CHECK_EQ(packets(s, &e, 1, 0xFFFFFFFF, NULL, 0), WSAEMSGSIZE);
    /* The default cuts it. */
    char *got = kept(70000);
    CHECK_EQ(packets(s, &e, 1, 0, NULL, 0), 0);
    int first = recv(peer, got, 70000, 0), second = recv(peer, got + first, 70000 - first, 0);
    CHECK_EQ(first, 65507);
    CHECK_EQ(first + second, 70000);
    CHECK(matches(got, 70000, 0));
}

TEST(t_034_streams_and_datagrams) {
    SOCKET s, peer, client, server;
    ELEMENT list[] = { memory("text", 0), part(file_of("file", 4), 0, 0, 0) };
    connected_pair(&client, &server);
    CHECK_EQ(packets(server, list, 2, 0, NULL, 0), 0);
    expect_text(client, "textfile");
    datagram_pair(&s, &peer);
    CHECK_EQ(packets(s, list, 2, 0, NULL, 0), 0);
    expect_message(peer, "textfile");
    OVERLAPPED *ov = op_event();
    CHECK_EQ(packets(s, list, 2, 0, ov, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    expect_message(peer, "textfile");
}
