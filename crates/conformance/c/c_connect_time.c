/* C-113..C-121: SO_CONNECT_TIME. */
#include "harness.h"

TEST(c_113_asked_while_in_progress) {
    SA4 at;
    stuck(&at);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(SO_CONNECT_TIME, 0x700C);
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    (void)connect_time(s);
    CHECK(still_pending(ov, 0));
}

TEST(c_114_not_connected_is_all_ones) {
    SA4 at;
    stuck(&at);
    SOCKET s = bound();
    CHECK_EQ(connect_time(s), 0xFFFFFFFF);
    CHECK_EQ(connect_time(tcp()), 0xFFFFFFFF);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(connect_time(s), 0xFFFFFFFF);
}

TEST(c_115_whole_seconds_of_being_connected) {
    SOCKET s, peer;
    connected_ex(&s, &peer);
    CHECK_EQ(connect_time(s), 0);
    Sleep(2200);
    DWORD seconds = connect_time(s);
    CHECK(seconds == 2 || seconds == 3);
}

TEST(c_116_four_bytes) {
    SOCKET s, peer;
    char room[8];
    memset(room, 0x55, sizeof room);
    connected_ex(&s, &peer);
    int length = 3;
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, room, &length), WSAEFAULT);
    length = 0;
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, room, &length), WSAEFAULT);
    length = 4;
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, room, &length));
    CHECK_EQ(length, 4);
    CHECK_EQ(room[4], 0x55);
    length = 8;
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, room, &length));
    CHECK_EQ(length, 4);
    CHECK_EQ(room[4], 0x55);
}

TEST(c_117_established_although_pending) {
    SOCKET s, peer;
    OVERLAPPED *ov = connect_large(&s, &peer, NULL);
    CHECK(still_pending(ov, 100));
    CHECK_EQ(connect_time(s), 0);
    Sleep(1200);
    CHECK(connect_time(s) >= 1 && connect_time(s) < 10);
    CHECK(still_pending(ov, 0));
}

TEST(c_118_closing_such_a_connection) {
    SOCKET s, peer;
    OVERLAPPED *ov = connect_large(&s, &peer, NULL);
    CHECK(still_pending(ov, 50));
    CHECK(connect_time(s) != NOT_CONNECTED);
    drop(s);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_CANCELLED);
}

TEST(c_119_setting_it_is_wsaenoprotoopt) {
    SOCKET s, peer;
    DWORD value = 5;
    connected_ex(&s, &peer);
    update_context(s);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&value, sizeof value), WSAENOPROTOOPT);
}

TEST(c_120_all_ones_again_after_reuse_and_failure) {
    SA4 bad = refusing();
    SOCKET s = bound(), client, server;
    CHECK_EQ(connect_error(s, &bad), WSAECONNREFUSED);
    CHECK_EQ(connect_time(s), NOT_CONNECTED);
    connected_ex(&client, &server);
    CHECK_EQ(connect_time(client), 0);
    drop(server);
    CHECK_EQ(start_disconnect(client, NULL, TF_REUSE_SOCKET), 0);
    CHECK_EQ(connect_time(client), NOT_CONNECTED);
}

TEST(c_121_sockets_of_connect_and_accept) {
    SOCKET client, server;
    connected_pair(&client, &server);
    CHECK_EQ(connect_time(client), 0);
    CHECK_EQ(connect_time(server), 0);
    DWORD value;
    int length = sizeof value;
    CHECK_SOCK_ERR(getsockopt(udp(), SOL_SOCKET, SO_CONNECT_TIME, (char *)&value, &length), WSAENOPROTOOPT);
}
