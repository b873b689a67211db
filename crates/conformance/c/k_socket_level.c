/* K-010..K-043: the options of level SOL_SOCKET. */
#include "options.h"
#ifndef SO_CONNECT_TIME
#define SO_CONNECT_TIME 0x700C
#endif
#ifndef SO_UPDATE_CONNECT_CONTEXT
#define SO_UPDATE_CONNECT_CONTEXT 0x7010
#endif

TEST(k_010_debug) {
    CHECK_FLAG(tcp(), SOL_SOCKET, SO_DEBUG, 0);
    CHECK_FLAG(udp(), SOL_SOCKET, SO_DEBUG, 0);
}

TEST(k_011_accept_conn) {
    SA4 at;
    SOCKET s = bound(), l = listener(&at);
    CHECK_VALUE(s, SOL_SOCKET, SO_ACCEPTCONN, 0);
    CHECK_VALUE(l, SOL_SOCKET, SO_ACCEPTCONN, 1);
    CHECK_OK(listen(s, 1));
    CHECK_VALUE(s, SOL_SOCKET, SO_ACCEPTCONN, 1);
    SOCKET client = connected_to(&at);
    CHECK_VALUE(client, SOL_SOCKET, SO_ACCEPTCONN, 0);
    CHECK_VALUE(accept_one(l), SOL_SOCKET, SO_ACCEPTCONN, 0);
}

TEST(k_012_reuse_address) {
    CHECK_FLAG(tcp(), SOL_SOCKET, SO_REUSEADDR, 0);
    CHECK_FLAG(udp(), SOL_SOCKET, SO_REUSEADDR, 0);
    SA4 at;
    CHECK_VALUE(listener(&at), SOL_SOCKET, SO_REUSEADDR, 0); /* whatever the host is told of it */
}

TEST(k_012_the_second_socket_takes_the_port) {
    SOCKET one = udp(), two = udp(), from = udp();
    SA4 at = v4("127.0.0.1", 0);
    CHECK_SET(one, SOL_SOCKET, SO_REUSEADDR, 1);
    CHECK_SET(two, SOL_SOCKET, SO_REUSEADDR, 1);
    CHECK_OK(bind(one, (SA *)&at, sizeof at));
    at = name_of(one);
    CHECK_OK(bind(two, (SA *)&at, sizeof at));
    tell(from, &at, sizeof at, "who");
    nonblocking(one);
    nonblocking(two);
    char text[8];
    int n = 0;
    for (ULONGLONG until = now_ms() + 5000; n <= 0 && now_ms() < until; Sleep(1)) {
        n = recv(one, text, sizeof text, 0);
        if (n <= 0) n = recv(two, text, sizeof text, 0);
    }
    CHECK_EQ(n, 3);
}

TEST(k_013_exclusive_address_use) {
    CHECK_FLAG(tcp(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 0);
    CHECK_FLAG(udp(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 0);
}

TEST(k_013_it_has_to_be_set_before_bind) {
    SOCKET s = bound();
    CHECK_SET_ERR(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1, WSAEINVAL);
    CHECK_VALUE(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 0);
}

TEST(k_014_keep_alive) {
    CHECK_FLAG(tcp(), SOL_SOCKET, SO_KEEPALIVE, 0);
    CHECK_NO_OPTION(udp(), SOL_SOCKET, SO_KEEPALIVE, WSAENOPROTOOPT);
}

TEST(k_015_dont_route_is_ignored) {
    SOCKET u = udp(), s = tcp(), to = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to);
    CHECK_FLAG(u, SOL_SOCKET, SO_DONTROUTE, 0);
    CHECK_FLAG(s, SOL_SOCKET, SO_DONTROUTE, 0);
    tell(u, &at, sizeof at, "here");
    CHECK_HEARS(to, "here");
}

TEST(k_016_broadcast) {
    SOCKET u = udp();
    SA4 everyone = v4("255.255.255.255", 9);
    CHECK_SOCK_ERR(sendto(u, "a", 1, 0, (SA *)&everyone, sizeof everyone), WSAEACCES);
    CHECK_FLAG(u, SOL_SOCKET, SO_BROADCAST, 0);
    CHECK_NO_OPTION(tcp(), SOL_SOCKET, SO_BROADCAST, WSAENOPROTOOPT);
}

static LINGER linger_of(SOCKET s) {
    LINGER linger = { 7, 7 };
    int length = sizeof linger;
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &length));
    CHECK_EQ(length, 4);
    return linger;
}

TEST(k_018_linger) {
    SOCKET s = tcp();
    LINGER linger = linger_of(s), thirty = { 1, 30 }, most = { 2, 0xFFFF };
    char room[3];
    int length = 3;
    CHECK_EQ(linger.l_onoff, 0);
    CHECK_EQ(linger.l_linger, 0);
    CHECK_EQ(set_bytes_error(s, SOL_SOCKET, SO_LINGER, &thirty, sizeof thirty), 0);
    linger = linger_of(s);
    CHECK_EQ(linger.l_onoff, 1);
    CHECK_EQ(linger.l_linger, 30);
    CHECK_EQ(set_bytes_error(s, SOL_SOCKET, SO_LINGER, &most, sizeof most), 0);
    linger = linger_of(s);
    CHECK(linger.l_onoff != 0);
    CHECK_EQ(linger.l_linger, 0xFFFF);
    CHECK_EQ(set_bytes_error(s, SOL_SOCKET, SO_LINGER, &thirty, 3), WSAEFAULT);
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_LINGER, room, &length), WSAEFAULT);
}

