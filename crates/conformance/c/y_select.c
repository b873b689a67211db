/* Y-001..Y-010: select. */
#include "harness.h"
#include <stddef.h>

enum { MANY = 100 };

/* A set as a program makes it that needs more room than FD_SETSIZE; the members lie as in fd_set. */
struct large_set {
    u_int fd_count;
    SOCKET fd_array[MANY];
};

static fd_set set_of(SOCKET s) {
    fd_set set;
    FD_ZERO(&set);
    FD_SET(s, &set);
    return set;
}

/* select with each set there; the count, or minus the error. */
static int wait_for(fd_set *read, fd_set *write, fd_set *except, int ms) {
    struct timeval limit = { ms / 1000, ms % 1000 * 1000 };
    WSASetLastError(0);
    int count = select(0, read, write, except, &limit);
    return count == SOCKET_ERROR ? -WSAGetLastError() : count;
}

/* In which of the three sets a socket is found: "r", "w", "e" and their joins; waits until it is in one, at most `ms`. */
static const char *sets_of(SOCKET s, int ms) {
    static char found[4];
    fd_set read = set_of(s), write = set_of(s), except = set_of(s);
    int count = wait_for(&read, &write, &except, ms), n = 0;
    CHECK(count >= 0);
    if (FD_ISSET(s, &read)) found[n++] = 'r';
    if (FD_ISSET(s, &write)) found[n++] = 'w';
    if (FD_ISSET(s, &except)) found[n++] = 'e';
    found[n] = 0;
    CHECK_EQ(count, n);
    CHECK_EQ(read.fd_count + write.fd_count + except.fd_count, n);
    return found;
}

#define CHECK_SETS(s, ms, want)                                                                                        \
    do {                                                                                                               \
        const char *found_ = sets_of((s), (ms));                                                                       \
        if (strcmp(found_, (want)) != 0) FAIL("in '%s', expected '%s'", found_, (want));                               \
    } while (0)

/* Waits for a socket in the set of those to be read. */
static int readable(SOCKET s, int ms) {
    fd_set set = set_of(s);
    struct timeval limit = { ms / 1000, ms % 1000 * 1000 };
    int count = select(0, &set, NULL, NULL, &limit);
    CHECK(count >= 0);
    CHECK_EQ(set.fd_count, count);
    return count;
}

static SOCKET udp_with_peer(SOCKET *peer) {
    SOCKET s = udp();
    SA4 at = v4("127.0.0.1", 0);
    CHECK_OK(bind(s, (SA *)&at, sizeof at));
    at = name_of(s);
    *peer = udp();
    CHECK_OK(connect(*peer, (SA *)&at, sizeof at));
    return s;
}

/* Sends until nothing more is taken. */
static void fill_up(SOCKET s) {
    static char block[1 << 16];
    u_long on = 1;
    CHECK_OK(ioctlsocket(s, FIONBIO, &on));
    for (int quiet = 0; quiet < 5; quiet++) {
        while (send(s, block, sizeof block, 0) > 0) quiet = 0;
        CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
        Sleep(10);
    }
}

TEST(y_001_a_set_is_a_count_and_sockets) {
    CHECK_EQ(sizeof(fd_set), 520);
    CHECK_EQ(offsetof(fd_set, fd_count), 0);
    CHECK_EQ(offsetof(fd_set, fd_array), 8);
    CHECK_EQ(FD_SETSIZE, 64);
    fd_set set;
    FD_ZERO(&set);
    for (SOCKET s = 4; s < 4 + 4 * 70; s += 4) FD_SET(s, &set);
    CHECK_EQ(set.fd_count, 64);
    FD_SET(8, &set);
    CHECK_EQ(set.fd_count, 64);
    FD_CLR(8, &set);
    CHECK_EQ(set.fd_count, 63);
    CHECK(!FD_ISSET(8, &set) && FD_ISSET(4, &set) && FD_ISSET(12, &set));
}

TEST(y_001_the_first_parameter_is_ignored) {
    static const int numbers[] = { -1, 0, 1, 0x7fffffff };
    SOCKET peer, s = udp_with_peer(&peer);
    send_all(peer, "x", 1);
    for (int i = 0; i < 4; i++) {
        fd_set set = set_of(s);
        struct timeval limit = { 5, 0 };
        CHECK_EQ(select(numbers[i], &set, NULL, NULL, &limit), 1);
        CHECK(FD_ISSET(s, &set));
    }
}

