/* K-001..K-005 and the options that there are not: K-017, K-022, K-027, K-030, K-033, K-038, K-055. */
#include "options.h"

TEST(k_001_what_is_no_socket) {
    SOCKET closed = socket(AF_INET, SOCK_STREAM, 0);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    CHECK_OK(closesocket(closed));
    CHECK_NO_OPTION(closed, SOL_SOCKET, SO_KEEPALIVE, WSAENOTSOCK);
    CHECK_NO_OPTION(INVALID_SOCKET, SOL_SOCKET, SO_KEEPALIVE, WSAENOTSOCK);
    CHECK_NO_OPTION((SOCKET)event, SOL_SOCKET, SO_KEEPALIVE, WSAENOTSOCK);
    /* Before any look at what else is wrong. */
    CHECK_SOCK_ERR(getsockopt(closed, 4711, 1, NULL, NULL), WSAENOTSOCK);
    CHECK_SOCK_ERR(setsockopt(closed, 4711, 1, NULL, 0), WSAENOTSOCK);
    CloseHandle(event);
}

TEST(k_002_unknown_level_and_unknown_option) {
    SOCKET s = tcp();
    CHECK_NO_OPTION(s, 4711, 1, WSAEINVAL);
    CHECK_NO_OPTION(s, 1 /* the host's SOL_SOCKET */, 2, WSAEINVAL);
    CHECK_NO_OPTION(s, SOL_SOCKET, 0x7FFF, WSAENOPROTOOPT);
    CHECK_NO_OPTION(s, IPPROTO_TCP, 4711, WSAENOPROTOOPT);
    CHECK_NO_OPTION(s, IPPROTO_IP, 4711, WSAENOPROTOOPT);
    CHECK_NO_OPTION(tcp6(), IPPROTO_IPV6, 4711, WSAENOPROTOOPT);
    CHECK_NO_OPTION(udp(), IPPROTO_UDP, 4711, WSAENOPROTOOPT);
}

TEST(k_002_the_hosts_own_numbers_mean_nothing) {
    /* SO_REUSEPORT, SO_ATTACH_FILTER, SO_BINDTODEVICE, SO_MARK */
    static const int names[] = { 15, 26, 25, 36 };
    SOCKET s = tcp();
    for (int i = 0; i < 4; i++) CHECK_NO_OPTION(s, SOL_SOCKET, names[i], WSAENOPROTOOPT);
}

TEST(k_004_any_number_is_true) {
    SOCKET s = tcp();
    static const DWORD numbers[] = { 1, 2, 0x100, 0x80000000, 0xFFFFFFFF };
    for (int i = 0; i < 5; i++) {
        CHECK_SET(s, SOL_SOCKET, SO_KEEPALIVE, numbers[i]);
        CHECK_VALUE(s, SOL_SOCKET, SO_KEEPALIVE, 1);
        CHECK_SET(s, SOL_SOCKET, SO_KEEPALIVE, 0);
        CHECK_VALUE(s, SOL_SOCKET, SO_KEEPALIVE, 0);
    }
}

TEST(k_004_more_room_than_needed) {
    SOCKET s = tcp();
    struct { DWORD value; char rest[60]; } room;
    int length = sizeof room;
    memset(&room, 0xA5, sizeof room);
    CHECK_SET(s, SOL_SOCKET, SO_OOBINLINE, 5);
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_OOBINLINE, (char *)&room, &length));
    CHECK_EQ(length, 4);
    CHECK_EQ(room.value, 1);
    CHECK_EQ((unsigned char)room.rest[0], 0xA5);
}

TEST(k_005_set_only_and_get_only) {
    static const int get_only[] = { SO_ACCEPTCONN, SO_ERROR, SO_TYPE, 0x700C /* SO_CONNECT_TIME */ };
    SOCKET s = tcp(), u = udp();
    for (int i = 0; i < 4; i++) CHECK_GET_ONLY(s, SOL_SOCKET, get_only[i]);
    CHECK_GET_ONLY(u, SOL_SOCKET, SO_MAX_MSG_SIZE);
    CHECK_GET_ERR(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, WSAENOPROTOOPT);
    CHECK_GET_ERR(s, SOL_SOCKET, 0x7010 /* SO_UPDATE_CONNECT_CONTEXT */, WSAENOPROTOOPT);
    CHECK_GET_ERR(u, IPPROTO_IP, IP_ADD_MEMBERSHIP, WSAENOPROTOOPT);
    CHECK_GET_ERR(u, IPPROTO_IP, IP_DROP_MEMBERSHIP, WSAENOPROTOOPT);
}

TEST(k_017_use_loopback_is_refused) {
    CHECK_NO_OPTION(tcp(), SOL_SOCKET, SO_USELOOPBACK, WSAEINVAL);
    CHECK_NO_OPTION(udp(), SOL_SOCKET, SO_USELOOPBACK, WSAEINVAL);
}

TEST(k_022_low_water_marks_are_refused) {
    SOCKET s = tcp();
    CHECK_NO_OPTION(s, SOL_SOCKET, SO_SNDLOWAT, WSAEINVAL);
    CHECK_NO_OPTION(s, SOL_SOCKET, SO_RCVLOWAT, WSAEINVAL);
}

TEST(k_027_no_socket_groups) {
    SOCKET s = tcp();
    CHECK_NO_OPTION(s, SOL_SOCKET, SO_GROUP_ID, WSAENOPROTOOPT);
    CHECK_NO_OPTION(s, SOL_SOCKET, SO_GROUP_PRIORITY, WSAENOPROTOOPT);
}

TEST(k_030_no_provider_configuration) {
    CHECK_NO_OPTION(tcp(), SOL_SOCKET, PVD_CONFIG, WSAENOPROTOOPT);
}

TEST(k_033_no_compartments) {
    CHECK_NO_OPTION(tcp(), SOL_SOCKET, SO_COMPARTMENT_ID, WSAENOPROTOOPT);
}

TEST(k_038_no_connect_data) {
    SOCKET s = tcp();
    for (int name = 0x7000; name <= 0x7007; name++) CHECK_NO_OPTION(s, SOL_SOCKET, name, WSAENOPROTOOPT);
}

TEST(k_055_options_that_tcp_does_not_have) {
    SOCKET s = tcp();
    CHECK_NO_OPTION(s, IPPROTO_TCP, TCP_STDURG, WSAENOPROTOOPT);
    CHECK_NO_OPTION(s, IPPROTO_TCP, TCP_NOURG, WSAENOPROTOOPT);
    CHECK_NO_OPTION(s, IPPROTO_TCP, TCP_ATMARK, WSAENOPROTOOPT);
}
