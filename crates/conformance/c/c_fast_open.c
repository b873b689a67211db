/* C-098..C-102: fast open. A server gives cookies, and data travels in a SYN, only where the host lets it: most tests have a
 * network of their own for that. The kernel keeps a cookie by the two addresses. */
#include "harness.h"

/* Wine needs no such world: it lets nobody set the option. */
#define OWN_WORLD(variable)                                                                                            \
    if (!ON_WINDOWS && !getenv(variable)) FAIL("run it through linsock-conformance run --filter %s", __func__)

static void set_fast(SOCKET s) {
    DWORD on = 1;
    CHECK_OK(setsockopt(s, IPPROTO_TCP, TCP_FASTOPEN, (char *)&on, sizeof on));
}

static SOCKET fast(void) {
    SOCKET s = bound();
    set_fast(s);
    return s;
}

/* The option may come before listen or after it. */
static SOCKET fast_listener(const char *ip, int late, SA4 *at) {
    SOCKET l = bound_at(ip, 0);
    if (!late) set_fast(l);
    CHECK_OK(listen(l, 100));
    if (late) set_fast(l);
    *at = name_of(l);
    return l;
}

static DWORD packet(HANDLE port, OVERLAPPED *ov, DWORD *bytes) {
    ULONG_PTR key;
    OVERLAPPED *got = NULL;
    BOOL good = GetQueuedCompletionStatus(port, bytes, &key, &got, 10000);
    CHECK(got == ov);
    return good ? 0 : GetLastError();
}

/* ConnectEx with `length` bytes, told by an event or a port, then data both ways and an end: whether some came in the SYN. */
static int exchange(SOCKET s, SOCKET l, const SA4 *at, int length, int by_port) {
    char *block = fill(length), *got = malloc(length);
    HANDLE port = by_port ? port_for(s, 1) : NULL;
    OVERLAPPED *ov = by_port ? op_plain() : op_event();
    DWORD bytes;
    CHECK_EQ(start_connect(s, at, block, length, ov), ERROR_IO_PENDING);
    /* It is captured: what happens to it now does not matter. */
    memset(block, 0, length);
    SOCKET peer = accept_one(l);
    int in_syn = data_in_syn(peer);
    read_exactly(peer, got, length);
    CHECK_EQ(by_port ? packet(port, ov, &bytes) : finish(s, ov, 10000, &bytes), 0);
    CHECK_EQ(bytes, length);
    CHECK(matches(got, length, 0));
    CHECK(connect_time(s) != NOT_CONNECTED);
    CHECK_EQ(send(s, "more", 4, 0), 4);
    read_exactly(peer, got, 4);
    CHECK(memcmp(got, "more", 4) == 0);
    CHECK_EQ(send(peer, "back", 4, 0), 4);
    read_exactly(s, got, 4);
    CHECK(memcmp(got, "back", 4) == 0);
    drop(s);
    CHECK_EQ(recv(peer, got, 1, 0), 0);
    drop(peer);
    free(got);
    free(block);
    return in_syn;
}

/* A real Windows does not tell. */
#define CHECK_IN_SYN(call, want)                                                                                       \
    do { int in_syn = (call); if (in_syn >= 0) CHECK_EQ(in_syn, (want)); } while (0)

/* Fetches a cookie, and makes sure of it. */
static void fetch_cookie(SOCKET l, const SA4 *at) {
    CHECK_IN_SYN(exchange(fast(), l, at, 10, 0), 0);
    CHECK_IN_SYN(exchange(fast(), l, at, 10, 0), 1);
}

/* Lets those that fill a stuck listener's backlog go, and then finds the connection that comes from `s`. */
static SOCKET accept_from(SOCKET l, SOCKET s) {
    for (int i = 0; i < 4; i++) {
        SA4 from;
        int length = sizeof from;
        SOCKET peer = own(accept(l, (SA *)&from, &length));
        if (ntohs(from.sin_port) == port_of(s)) return peer;
    }
    FAIL("it did not come");
}