TEST(y_002_more_than_64_sockets) {
    struct large_set read = { 0 }, write = { 0 };
    struct timeval limit = { 5, 0 };
    SOCKET last = 0, peer = 0;
    for (int i = 0; i < MANY; i++) {
        last = udp_with_peer(&peer);
        read.fd_array[read.fd_count++] = last;
        write.fd_array[write.fd_count++] = peer;
    }
    send_all(peer, "x", 1);
    CHECK_EQ(select(0, (fd_set *)&read, NULL, NULL, &limit), 1);
    CHECK_EQ(read.fd_count, 1);
    CHECK_EQ(read.fd_array[0], last);
    CHECK_EQ(select(0, NULL, (fd_set *)&write, NULL, &limit), MANY);
    CHECK_EQ(write.fd_count, MANY);
    CHECK_EQ(write.fd_array[MANY - 1], peer);
}

TEST(y_003_nothing_to_wait_for_is_wsaeinval) {
    fd_set none, other, third;
    struct timeval soon = { 0, 0 };
    FD_ZERO(&none);
    FD_ZERO(&other);
    FD_ZERO(&third);
    CHECK_SOCK_ERR(select(0, NULL, NULL, NULL, &soon), WSAEINVAL);
    CHECK_SOCK_ERR(select(0, &none, NULL, NULL, &soon), WSAEINVAL);
    CHECK_SOCK_ERR(select(0, &none, &other, &third, &soon), WSAEINVAL);
    /* Refused, not awaited for ever. */
    CHECK_SOCK_ERR(select(0, NULL, NULL, NULL, NULL), WSAEINVAL);
    CHECK_SOCK_ERR(select(0, NULL, &none, NULL, NULL), WSAEINVAL);
}

/* As programs do that empty all three sets and put a socket into one. */
TEST(y_003_an_empty_set_beside_others_is_passed_over) {
    SOCKET peer, s = udp_with_peer(&peer);
    send_all(peer, "x", 1);
    CHECK(readable(s, 5000));
    for (int full = 0; full < 3; full++) {
        fd_set sets[3];
        for (int i = 0; i < 3; i++) FD_ZERO(&sets[i]);
        FD_SET(s, &sets[full]);
        int ready = full < 2; /* to be read and to be written, and nothing has failed */
        CHECK_EQ(wait_for(&sets[0], &sets[1], &sets[2], ready ? 5000 : 50), ready);
        for (int i = 0; i < 3; i++) CHECK_EQ(sets[i].fd_count, i == full ? ready : 0);
        /* Once it is empty too, there is nothing to wait for. */
        FD_ZERO(&sets[full]);
        CHECK_EQ(wait_for(&sets[0], &sets[1], &sets[2], 0), -WSAEINVAL);
    }
    fd_set read = set_of(s), none;
    FD_ZERO(&none);
    CHECK_EQ(wait_for(&read, NULL, &none, 5000), 1);
    CHECK_EQ(wait_for(NULL, NULL, &none, 0), -WSAEINVAL);
}

TEST(y_004_not_a_socket) {
    SOCKET peer, s = udp_with_peer(&peer), closed = udp();
    send_all(peer, "x", 1);
    drop(closed);
    HANDLE event = CreateEventA(NULL, TRUE, TRUE, NULL);
    SOCKET odd[] = { closed, INVALID_SOCKET, (SOCKET)event };
    struct timeval limit = { 5, 0 };
    for (int i = 0; i < 3; i++) {
        for (int which = 0; which < 3; which++) {
            /* Beside one that is ready, before it and after it. */
            fd_set sets[3] = { set_of(s), set_of(s), set_of(s) };
            FD_SET(odd[i], &sets[which]);
            CHECK_SOCK_ERR(select(0, &sets[0], &sets[1], &sets[2], &limit), WSAENOTSOCK);
            sets[0] = set_of(odd[i]);
            FD_SET(s, &sets[0]);
            CHECK_SOCK_ERR(select(0, &sets[0], NULL, NULL, &limit), WSAENOTSOCK);
        }
    }
    CHECK(CloseHandle(event));
}

struct waiting { SOCKET s; HANDLE ready; };

static DWORD WINAPI select_for_ever(void *argument) {
    struct waiting *w = argument;
    fd_set set = set_of(w->s);
    SetEvent(w->ready);
    int count = select(0, &set, NULL, NULL, NULL);
    return count == SOCKET_ERROR ? (DWORD)WSAGetLastError() : (DWORD)count;
}

