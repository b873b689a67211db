/* S-051, S-052: ReadFile and WriteFile on sockets. */
#include "transfer.h"

static int read_file(SOCKET s, void *into, DWORD length, DWORD *count, OVERLAPPED *ov) {
    SetLastError(0);
    return ReadFile((HANDLE)s, into, length, count, ov) ? 0 : (int)GetLastError();
}

static int write_file(SOCKET s, const void *from, DWORD length, DWORD *count, OVERLAPPED *ov) {
    SetLastError(0);
    return WriteFile((HANDLE)s, from, length, count, ov) ? 0 : (int)GetLastError();
}

TEST(s_051_readfile_like_wsarecv) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *later = op_event(), *at_once = op_event();
    DWORD bytes, count = 0xdead;
    connected_pair(&client, &server);
    CHECK_EQ(read_file(client, got, sizeof got, NULL, later), ERROR_IO_PENDING);
    CHECK_STATUS(later, ST_PENDING);
    send_all(server, "abc", 3);
    CHECK_EQ(finish(client, later, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 3);
    CHECK(!memcmp(got, "abc", 3));
    send_all(server, "defg", 4);
    arrives(client, 4);
    int error = read_file(client, got, 2, &count, at_once);
    CHECK(error == 0 || error == ERROR_IO_PENDING);
    CHECK_EQ(finish(client, at_once, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 2);
    if (!error) CHECK_EQ(count, 2);
    CHECK(!memcmp(got, "de", 2));
}

TEST(s_051_writefile_like_wsasend) {
    enum { LENGTH = 24 << 20 };
    SOCKET client, server;
    char *data = fill(LENGTH), *got = kept(LENGTH);
    OVERLAPPED *small = op_event(), *large = op_event();
    DWORD bytes, count = 0xdead;
    connected_pair(&client, &server);
    CHECK_EQ(write_file(client, "hello", 5, &count, small), 0);
    CHECK_EQ(count, 5);
    CHECK_EQ(finish(client, small, MOST_MS, &bytes), 0);
    read_exactly(server, got, 5);
    CHECK_EQ(write_file(client, data, LENGTH, NULL, large), ERROR_IO_PENDING);
    read_exactly(server, got, LENGTH);
    CHECK_EQ(finish(client, large, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, LENGTH);
    CHECK(memcmp(got, data, LENGTH) == 0);
}

TEST(s_051_in_order_with_wsasend_and_wsarecv) {
    SOCKET client, server;
    static char got[4][2];
    OVERLAPPED *in[4];
    DWORD count;
    connected_pair(&client, &server);
    for (int i = 0; i < 4; i++) {
        in[i] = op_event();
        if (i % 2) CHECK_EQ(receive_into(client, got[i], 2, 0, in[i]), WSA_IO_PENDING);
        else CHECK_EQ(read_file(client, got[i], 2, NULL, in[i]), ERROR_IO_PENDING);
    }
    for (int i = 0; i < 4; i++) {
        char two[2] = { 'a' + i, 'A' + i };
        if (i % 2) CHECK_EQ(send_now(server, two, 2, 0, &count), 0);
        else CHECK_EQ(write_file(server, two, 2, &count, op_event()), 0);
        CHECK_EQ(finish(client, in[i], MOST_MS, NULL), 0);
        CHECK(got[i][0] == 'a' + i && got[i][1] == 'A' + i);
    }
}

TEST(s_051_a_packet_at_the_port) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *in = op_plain(), *out = op_plain();
    DWORD bytes;
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 1);
    CHECK_EQ(read_file(client, got, sizeof got, NULL, in), ERROR_IO_PENDING);
    CHECK_EQ(write_file(client, "hello", 5, NULL, out), 0);
    CHECK_EQ(packet(port, out, &bytes), 0);
    CHECK_EQ(bytes, 5);
    send_all(server, "abc", 3);
    CHECK_EQ(packet(port, in, &bytes), 0);
    CHECK_EQ(bytes, 3);
    CHECK_EQ(read_file(client, got, sizeof got, NULL, in), ERROR_IO_PENDING);
    hard_close(server);
    CHECK_EQ(packet(port, in, &bytes), ERROR_NETNAME_DELETED);
}

TEST(s_051_the_offset_is_ignored) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *in = op_event(), *out = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    in->Offset = out->Offset = 17, in->OffsetHigh = out->OffsetHigh = 4;
    CHECK_STARTED(write_file(server, "hello", 5, NULL, out));
    CHECK_STARTED(read_file(client, got, sizeof got, NULL, in));
    CHECK_EQ(finish(client, in, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 5);
    CHECK(in->Offset == 17 && in->OffsetHigh == 4);
}

TEST(s_051_failures_have_win32s_numbers) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *ov = op_event();
    connected_pair(&client, &server);
    CHECK_OK(shutdown(client, SD_SEND));
    CHECK_EQ(write_file(client, "x", 1, NULL, ov), ERROR_PIPE_NOT_CONNECTED);
    CHECK_EQ(read_file(tcp(), got, sizeof got, NULL, ov), ERROR_UNEXP_NET_ERR);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    CHECK_EQ(read_file(client, got, sizeof got, NULL, ov), ERROR_IO_PENDING);
    hard_close(server);
    CHECK_EQ(finish(client, ov, MOST_MS, NULL), ERROR_NETNAME_DELETED);
    CHECK_EQ(read_file(client, got, sizeof got, NULL, op_event()), ERROR_NETNAME_DELETED);
    drop(client);
    CHECK_EQ(read_file(client, got, sizeof got, NULL, ov), ERROR_INVALID_HANDLE);
}

TEST(s_052_the_end_of_the_stream_is_success) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *later = op_event(), *at_once = op_event();
    DWORD bytes = 0xdead, count = 0xdead;
    connected_pair(&client, &server);
    CHECK_EQ(read_file(client, got, sizeof got, NULL, later), ERROR_IO_PENDING);
    CHECK_OK(shutdown(server, SD_SEND));
    CHECK_EQ(finish(client, later, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 0);
    CHECK_STATUS(later, ST_SUCCESS);
    CHECK_EQ(read_file(client, got, sizeof got, &count, at_once), 0);
    CHECK_EQ(count, 0);
    CHECK_EQ(WaitForSingleObject(at_once->hEvent, 0), WAIT_OBJECT_0);
}
