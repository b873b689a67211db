/* S-043..S-046, S-050, S-053, S-055: calls that block or do not, what runs during them, and what never comes of them. */
#include "transmit.h"
#include "transfer.h"
#include <afunix.h>

enum { LENGTH = 24 << 20 }; /* more than a loopback connection holds */

struct transfer {
    SOCKET s;
    char *block;
    int length, result, error;
};

static DWORD WINAPI send_block(void *of) {
    struct transfer *t = of;
    t->result = send(t->s, t->block, t->length, 0);
    t->error = WSAGetLastError();
    return 0;
}

static DWORD WINAPI receive_block(void *of) {
    struct transfer *t = of;
    t->result = recv(t->s, t->block, t->length, 0);
    t->error = WSAGetLastError();
    return 0;
}

TEST(s_043_send_blocks_until_all_is_consumed) {
    SOCKET client, server;
    connected_pair(&client, &server);
    struct transfer t = { client, fill(LENGTH), LENGTH, 0, 0 };
    char *got = kept(LENGTH);
    HANDLE sender = thread(send_block, &t);
    read_exactly(server, got, LENGTH / 2);
    CHECK_EQ(WaitForSingleObject(sender, 100), WAIT_TIMEOUT);
    read_exactly(server, got + LENGTH / 2, LENGTH / 2);
    join(sender);
    CHECK_EQ(t.result, LENGTH);
    CHECK(memcmp(got, t.block, LENGTH) == 0);
}

TEST(s_043_recv_blocks_until_there_is_something) {
    SOCKET client, server, a, b;
    static char got[100];
    connected_pair(&client, &server);
    struct transfer stream = { client, got, sizeof got, 0, 0 };
    HANDLE receiver = thread(receive_block, &stream);
    CHECK_EQ(WaitForSingleObject(receiver, 100), WAIT_TIMEOUT);
    send_all(server, "x", 1);
    join(receiver);
    CHECK_EQ(stream.result, 1);
    datagram_pair(&a, &b);
    struct transfer message = { a, got, sizeof got, 0, 0 };
    receiver = thread(receive_block, &message);
    CHECK_EQ(WaitForSingleObject(receiver, 100), WAIT_TIMEOUT);
    CHECK_EQ(send(b, "one", 3, 0), 3);
    CHECK_EQ(send(b, "two", 3, 0), 3);
    join(receiver);
    CHECK_EQ(message.result, 3);
    CHECK(!memcmp(got, "one", 3));
}

TEST(s_044_a_nonblocking_send_may_be_partial) {
    SOCKET client, server;
    char *data = fill(LENGTH);
    DWORD count;
    connected_pair(&client, &server);
    nonblocking(client);
    int total = send(client, data, LENGTH, 0), error = 0;
    CHECK(total > 0 && total < LENGTH);
    for (int round = 0; round < 1000 && !error; round++) {
        error = send_now(client, data + total, LENGTH - total, 0, &count);
        if (!error) total += count;
        else if (round < 5) error = 0;
        Sleep(5);
    }
    CHECK_EQ(error, WSAEWOULDBLOCK);
    CHECK(total < LENGTH);
    char *got = kept(total);
    read_exactly(server, got, total);
    CHECK(memcmp(got, data, total) == 0);
}

TEST(s_044_a_nonblocking_receive_finds_nothing) {
    SOCKET client, server, a, b;
    char got[8];
    DWORD count;
    connected_pair(&client, &server);
    datagram_pair(&a, &b);
    nonblocking(client), nonblocking(a);
    CHECK_EQ(receive_now(client, got, sizeof got, 0, &count), WSAEWOULDBLOCK);
    CHECK_SOCK_ERR(recv(a, got, sizeof got, 0), WSAEWOULDBLOCK);
    send_all(server, "abc", 3);
    arrives(client, 3);
    CHECK_EQ(receive_now(client, got, sizeof got, 0, &count), 0);
    CHECK_EQ(count, 3);
}

