/* T-012..T-020: what TransmitFile refuses, and how it fails. */
#include "transmit.h"
#include <afunix.h>

TEST(t_012_datagram_sockets_are_refused) {
    SOCKET with_peer = udp();
    SA4 to = v4("127.0.0.1", 9);
    CHECK_OK(connect(with_peer, (SA *)&to, sizeof to));
    CHECK_EQ(transmit(with_peer, file_of("x", 1), 0, NULL, NULL, 0), WSAEINVAL);
    CHECK_EQ(transmit(with_peer, file_of("x", 1), 0, op_event(), NULL, 0), WSAEINVAL);
}

TEST(do_04_documented_is_wsaeinval) { CHECK_EQ(transmit(udp(), file_of("x", 1), 0, NULL, NULL, 0), WSAEINVAL); }
TEST_ENV(do_04_observed_is_wsaenotconn, "LINSOCK_CONTRACT=observed") {
    CHECK_EQ(transmit(udp(), file_of("x", 1), 0, NULL, NULL, 0), WSAENOTCONN);
}

TEST(t_013_not_connected) {
    SA4 at;
    HANDLE file = file_of("x", 1);
    CHECK_EQ(transmit(tcp(), file, 0, NULL, NULL, 0), WSAENOTCONN);
    CHECK_EQ(transmit(bound(), file, 0, op_event(), NULL, 0), WSAENOTCONN);
    CHECK_EQ(transmit(listener(&at), file, 0, NULL, NULL, 0), WSAENOTCONN);
    /* Before the flags are looked at. */
    CHECK_EQ(transmit(bound(), file, 0, NULL, NULL, TF_REUSE_SOCKET), WSAENOTCONN);
}

TEST(t_014_not_a_socket) {
    HANDLE file = file_of("x", 1);
    SOCKET closed = tcp();
    drop(closed);
    CHECK_EQ(transmit(INVALID_SOCKET, file, 0, NULL, NULL, 0), WSAENOTSOCK);
    CHECK_EQ(transmit(closed, file, 0, NULL, NULL, 0), WSAENOTSOCK);
    CHECK_EQ(transmit((SOCKET)file, file, 0, NULL, NULL, 0), WSAENOTSOCK);
}

TEST(t_015_reuse_alone_is_wsaeinval) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_EQ(transmit(client, file_of("x", 1), 0, NULL, NULL, TF_REUSE_SOCKET), WSAEINVAL);
    CHECK_EQ(transmit(client, file_of("x", 1), 0, op_event(), NULL, TF_REUSE_SOCKET), WSAEINVAL);
    CHECK_EQ(send(client, "y", 1, 0), 1);
    char got;
    read_exactly(server, &got, 1);
    CHECK_EQ(got, 'y');
}

TEST(t_016_offset_beyond_the_file) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("0123456789", 10);
    OVERLAPPED *ov = op_event();
    ov->Offset = 11;
    CHECK_EQ(transmit(client, file, 0, ov, NULL, 0), WSAEINVAL);
    ov = op_event();
    ov->OffsetHigh = 1;
    CHECK_EQ(transmit(client, file, 1, ov, NULL, 0), WSAEINVAL);
    CHECK_EQ(send(client, "y", 1, 0), 1);
    char got;
    read_exactly(server, &got, 1);
    CHECK_EQ(got, 'y');
}

