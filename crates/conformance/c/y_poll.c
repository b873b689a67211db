/* Y-011..Y-019: WSAPoll. */
#include "harness.h"

/* One entry; its revents, or minus the error. */
static int events_of(SOCKET s, SHORT events, int ms) {
    WSAPOLLFD entry = { s, events, 0x7fff };
    WSASetLastError(0);
    int count = WSAPoll(&entry, 1, ms);
    if (count == SOCKET_ERROR) return -WSAGetLastError();
    CHECK_EQ(count, entry.revents != 0);
    CHECK_EQ(entry.fd, s);
    CHECK_EQ(entry.events, events);
    return entry.revents;
}

/* Looks until the entry says so: what the network brings may come in pieces. */
static void check_events(int line, SOCKET s, SHORT events, int want) {
    int got = 0;
    for (ULONGLONG end = now_ms() + 5000; now_ms() < end; Sleep(5)) {
        got = events_of(s, events, want ? 1000 : 0);
        if (got == want) return;
    }
    harness_fail(__FILE__, line, "revents %#x, expected %#x", got, want);
}
#define CHECK_EVENTS(s, events, want) check_events(__LINE__, (s), (events), (want))

enum { ALL = POLLRDNORM | POLLRDBAND | POLLWRNORM };

struct waiting { SOCKET s; SHORT events; HANDLE ready; int revents; };

static DWORD WINAPI poll_for_ever(void *argument) {
    struct waiting *w = argument;
    WSAPOLLFD entry = { w->s, w->events, 0 };
    SetEvent(w->ready);
    int count = WSAPoll(&entry, 1, -1);
    w->revents = entry.revents;
    return count == SOCKET_ERROR ? (DWORD)WSAGetLastError() : (DWORD)count;
}

static HANDLE waiter(struct waiting *w) {
    w->ready = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE waiter = thread(poll_for_ever, w);
    CHECK_EQ(WaitForSingleObject(w->ready, 5000), WAIT_OBJECT_0);
    CHECK_EQ(WaitForSingleObject(waiter, 200), WAIT_TIMEOUT);
    return waiter;
}

TEST(y_011_the_count_of_entries_with_events) {
    SOCKET a, b, c, d;
    connected_pair(&a, &b);
    connected_pair(&c, &d);
    WSAPOLLFD entries[] = { { a, POLLRDNORM, 1 }, { c, POLLRDNORM | POLLWRNORM, 1 }, { d, POLLRDNORM, 1 } };
    send_all(c, "x", 1);
    CHECK_EVENTS(d, POLLRDNORM, POLLRDNORM);
    CHECK_EQ(WSAPoll(entries, 3, 5000), 2);
    CHECK_EQ(entries[0].revents, 0);
    CHECK_EQ(entries[1].revents, POLLWRNORM);
    CHECK_EQ(entries[2].revents, POLLRDNORM);
}

TEST(y_011_time_out) {
    SOCKET client, server;
    connected_pair(&client, &server);
    ULONGLONG start = now_ms();
    CHECK_EQ(events_of(client, POLLRDNORM, 0), 0);
    CHECK_EQ(events_of(client, POLLRDNORM, 150), 0);
    CHECK(now_ms() - start >= 140);
    struct waiting w = { client, POLLRDNORM, NULL, 0 };
    HANDLE forever = waiter(&w);
    send_all(server, "x", 1);
    CHECK_EQ(join(forever), 1);
    CHECK_EQ(w.revents, POLLRDNORM);
}

TEST(y_011_bad_arrays) {
    WSAPOLLFD entry = { tcp(), POLLRDNORM, 0 };
    CHECK_SOCK_ERR(WSAPoll(&entry, 0, 0), WSAEINVAL);
    CHECK_SOCK_ERR(WSAPoll(NULL, 0, 0), WSAEINVAL);
    CHECK_SOCK_ERR(WSAPoll(NULL, 1, 0), WSAEFAULT);
    CHECK_SOCK_ERR(WSAPoll(UNMAPPED, 1, 0), WSAEFAULT);
}