TEST(k_018_zero_seconds_reset_the_connection) {
    SOCKET client, server;
    LINGER now = { 1, 0 };
    char byte;
    connected_pair(&client, &server);
    CHECK_EQ(set_bytes_error(client, SOL_SOCKET, SO_LINGER, &now, sizeof now), 0);
    drop(client);
    CHECK_SOCK_ERR(recv(server, &byte, 1, 0), WSAECONNRESET);
}

TEST(k_019_dont_linger) {
    SOCKET s = tcp();
    LINGER thirty = { 1, 30 };
    CHECK_VALUE(s, SOL_SOCKET, SO_DONTLINGER, 1);
    CHECK_EQ(set_bytes_error(s, SOL_SOCKET, SO_LINGER, &thirty, sizeof thirty), 0);
    CHECK_VALUE(s, SOL_SOCKET, SO_DONTLINGER, 0);
    CHECK_SET(s, SOL_SOCKET, SO_DONTLINGER, 1);
    CHECK_VALUE(s, SOL_SOCKET, SO_DONTLINGER, 1);
    CHECK_EQ(linger_of(s).l_onoff, 0);
    CHECK_SET(s, SOL_SOCKET, SO_DONTLINGER, 0);
    CHECK_EQ(linger_of(s).l_onoff, 1);
}

TEST(k_020_urgent_data_in_line) {
    SOCKET client, server;
    char text[3];
    connected_pair(&client, &server);
    CHECK_FLAG(server, SOL_SOCKET, SO_OOBINLINE, 0);
    send_all(client, "a", 1);
    CHECK_EQ(send(client, "b", 1, MSG_OOB), 1);
    send_all(client, "c", 1);
    read_exactly(server, text, 3);
    CHECK(memcmp(text, "abc", 3) == 0);
}

TEST(k_021_buffer_sizes_are_answered_as_they_were_set) {
    static const int names[] = { SO_SNDBUF, SO_RCVBUF };
    static const DWORD sizes[] = { 0, 1, 8192, 65536, 1 << 20, 0x7FFFFFFF };
    for (int i = 0; i < 2; i++) {
        SOCKET s = tcp(), u = udp();
        CHECK_VALUE(s, SOL_SOCKET, names[i], 65536);
        CHECK_VALUE(u, SOL_SOCKET, names[i], 65536);
        for (int n = 0; n < 6; n++) {
            CHECK_SET(s, SOL_SOCKET, names[i], sizes[n]);
            CHECK_VALUE(s, SOL_SOCKET, names[i], sizes[n]);
        }
    }
}

TEST(k_021_a_small_receive_buffer_is_soon_full) {
    SOCKET to = udp_at("127.0.0.1", 0), from = udp();
    SA4 at = name_of(to);
    static char block[1000];
    int arrived = 0;
    CHECK_SET(to, SOL_SOCKET, SO_RCVBUF, 4096);
    for (int i = 0; i < 100; i++) CHECK_EQ(sendto(from, block, sizeof block, 0, (SA *)&at, sizeof at), 1000);
    nonblocking(to);
    while (recv(to, block, sizeof block, 0) == 1000) arrived++;
    CHECK(arrived >= 1);
    CHECK(arrived < 50);
}

TEST(k_021_no_buffer_at_all_still_sends) {
    SOCKET client, server;
    char byte = 0;
    connected_pair(&client, &server);
    CHECK_SET(client, SOL_SOCKET, SO_SNDBUF, 0);
    CHECK_SET(server, SOL_SOCKET, SO_RCVBUF, 0);
    send_all(client, "z", 1);
    read_exactly(server, &byte, 1);
    CHECK_EQ(byte, 'z');
}

TEST(k_024_the_error_of_a_connect_is_a_winsock_code_and_stays) {
    SOCKET s = tcp();
    SA4 at = refusing();
    CHECK_VALUE(s, SOL_SOCKET, SO_ERROR, 0);
    nonblocking(s);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, sizeof at), WSAEWOULDBLOCK);
    fd_set failed;
    TIMEVAL time = { 10, 0 };
    FD_ZERO(&failed);
    FD_SET(s, &failed);
    CHECK_EQ(select(0, NULL, NULL, &failed, &time), 1);
    CHECK_VALUE(s, SOL_SOCKET, SO_ERROR, WSAECONNREFUSED);
    CHECK_VALUE(s, SOL_SOCKET, SO_ERROR, WSAECONNREFUSED);
}