TEST_ENV(c_098_data_may_travel_in_the_handshake, "WORLD_NETWORK=own WORLD_FASTOPEN=3") {
    OWN_WORLD("WORLD_FASTOPEN");
    static const char *const ip[] = { "127.0.0.1", "127.0.0.2" };
    for (int late = 0; late < 2; late++) {
        SA4 at;
        SOCKET l = fast_listener(ip[late], late, &at);
        fetch_cookie(l, &at);
        CHECK_IN_SYN(exchange(fast(), l, &at, 400, 0), 1);
        CHECK_IN_SYN(exchange(fast(), l, &at, 400, 1), 1);
        CHECK_IN_SYN(exchange(bound(), l, &at, 400, 0), 0);
    }
}

TEST_ENV(c_099_fast_open_changes_no_result, "WORLD_NETWORK=own WORLD_FASTOPEN=3") {
    OWN_WORLD("WORLD_FASTOPEN");
    static const int lengths[] = { 4, 1000, 100000, 3000000 };
    for (int i = 0; i < 8; i++) {
        char ip[16];
        SA4 at;
        snprintf(ip, sizeof ip, "127.0.0.%d", 10 + i);
        SOCKET l = fast_listener(ip, 0, &at);
        int length = lengths[i / 2], by_port = i % 2;
        CHECK_IN_SYN(exchange(bound(), l, &at, length, by_port), 0);
        CHECK_IN_SYN(exchange(fast(), l, &at, length, by_port), 0);
        CHECK_IN_SYN(exchange(fast(), l, &at, length, by_port), 1);
    }
    /* A refusal is one, with a cookie and without; the socket may try again, and its port stays. */
    for (int with = 0; with < 2; with++) {
        SA4 at;
        const char *ip = with ? "127.0.0.2" : "127.0.0.1";
        SOCKET quiet = bound_at(ip, 0), s = fast();
        OVERLAPPED *ov = op_event();
        DWORD bytes = 99;
        if (with) fetch_cookie(fast_listener(ip, 0, &at), &at);
        at = name_of(quiet);
        CHECK_EQ(start_connect(s, &at, "data", 4, ov), ERROR_IO_PENDING);
        CHECK_EQ(finish(s, ov, 10000, &bytes), ERROR_CONNECTION_REFUSED);
        CHECK_EQ(bytes, 0);
        CHECK_STATUS(ov, ST_CONNECTION_REFUSED);
        CHECK_EQ(connect_time(s), NOT_CONNECTED);
        int port = port_of(s);
        CHECK_OK(listen(quiet, 10));
        ov = op_event();
        CHECK_EQ(start_connect(s, &at, "data", 4, ov), ERROR_IO_PENDING);
        CHECK_EQ(finish(s, ov, 10000, &bytes), 0);
        CHECK_EQ(bytes, 4);
        CHECK_EQ(port_of(s), port);
        char got[4];
        read_exactly(accept_one(quiet), got, 4);
        CHECK(memcmp(got, "data", 4) == 0);
    }
}

TEST(c_100_option_15_on_clients_and_listeners) {
    SA4 at;
    DWORD value = 7;
    int length = sizeof value;
    SOCKET s = fast(), l = listener(&at);
    CHECK_OK(getsockopt(s, IPPROTO_TCP, TCP_FASTOPEN, (char *)&value, &length));
    CHECK_EQ(value, 1);
    set_fast(l);
    exchange(s, l, &at, 100, 0);
}

TEST_ENV(c_100_where_the_host_has_it_off, "WORLD_NETWORK=own WORLD_FASTOPEN=0") {
    OWN_WORLD("WORLD_FASTOPEN");
    SA4 at;
    SOCKET l = fast_listener("127.0.0.1", 0, &at);
    for (int i = 0; i < 4; i++) {
        DWORD value = 7;
        int length = sizeof value;
        SOCKET s = fast();
        CHECK_OK(getsockopt(s, IPPROTO_TCP, TCP_FASTOPEN, (char *)&value, &length));
        CHECK_EQ(value, 1);
        CHECK_IN_SYN(exchange(s, l, &at, 100, i % 2), 0);
    }
}