TEST(y_011_more_than_64_entries) {
    enum { MANY = 100 };
    WSAPOLLFD entries[MANY];
    for (int i = 0; i < MANY; i++) {
        SA4 at = v4("127.0.0.1", 0);
        entries[i].fd = udp();
        entries[i].events = POLLRDNORM;
        CHECK_OK(bind(entries[i].fd, (SA *)&at, sizeof at));
    }
    SA4 to = name_of(entries[MANY - 1].fd);
    CHECK_EQ(sendto(udp(), "x", 1, 0, (SA *)&to, sizeof to), 1);
    CHECK_EQ(WSAPoll(entries, MANY, 5000), 1);
    for (int i = 0; i < MANY; i++) CHECK_EQ(entries[i].revents, i == MANY - 1 ? POLLRDNORM : 0);
}

TEST(y_012_values) {
    CHECK_EQ(POLLRDNORM, 0x100);
    CHECK_EQ(POLLRDBAND, 0x200);
    CHECK_EQ(POLLIN, 0x300);
    CHECK_EQ(POLLPRI, 0x400);
    CHECK_EQ(POLLWRNORM, 0x10);
    CHECK_EQ(POLLOUT, 0x10);
    CHECK_EQ(POLLWRBAND, 0x20);
    CHECK_EQ(POLLERR, 1);
    CHECK_EQ(POLLHUP, 2);
    CHECK_EQ(POLLNVAL, 4);
    CHECK_EQ(sizeof(WSAPOLLFD), 16);
}

TEST(y_013_what_cannot_be_asked_for) {
    SOCKET client, server;
    connected_pair(&client, &server);
    static const SHORT bad[] = { POLLPRI, POLLWRBAND, POLLERR, POLLHUP, POLLNVAL, 8, 0x40, 0x80, 0x800, (SHORT)0x8000 };
    for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_EQ(events_of(client, bad[i], 0), -WSAEINVAL);
        CHECK_EQ(events_of(client, POLLWRNORM | bad[i], 0), -WSAEINVAL);
    }
    CHECK_EVENTS(client, POLLIN | POLLOUT, POLLWRNORM);
}

TEST(y_014_negative_numbers_are_passed_over) {
    SOCKET client, server;
    connected_pair(&client, &server);
    WSAPOLLFD entries[] = { { INVALID_SOCKET, POLLWRNORM, 0x7fff }, { client, POLLWRNORM, 0x7fff },
                            { (SOCKET)-5, POLLWRNORM, 0x7fff } };
    CHECK_EQ(WSAPoll(entries, 3, 5000), 1);
    CHECK_EQ(entries[0].revents, 0);
    CHECK_EQ(entries[1].revents, POLLWRNORM);
    CHECK_EQ(entries[2].revents, 0);
}

TEST(y_014_no_socket_is_left) {
    SOCKET closed = tcp(), client, server;
    drop(closed);
    CHECK_EQ(events_of(INVALID_SOCKET, POLLWRNORM, 0), -WSAEINVAL);
    WSAPOLLFD entries[] = { { INVALID_SOCKET, POLLRDNORM, 0x7fff }, { closed, POLLRDNORM, 0x7fff } };
    CHECK_SOCK_ERR(WSAPoll(entries, 2, -1), WSAEINVAL);
    CHECK_EQ(entries[0].revents, 0);
    CHECK_EQ(entries[1].revents, POLLNVAL);
    /* Beside a socket it counts, and is told at once. */
    connected_pair(&client, &server);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    WSAPOLLFD odd[] = { { client, POLLRDNORM, 0 }, { (SOCKET)event, POLLRDNORM, 0 } };
    CHECK_EQ(WSAPoll(odd, 2, -1), 1);
    CHECK_EQ(odd[0].revents, 0);
    CHECK_EQ(odd[1].revents, POLLNVAL);
    CHECK(CloseHandle(event));
}

TEST(y_015_the_peers_end) {
    SOCKET client, server;
    char byte;
    connected_pair(&client, &server);
    send_all(server, "x", 1);
    CHECK_OK(shutdown(server, SD_SEND));
    CHECK_EVENTS(client, ALL, POLLRDNORM | POLLWRNORM | POLLHUP);
    CHECK_EVENTS(client, POLLRDNORM, POLLRDNORM | POLLHUP);
    read_exactly(client, &byte, 1);
    CHECK_EVENTS(client, ALL, POLLWRNORM | POLLHUP);
    CHECK_EVENTS(client, POLLRDNORM, POLLHUP);
    /* The other direction goes on. */
    CHECK_EQ(send(client, "y", 1, 0), 1);
    read_exactly(server, &byte, 1);
}

TEST(y_015_the_end_is_told_unasked) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_EVENTS(client, 0, 0);
    CHECK_OK(shutdown(server, SD_SEND));
    CHECK_EVENTS(client, 0, POLLHUP);
    CHECK_EVENTS(client, POLLWRNORM, POLLWRNORM | POLLHUP);
}

