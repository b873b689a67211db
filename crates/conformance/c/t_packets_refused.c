/* T-034..T-038: what TransmitPackets refuses, how it fails, and what it leaves behind. */
#include "packets.h"

TEST(t_034_datagrams_need_a_peer) {
    ELEMENT e = memory("x", 0);
    SOCKET s, peer, bound_one = udp();
    SA4 at = v4("127.0.0.1", 0);
    CHECK_OK(bind(bound_one, (SA *)&at, sizeof at));
    CHECK_EQ(packets(udp(), &e, 1, 0, NULL, 0), WSAENOTCONN);
    CHECK_EQ(packets(bound_one, &e, 1, 0, op_event(), 0), WSAENOTCONN);
    datagram_pair(&s, &peer);
    CHECK_EQ(packets(s, &e, 1, 0, NULL, 0), 0);
    expect_message(peer, "x");
}

TEST(t_035_no_disconnect_of_datagrams) {
    ELEMENT e = memory("x", 0);
    SOCKET s, peer;
    datagram_pair(&s, &peer);
    CHECK_EQ(packets(s, &e, 1, 0, NULL, TF_DISCONNECT), WSAEINVAL);
    CHECK_EQ(packets(s, &e, 1, 0, op_event(), TF_DISCONNECT), WSAEINVAL);
    CHECK_EQ(packets(s, &e, 1, 0, op_event(), TF_DISCONNECT | TF_REUSE_SOCKET), WSAEINVAL);
    CHECK_EQ(send(s, "y", 1, 0), 1);
    expect_message(peer, "y");
}

TEST(t_036_disconnects_behind_the_data) {
    SOCKET client, server;
    char *got = kept(BIG), byte;
    connected_pair(&client, &server);
    ELEMENT list[] = { part(big_file(), 0, 0, 0), memory("end", 0) };
    OVERLAPPED *ov = op_event();
    CHECK_EQ(packets(client, list, 2, 0, ov, TF_DISCONNECT), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    CHECK_SOCK_ERR(send(client, "x", 1, 0), WSAESHUTDOWN);
    read_exactly(server, got, BIG);
    CHECK(matches(got, BIG, 0));
    expect_text(server, "end");
    CHECK_EQ(recv(server, &byte, 1, 0), 0);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
}

TEST(t_036_reuse_needs_disconnect) {
    ELEMENT e = memory("x", 0);
    SOCKET client, server, s, peer;
    connected_pair(&client, &server);
    CHECK_EQ(packets(client, &e, 1, 0, NULL, TF_REUSE_SOCKET), WSAEINVAL);
    CHECK_EQ(packets(client, &e, 1, 0, op_event(), TF_REUSE_SOCKET), WSAEINVAL);
    datagram_pair(&s, &peer);
    CHECK_EQ(packets(s, &e, 1, 0, NULL, TF_REUSE_SOCKET), WSAEINVAL);
    CHECK_EQ(packets(client, &e, 1, 0, NULL, 0x80000000), WSAEINVAL);
    CHECK_EQ(send(client, "y", 1, 0), 1);
    expect_text(server, "y");
}

/* Sends a little, ends the connection and keeps the socket. */
static void reuse_by_packets(SOCKET s, SOCKET peer) {
    char byte;
    ELEMENT e = memory("bye", 0);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(packets(s, &e, 1, 0, ov, TF_DISCONNECT | TF_REUSE_SOCKET), ERROR_IO_PENDING);
    expect_text(peer, "bye");
    CHECK_EQ(recv(peer, &byte, 1, 0), 0);
    CHECK(still_pending(ov, 100));
    drop(peer);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    CHECK_SOCK_ERR(send(s, "x", 1, 0), WSAENOTCONN);
}

static void accepts_again(SOCKET s) {
    SA4 at;
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    accepts(l, s, 0, ov);
    SOCKET client = connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    accept_context(s, l);
    send_all(client, "again", 5);
    expect_text(s, "again");
}

TEST(t_036_an_accepted_socket_goes_to_acceptex) {
    SOCKET client, server;
    connected_pair(&client, &server);
    reuse_by_packets(server, client);
    accepts_again(server);
}

TEST(t_036_so_does_one_that_connectex_connected) {
    SOCKET client, server;
    connected_ex(&client, &server);
    reuse_by_packets(client, server);
    accepts_again(client);
}

TEST(t_037_too_much) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("x", 1);
    ELEMENT one = part(file, 0, 0x7FFFFFFF, 0);
    CHECK_EQ(packets(client, &one, 1, 0, op_event(), 0), WSAEINVAL);
    /* Together they are one too many. */
    ELEMENT list[] = { part(file, 0, 0x40000000, 0), memory("x", 0), part(file, 0, 0x3FFFFFFE, 0) };
    CHECK_EQ(packets(client, list, 3, 0, op_event(), 0), WSAEINVAL);
    CHECK_EQ(packets(client, list, 3, 0, NULL, 0), WSAEINVAL);
    CHECK_EQ(send(client, "y", 1, 0), 1);
    expect_text(server, "y");
}

TEST(t_037_files_count_with_their_size) {
    SOCKET client, server;
    LARGE_INTEGER end;
    DWORD n;
    connected_pair(&client, &server);
    HANDLE file = file_of("x", 1);
    end.QuadPart = 0x7FFFFFFD;
    CHECK(SetFilePointerEx(file, end, NULL, FILE_BEGIN));
    CHECK(WriteFile(file, "ab", 2, &n, NULL) && n == 2);
    ELEMENT whole = part(file, 0, 0, 0), tail = part(file, 0x7FFFFFFD, 0, 0);
    CHECK_EQ(packets(client, &whole, 1, 0, op_event(), 0), WSAEINVAL);
    CHECK_EQ(packets(client, &tail, 1, 0, NULL, 0), 0);
    expect_text(server, "ab");
}

