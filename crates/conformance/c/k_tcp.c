/* K-050..K-062: the options of level IPPROTO_TCP. */
#include "options.h"

/* The host's numbers of what it is told. */
enum { HOST_TCP = 6, HOST_KEEPINTVL = 5, HOST_KEEPCNT = 6, HOST_SYNCNT = 7, HOST_USER_TIMEOUT = 18 };

TEST(k_050_no_delay) {
    CHECK_FLAG(tcp(), IPPROTO_TCP, TCP_NODELAY, 0);
    CHECK_FLAG(tcp6(), IPPROTO_TCP, TCP_NODELAY, 0);
    CHECK_NO_OPTION(udp(), IPPROTO_TCP, TCP_NODELAY, WSAENOPROTOOPT);
}

TEST(k_050_a_single_byte_is_enough) {
    SOCKET s = tcp();
    char on = 1;
    CHECK_EQ(set_bytes_error(s, IPPROTO_TCP, TCP_NODELAY, &on, 1), 0);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_NODELAY, 1);
}

TEST(k_051_urgent_data_by_two_names) {
    SOCKET s = tcp(), other = tcp();
    CHECK_VALUE(s, IPPROTO_TCP, TCP_BSDURGENT, 1);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_EXPEDITED_1122, 0);
    CHECK_SET(s, IPPROTO_TCP, TCP_EXPEDITED_1122, 1);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_EXPEDITED_1122, 1);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_BSDURGENT, 0);
    CHECK_SET_ERR(s, IPPROTO_TCP, TCP_EXPEDITED_1122, 0, WSAEINVAL);
    CHECK_SET_ERR(s, IPPROTO_TCP, TCP_BSDURGENT, 1, WSAEINVAL);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_EXPEDITED_1122, 1);
    CHECK_SET(other, IPPROTO_TCP, TCP_BSDURGENT, 0);
    CHECK_VALUE(other, IPPROTO_TCP, TCP_EXPEDITED_1122, 1);
}

TEST(k_052_idle_time_before_keep_alives) {
    SOCKET s = tcp();
    CHECK_EQ(TCP_KEEPALIVE, TCP_KEEPIDLE);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_KEEPIDLE, 7200);
    CHECK_NUMBER(s, IPPROTO_TCP, TCP_KEEPIDLE, 1, 32767);
    CHECK_NUMBER(s, IPPROTO_TCP, TCP_KEEPIDLE, 100000, 60); /* more than the host has room for */
    CHECK_NO_OPTION(udp(), IPPROTO_TCP, TCP_KEEPIDLE, WSAENOPROTOOPT);
}

TEST(k_053_segment_size) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    CHECK_SET(s, IPPROTO_TCP, TCP_MAXSEG, 1000);
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    SOCKET peer = accept_one(l);
    DWORD size = value_of(s, IPPROTO_TCP, TCP_MAXSEG);
    CHECK(size > 900 && size <= 1000);
    CHECK(value_of(peer, IPPROTO_TCP, TCP_MAXSEG) <= 1000);
    CHECK_SET_ERR(tcp(), IPPROTO_TCP, TCP_MAXSEG, 0x10000, WSAEINVAL);
}

TEST(k_054_retransmission_limit) {
    SOCKET s = tcp();
    CHECK_NUMBER(s, IPPROTO_TCP, TCP_MAXRT, 5, 600);
    CHECK_SET(s, IPPROTO_TCP, TCP_MAXRT, 0xFFFFFFFF);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_MAXRT, 0xFFFFFFFF);
}

TEST(k_054_a_connect_gives_up_sooner) {
    SA4 at;
    stuck(&at);
    SOCKET s = bound();
    CHECK_SET(s, IPPROTO_TCP, TCP_MAXRT, 1);
    ULONGLONG before = now_ms();
    CHECK_EQ(connect_error(s, &at), WSAETIMEDOUT);
    CHECK(now_ms() - before >= 900);
    CHECK(now_ms() - before < 15000);
}

/* While a connection is made the host counts its attempts, of which the first is answered or not after a second, and each of
 * the others after twice the time, 120 seconds at most. */
TEST(k_054_a_connect_goes_on_for_as_long) {
    NATIVE_ONLY("asks the host");
    SOCKET s = tcp();
    CHECK_SET(s, IPPROTO_TCP, TCP_MAXRT, 600);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_USER_TIMEOUT), 600000);
    CHECK(host_option(s, HOST_TCP, HOST_SYNCNT) >= 10); /* 1 + 2 + 4 + ... + 64 + 4 * 120 */
    CHECK_SET(s, IPPROTO_TCP, TCP_MAXRT, 0xFFFFFFFF);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_USER_TIMEOUT), 0);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_SYNCNT), 127); /* the most there is */
    CHECK_SET(s, IPPROTO_TCP, TCP_MAXRTMS, 300000);
    CHECK(host_option(s, HOST_TCP, HOST_SYNCNT) >= 8);
    CHECK(host_option(s, HOST_TCP, HOST_SYNCNT) < 127);
    /* Who wants one attempt has one. */
    CHECK_SET(s, IPPROTO_TCP, TCP_NOSYNRETRIES, 1);
    CHECK_SET(s, IPPROTO_TCP, TCP_MAXRT, 600);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_SYNCNT), 1);
    CHECK_SET(s, IPPROTO_TCP, TCP_NOSYNRETRIES, 0);
    CHECK(host_option(s, HOST_TCP, HOST_SYNCNT) >= 10);
}