TEST(y_004_closed_during_the_wait) {
    SOCKET client, server;
    connected_pair(&client, &server);
    struct waiting w = { client, CreateEventA(NULL, TRUE, FALSE, NULL) };
    HANDLE waiter = thread(select_for_ever, &w);
    CHECK_EQ(WaitForSingleObject(w.ready, 5000), WAIT_OBJECT_0);
    CHECK_EQ(WaitForSingleObject(waiter, 200), WAIT_TIMEOUT);
    drop(client);
    CHECK_EQ(join(waiter), WSAENOTSOCK);
}

TEST(y_005_the_total_of_ready_entries) {
    SOCKET s[3], peer[3];
    fd_set read, write, except;
    for (int i = 0; i < 3; i++) connected_pair(&s[i], &peer[i]);
    FD_ZERO(&read);
    FD_ZERO(&write);
    FD_ZERO(&except);
    for (int i = 0; i < 3; i++) {
        FD_SET(s[i], &read);
        FD_SET(s[i], &except);
    }
    FD_SET(s[1], &write);
    FD_SET(s[2], &write);
    send_all(peer[2], "x", 1);
    CHECK(readable(s[2], 5000));
    CHECK_EQ(wait_for(&read, &write, &except, 5000), 3);
    CHECK_EQ(read.fd_count, 1);
    CHECK(FD_ISSET(s[2], &read));
    CHECK_EQ(write.fd_count, 2);
    CHECK(FD_ISSET(s[1], &write) && FD_ISSET(s[2], &write));
    CHECK_EQ(except.fd_count, 0);
}

TEST(y_005_a_timeout_empties_the_sets) {
    SOCKET client, server, other = tcp();
    connected_pair(&client, &server);
    fd_set read = set_of(client), write = set_of(other), except = set_of(client);
    FD_SET(server, &read);
    CHECK_EQ(wait_for(&read, &write, &except, 50), 0);
    CHECK_EQ(read.fd_count + write.fd_count + except.fd_count, 0);
}

TEST(y_006_no_limit_blocks) {
    SOCKET client, server;
    connected_pair(&client, &server);
    struct waiting w = { client, CreateEventA(NULL, TRUE, FALSE, NULL) };
    HANDLE waiter = thread(select_for_ever, &w);
    CHECK_EQ(WaitForSingleObject(w.ready, 5000), WAIT_OBJECT_0);
    CHECK_EQ(WaitForSingleObject(waiter, 300), WAIT_TIMEOUT);
    send_all(server, "x", 1);
    CHECK_EQ(join(waiter), 1);
}

TEST(y_006_zero_polls_and_the_limit_stays) {
    SOCKET client, server;
    connected_pair(&client, &server);
    struct timeval zero = { 0, 0 }, some = { 0, 150000 };
    fd_set set = set_of(client);
    CHECK_EQ(select(0, &set, NULL, NULL, &zero), 0);
    CHECK(zero.tv_sec == 0 && zero.tv_usec == 0);
    ULONGLONG start = now_ms();
    set = set_of(client);
    CHECK_EQ(select(0, &set, NULL, NULL, &some), 0);
    CHECK(now_ms() - start >= 140);
    CHECK(some.tv_sec == 0 && some.tv_usec == 150000);
    set = set_of(client);
    FD_SET(server, &set);
    some.tv_sec = 7;
    send_all(server, "x", 1);
    CHECK_EQ(select(0, &set, NULL, NULL, &some), 1);
    CHECK(some.tv_sec == 7 && some.tv_usec == 150000);
}

TEST(y_006_a_negative_limit_is_wsaeinval) {
    SOCKET client, server;
    connected_pair(&client, &server);
    struct timeval bad[] = { { -1, 0 }, { 0, -1 }, { -1, 5 } };
    for (int i = 0; i < 3; i++) {
        fd_set set = set_of(client);
        CHECK_SOCK_ERR(select(0, NULL, &set, NULL, &bad[i]), WSAEINVAL);
    }
}

TEST(y_007_a_connection_waits) {
    SA4 at;
    SOCKET l = listener(&at);
    CHECK_EQ(readable(l, 50), 0);
    connected_to(&at);
    CHECK_SETS(l, 5000, "r");
    CHECK_EQ(readable(l, 5000), 1);
    accept_one(l);
    CHECK_EQ(readable(l, 50), 0);
}