TEST(y_015_a_reset) {
    SOCKET client, server;
    connected_pair(&client, &server);
    hard_close(server);
    CHECK_EVENTS(client, POLLRDNORM, POLLERR | POLLHUP);
    CHECK_EVENTS(client, 0, POLLERR | POLLHUP);
}

TEST(y_015_closed_here_during_the_wait) {
    SOCKET client, server;
    connected_pair(&client, &server);
    struct waiting w = { client, POLLRDNORM, NULL, 0 };
    HANDLE forever = waiter(&w);
    drop(client);
    CHECK_EQ(join(forever), 1);
    CHECK_EQ(w.revents, POLLNVAL);
}

TEST(y_016_urgent_data_out_of_line) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_EQ(send(server, "!", 1, MSG_OOB), 1);
    CHECK_EVENTS(client, POLLRDNORM | POLLRDBAND, POLLRDBAND);
    CHECK_EVENTS(client, POLLRDNORM, 0);
    send_all(server, "x", 1);
    CHECK_EVENTS(client, POLLRDNORM | POLLRDBAND, POLLRDNORM | POLLRDBAND);
    char byte = 0;
    CHECK_EQ(recv(client, &byte, 1, MSG_OOB), 1);
    CHECK_EVENTS(client, POLLRDNORM | POLLRDBAND, POLLRDNORM);
}

TEST(y_016_urgent_data_inline) {
    SOCKET client, server;
    BOOL on = TRUE;
    connected_pair(&client, &server);
    CHECK_OK(setsockopt(client, SOL_SOCKET, SO_OOBINLINE, (char *)&on, sizeof on));
    CHECK_EQ(send(server, "!", 1, MSG_OOB), 1);
    CHECK_EVENTS(client, POLLRDNORM | POLLRDBAND, POLLRDNORM);
}

TEST(y_017_a_failed_connect) {
    SA4 bad = refusing();
    SOCKET s = tcp();
    nonblocking(s);
    CHECK_SOCK_ERR(connect(s, (SA *)&bad, sizeof bad), WSAEWOULDBLOCK);
    CHECK_EVENTS(s, POLLWRNORM, POLLWRNORM | POLLHUP | POLLERR);
    CHECK_EVENTS(s, ALL, POLLWRNORM | POLLHUP | POLLERR);
    CHECK_EVENTS(s, POLLRDNORM, POLLHUP | POLLERR);
}

TEST(y_017_a_connect_that_succeeds) {
    SA4 at, nobody;
    SOCKET l = listener(&at), s = tcp(), pending = tcp();
    nonblocking(s);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, sizeof at), WSAEWOULDBLOCK);
    CHECK_EVENTS(s, ALL, POLLWRNORM);
    accept_one(l);
    stuck(&nobody);
    nonblocking(pending);
    CHECK_SOCK_ERR(connect(pending, (SA *)&nobody, sizeof nobody), WSAEWOULDBLOCK);
    CHECK_EQ(events_of(pending, ALL, 50), 0);
}

static void CALLBACK note(ULONG_PTR event) { SetEvent((HANDLE)event); }

TEST(y_018_apcs_run_and_the_wait_goes_on) {
    SOCKET client, server;
    connected_pair(&client, &server);
    struct waiting w = { client, POLLRDNORM, NULL, 0 };
    HANDLE forever = waiter(&w), ran = CreateEventA(NULL, FALSE, FALSE, NULL);
    for (int i = 0; i < 3; i++) {
        CHECK(QueueUserAPC(note, forever, (ULONG_PTR)ran));
        CHECK_EQ(WaitForSingleObject(ran, 5000), WAIT_OBJECT_0);
        CHECK_EQ(WaitForSingleObject(forever, 100), WAIT_TIMEOUT);
    }
    send_all(server, "x", 1);
    CHECK_EQ(join(forever), 1);
    CHECK_EQ(w.revents, POLLRDNORM);
}

TEST(y_019_a_listener_with_an_empty_queue) {
    SA4 at;
    SOCKET l = listener(&at);
    CHECK_EQ(events_of(l, ALL, 50), 0);
    connected_to(&at);
    CHECK_EVENTS(l, ALL, POLLRDNORM);
    accept_one(l);
    CHECK_EQ(events_of(l, ALL, 50), 0);
}
