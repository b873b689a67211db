/* S-001..S-012: what makes WSASend and WSARecv overlapped, how they start and how they tell of their end. */
#include "transfer.h"

static volatile LONG calls;
static DWORD called_error, called_bytes;
static OVERLAPPED *called_ov;
static void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)flags;
    called_error = error, called_bytes = bytes, called_ov = ov;
    calls++;
}

/* A connected pair whose first socket was made by WSASocket with these flags. */
static void pair_with(DWORD flags, SOCKET *made, SOCKET *peer) {
    SA4 at;
    SOCKET l = listener(&at);
    *made = own(WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, flags));
    CHECK_OK(connect(*made, (SA *)&at, sizeof at));
    *peer = accept_one(l);
}

TEST(s_001_with_an_overlapped_it_pends) {
    SOCKET client, server;
    static char got[8];
    OVERLAPPED *ov = op_event();
    DWORD bytes;
    connected_pair(&client, &server);
    CHECK_EQ(receive_into(client, got, sizeof got, 0, ov), WSA_IO_PENDING);
    send_all(server, "abc", 3);
    CHECK_EQ(finish(client, ov, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 3);
}

static SOCKET late_to;
static DWORD WINAPI send_late(void *nothing) {
    (void)nothing;
    Sleep(150);
    return send(late_to, "late", 4, 0) == 4;
}

TEST(s_001_with_neither_it_blocks) {
    SOCKET client, server;
    char got[8];
    DWORD count = 0;
    connected_pair(&client, &server);
    late_to = server;
    HANDLE sender = thread(send_late, NULL);
    CHECK_EQ(receive_now(client, got, sizeof got, 0, &count), 0);
    CHECK_EQ(count, 4);
    CHECK_EQ(join(sender), 1);
    CHECK_EQ(send_now(client, "back", 4, 0, &count), 0);
    CHECK_EQ(count, 4);
}

TEST(s_002_socket_gives_the_attribute) {
    SA4 at;
    static char got[8];
    SOCKET l = listener(&at), s = tcp();
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    SOCKET peer = accept_one(l);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(receive_into(s, got, sizeof got, 0, ov), WSA_IO_PENDING);
    send_all(peer, "x", 1);
    CHECK_EQ(finish(s, ov, MOST_MS, NULL), 0);
}

TEST(s_002_wsasocket_by_its_flag) {
    SOCKET with, without, peer;
    static char got[8];
    OVERLAPPED *ov = op_event();
    pair_with(WSA_FLAG_OVERLAPPED, &with, &peer);
    CHECK_EQ(receive_into(with, got, sizeof got, 0, ov), WSA_IO_PENDING);
    send_all(peer, "x", 1);
    CHECK_EQ(finish(with, ov, MOST_MS, NULL), 0);
    /* Without it the same call waits for the data. */
    pair_with(0, &without, &peer);
    DWORD count = 0, flags = 0;
    WSABUF buffer = { sizeof got, got };
    late_to = peer;
    HANDLE sender = thread(send_late, NULL);
    CHECK_EQ(WSARecv(without, &buffer, 1, &count, &flags, op_event(), NULL), 0);
    CHECK_EQ(count, 4);
    CHECK_EQ(join(sender), 1);
}

TEST(s_003_overlapped_and_routine_are_ignored_without_the_attribute) {
    SOCKET s, peer;
    static char got[8];
    pair_with(0, &s, &peer);
    OVERLAPPED *ov = op_event();
    ov->Internal = 0x1234, ov->InternalHigh = 0x5678;
    DWORD count = 0xdead, flags = 0;
    WSABUF buffer = { sizeof got, got }, data = { 5, "hello" };
    send_all(peer, "abc", 3);
    calls = 0;
    CHECK_EQ(WSARecv(s, &buffer, 1, &count, &flags, ov, note), 0);
    CHECK_EQ(count, 3);
    count = 0xdead;
    CHECK_EQ(WSASend(s, &data, 1, &count, 0, ov, note), 0);
    CHECK_EQ(count, 5);
    /* Nothing of it was looked at or written, and nothing tells of the end. */
    CHECK_EQ(ov->Internal, 0x1234);
    CHECK_EQ(ov->InternalHigh, 0x5678);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    CHECK_EQ(SleepEx(20, TRUE), 0);
    CHECK_EQ(calls, 0);
    /* Not even an impossible one. */
    send_all(peer, "d", 1);
    CHECK_EQ(WSARecv(s, &buffer, 1, &count, &flags, UNMAPPED, NULL), 0);
    CHECK_EQ(count, 1);
    nonblocking(s);
    CHECK_SOCK_ERR(WSARecv(s, &buffer, 1, &count, &flags, ov, NULL), WSAEWOULDBLOCK);
}

TEST(s_004_a_routine_alone_is_not_overlapped) {
    SOCKET client, server;
    char got[8];
    DWORD count = 0, flags = 0;
    WSABUF buffer = { sizeof got, got }, data = { 5, "hello" };
    connected_pair(&client, &server);
    calls = 0;
    CHECK_EQ(WSASend(client, &data, 1, &count, 0, NULL, note), 0);
    CHECK_EQ(count, 5);
    late_to = server;
    HANDLE sender = thread(send_late, NULL);
    CHECK_EQ(WSARecv(client, &buffer, 1, &count, &flags, NULL, note), 0);
    CHECK_EQ(count, 4);
    CHECK_EQ(join(sender), 1);
    CHECK_EQ(SleepEx(20, TRUE), 0);
    CHECK_EQ(calls, 0);
    /* So it needs somewhere to put its count. */
    CHECK_SOCK_ERR(WSASend(client, &data, 1, NULL, 0, NULL, note), WSAEFAULT);
}

TEST(s_005_immediate_completion_is_told_too) {
    SOCKET client, server;
    static char got[8];
    DWORD count, flags;
    WSABUF buffer = { sizeof got, got }, data = { 5, "hello" };
    connected_pair(&client, &server);
    send_all(server, "abc", 3);
    arrives(client, 3);
    OVERLAPPED *in = op_event(), *out = op_event();
    count = 0xdead, flags = 0;
    CHECK_EQ(WSARecv(client, &buffer, 1, &count, &flags, in, NULL), 0);
    CHECK_EQ(count, 3);
    CHECK_EQ(flags, 0);
    CHECK_EQ(WaitForSingleObject(in->hEvent, 0), WAIT_OBJECT_0);
    CHECK_STATUS(in, ST_SUCCESS);
    CHECK_EQ(in->InternalHigh, 3);
    count = 0xdead;
    CHECK_EQ(WSASend(client, &data, 1, &count, 0, out, NULL), 0);
    CHECK_EQ(count, 5);
    CHECK_EQ(WaitForSingleObject(out->hEvent, 0), WAIT_OBJECT_0);
    CHECK_EQ(out->InternalHigh, 5);
    /* A routine is called once, and later. */
    SleepEx(0, TRUE);
    calls = 0;
    OVERLAPPED *routine = op_plain();
    count = 0xdead;
    CHECK_EQ(WSASend(client, &data, 1, &count, 0, routine, note), 0);
    CHECK_EQ(count, 5);
    CHECK_EQ(calls, 0);
    CHECK_EQ(SleepEx(MOST_MS, TRUE), WAIT_IO_COMPLETION);
    CHECK_EQ(calls, 1);
    CHECK(called_ov == routine);
    CHECK_EQ(called_error, 0);
    CHECK_EQ(called_bytes, 5);
}

TEST(s_005_immediate_completion_queues_a_packet) {
    SOCKET client, server;
    static char got[8];
    DWORD count, flags = 0, bytes;
    WSABUF buffer = { sizeof got, got }, data = { 5, "hello" };
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 1);
    send_all(server, "abc", 3);
    arrives(client, 3);
    OVERLAPPED *in = op_plain(), *out = op_plain();
    CHECK_EQ(WSARecv(client, &buffer, 1, &count, &flags, in, NULL), 0);
    CHECK_EQ(packet(port, in, &bytes), 0);
    CHECK_EQ(bytes, 3);
    CHECK_EQ(WSASend(client, &data, 1, &count, 0, out, NULL), 0);
    CHECK_EQ(packet(port, out, &bytes), 0);
    CHECK_EQ(bytes, 5);
    CHECK(no_packet(port, 0));
}