/* ---- S-045 --------------------------------------------------------------------------------------------------------- */

static volatile LONG ran;
static void CALLBACK count_and_send(ULONG_PTR to) {
    ran++;
    Sleep(50);
    if (to) send((SOCKET)to, "after", 5, 0);
}
static void CALLBACK only_count(ULONG_PTR nothing) { (void)nothing, ran++; }

TEST(s_045_apcs_run_during_a_receive_and_it_goes_on) {
    SOCKET client, server;
    char got[8];
    DWORD count = 0;
    connected_pair(&client, &server);
    ran = 0;
    /* The data comes of the second one: had the first ended the call it would not be there. */
    CHECK(QueueUserAPC(only_count, GetCurrentThread(), 0));
    CHECK(QueueUserAPC(count_and_send, GetCurrentThread(), server));
    CHECK_EQ(recv(client, got, sizeof got, 0), 5);
    CHECK_EQ(ran, 2);
    CHECK(QueueUserAPC(count_and_send, GetCurrentThread(), server));
    CHECK_EQ(receive_now(client, got, sizeof got, 0, &count), 0);
    CHECK_EQ(count, 5);
    CHECK_EQ(ran, 3);
}

static SOCKET answer_on;
static void CALLBACK answer(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)error, (void)bytes, (void)ov, (void)flags;
    ran++;
    send(answer_on, "answer", 6, 0);
}

TEST(s_045_routines_run_during_a_receive) {
    SOCKET client, server, other, its_peer;
    static char into[8];
    char got[8];
    DWORD flags = 0;
    WSABUF buffer = { sizeof into, into };
    connected_pair(&client, &server);
    connected_pair(&other, &its_peer);
    ran = 0, answer_on = server;
    CHECK_SOCK_ERR(WSARecv(other, &buffer, 1, NULL, &flags, op_plain(), answer), WSA_IO_PENDING);
    send_all(its_peer, "x", 1);
    CHECK_EQ(recv(client, got, sizeof got, 0), 6);
    CHECK_EQ(ran, 1);
}

static void CALLBACK connect_to_it(ULONG_PTR at) {
    ran++;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    connect(s, (SA *)at, sizeof(SA4));
}

TEST(s_045_apcs_run_during_an_accept) {
    SA4 at;
    SOCKET l = listener(&at);
    ran = 0;
    CHECK(QueueUserAPC(connect_to_it, GetCurrentThread(), (ULONG_PTR)&at));
    accept_one(l);
    CHECK_EQ(ran, 1);
}

/* A blocking call inside an APC of a blocking call. */
struct two { SOCKET first, second, peer; };
static void CALLBACK receive_inside(ULONG_PTR of) {
    struct two *two = (struct two *)of;
    char got[8];
    if (recv(two->second, got, sizeof got, 0) == 6) ran++;
    send(two->peer, "outer", 5, 0);
}

TEST(s_045_one_inside_the_other) {
    struct two two;
    SOCKET second_peer;
    char got[8];
    connected_pair(&two.first, &two.peer);
    connected_pair(&two.second, &second_peer);
    ran = 0;
    CHECK(QueueUserAPC(receive_inside, GetCurrentThread(), (ULONG_PTR)&two));
    CHECK(QueueUserAPC(only_count, GetCurrentThread(), 0));
    answer_on = second_peer;
    send_all(second_peer, "answer", 6);
    CHECK_EQ(recv(two.first, got, sizeof got, 0), 5);
    CHECK_EQ(ran, 2);
}

/* The thread ends inside its blocking call: what the call had begun ends with it. */
static void CALLBACK leave(ULONG_PTR code) { ExitThread((DWORD)code); }

/* Waits until a thread sleeps in its call, and has it leave. */
static void make_it_leave(HANDLE sleeper) {
    Sleep(100);
    CHECK(QueueUserAPC(leave, sleeper, 7));
    CHECK_EQ(join(sleeper), 7);
}

