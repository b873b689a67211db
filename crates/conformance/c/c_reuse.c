/* C-123..C-149: using a socket again, TIME_WAIT, and the rest of the page. */
#include "harness.h"

/* A connection that this side closed first, by DisconnectEx with TF_REUSE_SOCKET. The listener stays. */
static SOCKET used_once(SA4 *at, SOCKET *l) {
    *l = listener(at);
    SOCKET s = bound_at("127.0.0.1", 0);
    connect_ok(s, at);
    SOCKET peer = accept_one(*l);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_disconnect(s, ov, TF_REUSE_SOCKET), ERROR_IO_PENDING);
    char byte;
    CHECK_EQ(recv(peer, &byte, 1, 0), 0);
    drop(peer);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    return s;
}

/* How long a ConnectEx of a used socket to the same address takes, in ms. */
static ULONGLONG time_again(SOCKET s, const SA4 *at) {
    OVERLAPPED *ov = op_event();
    ULONGLONG began = now_ms();
    CHECK_EQ(start_connect(s, at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 12000, NULL), 0);
    return now_ms() - began;
}

#define DELAY(seconds) CHECK_EQ(linsock_set_timed_wait_delay(seconds), 0)
#define NEEDS_DELAY() NATIVE_ONLY("TcpTimedWaitDelay is linsock's own setting; Windows has it in its registry, Wine nowhere")

TEST(c_123_disconnectex_makes_it_new) {
    SA4 at, other;
    SOCKET l, s = used_once(&at, &l);
    SOCKET fresh = listener(&other);
    OVERLAPPED *ov = op_event();
    char got[5];
    CHECK_EQ(start_connect(s, &other, "again", 5, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
    read_exactly(accept_one(fresh), got, 5);
    CHECK(memcmp(got, "again", 5) == 0);
}

TEST(c_127_time_wait_delays_and_does_not_fail) {
    SA4 at;
    SOCKET l, s = used_once(&at, &l);
    time_again(s, &at);
    accept_one(l);
}

/* The pair is the kernel's for a minute here. A second is all that the connection may take, which the wait for the pair is
 * no part of. */
TEST_ENV(c_127_waiting_for_the_pair_uses_up_no_time, "WORLD_NETWORK=own WORLD_TIMESTAMPS=0") {
    NATIVE_ONLY("needs a world that the runner makes for native tests only");
    if (!getenv("WORLD_TIMESTAMPS")) FAIL("run it through linsock-conformance run --filter %s", __func__);
    SA4 at;
    SOCKET l, s = used_once(&at, &l);
    DWORD seconds = 1;
    CHECK_OK(setsockopt(s, IPPROTO_TCP, TCP_MAXRT, (char *)&seconds, sizeof seconds));
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, "x", 1, ov), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 3000));
    CHECK(CancelIoEx((HANDLE)s, ov));
    CHECK_EQ(finish(s, ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    /* Nor does the next attempt have less. */
    SA4 elsewhere;
    SOCKET other = listener(&elsewhere);
    connect_ok(s, &elsewhere);
    accept_one(other);
}

TEST(c_128_same_port_after_reuse) {
    SA4 at, from;
    int length = sizeof from;
    SOCKET l = listener(&at), s = bound();
    connect_ok(s, &at);
    SOCKET peer = own(accept(l, (SA *)&from, &length));
    drop(peer);
    CHECK_EQ(start_disconnect(s, NULL, TF_REUSE_SOCKET), 0);
    CHECK_EQ(port_of(s), ntohs(from.sin_port));
    SA4 other, from_again;
    SOCKET second = listener(&other);
    connect_ok(s, &other);
    own(accept(second, (SA *)&from_again, &length));
    CHECK_EQ(from_again.sin_port, from.sin_port);
}

TEST(c_129_pair_waits_before_it_serves_again) {
    NEEDS_DELAY();
    SA4 at;
    SOCKET l, s;
    DELAY(2);
    s = used_once(&at, &l);
    CHECK(time_again(s, &at) >= 1500);
}

TEST(c_130_at_least_the_whole_period) {
    NEEDS_DELAY();
    SA4 at;
    SOCKET l, s;
    DELAY(3);
    s = used_once(&at, &l);
    ULONGLONG took = time_again(s, &at);
    if (took < 2500 || took > 6000) FAIL("held for %llu ms", took);
}

TEST(c_131_pair_is_not_for_another_connection) {
    NEEDS_DELAY();
    SA4 at, me;
    SOCKET l, s;
    DELAY(2);
    s = used_once(&at, &l);
    me = name_of(s);
    drop(s);
    /* Another socket with the same local address and port, to the same peer: the same pair. */
    SOCKET next = tcp();
    BOOL on = TRUE;
    CHECK_OK(setsockopt(next, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof on));
    CHECK_OK(bind(next, (SA *)&me, sizeof me));
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(next, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 1000));
    CHECK_EQ(finish(next, ov, 12000, NULL), 0);
}