TEST_ENV(c_101_not_connected_before_the_handshake, "WORLD_NETWORK=own WORLD_FASTOPEN=3") {
    OWN_WORLD("WORLD_FASTOPEN");
    /* A cookie first: only then does connect() succeed without a handshake. */
    SA4 at, silent;
    fetch_cookie(fast_listener("127.0.0.1", 0, &at), &at);
    SOCKET l = stuck(&silent), by_event = fast(), by_port = fast();
    HANDLE port = port_for(by_port, 1);
    OVERLAPPED *with_event = op_event(), *with_port = op_plain();
    DWORD bytes = 0;
    CHECK_EQ(start_connect(by_event, &silent, "data", 4, with_event), ERROR_IO_PENDING);
    CHECK_EQ(start_connect(by_port, &silent, "data", 4, with_port), ERROR_IO_PENDING);
    for (int i = 0; i < 10; i++) {
        SA4 name;
        int length = sizeof name;
        CHECK_EQ(connect_time(by_event), NOT_CONNECTED);
        CHECK_EQ(connect_time(by_port), NOT_CONNECTED);
        CHECK_SOCK_ERR(getpeername(by_event, (SA *)&name, &length), WSAENOTCONN);
        CHECK(no_packet(port, 20));
    }
    CHECK(still_pending(with_event, 0) && still_pending(with_port, 0));
    CHECK(CancelIoEx((HANDLE)by_port, NULL));
    CHECK_EQ(packet(port, with_port, &bytes), ERROR_OPERATION_ABORTED);
    CHECK_EQ(connect_time(by_port), NOT_CONNECTED);
    /* Room in the backlog lets the next retransmission of the other one through. */
    SOCKET peer = accept_from(l, by_event);
    CHECK_EQ(finish(by_event, with_event, 20000, &bytes), 0);
    CHECK_EQ(bytes, 4);
    CHECK(connect_time(by_event) != NOT_CONNECTED);
    char got[4];
    read_exactly(peer, got, 4);
    CHECK(memcmp(got, "data", 4) == 0);
}

TEST_ENV(c_102_no_buffer_no_fast_open, "WORLD_NETWORK=own WORLD_FASTOPEN=3") {
    OWN_WORLD("WORLD_FASTOPEN");
    SA4 at, silent;
    SOCKET fast_one = fast_listener("127.0.0.1", 0, &at);
    fetch_cookie(fast_one, &at);
    /* No end before the peer answered, without a block and with an empty one. */
    SOCKET l = stuck(&silent), without = fast(), empty = fast();
    OVERLAPPED *ov = op_event(), *of_empty = op_event();
    CHECK_EQ(start_connect(without, &silent, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(start_connect(empty, &silent, "data", 0, of_empty), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 300));
    CHECK(still_pending(of_empty, 0));
    CHECK_EQ(connect_time(without), NOT_CONNECTED);
    CHECK(CancelIoEx((HANDLE)empty, of_empty));
    accept_from(l, without);
    CHECK_EQ(finish(without, ov, 20000, NULL), 0);
    /* The peer sees the connection before anything was sent, and what is sent later did not come in the SYN. */
    SOCKET s = fast();
    connect_ok(s, &at);
    SOCKET peer = accept_one(fast_one);
    char got[4];
    CHECK_EQ(send(s, "data", 4, 0), 4);
    read_exactly(peer, got, 4);
    CHECK_IN_SYN(data_in_syn(peer), 0);
    SA4 bad = refusing();
    CHECK_EQ(connect_error(fast(), &bad), WSAECONNREFUSED);
}