TEST(s_045_exitthread_takes_a_receive_with_it) {
    SOCKET client, server;
    static char got[2][16];
    connected_pair(&client, &server);
    for (int round = 0; round < 2; round++) {
        struct transfer t = { client, got[round], 16, -2, 0 };
        make_it_leave(thread(receive_block, &t));
        CHECK_EQ(t.result, -2);
        /* Nobody takes what comes now but who asks for it. */
        send_all(server, "abc", 3);
        char mine[8];
        CHECK_EQ(recv(client, mine, sizeof mine, 0), 3);
        CHECK_EQ(got[round][0], 0);
    }
}

static DWORD WINAPI accepter(void *l) { return (DWORD)accept(*(SOCKET *)l, NULL, NULL); }

TEST(s_045_exitthread_takes_an_accept_with_it) {
    SA4 at;
    SOCKET l = listener(&at);
    make_it_leave(thread(accepter, &l));
    SOCKET s = connected_to(&at);
    SOCKET peer = accept_one(l);
    CHECK_EQ(send(s, "x", 1, 0), 1);
    char got;
    read_exactly(peer, &got, 1);
}

static void CALLBACK receive_and_never_return(ULONG_PTR of) {
    char on_this_stack[16];
    recv(((struct two *)of)->second, on_this_stack, sizeof on_this_stack, 0);
}
static DWORD WINAPI receive_first(void *of) {
    char on_this_stack[16];
    return recv(((struct two *)of)->first, on_this_stack, sizeof on_this_stack, 0);
}

TEST(s_045_exitthread_takes_nested_calls_with_it) {
    struct two two;
    SOCKET second_peer;
    char got[8];
    connected_pair(&two.first, &two.peer);
    connected_pair(&two.second, &second_peer);
    HANDLE sleeper = thread(receive_first, &two);
    CHECK(QueueUserAPC(receive_and_never_return, sleeper, (ULONG_PTR)&two));
    make_it_leave(sleeper);
    send_all(two.peer, "outer", 5);
    send_all(second_peer, "inner", 5);
    CHECK_EQ(recv(two.first, got, sizeof got, 0), 5);
    CHECK_EQ(recv(two.second, got, sizeof got, 0), 5);
}

/* ---- S-046 --------------------------------------------------------------------------------------------------------- */

static SOCKET echo_on;
static char echo_room[8];
static volatile LONG echoed;
static int echo_error;
static OVERLAPPED *echo_out, *echo_in;
static void CALLBACK echo(DWORD error, DWORD bytes, OVERLAPPED *ov, DWORD flags) {
    (void)flags;
    if (error || ov != echo_in) return;
    echoed++;
    WSABUF out = { bytes, echo_room };
    if (WSASend(echo_on, &out, 1, NULL, 0, echo_out, echo) && WSAGetLastError() != WSA_IO_PENDING) echo_error++;
    WSABUF in = { sizeof echo_room, echo_room };
    DWORD more = 0;
    if (WSARecv(echo_on, &in, 1, NULL, &more, echo_in, echo) && WSAGetLastError() != WSA_IO_PENDING) echo_error++;
}

TEST(s_046_transfers_from_within_a_routine) {
    SOCKET client, server;
    char got[8];
    DWORD flags = 0;
    WSABUF in = { sizeof echo_room, echo_room };
    connected_pair(&client, &server);
    echo_on = client, echoed = 0, echo_error = 0, echo_in = op_plain(), echo_out = op_plain();
    CHECK_SOCK_ERR(WSARecv(client, &in, 1, NULL, &flags, echo_in, echo), WSA_IO_PENDING);
    for (int i = 1; i <= 3; i++) {
        send_all(server, "again", 5);
        while (echoed < i) CHECK_EQ(SleepEx(MOST_MS, TRUE), WAIT_IO_COMPLETION);
        read_exactly(server, got, 5);
        CHECK(!memcmp(got, "again", 5));
    }
    CHECK_EQ(echo_error, 0);
}

/* ---- S-050, S-053 --------------------------------------------------------------------------------------------------- */