TEST(c_132_pair_serves_again_afterwards) {
    NEEDS_DELAY();
    SA4 at;
    SOCKET l, s;
    DELAY(1);
    s = used_once(&at, &l);
    Sleep(1300);
    CHECK(time_again(s, &at) < 900);
    SOCKET peer = accept_one(l);
    CHECK_EQ(send(s, "x", 1, 0), 1);
    char byte;
    CHECK_EQ(recv(peer, &byte, 1, 0), 1);
}

TEST_ENV(c_134_period_is_configurable, "LINSOCK_TIMED_WAIT_DELAY=2") {
    NEEDS_DELAY();
    SA4 at;
    SOCKET l, s;
    CHECK_EQ(linsock_timed_wait_delay(), 2);
    s = used_once(&at, &l);
    CHECK(time_again(s, &at) >= 1500);
    DELAY(0);
    CHECK_EQ(linsock_timed_wait_delay(), 0);
}

TEST(c_135_unset_leaves_it_to_the_kernel) {
    NEEDS_DELAY();
    CHECK_EQ(linsock_timed_wait_delay(), -1);
    SA4 at;
    SOCKET l, s = used_once(&at, &l);
    /* Linux lets a loopback pair go after a second or so. */
    CHECK(time_again(s, &at) < 5000);
    DELAY(240);
    CHECK_EQ(linsock_timed_wait_delay(), 240);
    s = used_once(&at, &l);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 5000));
}

TEST(c_136_zero_to_300) {
    NEEDS_DELAY();
    static const unsigned values[] = { 0, 1, 30, 240, 299, 300 };
    for (int i = 0; i < 6; i++) {
        DELAY(values[i]);
        CHECK_EQ(linsock_timed_wait_delay(), values[i]);
    }
}

TEST(c_137_over_300_is_refused) {
    NEEDS_DELAY();
    DELAY(17);
    static const unsigned values[] = { 301, 1000, 0xFFFFFFFE };
    for (int i = 0; i < 3; i++) {
        WSASetLastError(0);
        CHECK_EQ(linsock_set_timed_wait_delay(values[i]), -1);
        CHECK_EQ(WSAGetLastError(), WSAEINVAL);
        CHECK_EQ(linsock_timed_wait_delay(), 17);
    }
}

TEST_ENV(c_137_over_300_in_the_environment_is_refused, "LINSOCK_TIMED_WAIT_DELAY=301") {
    NEEDS_DELAY();
    CHECK_EQ(linsock_timed_wait_delay(), -1);
}

TEST(c_138_lower_value_frees_sooner) {
    NEEDS_DELAY();
    SA4 at, other;
    SOCKET l, s;
    DELAY(1);
    s = used_once(&at, &l);
    ULONGLONG one = time_again(s, &at);
    DELAY(3);
    s = used_once(&other, &l);
    ULONGLONG three = time_again(s, &other);
    if (one + 1000 > three) FAIL("1 s held for %llu ms, 3 s for %llu ms", one, three);
}

TEST(c_139_pair_is_held_and_others_are_not) {
    NEEDS_DELAY();
    SA4 at, other;
    SOCKET l, s;
    DELAY(3);
    s = used_once(&at, &l);
    listener(&other);
    CHECK(time_again(s, &other) < 1000);
    s = used_once(&at, &l);
    CHECK(time_again(s, &at) >= 2500);
}

/* This side closes first, and the peer's end has come by the time that the socket is closed. */
static void closed_first_by(void (*end)(SOCKET)) {
    SA4 at, me;
    SOCKET l = listener(&at), s = bound_at("127.0.0.1", 0), peer;
    me = name_of(s);
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    peer = accept_one(l);
    end(s);
    char byte;
    CHECK_EQ(recv(peer, &byte, 1, 0), 0);
    drop(peer);
    CHECK_EQ(recv(s, &byte, 1, 0), 0);
    drop(s);
    s = tcp();
    BOOL on = TRUE;
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof on));
    CHECK_OK(bind(s, (SA *)&me, sizeof me));
    CHECK(time_again(s, &at) >= 1500);
}

static void by_shutdown(SOCKET s) { CHECK_OK(shutdown(s, SD_SEND)); }

