/*
 * Check that the macros and inline functions of the headers compute what
 * Windows' do. Needs no function of the library; the same text runs on Windows.
 */
#include <stdio.h>
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

static int failed;
#define CHECK(ok) ((ok) ? (void)0 : (void)(failed = 1, printf("line %d: %s\n", __LINE__, #ok)))

static void sets(void)
{
    fd_set set;
    SOCKET s;
    FD_ZERO(&set);
    CHECK(set.fd_count == 0);
    FD_SET(5, &set);
    FD_SET(5, &set);
    CHECK(set.fd_count == 1 && FD_ISSET(5, &set) && !FD_ISSET(6, &set));
    FD_SET(1000000, &set);
    FD_SET(7, &set);
    FD_CLR(5, &set);
    CHECK(set.fd_count == 2 && !FD_ISSET(5, &set) && FD_ISSET(1000000, &set) && FD_ISSET(7, &set));
    FD_CLR(5, &set);
    CHECK(set.fd_count == 2);
    FD_ZERO(&set);
    for (s = 0; s < FD_SETSIZE + 10; s++) {
        FD_SET(s, &set);
    }
    CHECK(set.fd_count == FD_SETSIZE && FD_ISSET(FD_SETSIZE - 1, &set) && !FD_ISSET(FD_SETSIZE, &set));
}

static void words(void)
{
    CHECK(MAKEWORD(2, 1) == 0x0102 && LOBYTE(0x0102) == 2 && HIBYTE(0x0102) == 1);
    CHECK(MAKELONG(0x1234, 0x5678) == 0x56781234 && LOWORD(0x56781234) == 0x1234 && HIWORD(0x56781234) == 0x5678);
    CHECK((DWORD)FIONBIO == 0x8004667E && SIO_GET_EXTENSION_FUNCTION_POINTER == 0xC8000006);
    CHECK(INVALID_SOCKET == (SOCKET)-1 && INVALID_SOCKET > 0);
    CHECK(sizeof(TEXT("ab")) == 3 * sizeof(TCHAR));
}

static void addresses(void)
{
    IN6_ADDR a = IN6ADDR_ANY_INIT, loopback = IN6ADDR_LOOPBACK_INIT;
    CHECK(IN6_IS_ADDR_UNSPECIFIED(&a) && !IN6_IS_ADDR_LOOPBACK(&a) && !IN6_IS_ADDR_V4COMPAT(&a));
    CHECK(IN6_IS_ADDR_LOOPBACK(&loopback) && !IN6_IS_ADDR_UNSPECIFIED(&loopback) && !IN6_IS_ADDR_V4COMPAT(&loopback));
    a.s6_addr[10] = a.s6_addr[11] = 0xff;
    a.s6_addr[15] = 9;
    CHECK(IN6_IS_ADDR_V4MAPPED(&a) && !IN6_IS_ADDR_V4COMPAT(&a));
    a.s6_addr[10] = a.s6_addr[11] = 0;
    CHECK(!IN6_IS_ADDR_V4MAPPED(&a) && IN6_IS_ADDR_V4COMPAT(&a));
    a.s6_addr[0] = 0xfe, a.s6_addr[1] = 0x80;
    CHECK(IN6_IS_ADDR_LINKLOCAL(&a) && !IN6_IS_ADDR_SITELOCAL(&a) && !IN6_IS_ADDR_MULTICAST(&a));
    a.s6_addr[1] = 0xc0;
    CHECK(!IN6_IS_ADDR_LINKLOCAL(&a) && IN6_IS_ADDR_SITELOCAL(&a));
    a.s6_addr[0] = 0xff;
    CHECK(IN6_IS_ADDR_MULTICAST(&a) && !IN6_ADDR_EQUAL(&a, &loopback));
}

static void interlocked_more(void)
{
    volatile LONG n = 5;
    volatile LONG64 big = 1;
    volatile SHORT small = 1;
    CHECK(InterlockedAdd(&n, 2) == 7 && InterlockedAdd64(&big, 2) == 3 && n == 7 && big == 3);
    CHECK(InterlockedAnd64(&big, 2) == 3 && InterlockedOr64(&big, 8) == 2 && InterlockedXor64(&big, 8) == 10 && big == 2);
    CHECK(!InterlockedBitTestAndSet(&n, 3) && n == 15 && InterlockedBitTestAndReset(&n, 0) && n == 14);
    CHECK(InterlockedIncrement16(&small) == 2 && small == 2);
    CHECK(InterlockedCompareExchangeAcquire(&n, 1, 14) == 14 && n == 1);
}

static void smaller_and_larger(void)
{
    int low = 3;
    long long high = 4;
    CHECK(max(low, high) == 4 && min(low, high) == 3 && max(7, 5) == 7);
}

static void interlocked(void)
{
    volatile LONG n = 5;
    PVOID volatile p = NULL;
    CHECK(InterlockedIncrement(&n) == 6 && n == 6);
    CHECK(InterlockedDecrement(&n) == 5 && n == 5);
    CHECK(InterlockedExchange(&n, 9) == 5 && n == 9);
    CHECK(InterlockedExchangeAdd(&n, -2) == 9 && n == 7);
    CHECK(InterlockedCompareExchange(&n, 1, 8) == 7 && n == 7);
    CHECK(InterlockedCompareExchange(&n, 1, 7) == 7 && n == 1);
    CHECK(InterlockedExchangePointer(&p, (PVOID)&n) == NULL && p == (PVOID)&n);
    CHECK(InterlockedCompareExchangePointer(&p, NULL, (PVOID)&n) == (PVOID)&n && p == NULL);
}

static void overlapped(void)
{
    OVERLAPPED o;
    LARGE_INTEGER big;
    ZeroMemory(&o, sizeof o);
    CHECK(HasOverlappedIoCompleted(&o) && o.Pointer == NULL && o.hEvent == NULL);
    o.Internal = STATUS_PENDING;
    CHECK(!HasOverlappedIoCompleted(&o));
    o.Internal = 0xC0000120;
    CHECK(HasOverlappedIoCompleted(&o));
    big.QuadPart = 0x100000002;
    CHECK(big.LowPart == 2 && big.HighPart == 1 && big.u.HighPart == 1);
    CHECK(CONTAINING_RECORD(&o.hEvent, OVERLAPPED, hEvent) == &o);
}

int main(void)
{
    sets();
    words();
    addresses();
    interlocked();
    interlocked_more();
    smaller_and_larger();
    overlapped();
    if (!failed) {
        puts("all as on Windows");
    }
    return failed;
}