TEST(s_050_time_outs_are_for_blocking_calls) {
    SOCKET client, server;
    static char got[8], more[1024];
    char now[8];
    DWORD ms = 50;
    OVERLAPPED *in = op_event(), *out = op_event();
    connected_pair(&client, &server);
    CHECK_OK(setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, (char *)&ms, sizeof ms));
    CHECK_OK(setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, (char *)&ms, sizeof ms));
    CHECK_SOCK_ERR(recv(client, now, sizeof now, 0), WSAETIMEDOUT);
    CHECK_EQ(receive_into(client, got, sizeof got, 0, in), WSA_IO_PENDING);
    int filled = plug(client);
    CHECK_EQ(send_from(client, more, sizeof more, 0, out), WSA_IO_PENDING);
    CHECK_SOCK_ERR(send(client, more, sizeof more, 0), WSAETIMEDOUT);
    CHECK(still_pending(in, 300));
    CHECK_STATUS(out, ST_PENDING);
    send_all(server, "abc", 3);
    CHECK_EQ(finish(client, in, MOST_MS, NULL), 0);
    read_exactly(server, kept(filled + sizeof more), filled + sizeof more);
    CHECK_EQ(finish(client, out, MOST_MS, NULL), 0);
}

TEST(s_053_the_blocking_mode_is_nothing_to_overlapped_calls) {
    SOCKET client, server;
    static char got[8], more[1024];
    char now[8];
    OVERLAPPED *in = op_event(), *out = op_event();
    connected_pair(&client, &server);
    int filled = plug(client);
    nonblocking(client);
    CHECK_EQ(receive_into(client, got, sizeof got, 0, in), WSA_IO_PENDING);
    CHECK_EQ(send_from(client, more, sizeof more, 0, out), WSA_IO_PENDING);
    CHECK_SOCK_ERR(recv(client, now, sizeof now, 0), WSAEWOULDBLOCK);
    CHECK_SOCK_ERR(send(client, now, sizeof now, 0), WSAEWOULDBLOCK);
    send_all(server, "abc", 3);
    CHECK_EQ(finish(client, in, MOST_MS, NULL), 0);
    read_exactly(server, kept(filled + sizeof more), filled + sizeof more);
    CHECK_EQ(finish(client, out, MOST_MS, NULL), 0);
}

TEST(s_053_blocking_and_overlapped_mixed) {
    SOCKET client, server;
    static char first[4], second[4];
    OVERLAPPED *ov = op_event();
    connected_pair(&client, &server);
    /* The blocking call stands behind the overlapped one. */
    CHECK_EQ(receive_into(client, first, 4, MSG_WAITALL, ov), WSA_IO_PENDING);
    struct transfer t = { client, second, 4, 0, 0 };
    HANDLE receiver = thread(receive_block, &t);
    CHECK_EQ(WaitForSingleObject(receiver, 100), WAIT_TIMEOUT);
    send_all(server, "abcd", 4);
    CHECK_EQ(finish(client, ov, MOST_MS, NULL), 0);
    CHECK_EQ(WaitForSingleObject(receiver, 50), WAIT_TIMEOUT);
    send_all(server, "efgh", 4);
    join(receiver);
    CHECK_EQ(t.result, 4);
    CHECK(!memcmp(first, "abcd", 4) && !memcmp(second, "efgh", 4));
    /* And in front of it. */
    receiver = thread(receive_block, &t);
    CHECK_EQ(WaitForSingleObject(receiver, 100), WAIT_TIMEOUT);
    OVERLAPPED *behind = op_event();
    CHECK_EQ(receive_into(client, first, 4, 0, behind), WSA_IO_PENDING);
    send_all(server, "ijkl", 4);
    join(receiver);
    CHECK(!memcmp(second, "ijkl", 4));
    CHECK_STATUS(behind, ST_PENDING);
    send_all(server, "m", 1);
    CHECK_EQ(finish(client, behind, MOST_MS, NULL), 0);
}

/* ---- S-055 --------------------------------------------------------------------------------------------------------- */