TEST(y_007_data) {
    SOCKET client, server;
    char byte;
    connected_pair(&client, &server);
    CHECK_EQ(readable(client, 50), 0);
    send_all(server, "x", 1);
    CHECK_EQ(readable(client, 5000), 1);
    read_exactly(client, &byte, 1);
    CHECK_EQ(readable(client, 50), 0);
}

TEST(y_007_inline_urgent_data) {
    SOCKET client, server;
    BOOL on = TRUE;
    connected_pair(&client, &server);
    CHECK_OK(setsockopt(client, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof on));
    CHECK_EQ(send(server, "!", 1, MSG_OOB), 1);
    CHECK_EQ(readable(client, 5000), 1);
    CHECK_SETS(client, 5000, "rw");
}

TEST(y_007_the_end_and_a_reset) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_OK(shutdown(server, SD_SEND));
    CHECK_EQ(readable(client, 5000), 1);
    connected_pair(&client, &server);
    hard_close(server);
    CHECK_EQ(readable(client, 5000), 1);
}

TEST(y_008_a_connection_is_made) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    nonblocking(s);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, sizeof at), WSAEWOULDBLOCK);
    CHECK_SETS(s, 5000, "w");
    SOCKET peer = accept_one(l);
    CHECK_EQ(send(s, "x", 1, 0), 1);
    char byte;
    read_exactly(peer, &byte, 1);
}

TEST(y_008_room_to_send) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_SETS(client, 5000, "w");
    CHECK_SETS(udp(), 5000, "w");
    fill_up(client);
    fd_set write = set_of(client);
    struct timeval limit = { 0, 50000 };
    CHECK_EQ(select(0, NULL, &write, NULL, &limit), 0);
    /* The peer reads, and there is room again. */
    static char block[1 << 16];
    for (int waited = 0; waited < 200; waited++) {
        receive_timeout(server, 1000);
        if (recv(server, block, sizeof block, 0) <= 0) break;
        struct timeval soon = { 0, 0 };
        write = set_of(client);
        if (select(0, NULL, &write, NULL, &soon) == 1) return;
    }
    FAIL("there is no room again");
}

TEST(y_009_a_failed_connect) {
    SA4 bad = refusing();
    SOCKET s = tcp();
    nonblocking(s);
    CHECK_SOCK_ERR(connect(s, (SA *)&bad, sizeof bad), WSAEWOULDBLOCK);
    CHECK_SETS(s, 10000, "e");
    /* It stays there. */
    CHECK_SETS(s, 10000, "e");
    fd_set read = set_of(s), write = set_of(s);
    struct timeval limit = { 0, 50000 };
    CHECK_EQ(select(0, &read, &write, NULL, &limit), 0);
}

TEST(y_009_urgent_data) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_EQ(send(server, "!", 1, MSG_OOB), 1);
    fd_set except = set_of(client);
    struct timeval limit = { 5, 0 };
    CHECK_EQ(select(0, NULL, NULL, &except, &limit), 1);
    CHECK_SETS(client, 5000, "we");
    char byte = 0;
    CHECK_EQ(recv(client, &byte, 1, MSG_OOB), 1);
    CHECK_EQ(byte, '!');
    CHECK_SETS(client, 5000, "w");
}

TEST(y_010_unconnected_streams) {
    SA4 nobody;
    CHECK_SETS(tcp(), 50, "");
    CHECK_SETS(bound(), 50, "");
    stuck(&nobody);
    SOCKET s = tcp();
    nonblocking(s);
    CHECK_SOCK_ERR(connect(s, (SA *)&nobody, sizeof nobody), WSAEWOULDBLOCK);
    CHECK_SETS(s, 50, "");
}

TEST(y_010_connectex_on_its_way) {
    SA4 nobody, at;
    SOCKET l = listener(&at), s = bound(), other = bound();
    OVERLAPPED *ov = op_event(), *good = op_event();
    stuck(&nobody);
    CHECK_EQ(start_connect(s, &nobody, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_SETS(s, 50, "");
    CHECK(CancelIoEx((HANDLE)s, ov));
    CHECK_EQ(finish(s, ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    CHECK_EQ(start_connect(other, &at, NULL, 0, good), ERROR_IO_PENDING);
    CHECK_EQ(finish(other, good, 5000, NULL), 0);
    CHECK_SETS(other, 5000, "w");
    accept_one(l);
}
