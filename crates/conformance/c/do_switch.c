/* DO-01..DO-12: where Microsoft's pages and Windows differ, one test for each side. */
#include "harness.h"

static SOCKET pending_connect_ex(SA4 *nobody, OVERLAPPED **ov) {
    SOCKET s = bound();
    stuck(nobody);
    *ov = op_event();
    CHECK_EQ(start_connect(s, nobody, NULL, 0, *ov), ERROR_IO_PENDING);
    return s;
}

static void second_connect_ex(int expected) {
    SA4 nobody;
    OVERLAPPED *ov;
    SOCKET s = pending_connect_ex(&nobody, &ov), plain = tcp();
    CHECK_EQ(start_connect(s, &nobody, NULL, 0, op_event()), expected);
    CHECK(still_pending(ov, 20));
    nonblocking(plain);
    CHECK_SOCK_ERR(connect(plain, (SA *)&nobody, sizeof nobody), WSAEWOULDBLOCK);
    CHECK_EQ(start_connect(plain, &nobody, NULL, 0, op_event()), expected);
}

TEST(do_01_documented_is_wsaealready) { second_connect_ex(WSAEALREADY); }
TEST_ENV(do_01_observed_is_wsaeinval, "LINSOCK_CONTRACT=observed") { second_connect_ex(WSAEINVAL); }

static void connect_before_update(int expected) {
    SA4 at;
    SOCKET s = bound();
    listener(&at);
    connect_ok(s, &at);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, sizeof at), expected);
    update_context(s);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, sizeof at), WSAEISCONN);
}

TEST(do_02_documented_is_wsaeisconn) { connect_before_update(WSAEISCONN); }
TEST_ENV(do_02_observed_is_wsaeinval, "LINSOCK_CONTRACT=observed") { connect_before_update(WSAEINVAL); }

static void connect_during(int expected) {
    SA4 nobody;
    OVERLAPPED *ov;
    SOCKET s = pending_connect_ex(&nobody, &ov);
    CHECK_SOCK_ERR(connect(s, (SA *)&nobody, sizeof nobody), expected);
    CHECK(still_pending(ov, 20));
}

TEST(do_03_documented_is_wsaealready) { connect_during(WSAEALREADY); }
TEST_ENV(do_03_observed_is_wsaeinval, "LINSOCK_CONTRACT=observed") { connect_during(WSAEINVAL); }

static void disconnect_twice(void) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_EQ(start_disconnect(client, NULL, 0), 0);
    CHECK_EQ(start_disconnect(client, NULL, 0), 0);
}

TEST(do_05_documented_is_success) { disconnect_twice(); }
TEST_ENV(do_05_observed_is_success, "LINSOCK_CONTRACT=observed") { disconnect_twice(); }

TEST(do_06_documented_is_wsaenoprotoopt) {
    DWORD value;
    int length = sizeof value;
    CHECK_SOCK_ERR(getsockopt(udp(), SOL_SOCKET, SO_CONNECT_TIME, (char *)&value, &length), WSAENOPROTOOPT);
}
TEST_ENV(do_06_observed_is_all_ones, "LINSOCK_CONTRACT=observed") { CHECK_EQ(connect_time(udp()), NOT_CONNECTED); }

static OVERLAPPED *sent(SOCKET *s) {
    SA4 at;
    OVERLAPPED *ov = op_event();
    *s = bound();
    listener(&at);
    CHECK_EQ(start_connect(*s, &at, "four", 4, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(*s, ov, 5000, NULL), 0);
    return ov;
}

TEST(do_07_documented_is_wsaefault) {
    SOCKET s;
    DWORD bytes = 0;
    OVERLAPPED *ov = sent(&s);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(s, ov, &bytes, FALSE, NULL), WSAEFAULT);
    CHECK_EQ(bytes, 4);
}

TEST_ENV(do_07_observed_is_true, "LINSOCK_CONTRACT=observed") {
    SOCKET s;
    DWORD bytes = 0;
    OVERLAPPED *ov = sent(&s);
    CHECK(WSAGetOverlappedResult(s, ov, &bytes, FALSE, NULL));
    CHECK_EQ(bytes, 4);
}

static void without_overlapped(int expected) {
    DWORD bytes, flags;
    CHECK_BOOL_ERR(WSAGetOverlappedResult(tcp(), NULL, &bytes, FALSE, &flags), expected);
}

TEST(do_08_documented_is_wsaefault) { without_overlapped(WSAEFAULT); }
TEST_ENV(do_08_observed_is_invalid_parameter, "LINSOCK_CONTRACT=observed") { without_overlapped(ERROR_INVALID_PARAMETER); }

struct leaving { SOCKET s; SA4 at; OVERLAPPED *ov; };

static DWORD WINAPI start_and_leave(void *argument) {
    struct leaving *l = argument;
    return start_connect(l->s, &l->at, NULL, 0, l->ov);
}

static struct leaving left_behind(void) {
    static struct leaving l;
    stuck(&l.at);
    l.s = bound();
    l.ov = op_plain();
    port_for(l.s, 1);
    CHECK_EQ(join(thread(start_and_leave, &l)), ERROR_IO_PENDING);
    return l;
}

TEST(do_12_documented_outlives_the_thread) {
    struct leaving l = left_behind();
    CHECK(still_pending(l.ov, 300));
}

TEST_ENV(do_12_observed_outlives_the_thread, "LINSOCK_CONTRACT=observed") {
    struct leaving l = left_behind();
    CHECK(still_pending(l.ov, 300));
}

TEST_ENV(do_12_cancel_all_cancels, "LINSOCK_THREAD_EXIT=cancel-all") {
    struct leaving l = left_behind();
    CHECK(!still_pending(l.ov, 3000));
    CHECK_STATUS(l.ov, ST_CANCELLED);
}