TEST(t_038_not_connected) {
    SA4 at;
    ELEMENT e = memory("x", 0);
    CHECK_EQ(packets(tcp(), &e, 1, 0, NULL, 0), WSAENOTCONN);
    CHECK_EQ(packets(bound(), &e, 1, 0, op_event(), 0), WSAENOTCONN);
    CHECK_EQ(packets(listener(&at), &e, 1, 0, NULL, 0), WSAENOTCONN);
    CHECK_EQ(packets(bound(), &e, 1, 0, NULL, TF_REUSE_SOCKET), WSAENOTCONN);
    CHECK_EQ(packets(INVALID_SOCKET, &e, 1, 0, NULL, 0), WSAENOTSOCK);
    SOCKET closed = tcp();
    drop(closed);
    CHECK_EQ(packets(closed, &e, 1, 0, NULL, 0), WSAENOTSOCK);
}

TEST(t_038_offset_beyond_the_file) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    static const LONGLONG bad[] = { 11, 0x100000000LL, -2, (LONGLONG)1 << 63 };
    for (int i = 0; i < 4; i++) {
        ELEMENT e = part(file, bad[i], 0, 0);
        CHECK_EQ(packets(client, &e, 1, 0, NULL, 0), WSAEINVAL);
        CHECK_EQ(packets(client, &e, 1, 0, op_event(), 0), WSAEINVAL);
    }
    CHECK_EQ(send(client, "y", 1, 0), 1);
    expect_text(server, "y");
}

TEST(t_038_offset_beyond_an_empty_file) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("", 0);
    ELEMENT beyond = part(file, 1, 0, 0), begin = part(file, 0, 0, 0), here = part(file, -1, 0, 0);
    CHECK_EQ(packets(client, &beyond, 1, 0, NULL, 0), WSAEINVAL);
    CHECK_EQ(packets(client, &beyond, 1, 0, op_event(), 0), WSAEINVAL);
    /* Nothing of it, and nothing behind that. */
    ELEMENT list[] = { begin, here, here, memory("y", 0) };
    CHECK_EQ(packets(client, list, 4, 0, NULL, 0), 0);
    expect_text(server, "y");
}

TEST(t_038_not_a_file) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), bad[] = { NULL, INVALID_HANDLE_VALUE, event };
    for (int i = 0; i < 3; i++) {
        ELEMENT list[] = { memory("x", 0), part(bad[i], 0, 0, 0) };
        CHECK_EQ(packets(client, list, 2, 0, NULL, 0), WSA_INVALID_HANDLE);
    }
    CHECK(CloseHandle(event));
    CHECK_EQ(send(client, "y", 1, 0), 1);
    expect_text(server, "y");
}

TEST(t_038_after_a_shutdown) {
    ELEMENT e = memory("x", 0);
    static const int how[] = { SD_SEND, SD_BOTH };
    for (int i = 0; i < 2; i++) {
        SOCKET client, server;
        connected_pair(&client, &server);
        CHECK_OK(shutdown(client, how[i]));
        CHECK_EQ(packets(client, &e, 1, 0, NULL, 0), WSAESHUTDOWN);
        CHECK_EQ(packets(client, &e, 1, 0, op_event(), 0), WSAESHUTDOWN);
    }
}

TEST(t_038_bad_pointers) {
    SOCKET client, server;
    connected_pair(&client, &server);
    ELEMENT good = memory("x", 0), list[] = { good, good };
    CHECK_EQ(packets(client, NULL, 1, 0, NULL, 0), WSAEFAULT);
    CHECK_EQ(packets(client, UNMAPPED, 1, 0, NULL, 0), WSAEFAULT);
    ELEMENT *last = (ELEMENT *)before_a_hole(sizeof good);
    memcpy(last, &good, sizeof good);
    CHECK_EQ(packets(client, last, 2, 0, NULL, 0), WSAEFAULT);
    CHECK_EQ(packets(client, last, 0xFFFFFFFF, 0, NULL, 0), WSAEFAULT);
    CHECK_EQ(packets(client, &good, 1, 0, UNMAPPED, 0), WSAEFAULT);
    list[1].pBuffer = UNMAPPED;
    CHECK_EQ(packets(client, list, 2, 0, op_event(), 0), WSAEFAULT);
    list[1].pBuffer = before_a_hole(2);
    list[1].cLength = 4;
    CHECK_EQ(packets(client, list, 2, 0, NULL, 0), WSAEFAULT);
    CHECK_EQ(send(client, "y", 1, 0), 1);
    expect_text(server, "y");
}

TEST(t_038_reset_by_the_peer) {
    SOCKET client, server;
    connected_pair(&client, &server);
    ELEMENT list[] = { part(big_file(), 0, 0, 0), memory("tail", 0) };
    OVERLAPPED *ov = op_event();
    CHECK_EQ(packets(client, list, 2, 0, ov, 0), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    hard_close(server);
    CHECK_EQ(finish_wsa(client, ov, 5000, NULL), WSAECONNRESET);
    CHECK_EQ(packets(client, list, 2, 0, NULL, 0), WSAECONNRESET);
}

TEST(t_038_closed_here) {
    SOCKET client, server;
    connected_pair(&client, &server);
    ELEMENT list[] = { part(big_file(), 0, 0, 0), memory("tail", 0) };
    OVERLAPPED *ov = op_event();
    CHECK_EQ(packets(client, list, 2, 0, ov, 0), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    drop(client);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_CONNECTION_ABORTED);
}
