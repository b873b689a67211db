/*
 * Check that Winsock's names mean Winsock's things whichever headers came
 * first. ORDER 0: winsock2.h before the C library's; 1: after; 2: between.
 * Compiled as C and as C++; the test looks at the symbols that the object asks for.
 */
#if ORDER == 0
#include <winsock2.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#if ORDER == 2
#include <winsock2.h>
#endif
#include <string.h>
#include <time.h>
#ifdef MORE_OF_LIBC
#include <sys/time.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#include <pthread.h>
#include <signal.h>
#endif
#ifdef __cplusplus
#include <functional>
#include <iostream>
#include <mutex>
#include <string>
#include <thread>
#endif
#if ORDER == 1
#include <winsock2.h>
#endif
#include <ws2tcpip.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <windows.h>
#include <ntstatus.h>

/* Names that programs take for themselves. */
LPFN_CONNECTEX ConnectEx;
LPFN_DISCONNECTEX DisconnectEx;
typedef int socklen_t;

#ifdef __cplusplus
struct Wrapper {
    int connect(int port) { return port; }
    int bind() { return 0; }
    int send(const char *) { return 0; }
};
int use_wrapper() { Wrapper w; return w.connect(1) + w.bind() + w.send("") + std::bind(&Wrapper::bind, &w)(); }
#endif

#define SAME(name, ok) typedef char name[(ok) ? 1 : -1]
SAME(u_long_is_32_bits, sizeof(u_long) == 4);
SAME(timeval_has_32_bit_fields, sizeof(struct timeval) == 8);
SAME(fd_set_is_count_and_array, sizeof(fd_set) == 8 + 8 * FD_SETSIZE);
SAME(dword_is_32_bits, sizeof(DWORD) == 4 && sizeof(LONG) == 4 && sizeof(ULONG) == 4 && sizeof(BOOL) == 4);
SAME(socket_is_a_pointer_wide, sizeof(SOCKET) == 8 && (SOCKET)-1 > 0);

static volatile LONG narrow_counter;
static volatile long wide_counter;

int main(void)
{
    fd_set set;
    struct timeval tv = { 1, 0 };
    u_long one = 1;
    char name[100];
    OVERLAPPED overlapped;
    FD_ZERO(&set);
    FD_SET(3, &set);
    select(0, &set, NULL, NULL, &tv);
    select(0, NULL, NULL, NULL, &tv);
    ioctlsocket(3, FIONBIO, &one);
    gethostname(name, sizeof name);
    connect(3, NULL, 0);
    InterlockedIncrement(&narrow_counter);
    InterlockedIncrement(&wide_counter);
    if (InterlockedCompareExchange(&narrow_counter, 1, 2) == 2) {
        return 1;
    }
    ZeroMemory(&overlapped, sizeof overlapped);
    overlapped.Offset = 0;
#ifdef MORE_OF_LIBC
    gettimeofday(&tv, NULL);
#endif
    return HasOverlappedIoCompleted(&overlapped) && FD_ISSET(3, &set) && WSASocket(2, 1, 6, NULL, 0, 1) == INVALID_SOCKET;
}
