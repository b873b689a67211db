/* K-039: SO_OPENTYPE, which belongs to the thread. */
#include "harness.h"
#ifndef SO_SYNCHRONOUS_NONALERT
#define SO_SYNCHRONOUS_NONALERT 0x20
#endif

static void open_type(DWORD value) {
    CHECK_OK(setsockopt(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, (char *)&value, sizeof value));
}

static int is_overlapped(SOCKET s) {
    return CreateIoCompletionPort((HANDLE)s, new_port(0), 0, 0) != NULL;
}

static DWORD WINAPI asks(void *nothing) {
    DWORD value = 12345;
    int length = sizeof value;
    (void)nothing;
    return getsockopt(INVALID_SOCKET, SOL_SOCKET, SO_OPENTYPE, (char *)&value, &length) == 0 ? value : 54321;
}

TEST(k_039_not_overlapped_from_now_on) {
    SOCKET before = tcp();
    open_type(SO_SYNCHRONOUS_NONALERT);
    SOCKET s = tcp(), told = own(WSASocketA(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED));
    CHECK_EQ(asks(NULL), SO_SYNCHRONOUS_NONALERT);
    CHECK_EQ(join(thread(asks, NULL)), 0);
    open_type(0);
    SOCKET after = tcp();
    CHECK(is_overlapped(before));
    CHECK(!is_overlapped(s));
    CHECK(is_overlapped(told));
    CHECK(is_overlapped(after));
}

TEST(k_039_blocking_calls_work_all_the_same) {
    SA4 at;
    char byte;
    SOCKET l = listener(&at);
    open_type(SO_SYNCHRONOUS_NONALERT);
    SOCKET s = tcp();
    open_type(0);
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    SOCKET peer = accept_one(l);
    CHECK_EQ(send(s, "a", 1, 0), 1);
    CHECK_EQ(recv(peer, &byte, 1, 0), 1);
}