TEST(s_006_pending_updates_nothing) {
    SOCKET client, server;
    static char got[8], more[1024];
    DWORD count = 0xdead, flags = MSG_PUSH_IMMEDIATE, sent = 0xbeef;
    WSABUF buffer = { sizeof got, got }, data = { sizeof more, more };
    OVERLAPPED *in = op_event(), *out = op_event();
    connected_pair(&client, &server);
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, &count, &flags, in, NULL), WSA_IO_PENDING);
    int filled = plug(client);
    CHECK_SOCK_ERR(WSASend(client, &data, 1, &sent, 0, out, NULL), WSA_IO_PENDING);
    CHECK_STATUS(in, ST_PENDING);
    CHECK_STATUS(out, ST_PENDING);
    send_all(server, "abc", 3);
    CHECK_EQ(finish(client, in, MOST_MS, NULL), 0);
    char *rest = kept(filled + sizeof more);
    read_exactly(server, rest, filled + sizeof more);
    CHECK_EQ(finish(client, out, MOST_MS, NULL), 0);
    CHECK_EQ(out->InternalHigh, sizeof more);
    CHECK_EQ(count, 0xdead);
    CHECK_EQ(flags, MSG_PUSH_IMMEDIATE);
    CHECK_EQ(sent, 0xbeef);
}