static void by_disconnectex(SOCKET s) { CHECK_EQ(start_disconnect(s, NULL, 0), 0); }

static void by_transmitfile(SOCKET s) {
    GUID id = WSAID_TRANSMITFILE;
    LPFN_TRANSMITFILE call;
    DWORD bytes;
    CHECK_OK(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &call, sizeof call, &bytes, NULL, NULL));
    CHECK(call(s, NULL, 0, 0, NULL, NULL, TF_DISCONNECT));
}

TEST_ENV(c_139_environment_variable_holds_too, "LINSOCK_TIMED_WAIT_DELAY=2") {
    NEEDS_DELAY();
    /* Plain connect and closesocket charge the pair as well. */
    closed_first_by(by_shutdown);
}

TEST(c_139_disconnectex_charges_the_pair) {
    NEEDS_DELAY();
    DELAY(2);
    closed_first_by(by_disconnectex);
}

TEST(c_139_transmitfile_charges_the_pair) {
    NEEDS_DELAY();
    DELAY(2);
    closed_first_by(by_transmitfile);
}

TEST(c_140_zero_disables_the_hold) {
    NEEDS_DELAY();
    SA4 at;
    SOCKET l, s;
    DELAY(0);
    s = used_once(&at, &l);
    CHECK(time_again(s, &at) < 3000);
}

TEST(c_141_passive_closer_is_not_charged) {
    NEEDS_DELAY();
    SA4 at;
    SOCKET l = listener(&at), s = bound_at("127.0.0.1", 0);
    DELAY(30);
    connect_ok(s, &at);
    drop(accept_one(l));
    char byte;
    CHECK_EQ(recv(s, &byte, 1, 0), 0);
    CHECK_EQ(start_disconnect(s, NULL, TF_REUSE_SOCKET), 0);
    CHECK(time_again(s, &at) < 3000);
}

TEST(c_142_held_connectex_can_be_cancelled) {
    NEEDS_DELAY();
    SA4 at;
    SOCKET l, s;
    DELAY(30);
    s = used_once(&at, &l);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(still_pending(ov, 100));
    CHECK_EQ(connect_time(s), NOT_CONNECTED);
    CHECK(CancelIoEx((HANDLE)s, ov));
    CHECK_EQ(finish(s, ov, 5000, NULL), ERROR_OPERATION_ABORTED);
}

TEST(c_144_setsockopt_then_sendto_binds) {
    SOCKET s = udp(), peer = udp();
    DWORD on = 1;
    SA4 me = v4("127.0.0.1", 0);
    CHECK_OK(bind(peer, (SA *)&me, sizeof me));
    SA4 to = name_of(peer);
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_BROADCAST, (char *)&on, sizeof on));
    CHECK_EQ(sendto(s, "x", 1, 0, (SA *)&to, sizeof to), 1);
    CHECK(port_of(s) != 0);
}

TEST(c_146_overlapped_in_use_is_refused) {
    SA4 at;
    stuck(&at);
    SOCKET s = bound(), other = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(start_connect(other, &at, NULL, 0, ov), WSAEINVAL);
    CHECK(still_pending(ov, 50));
    CHECK(CancelIoEx((HANDLE)s, ov));
    CHECK_EQ(finish(s, ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    /* Free again. */
    CHECK_EQ(start_connect(other, &at, NULL, 0, ov), ERROR_IO_PENDING);
}

TEST(c_148_no_connection_to_itself) {
    SOCKET s = bound_at("127.0.0.1", 0), wildcard = bound();
    SA4 me = name_of(s), mine = v4("127.0.0.1", port_of(wildcard));
    CHECK_EQ(connect_error(s, &me), WSAECONNREFUSED);
    CHECK_EQ(connect_error(wildcard, &mine), WSAECONNREFUSED);
    CHECK_EQ(connect_time(s), NOT_CONNECTED);
}

TEST(c_149_reuse_unicastport_is_taken) {
    SA4 at[3];
    DWORD on = 1, value = 0;
    int length = sizeof value;
    for (int i = 0; i < 3; i++) {
        listener(&at[i]);
        SOCKET s = tcp();
        SA4 any = v4("0.0.0.0", 0);
        CHECK_OK(setsockopt(s, SOL_SOCKET, SO_REUSE_UNICASTPORT, (char *)&on, sizeof on));
        CHECK_OK(getsockopt(s, SOL_SOCKET, SO_REUSE_UNICASTPORT, (char *)&value, &length));
        CHECK_EQ(value, 1);
        CHECK_OK(bind(s, (SA *)&any, sizeof any));
        connect_ok(s, &at[i]);
    }
}
