/* C-091, C-093..C-097: trying again on the same socket. C-092 is in c_network.c. */
#include "harness.h"

/* A refusal at an address where somebody listens later. */
static SOCKET refused_once(SOCKET s, SA4 *at) {
    SOCKET quiet = bound_at("127.0.0.1", 0);
    *at = name_of(quiet);
    CHECK_EQ(connect_error(s, at), WSAECONNREFUSED);
    CHECK_OK(listen(quiet, 10));
    return quiet;
}

TEST(c_091_again_after_refusal) {
    SA4 at;
    char got[4];
    SOCKET a = bound(), b = bound(), c = bound();
    SOCKET l = refused_once(a, &at);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(a, &at, "data", 4, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(a, ov, 5000, NULL), 0);
    read_exactly(accept_one(l), got, 4);
    refused_once(b, &at);
    CHECK_OK(connect(b, (SA *)&at, sizeof at));
    refused_once(c, &at);
    CHECK_OK(WSAConnect(c, (SA *)&at, sizeof at, NULL, NULL, NULL, NULL));
}

TEST_SLOW(c_093_again_after_time_out) {
    NATIVE_ONLY("Wine leaves the length of an attempt to Linux: more than two minutes");
    SA4 at;
    SOCKET l = stuck(&at), s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish_wsa(s, ov, 40000, NULL), WSAETIMEDOUT);
    for (int i = 0; i < 2; i++) accept_one(l);
    connect_ok(s, &at);
}

TEST(c_094_no_leftover_error_at_the_next_attempt) {
    SA4 bad = refusing(), good;
    listener(&good);
    SOCKET s = bound();
    for (int i = 0; i < 5; i++) CHECK_EQ(connect_error(s, &bad), WSAECONNREFUSED);
    CHECK_EQ(connect_error(s, &good), 0);
}

TEST(c_095_port_survives_a_failed_attempt) {
    SA4 bad = refusing(), good, from;
    SOCKET l = listener(&good);
    SOCKET wildcard = bound(), specific = bound_at("127.0.0.1", 0);
    SOCKET both[2] = { wildcard, specific };
    for (int i = 0; i < 2; i++) {
        int before = port_of(both[i]), length = sizeof from;
        CHECK(before != 0);
        CHECK_EQ(connect_error(both[i], &bad), WSAECONNREFUSED);
        CHECK_EQ(port_of(both[i]), before);
        connect_ok(both[i], &good);
        own(accept(l, (SA *)&from, &length));
        CHECK_EQ(ntohs(from.sin_port), before);
    }
}

TEST(c_096_same_port_before_and_after_the_retry) {
    /* Nobody asks for the port before the attempts here: it is whatever the first attempt used. */
    SA4 bad = refusing(), good, from;
    SOCKET l = listener(&good);
    for (int i = 0; i < 20; i++) {
        SOCKET s = bound();
        int length = sizeof from;
        CHECK_EQ(connect_error(s, &bad), WSAECONNREFUSED);
        int after_failure = port_of(s);
        CHECK_EQ(connect_error(s, &bad), WSAECONNREFUSED);
        CHECK_EQ(port_of(s), after_failure);
        connect_ok(s, &good);
        own(accept(l, (SA *)&from, &length));
        CHECK_EQ(ntohs(from.sin_port), after_failure);
    }
}

TEST(c_097_again_after_other_errors) {
    SA4 zero = v4("0.0.0.0", 1), at;
    listener(&at);
    SOCKET s = bound(), reset = bound();
    CHECK_EQ(start_connect(s, &zero, NULL, 0, op_event()), WSAEADDRNOTAVAIL);
    connect_ok(s, &at);
    /* After a cancelled attempt too. */
    SA4 nobody;
    stuck(&nobody);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(reset, &nobody, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)reset, ov));
    CHECK_EQ(finish(reset, ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    connect_ok(reset, &at);
}