TEST(t_016_offset_beyond_an_empty_file) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("", 0);
    OVERLAPPED *ov = op_event();
    ov->Offset = 1;
    CHECK_EQ(transmit(client, file, 0, ov, NULL, 0), WSAEINVAL);
    ov = op_event();
    ov->OffsetHigh = 1;
    CHECK_EQ(transmit(client, file, 1, ov, NULL, 0), WSAEINVAL);
    /* Its begin is its end, and not beyond it. */
    ov = op_event();
    CHECK_EQ(transmit(client, file, 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    CHECK_EQ(send(client, "y", 1, 0), 1);
    char got;
    read_exactly(server, &got, 1);
    CHECK_EQ(got, 'y');
}

TEST(t_016_files_whose_size_nobody_knows) {
    NATIVE_ONLY("the host's own files");
    SOCKET client, server;
    char got[8];
    connected_pair(&client, &server);
    HANDLE file = CreateFileA("/proc/version", GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    CHECK(file != INVALID_HANDLE_VALUE);
    OVERLAPPED *ov = op_event();
    ov->Offset = 6;
    CHECK_EQ(transmit(client, file, 7, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    read_exactly(server, got, 7);
    CHECK(memcmp(got, "version", 7) == 0); /* of "Linux version" */
    CHECK(CloseHandle(file));
}

TEST(t_017_too_much) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("x", 1);
    static char block[2];
    TRANSMIT_FILE_BUFFERS b = { block, 1, block, 1 };
    CHECK_EQ(transmit(client, file, 0x7FFFFFFF, op_event(), NULL, 0), WSAEINVAL);
    CHECK_EQ(transmit(client, file, 0xFFFFFFFF, op_event(), NULL, 0), WSAEINVAL);
    /* Together they are one too many. */
    CHECK_EQ(transmit(client, file, 0x7FFFFFFD, op_event(), &b, 0), WSAEINVAL);
}

TEST(t_017_a_larger_file_fails_whole) {
    SOCKET client, server;
    LARGE_INTEGER end;
    DWORD n;
    connected_pair(&client, &server);
    HANDLE file = file_of("x", 1);
    end.QuadPart = 0x7FFFFFFE;
    CHECK(SetFilePointerEx(file, end, NULL, FILE_BEGIN));
    CHECK(WriteFile(file, "end", 3, &n, NULL) && n == 3);
    CHECK_EQ(transmit(client, file, 0, op_event(), NULL, 0), WSAEINVAL);
    /* Its end alone is not too much. */
    OVERLAPPED *ov = op_event();
    char got[3];
    ov->Offset = 0x7FFFFFFE;
    CHECK_EQ(transmit(client, file, 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    read_exactly(server, got, 3);
    CHECK(memcmp(got, "end", 3) == 0);
}

TEST(t_018_after_a_shutdown) {
    static const int how[] = { SD_SEND, SD_BOTH };
    for (int i = 0; i < 2; i++) {
        SOCKET client, server;
        connected_pair(&client, &server);
        CHECK_OK(shutdown(client, how[i]));
        CHECK_EQ(transmit(client, file_of("x", 1), 0, NULL, NULL, 0), WSAESHUTDOWN);
        CHECK_EQ(transmit(client, file_of("x", 1), 0, op_event(), NULL, 0), WSAESHUTDOWN);
    }
}

TEST(t_019_bad_pointers) {
    SOCKET client, server;
    connected_pair(&client, &server);
    HANDLE file = file_of("x", 1);
    TRANSMIT_FILE_BUFFERS bad_head = { UNMAPPED, 4, NULL, 0 }, bad_tail = { NULL, 0, before_a_hole(2), 4 };
    CHECK_EQ(transmit(client, file, 0, NULL, UNMAPPED, 0), WSAEFAULT);
    CHECK_EQ(transmit(client, file, 0, UNMAPPED, NULL, 0), WSAEFAULT);
    CHECK_EQ(transmit(client, file, 0, op_event(), &bad_head, 0), WSAEFAULT);
    CHECK_EQ(transmit(client, file, 0, NULL, &bad_tail, 0), WSAEFAULT);
    CHECK_EQ(send(client, "y", 1, 0), 1);
    char got;
    read_exactly(server, &got, 1);
    CHECK_EQ(got, 'y');
}

TEST(t_020_reset_by_the_peer) {
    SOCKET client, server;
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(transmit(client, big_file(), 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    hard_close(server);
    CHECK_EQ(finish_wsa(client, ov, 5000, NULL), WSAECONNRESET);
    CHECK_EQ(transmit(client, big_file(), 0, NULL, NULL, 0), WSAECONNRESET);
}

TEST(t_020_reset_before) {
    SOCKET client, server;
    connected_pair(&client, &server);
    hard_close(server);
    Sleep(100);
    CHECK_EQ(transmit(client, file_of("x", 1), 0, NULL, NULL, 0), WSAECONNRESET);
}

TEST(t_020_closed_here) {
    SOCKET client, server;
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(transmit(client, big_file(), 0, ov, NULL, 0), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    drop(client);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_CONNECTION_ABORTED);
}

TEST(t_012_sequenced_packets_are_served) {
    NATIVE_ONLY("Wine has no AF_UNIX sockets");
    struct sockaddr_un name;
    memset(&name, 0, sizeof name);
    name.sun_family = AF_UNIX;
    snprintf(name.sun_path, sizeof name.sun_path, "/tmp/conformance-%u-packets", (unsigned)GetCurrentThreadId());
    remove(name.sun_path);
    SOCKET l = own(socket(AF_UNIX, SOCK_SEQPACKET, 0)), s = own(socket(AF_UNIX, SOCK_SEQPACKET, 0));
    CHECK_OK(bind(l, (SA *)&name, sizeof name));
    CHECK_OK(listen(l, 5));
    int failed = connect(s, (SA *)&name, sizeof name);
    remove(name.sun_path);
    CHECK_EQ(failed, 0);
    SOCKET peer = accept_one(l);
    TRANSMIT_FILE_BUFFERS b = { "head", 4, "tail", 4 };
    CHECK_EQ(transmit(s, file_of("packet", 6), 0, NULL, &b, 0), 0);
    char got[64];
    int have = 0;
    receive_timeout(peer, 5000);
    while (have < 14) {
        int n = recv(peer, got + have, sizeof got - have, 0);
        if (n <= 0) FAIL("recv gave %d after %d bytes", n, have);
        have += n;
    }
    CHECK(have == 14 && memcmp(got, "headpackettail", 14) == 0);
}