TEST_SLOW(k_056_no_syn_retries) {
    SA4 at;
    stuck(&at);
    SOCKET s = bound();
    CHECK_FLAG(s, IPPROTO_TCP, TCP_NOSYNRETRIES, 0);
    ULONGLONG before = now_ms();
    CHECK_EQ(connect_error(s, &at), WSAETIMEDOUT);
    CHECK(now_ms() - before < 15000); /* with retries it takes 21 seconds */
}

TEST(k_057_timestamps) {
    CHECK_FLAG(tcp(), IPPROTO_TCP, TCP_TIMESTAMPS, 0);
}

TEST(k_058_numbers_that_are_kept) {
    SOCKET s = tcp();
    CHECK_NUMBER(s, IPPROTO_TCP, TCP_CONGESTION_ALGORITHM, 1, 0);
    CHECK_NUMBER(s, IPPROTO_TCP, TCP_DELAY_FIN_ACK, 1, 0);
    CHECK_NUMBER(s, IPPROTO_TCP, TCP_OFFLOAD_PREFERENCE, 2, 1);
}

TEST(k_059_retransmission_limit_in_milliseconds) {
    SOCKET s = tcp();
    CHECK_NUMBER(s, IPPROTO_TCP, TCP_MAXRTMS, 1500, 250);
    CHECK_SET(s, IPPROTO_TCP, TCP_MAXRTMS, 1500);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_MAXRT, 2); /* the same limit in whole seconds */
    CHECK_SET(s, IPPROTO_TCP, TCP_MAXRT, 3);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_MAXRTMS, 3000);
}

TEST(k_060_fast_open) {
    SOCKET s = tcp();
    char on = 1;
    CHECK_FLAG(s, IPPROTO_TCP, TCP_FASTOPEN, 0);
    CHECK_SET(s, IPPROTO_TCP, TCP_FASTOPEN, 0);
    CHECK_EQ(set_bytes_error(s, IPPROTO_TCP, TCP_FASTOPEN, &on, 1), 0);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_FASTOPEN, 1);
    CHECK_NO_OPTION(udp(), IPPROTO_TCP, TCP_FASTOPEN, WSAENOPROTOOPT);
}

TEST(k_061_keep_alive_count) {
    static const DWORD counts[] = { 1, 127, 128, 255 };
    SOCKET s = tcp();
    CHECK_VALUE(s, IPPROTO_TCP, TCP_KEEPCNT, 10);
    for (int i = 0; i < 4; i++) {
        CHECK_SET(s, IPPROTO_TCP, TCP_KEEPCNT, counts[i]);
        CHECK_VALUE(s, IPPROTO_TCP, TCP_KEEPCNT, counts[i]);
    }
    CHECK_SET_ERR(s, IPPROTO_TCP, TCP_KEEPCNT, 256, WSAEINVAL);
    CHECK_SET_ERR(s, IPPROTO_TCP, TCP_KEEPCNT, 0xFFFFFFFF, WSAEINVAL);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_KEEPCNT, 255);
}

TEST(k_061_the_default_is_the_hosts_too) {
    NATIVE_ONLY("asks the host");
    SOCKET s = tcp(), other = tcp();
    CHECK_SET(s, SOL_SOCKET, SO_KEEPALIVE, 1);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_KEEPCNT, 10);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_KEEPCNT), 10);
    CHECK_EQ(host_option(s, HOST_TCP, HOST_KEEPINTVL), 1);
    /* What was asked for stays. */
    CHECK_SET(other, IPPROTO_TCP, TCP_KEEPCNT, 3);
    CHECK_SET(other, SOL_SOCKET, SO_KEEPALIVE, 1);
    CHECK_EQ(host_option(other, HOST_TCP, HOST_KEEPCNT), 3);
}

TEST(k_062_keep_alive_interval) {
    SOCKET s = tcp();
    CHECK_VALUE(s, IPPROTO_TCP, TCP_KEEPINTVL, 1);
    CHECK_SET(s, SOL_SOCKET, SO_KEEPALIVE, 1);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_KEEPINTVL, 1);
    CHECK_NUMBER(s, IPPROTO_TCP, TCP_KEEPINTVL, 7, 32767);
    CHECK_SET(s, SOL_SOCKET, SO_KEEPALIVE, 0);
    CHECK_SET(s, SOL_SOCKET, SO_KEEPALIVE, 1);
    CHECK_VALUE(s, IPPROTO_TCP, TCP_KEEPINTVL, 32767);
}