TEST(s_007_other_errors_indicate_nothing) {
    SOCKET client, server, fresh = tcp();
    static char got[8];
    connected_pair(&client, &server);
    CHECK_OK(shutdown(client, SD_SEND));
    OVERLAPPED *ov = op_event();
    CHECK_EQ(receive_into(fresh, got, sizeof got, 0, ov), WSAENOTCONN);
    CHECK_EQ(send_from(client, "x", 1, 0, ov), WSAESHUTDOWN);
    CHECK_EQ(receive_into(client, got, sizeof got, MSG_PEEK, ov), WSAEOPNOTSUPP);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_TIMEOUT);
    HANDLE port = port_for(client, 1);
    CHECK(CreateIoCompletionPort((HANDLE)fresh, port, 2, 0) == port);
    ov = op_plain();
    CHECK_EQ(receive_into(fresh, got, sizeof got, 0, ov), WSAENOTCONN);
    CHECK_EQ(send_from(client, "x", 1, 0, ov), WSAESHUTDOWN);
    CHECK_EQ(receive_into(client, got, sizeof got, MSG_PEEK, ov), WSAEOPNOTSUPP);
    /* The next packet is that of an operation which was started. */
    OVERLAPPED *good = op_plain();
    CHECK_STARTED(receive_into(client, got, sizeof got, 0, good));
    send_all(server, "x", 1);
    CHECK_EQ(packet(port, good, NULL), 0);
    CHECK(no_packet(port, 0));
}

