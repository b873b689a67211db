/* P-038, F-006: handles of a socket made by DuplicateHandle. */
#include "harness.h"

static HANDLE duplicate(HANDLE of) {
    HANDLE made = NULL;
    CHECK(DuplicateHandle(GetCurrentProcess(), of, GetCurrentProcess(), &made, 0, FALSE, DUPLICATE_SAME_ACCESS));
    CHECK(made != NULL && made != of);
    return made;
}

static void takes(HANDLE port, ULONG_PTR key, OVERLAPPED *ov, DWORD count) {
    DWORD bytes = 0;
    ULONG_PTR got_key = 0;
    OVERLAPPED *got = NULL;
    CHECK(GetQueuedCompletionStatus(port, &bytes, &got_key, &got, 5000));
    CHECK_EQ(got_key, key);
    CHECK(got == ov);
    CHECK_EQ(bytes, count);
}

/* Starts a ReadFile; 0 for TRUE, else the last error. */
static int read_by(HANDLE handle, char *into, DWORD length, OVERLAPPED *ov) {
    SetLastError(0xdead);
    return ReadFile(handle, into, length, NULL, ov) ? 0 : (int)GetLastError();
}

TEST(p_038_a_duplicate_delivers_to_the_same_port) {
    SOCKET s, peer;
    static char got[4];
    connected_pair(&s, &peer);
    HANDLE port = port_for(s, 0x77), second = duplicate((HANDLE)s);
    OVERLAPPED *read = op_plain(), *written = op_plain();
    int error = read_by(second, got, sizeof got, read);
    CHECK(error == 0 || error == ERROR_IO_PENDING);
    send_all(peer, "1234", 4);
    takes(port, 0x77, read, 4);
    CHECK(memcmp(got, "1234", 4) == 0);
    CHECK(WriteFile(second, "ab", 2, NULL, written) || GetLastError() == ERROR_IO_PENDING);
    takes(port, 0x77, written, 2);
    read_exactly(peer, got, 2);
    CHECK(memcmp(got, "ab", 2) == 0);
    CHECK(CloseHandle(second));
}

TEST(p_038_the_duplicate_is_associated_too) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    HANDLE second = duplicate((HANDLE)s), port = new_port(0);
    static char got[1];
    OVERLAPPED *ov = op_plain();
    CHECK(CreateIoCompletionPort(second, port, 5, 0) == port);
    CHECK_BOOL_ERR(CreateIoCompletionPort((HANDLE)s, port, 6, 0) != NULL, ERROR_INVALID_PARAMETER);
    CHECK_EQ(read_by((HANDLE)s, got, 1, ov), ERROR_IO_PENDING);
    send_all(peer, "x", 1);
    takes(port, 5, ov, 1);
    CHECK(CloseHandle(second));
}

TEST(p_038_a_duplicate_of_the_port) {
    SOCKET s, peer;
    connected_pair(&s, &peer);
    HANDLE port = port_for(s, 9), second = duplicate(port);
    static char got[1];
    OVERLAPPED *ov = op_plain(), mine;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *none = &mine;
    CHECK(PostQueuedCompletionStatus(port, 1, 2, &mine));
    takes(second, 2, &mine, 1);
    CHECK_EQ(read_by((HANDLE)s, got, 1, ov), ERROR_IO_PENDING);
    send_all(peer, "x", 1);
    takes(second, 9, ov, 1);
    /* Closing one handle leaves the port to the other. */
    CHECK(CloseHandle(second));
    CHECK_BOOL_ERR(GetQueuedCompletionStatus(second, &bytes, &key, &none, 0), ERROR_INVALID_HANDLE);
    CHECK(PostQueuedCompletionStatus(port, 3, 4, &mine));
    takes(port, 4, &mine, 3);
}

TEST(f_006_a_duplicate_is_no_socket) {
    SOCKET s, peer;
    char byte;
    SA4 name;
    int length = sizeof name;
    connected_pair(&s, &peer);
    HANDLE second = duplicate((HANDLE)s);
    CHECK_SOCK_ERR(send((SOCKET)second, "x", 1, 0), WSAENOTSOCK);
    CHECK_SOCK_ERR(recv((SOCKET)second, &byte, 1, 0), WSAENOTSOCK);
    CHECK_SOCK_ERR(getsockname((SOCKET)second, (SA *)&name, &length), WSAENOTSOCK);
    CHECK_SOCK_ERR(closesocket((SOCKET)second), WSAENOTSOCK);
    CHECK(CloseHandle(second));
}

TEST(f_006_closing_a_duplicate_leaves_the_socket) {
    SOCKET s, peer;
    static char got[1];
    connected_pair(&s, &peer);
    HANDLE second = duplicate((HANDLE)s);
    OVERLAPPED *ov = op_event(), *again = op_event();
    CHECK_EQ(read_by(second, got, 1, ov), ERROR_IO_PENDING);
    CHECK(CancelIoEx(second, ov));
    CHECK_EQ(finish(s, ov, 5000, NULL), ERROR_OPERATION_ABORTED);
    CHECK(CloseHandle(second));
    CHECK_EQ(read_by(second, got, 1, again), ERROR_INVALID_HANDLE);
    CHECK_BOOL_ERR(CancelIo(second), ERROR_INVALID_HANDLE);
    CHECK_BOOL_ERR(CloseHandle(second), ERROR_INVALID_HANDLE);
    send_all(s, "y", 1);
    read_exactly(peer, got, 1);
    CHECK_EQ(got[0], 'y');
}