TEST(k_025_type) {
    CHECK_VALUE(tcp(), SOL_SOCKET, SO_TYPE, SOCK_STREAM);
    CHECK_VALUE(udp(), SOL_SOCKET, SO_TYPE, SOCK_DGRAM);
    CHECK_VALUE(udp6(), SOL_SOCKET, SO_TYPE, SOCK_DGRAM);
}

TEST(k_028_longest_message) {
    SOCKET u = udp(), to = udp_at("127.0.0.1", 0);
    SA4 at = name_of(to);
    char *block = fill(70000);
    CHECK_VALUE(u, SOL_SOCKET, SO_MAX_MSG_SIZE, 65507);
    CHECK_EQ(sendto(u, block, 65507, 0, (SA *)&at, sizeof at), 65507);
    CHECK_SOCK_ERR(sendto(u, block, 65508, 0, (SA *)&at, sizeof at), WSAEMSGSIZE);
    CHECK_NO_OPTION(tcp(), SOL_SOCKET, SO_MAX_MSG_SIZE, WSAENOPROTOOPT);
}

TEST(k_031_conditional_accept) {
    SA4 at;
    SOCKET s = bound(), l = listener(&at);
    CHECK_FLAG(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 0);
    CHECK_SET_ERR(l, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1, WSAEINVAL);
    CHECK_VALUE(l, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 0);
    CHECK_OK(listen(s, 1));
    CHECK_SET_ERR(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 0, WSAEINVAL);
    CHECK_VALUE(s, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1);
}

TEST(k_034_randomize_port) {
    SOCKET s = tcp(), other = tcp();
    CHECK_FLAG(s, SOL_SOCKET, SO_RANDOMIZE_PORT, 0);
    CHECK_SET_ERR(bound(), SOL_SOCKET, SO_RANDOMIZE_PORT, 1, WSAEINVAL);
    CHECK_SET(other, SOL_SOCKET, SO_REUSE_UNICASTPORT, 1);
    CHECK_SET_ERR(other, SOL_SOCKET, SO_RANDOMIZE_PORT, 1, WSAEINVAL);
    CHECK_VALUE(other, SOL_SOCKET, SO_RANDOMIZE_PORT, 0);
}

TEST(k_035_port_scalability) {
    CHECK_FLAG(tcp(), SOL_SOCKET, SO_PORT_SCALABILITY, 0);
    CHECK_SET_ERR(bound(), SOL_SOCKET, SO_PORT_SCALABILITY, 1, WSAEINVAL);
}

TEST(k_036_reuse_unicast_port) {
    SOCKET s = tcp();
    SA4 at;
    SOCKET l = listener(&at);
    CHECK_FLAG(s, SOL_SOCKET, SO_REUSE_UNICASTPORT, 0);
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    CHECK(port_of(s) != 0);
    (void)l;
}

TEST(k_037_reuse_multicast_port) {
    SOCKET one = udp(), two = udp();
    CHECK_FLAG(one, SOL_SOCKET, SO_REUSE_MULTICASTPORT, 0);
    CHECK_FLAG(two, SOL_SOCKET, SO_REUSE_MULTICASTPORT, 0);
    SA4 at = v4("0.0.0.0", 0);
    CHECK_OK(bind(one, (SA *)&at, sizeof at));
    at.sin_port = htons((u_short)port_of(one));
    CHECK_OK(bind(two, (SA *)&at, sizeof at));
    CHECK_NO_OPTION(tcp(), SOL_SOCKET, SO_REUSE_MULTICASTPORT, WSAENOPROTOOPT);
}

TEST(k_040_longest_datagram) {
    SOCKET u = udp();
    CHECK_VALUE(u, SOL_SOCKET, SO_MAXDG, 65507);
    CHECK_VALUE(u, SOL_SOCKET, SO_MAXPATHDG, 65507);
    CHECK_GET_ONLY(u, SOL_SOCKET, SO_MAXDG);
    CHECK_GET_ONLY(u, SOL_SOCKET, SO_MAXPATHDG);
}

TEST(k_042_connect_time_is_get_only) {
    SOCKET client, server, s = tcp();
    connected_pair(&client, &server);
    CHECK_VALUE(s, SOL_SOCKET, SO_CONNECT_TIME, NOT_CONNECTED);
    CHECK(value_of(client, SOL_SOCKET, SO_CONNECT_TIME) < 60);
    CHECK(value_of(server, SOL_SOCKET, SO_CONNECT_TIME) < 60);
    CHECK_GET_ONLY(s, SOL_SOCKET, SO_CONNECT_TIME);
    CHECK_GET_ONLY(client, SOL_SOCKET, SO_CONNECT_TIME);
}

TEST(k_043_update_connect_context_is_set_only) {
    SOCKET client, server;
    connected_ex(&client, &server);
    CHECK_GET_ERR(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, WSAENOPROTOOPT);
    CHECK_EQ(set_bytes_error(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0), 0);
    CHECK_GET_ERR(client, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, WSAENOPROTOOPT);
    CHECK_OK(shutdown(client, SD_SEND));
}