TEST(s_008_the_count_may_be_left_out_with_an_overlapped) {
    SOCKET client, server;
    static char got[8];
    DWORD flags = 0, bytes;
    WSABUF buffer = { sizeof got, got }, data = { 5, "hello" };
    OVERLAPPED *in = op_event(), *out = op_event();
    connected_pair(&client, &server);
    send_all(server, "abc", 3);
    arrives(client, 3);
    CHECK_EQ(WSARecv(client, &buffer, 1, NULL, &flags, in, NULL), 0);
    CHECK_EQ(WSASend(client, &data, 1, NULL, 0, out, NULL), 0);
    CHECK_EQ(finish(client, in, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 3);
    CHECK_EQ(finish(client, out, MOST_MS, &bytes), 0);
    CHECK_EQ(bytes, 5);
}

TEST(s_008_the_count_may_not_be_left_out_without) {
    SOCKET client, server;
    char got[8];
    DWORD flags = 0;
    WSABUF buffer = { sizeof got, got }, data = { 1, "x" };
    connected_pair(&client, &server);
    send_all(server, "abc", 3);
    arrives(client, 3);
    CHECK_SOCK_ERR(WSARecv(client, &buffer, 1, NULL, &flags, NULL, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(WSASend(client, &data, 1, NULL, 0, NULL, NULL), WSAEFAULT);
    /* Nothing was taken and nothing was sent. */
    read_exactly(client, got, 3);
    CHECK(!memcmp(got, "abc", 3));
    CHECK_EQ(send(client, "y", 1, 0), 1);
    read_exactly(server, got, 1);
    CHECK_EQ(got[0], 'y');
}

TEST(s_009_the_array_is_captured) {
    SOCKET client, server;
    static char first[4], second[4], wrong[4];
    DWORD flags = 0;
    OVERLAPPED *in = op_event(), *out = op_event();
    connected_pair(&client, &server);
    /* Heads of their queues, and others behind them. */
    WSABUF buffers[2] = { { 4, first }, { 4, second } };
    CHECK_SOCK_ERR(WSARecv(client, buffers, 2, NULL, &flags, in, NULL), WSA_IO_PENDING);
    for (int i = 0; i < 2; i++) buffers[i].buf = wrong, buffers[i].len = 1;
    send_all(server, "abcdefgh", 8);
    CHECK_EQ(finish(client, in, MOST_MS, NULL), 0);
    CHECK_EQ(in->InternalHigh, 8);
    CHECK(!memcmp(first, "abcd", 4) && !memcmp(second, "efgh", 4));
    CHECK_EQ(wrong[0], 0);
    int filled = plug(client);
    static char parts[2][5] = { "1234", "5678" };
    WSABUF data[2] = { { 4, parts[0] }, { 4, parts[1] } };
    OVERLAPPED *behind = op_event();
    CHECK_SOCK_ERR(WSASend(client, data, 2, NULL, 0, out, NULL), WSA_IO_PENDING);
    CHECK_SOCK_ERR(WSASend(client, data, 2, NULL, 0, behind, NULL), WSA_IO_PENDING);
    for (int i = 0; i < 2; i++) data[i].buf = "wrong", data[i].len = 5;
    memset(data, 0, sizeof data);
    char *rest = kept(filled + 16);
    read_exactly(server, rest, filled + 16);
    CHECK(!memcmp(rest + filled, "1234567812345678", 16));
    CHECK_EQ(finish(client, out, MOST_MS, NULL), 0);
    CHECK_EQ(finish(client, behind, MOST_MS, NULL), 0);
}

TEST(s_010_gathered_and_filled_in_array_order) {
    SOCKET client, server;
    static char a[3], b[1], c[5];
    DWORD flags = 0, count = 0;
    WSABUF data[4] = { { 2, "ab" }, { 0, NULL }, { 3, "cde" }, { 1, "f" } };
    WSABUF into[4] = { { 3, a }, { 0, NULL }, { 1, b }, { 5, c } };
    connected_pair(&client, &server);
    CHECK_EQ(WSASend(server, data, 4, &count, 0, NULL, NULL), 0);
    CHECK_EQ(count, 6);
    arrives(client, 6);
    CHECK_EQ(WSARecv(client, into, 4, &count, &flags, NULL, NULL), 0);
    CHECK_EQ(count, 6);
    CHECK(!memcmp(a, "abc", 3) && b[0] == 'd' && !memcmp(c, "ef\0\0\0", 5));
    /* The same while it is pending. */
    memset(a, 0, 3), memset(b, 0, 1), memset(c, 0, 5);
    OVERLAPPED *ov = op_event();
    CHECK_SOCK_ERR(WSARecv(client, into, 4, NULL, &flags, ov, NULL), WSA_IO_PENDING);
    CHECK_EQ(WSASend(server, data, 4, &count, 0, NULL, NULL), 0);
    CHECK_EQ(finish(client, ov, MOST_MS, &count), 0);
    CHECK_EQ(count, 6);
    CHECK(!memcmp(a, "abc", 3) && b[0] == 'd' && !memcmp(c, "ef\0\0\0", 5));
}

/* Many more bytes than a loopback connection holds, in many operations that are all posted first. */
enum { MANY = 100, EACH = 200000, TOTAL = MANY * EACH };

TEST(s_011_sends_go_out_in_posting_order) {
    SOCKET client, server;
    char *data = fill(TOTAL), *got = kept(TOTAL);
    OVERLAPPED *ov[MANY];
    int pending = 0;
    DWORD bytes;
    connected_pair(&client, &server);
    for (int i = 0; i < MANY; i++) {
        ov[i] = op_event();
        int error = send_from(client, data + i * EACH, EACH, 0, ov[i]);
        CHECK(error == 0 || error == WSA_IO_PENDING);
        pending += error != 0;
    }
    CHECK(pending > MANY / 4);
    read_exactly(server, got, TOTAL);
    CHECK(memcmp(got, data, TOTAL) == 0);
    for (int i = 0; i < MANY; i++) {
        CHECK_EQ(finish(client, ov[i], MOST_MS, &bytes), 0);
        CHECK_EQ(bytes, EACH);
    }
}

TEST(s_011_receives_are_filled_in_posting_order) {
    SOCKET client, server;
    char *data = fill(TOTAL), *got = kept(TOTAL);
    OVERLAPPED *ov[MANY];
    DWORD bytes;
    connected_pair(&client, &server);
    for (int i = 0; i < MANY; i++) {
        ov[i] = op_event();
        CHECK_EQ(receive_into(client, got + i * EACH, EACH, 0, ov[i]), WSA_IO_PENDING);
    }
    int at = 0;
    /* Each takes what has come by then, so more may be needed than a hundred. */
    OVERLAPPED *big = op_event();
    CHECK_EQ(send_from(server, data, TOTAL, 0, big), WSA_IO_PENDING);
    for (int i = 0; i < MANY; i++) {
        CHECK_EQ(finish(client, ov[i], MOST_MS, &bytes), 0);
        CHECK(bytes > 0 && bytes <= EACH);
        CHECK(memcmp(got + i * EACH, data + at, bytes) == 0);
        at += bytes;
    }
    read_exactly(client, got, TOTAL - at);
    CHECK(memcmp(got, data + at, TOTAL - at) == 0);
    CHECK_EQ(finish(server, big, MOST_MS, NULL), 0);
}

TEST(s_011_both_directions_through_a_port) {
    SOCKET client, server;
    char *data = fill(TOTAL), *got = kept(TOTAL);
    static OVERLAPPED out[MANY], in[MANY];
    static DWORD taken[MANY];
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *ov;
    connected_pair(&client, &server);
    HANDLE port = port_for(client, 1);
    CHECK(CreateIoCompletionPort((HANDLE)server, port, 2, 0) == port);
    for (int i = 0; i < MANY; i++)
        CHECK_EQ(receive_into(server, got + i * EACH, EACH, MSG_WAITALL, &in[i]), WSA_IO_PENDING);
    for (int i = 0; i < MANY; i++) CHECK_STARTED(send_from(client, data + i * EACH, EACH, 0, &out[i]));
    for (int i = 0; i < 2 * MANY; i++) {
        CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &ov, MOST_MS));
        CHECK_EQ(bytes, EACH);
        if (key == 2) taken[ov - in] = bytes;
    }
    for (int i = 0; i < MANY; i++) CHECK_EQ(taken[i], EACH);
    CHECK(memcmp(got, data, TOTAL) == 0);
}
