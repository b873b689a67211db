/* K-003: what getsockopt and setsockopt are given to read and to write. */
#include "harness.h"

TEST(k_003_too_little_room) {
    SOCKET s = tcp();
    DWORD value = 0;
    int length = 3;
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, &length), WSAEFAULT);
    length = -1;
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, &length), WSAEFAULT);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, 3), WSAEFAULT);
}

TEST(k_003_bad_pointers) {
    SOCKET s = tcp();
    DWORD value = 7;
    int length = sizeof value;
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_RCVBUF, NULL, &length), WSAEFAULT);
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_RCVBUF, UNMAPPED, &length), WSAEFAULT);
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_RCVBUF, (char *)&value, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_RCVBUF, before_a_hole(3), &length), WSAEFAULT);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_RCVBUF, NULL, sizeof value), WSAEFAULT);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_RCVBUF, before_a_hole(3), sizeof value), WSAEFAULT);
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_RCVBUF, before_a_hole(4), &length));
}

TEST(k_003_memory_that_cannot_be_written) {
    SOCKET s = tcp();
    int length = sizeof(DWORD);
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_RCVBUF, read_only_page(), &length), WSAEFAULT);
}

TEST(k_003_neighbours_stay) {
    SOCKET s = tcp();
    unsigned char room[24];
    memset(room, 0xA5, sizeof room);
    int length = 4;
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)room + 9, &length));
    CHECK_EQ(room[9], SOCK_STREAM);
    for (int i = 0; i < 24; i++)
        if (i < 9 || i >= 13) CHECK_EQ(room[i], 0xA5);
}
