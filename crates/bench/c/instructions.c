/*
 * The calls whose instructions are counted. Each is made by a function of its own, named count_..., so that it is found by its
 * name whatever became of the library's own functions when it was built.
 *
 *     instructions REPEATS
 */
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#define WSAGetLastError_IS_THERE
#include "contestant.h"

/* Neither inlined nor made one with another that does the same. */
#define COUNT __attribute__((noipa))
#define PACKETS 16
/* What happens once is over after so many. */
#define WARM_UP 8

static HANDLE port;
static SOCKET listener;
static LPFN_CONNECTEX connect_ex;
static struct sockaddr_in name;
static char block[BLOCK_BYTES];
static GUID guid = WSAID_CONNECTEX;

/* One for each number in the table; the rest of the name is what the table calls it. */
#define TAKE(what)                                                                                                     \
    COUNT static BOOL count_##what(DWORD *bytes, ULONG_PTR *key, OVERLAPPED **overlapped)                              \
    {                                                                                                                  \
        return GetQueuedCompletionStatus(port, bytes, key, overlapped, INFINITE);                                      \
    }
TAKE(take_connected)
TAKE(take_sent)
TAKE(take_received)
TAKE(take_received_later)
TAKE(take_posted)

COUNT static BOOL count_take_16_posted(OVERLAPPED_ENTRY *entries, ULONG *n)
{
    return GetQueuedCompletionStatusEx(port, entries, PACKETS, n, INFINITE, FALSE);
}

COUNT static BOOL count_post(void)
{
    return PostQueuedCompletionStatus(port, 1, 2, NULL);
}

COUNT static BOOL count_connect(SOCKET s, OVERLAPPED *overlapped)
{
    return connect_ex(s, (struct sockaddr *)&name, sizeof name, block, BLOCK_BYTES, NULL, overlapped);
}

COUNT static int count_send(SOCKET s, WSABUF *buffer, OVERLAPPED *overlapped)
{
    return WSASend(s, buffer, 1, NULL, 0, overlapped, NULL);
}

COUNT static int count_receive(SOCKET s, WSABUF *buffer, DWORD *flags, OVERLAPPED *overlapped)
{
    return WSARecv(s, buffer, 1, NULL, flags, overlapped, NULL);
}

COUNT static int count_receive_pending(SOCKET s, WSABUF *buffer, DWORD *flags, OVERLAPPED *overlapped)
{
    return WSARecv(s, buffer, 1, NULL, flags, overlapped, NULL);
}

COUNT static int count_ioctl(LPFN_CONNECTEX *function, DWORD *bytes)
{
    return WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, function, sizeof *function, bytes,
                    NULL, NULL);
}

/*
 * Long enough for the kernel and the library's threads to complete what is under way, without a call of the library. Asleep:
 * valgrind runs one thread at a time, and who comes first should not be chance.
 */
static void leave_time(void)
{
    uint64_t until = now_nanoseconds() + 8000000;
    struct timespec pause = { 0, 8000000 };
    while (now_nanoseconds() < until)
        nanosleep(&pause, NULL);
}

static void take(BOOL (*how)(DWORD *, ULONG_PTR *, OVERLAPPED **), OVERLAPPED *expected, DWORD bytes_expected)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;
    leave_time();
    CHECK(how(&bytes, &key, &overlapped));
    CHECK(overlapped == expected && bytes == bytes_expected);
}

static SOCKET bound_socket(void)
{
    struct sockaddr_in any = { .sin_family = AF_INET };
    SOCKET s = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    CHECK(s != INVALID_SOCKET && bind(s, (struct sockaddr *)&any, sizeof any) == 0);
    CHECK(CreateIoCompletionPort((HANDLE)s, port, 7, 0) == port);
    return s;
}

static void close_hard(SOCKET s)
{
    struct linger linger = { 1, 0 };
    CHECK(setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger) == 0);
    CHECK(closesocket(s) == 0);
}

static void connected(OVERLAPPED *overlapped, SOCKET *ours, SOCKET *peers)
{
    char got[BLOCK_BYTES];
    *ours = bound_socket();
    memset(overlapped, 0, sizeof *overlapped);
    CHECK(!count_connect(*ours, overlapped) && WSAGetLastError() == ERROR_IO_PENDING);
    take(count_take_connected, overlapped, BLOCK_BYTES);
    CHECK(setsockopt(*ours, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0);
    *peers = accept(listener, NULL, NULL);
    CHECK(*peers != INVALID_SOCKET && recv(*peers, got, sizeof got, MSG_WAITALL) == BLOCK_BYTES);
}

static void transfers(SOCKET ours, SOCKET peers, OVERLAPPED *overlapped)
{
    char got[BLOCK_BYTES];
    WSABUF buffer = { BLOCK_BYTES, block };
    DWORD flags = 0;

    memset(overlapped, 0, sizeof *overlapped);
    CHECK(count_send(ours, &buffer, overlapped) == 0 || WSAGetLastError() == WSA_IO_PENDING);
    take(count_take_sent, overlapped, BLOCK_BYTES);
    CHECK(recv(peers, got, sizeof got, MSG_WAITALL) == BLOCK_BYTES);

    buffer.buf = got;
    CHECK(send(peers, block, BLOCK_BYTES, 0) == BLOCK_BYTES);
    leave_time();
    memset(overlapped, 0, sizeof *overlapped);
    CHECK(count_receive(ours, &buffer, &flags, overlapped) == 0 || WSAGetLastError() == WSA_IO_PENDING);
    take(count_take_received, overlapped, BLOCK_BYTES);

    memset(overlapped, 0, sizeof *overlapped);
    CHECK(count_receive_pending(ours, &buffer, &flags, overlapped) != 0 && WSAGetLastError() == WSA_IO_PENDING);
    CHECK(send(peers, block, BLOCK_BYTES, 0) == BLOCK_BYTES);
    take(count_take_received_later, overlapped, BLOCK_BYTES);
}

static void packets(void)
{
    OVERLAPPED_ENTRY entries[PACKETS];
    LPFN_CONNECTEX function;
    DWORD bytes;
    ULONG n;
    CHECK(count_post());
    take(count_take_posted, NULL, 1);
    for (int i = 0; i < PACKETS; i++)
        CHECK(PostQueuedCompletionStatus(port, 1, 2, NULL));
    CHECK(count_take_16_posted(entries, &n) && n == PACKETS);
    CHECK(count_ioctl(&function, &bytes) == 0 && function == connect_ex);
}

int main(int count, char **arguments)
{
    OVERLAPPED overlapped;
    SOCKET ours, peers;
    int length = sizeof name;
    DWORD bytes;
    WSADATA data;
    CHECK(count == 2 && WSAStartup(MAKEWORD(2, 2), &data) == 0);
    listener = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener, (struct sockaddr *)&name, sizeof name) == 0 && listen(listener, SOMAXCONN) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&name, &length) == 0);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    CHECK(port != NULL);
    CHECK(count_ioctl(&connect_ex, &bytes) == 0);
    for (int i = 0; i < atoi(arguments[1]) + WARM_UP; i++) {
        connected(&overlapped, &ours, &peers);
        transfers(ours, peers, &overlapped);
        packets();
        close_hard(ours);
        close_hard(peers);
    }
    fflush(stdout);
    _Exit(0);
}