/* A connection whose peer is gone, and has said so. */
static SOCKET broken(void) {
    SOCKET client, server;
    connected_pair(&client, &server);
    drop(server);
    CHECK_EQ(send(client, "x", 1, 0), 1);
    Sleep(50);
    return client;
}

TEST(s_055_no_signal_of_a_broken_connection) {
    NATIVE_ONLY("there are no signals");
    DWORD n;
    WSABUF two[2] = { { 1, "x" }, { 1, "y" } };
    count_pipe_signals();
    CHECK_EQ(send(broken(), "x", 1, 0), SOCKET_ERROR);
    CHECK_EQ(send(broken(), "x", 1, MSG_OOB), SOCKET_ERROR);
    CHECK_EQ(WSASend(broken(), two, 2, &n, 0, NULL, NULL), SOCKET_ERROR);
    CHECK_EQ(WSASend(broken(), two, 2, &n, 0, op_event(), NULL), SOCKET_ERROR);
    CHECK(!WriteFile((HANDLE)broken(), "x", 1, &n, op_event()));
    CHECK(transmit(broken(), file_of("x", 1), 0, NULL, NULL, 0) != 0);
    OVERLAPPED *ov = op_event();
    SOCKET s = broken();
    TRANSMIT_FILE_BUFFERS around = { "head", 4, "tail", 4 };
    CHECK_STARTED(transmit(s, file_of("x", 1), 0, ov, &around, 0) == ERROR_IO_PENDING ? 0 : 1);
    CHECK(finish(s, ov, MOST_MS, NULL) != 0);
    CHECK_EQ(pipe_signals(), 0);
}

TEST(s_055_no_signal_for_what_is_pending) {
    NATIVE_ONLY("there are no signals");
    SOCKET client, server;
    static char more[8];
    OVERLAPPED *out[3], *file = op_event();
    count_pipe_signals();
    connected_pair(&client, &server);
    plug(client);
    WSABUF two[2] = { { 4, more }, { 4, more } };
    for (int i = 0; i < 3; i++) {
        out[i] = op_event();
        CHECK_SOCK_ERR(WSASend(client, two, 1 + i % 2, NULL, 0, out[i], NULL), WSA_IO_PENDING);
    }
    CHECK_EQ(transmit(client, file_of("x", 1), 0, file, NULL, 0), ERROR_IO_PENDING);
    hard_close(server);
    for (int i = 0; i < 3; i++) CHECK_EQ(finish_wsa(client, out[i], MOST_MS, NULL), WSAECONNRESET);
    CHECK_EQ(finish_wsa(client, file, MOST_MS, NULL), WSAECONNRESET);
    CHECK_EQ(pipe_signals(), 0);
}

TEST(s_055_no_signal_between_local_sockets) {
    NATIVE_ONLY("Wine has no AF_UNIX sockets");
    struct sockaddr_un name;
    DWORD n;
    memset(&name, 0, sizeof name);
    name.sun_family = AF_UNIX;
    snprintf(name.sun_path, sizeof name.sun_path, "/tmp/conformance-%u-pipe", (unsigned)GetCurrentThreadId());
    remove(name.sun_path);
    SOCKET l = own(socket(AF_UNIX, SOCK_STREAM, 0)), s = own(socket(AF_UNIX, SOCK_STREAM, 0));
    CHECK_OK(bind(l, (SA *)&name, sizeof name));
    CHECK_OK(listen(l, 5));
    int failed = connect(s, (SA *)&name, sizeof name);
    remove(name.sun_path);
    CHECK_EQ(failed, 0);
    count_pipe_signals();
    drop(accept_one(l));
    CHECK_EQ(send(s, "x", 1, 0), SOCKET_ERROR);
    CHECK(!WriteFile((HANDLE)s, "x", 1, &n, op_event()));
    CHECK(transmit(s, file_of("x", 1), 0, NULL, NULL, 0) != 0);
    CHECK_EQ(pipe_signals(), 0);
}
