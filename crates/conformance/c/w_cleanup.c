/* W-012, W-013: what the last WSACleanup does to operations, to calls of other threads, and to sockets. */
#include "blocking_calls.h"

static void begin(void) {
    static WSADATA data;
    CHECK_EQ(WSAStartup(MAKEWORD(2, 2), &data), 0);
}

TEST_RAW(w_012_last_cleanup_cancels_silently) {
    begin();
    SA4 nobody;
    stuck(&nobody);
    SOCKET by_event = bound(), by_port = bound();
    HANDLE port = port_for(by_port, 1);
    OVERLAPPED *with_event = op_event(), *with_port = op_plain();
    CHECK_EQ(start_connect(by_event, &nobody, NULL, 0, with_event), ERROR_IO_PENDING);
    CHECK_EQ(start_connect(by_port, &nobody, NULL, 0, with_port), ERROR_IO_PENDING);
    CHECK_OK(WSACleanup());
    CHECK(!still_pending(with_event, 1000));
    CHECK(!still_pending(with_port, 1000));
    CHECK_STATUS(with_event, ST_CANCELLED);
    CHECK_STATUS(with_port, ST_CANCELLED);
    CHECK_EQ(WaitForSingleObject(with_event->hEvent, 50), WAIT_TIMEOUT);
    CHECK(no_packet(port, 50));
}

static volatile LONG routines;

static void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)error, (void)bytes, (void)ov, (void)flags;
    routines++;
}

static OVERLAPPED *receive(SOCKET s, OVERLAPPED *ov, LPWSAOVERLAPPED_COMPLETION_ROUTINE routine) {
    WSABUF buffer = { 8, kept(8) };
    DWORD flags = 0;
    CHECK_SOCK_ERR(WSARecv(s, &buffer, 1, NULL, &flags, ov, routine), WSA_IO_PENDING);
    return ov;
}

TEST_RAW(w_012_no_routine_runs) {
    begin();
    enum { MANY = 5 };
    static char *block;
    SOCKET c[MANY], s[MANY];
    SA4 at;
    if (!block) block = fill(LARGE);
    for (int i = 0; i < MANY; i++) connected_pair(&c[i], &s[i]);
    HANDLE port = port_for(c[2], 1);
    WSABUF large = { LARGE, block };
    OVERLAPPED *sending = op_plain(), *accepting = op_event();
    CHECK_SOCK_ERR(WSASend(c[3], &large, 1, NULL, 0, sending, note), WSA_IO_PENDING);
    SOCKET l = listener(&at);
    accepts(l, tcp(), 0, accepting);
    OVERLAPPED *of_peer = receive(s[4], op_plain(), note);
    OVERLAPPED *ov[] = { receive(c[0], op_plain(), note), receive(c[1], op_event(), NULL), receive(c[2], op_plain(), NULL),
                         sending, accepting, of_peer };
    routines = 0;
    CHECK_OK(WSACleanup());
    for (unsigned i = 0; i < sizeof ov / sizeof *ov; i++) {
        CHECK(!still_pending(ov[i], 5000));
        CHECK_STATUS(ov[i], ST_CANCELLED);
    }
    CHECK_EQ(SleepEx(100, TRUE), 0);
    CHECK_EQ(routines, 0);
    CHECK_EQ(WaitForSingleObject(ov[1]->hEvent, 0), WAIT_TIMEOUT);
    CHECK_EQ(WaitForSingleObject(accepting->hEvent, 0), WAIT_TIMEOUT);
    CHECK(no_packet(port, 50));
}

TEST_RAW(w_012_blocking_calls_of_other_threads_end) {
    begin();
    enum { MANY = 5 };
    SOCKET a, b, c, d;
    SA4 at, nobody, here = v4("127.0.0.1", 0);
    stuck(&nobody);
    connected_pair(&a, &b);
    connected_pair(&c, &d);
    SOCKET l = listener(&at), datagrams = udp();
    CHECK_OK(bind(datagrams, (SA *)&here, sizeof here));
    const struct call calls[MANY] = {
        { receives, a, at, 0, 0, 0 },        { sends, c, at, 0, 0, 0 },       { accepts_one, l, at, 0, 0, 0 },
        { connects, tcp(), nobody, 0, 0, 0 }, { receives, datagrams, at, 0, 0, 0 },
    };
    struct call *call[MANY];
    HANDLE t[MANY];
    for (int i = 0; i < MANY; i++) {
        call[i] = kept(sizeof *call[i]);
        *call[i] = calls[i];
        t[i] = thread(caller, call[i]);
        while (!call[i]->thread) Sleep(1);
        asleep((DWORD)call[i]->thread);
    }
    CHECK_OK(WSACleanup());
    for (int i = 0; i < MANY; i++) {
        if (WaitForSingleObject(t[i], 10000) != WAIT_OBJECT_0) FAIL("call %d goes on", i);
        CHECK_EQ(call[i]->result, SOCKET_ERROR);
        if (call[i]->error != WSAEINTR) FAIL("call %d ended with %d", i, call[i]->error);
        join(t[i]);
    }
}

TEST_RAW(w_013_last_cleanup_resets_and_closes) {
    begin();
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_OK(WSACleanup());
    begin();
    char byte;
    CHECK_SOCK_ERR(recv(server, &byte, 1, 0), WSAENOTSOCK);
    CHECK_SOCK_ERR(recv(client, &byte, 1, 0), WSAENOTSOCK);
    CHECK_OK(WSACleanup());
}

/* Both ends in this process close together, so only a peer outside sees how. */
TEST_RAW(w_013_the_peers_see_a_reset) {
    NATIVE_ONLY("the peers are the host's own connections");
    begin();
    SA4 at;
    SOCKET l = listener(&at);
    int idle = outside_connect(&at);
    accept_one(l);
    int received_from = outside_connect(&at);
    receive(accept_one(l), op_event(), NULL);
    int closed_before = outside_connect(&at);
    drop(accept_one(l));
    int not_accepted = outside_connect(&at);
    CHECK_EQ(outside_hears(closed_before, 5000), HEARD_END);
    CHECK_EQ(outside_hears(idle, 50), HEARD_NOTHING);
    CHECK_OK(WSACleanup());
    CHECK_EQ(outside_hears(idle, 5000), HEARD_RESET);
    CHECK_EQ(outside_hears(received_from, 5000), HEARD_RESET);
    CHECK_EQ(outside_hears(not_accepted, 5000), HEARD_RESET);
}
