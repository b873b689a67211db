/* What every clause test leans on. The tests are plain Windows source: whatever differs between the two worlds they are
 * built in (mingw under Wine, gcc with linsock's headers) is hidden here and in harness.c. */
#ifndef LINSOCK_CONFORMANCE_HARNESS_H
#define LINSOCK_CONFORMANCE_HARNESS_H

/* Some headers show what is newer only to who asks for the newer system. */
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#define NTDDI_VERSION 0x0A00000C
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __linux__
#include <linsock.h>
#define ON_WINDOWS 0
#else
#define ON_WINDOWS 1
int linsock_set_timed_wait_delay(unsigned seconds);
int linsock_timed_wait_delay(void);
#endif

/* Numbers that older headers lack. */
#ifndef SO_REUSE_UNICASTPORT
#define SO_REUSE_UNICASTPORT 0x3007
#endif
#ifndef TCP_MAXRT
#define TCP_MAXRT 5
#endif
#ifndef TCP_FASTOPEN
#define TCP_FASTOPEN 15
#endif
#ifndef STATUS_PENDING
#define STATUS_PENDING ((DWORD)0x00000103)
#endif
#define ST_SUCCESS            0x00000000u
#define ST_PENDING            0x00000103u
#define ST_CANCELLED          0xC0000120u
#define ST_CONNECTION_REFUSED 0xC0000236u
#define ST_CONNECTION_ABORTED 0xC0000241u
#define NOT_CONNECTED         0xFFFFFFFFu /* SO_CONNECT_TIME of a socket that is not connected */

/* ---- tests ---------------------------------------------------------------------------------------------------- */

enum { SLOW = 1, RAW = 2 }; /* RAW: the harness calls no WSAStartup for it */

struct test {
    const char *name, *env;
    int flags;
    void (*run)(void);
    struct test *next;
};
void harness_register(struct test *);

#define TEST_FULL(name, env, flags)                                                                                    \
    static void name(void);                                                                                            \
    static struct test test_##name = { #name, env, flags, name, NULL };                                                \
    __attribute__((constructor)) static void register_##name(void) { harness_register(&test_##name); }                 \
    static void name(void)
#define TEST(name) TEST_FULL(name, "", 0)
#define TEST_ENV(name, env) TEST_FULL(name, env, 0) /* "KEY=value KEY=value", set before the process starts */
#define TEST_SLOW(name) TEST_FULL(name, "", SLOW)
#define TEST_RAW(name) TEST_FULL(name, "", RAW)

/* A check that fails ends its test, and only that; use them on the thread of the test. */
__attribute__((noreturn, format(printf, 3, 4))) void harness_fail(const char *file, int line, const char *what, ...);
__attribute__((noreturn)) void harness_skip(const char *reason);
void harness_eq(const char *file, int line, const char *what, long long got, long long want);

#define FAIL(...) harness_fail(__FILE__, __LINE__, __VA_ARGS__)
#define CHECK(condition) do { if (!(condition)) FAIL("%s", #condition); } while (0)
#define CHECK_EQ(got, want) harness_eq(__FILE__, __LINE__, #got, (long long)(got), (long long)(want))
#define CHECK_STATUS(ov, want) CHECK_EQ((DWORD)(ov)->Internal, (DWORD)(want))
/* The call fails (0 from a BOOL, SOCKET_ERROR from the others) and the last error is `error`. */
#define CHECK_BOOL_ERR(call, error)                                                                                    \
    do { WSASetLastError(0); CHECK_EQ(!!(call), 0); CHECK_EQ(WSAGetLastError(), error); } while (0)
#define CHECK_SOCK_ERR(call, error)                                                                                    \
    do { WSASetLastError(0); CHECK_EQ((call), SOCKET_ERROR); CHECK_EQ(WSAGetLastError(), error); } while (0)
#define CHECK_OK(call) harness_ok(__FILE__, __LINE__, #call, (call))
void harness_ok(const char *file, int line, const char *what, int result);
#define SKIP(reason) harness_skip(reason)
#define NATIVE_ONLY(reason) do { if (ON_WINDOWS) SKIP(reason); } while (0)

/* ---- sockets and addresses; all are closed by the harness when the test ends ------------------------------------ */

typedef struct sockaddr SA;
typedef struct sockaddr_in SA4;
typedef struct sockaddr_in6 SA6;

SOCKET own(SOCKET s);                  /* remembers it for closing; fails the test on INVALID_SOCKET */
void drop(SOCKET s);                   /* closes now, and checks that it worked */
SOCKET tcp(void);
SOCKET tcp6(void);
SOCKET udp(void);
SOCKET bound(void);                    /* TCP, bound to 0.0.0.0 port 0 */
SOCKET bound_at(const char *ip, int port);
SA4 v4(const char *ip, int port);      /* port in host order */
SA6 v6(const char *ip, int port);
SA4 name_of(SOCKET s);                 /* getsockname */
int port_of(SOCKET s);                 /* from getsockname, host order */
SOCKET listener(SA4 *at);              /* on 127.0.0.1 */
SOCKET listener6(SA6 *at);             /* on ::1 */
SOCKET stuck(SA4 *at);                 /* a listener whose backlog is full: nobody answers a SYN, attempts stay pending */
SA4 refusing(void);                    /* a port held without a listener: attempts are refused */
SOCKET accept_one(SOCKET l);
void connected_pair(SOCKET *client, SOCKET *server);    /* by connect and accept */
void connected_ex(SOCKET *client, SOCKET *server);      /* by ConnectEx, without SO_UPDATE_CONNECT_CONTEXT */
void update_context(SOCKET s);
void hard_close(SOCKET s);             /* SO_LINGER {1, 0}: the peer gets a reset */
void nonblocking(SOCKET s);
void read_exactly(SOCKET s, char *into, int length);
void send_all(SOCKET s, const char *from, int length);
void receive_timeout(SOCKET s, DWORD ms);
DWORD connect_time(SOCKET s);          /* getsockopt(SO_CONNECT_TIME), which must succeed */

/* ---- overlapped operations ---------------------------------------------------------------------------------------- */

/* Never on the stack: a test that fails may leave one pending. Freed with the process. */
OVERLAPPED *op_event(void);            /* hEvent is a manual-reset event, not signalled */
OVERLAPPED *op_plain(void);            /* hEvent is NULL */

LPFN_CONNECTEX connect_ex(void);
LPFN_DISCONNECTEX disconnect_ex(void);
/* Both start an operation and answer 0 for TRUE, else the last error. */
int start_connect(SOCKET s, const SA4 *to, const void *data, DWORD length, OVERLAPPED *ov);
int start_disconnect(SOCKET s, OVERLAPPED *ov, DWORD flags);
/* AcceptEx into a buffer that is freed with the process: room for `data` bytes and both addresses. `accepts` fails the test
 * if it did not start. */
enum { AREA4 = sizeof(SA4) + 16, AREA6 = sizeof(SA6) + 16, AREA = AREA6 };
void *kept(size_t bytes);              /* zeroed memory that lasts as long as the program */
char *accept_buffer(DWORD data);
int start_accept(SOCKET l, SOCKET s, char *buffer, DWORD data, OVERLAPPED *ov);
char *accepts(SOCKET l, SOCKET s, DWORD data, OVERLAPPED *ov);
void accept_context(SOCKET s, SOCKET l);           /* SO_UPDATE_ACCEPT_CONTEXT, which must succeed */
SOCKET connected_to(const SA4 *at);                /* by connect, from a port of its own */
/* Wait for an operation and give its Win32 code (0 = success); the test fails if it is not over after `ms`. */
DWORD finish(SOCKET s, OVERLAPPED *ov, DWORD ms, DWORD *bytes);
/* The same with the code that WSAGetOverlappedResult gives. */
int finish_wsa(SOCKET s, OVERLAPPED *ov, DWORD ms, DWORD *bytes);
/* Starts and waits: the WSA code of the whole attempt, told at once or later. */
int connect_error(SOCKET s, const SA4 *to);
void connect_ok(SOCKET s, const SA4 *to);          /* ConnectEx without data, to its end */
/* A ConnectEx to a peer that accepts and does not read, with more data than fits: pending, yet established. */
enum { LARGE = 64 << 20 };
OVERLAPPED *connect_large(SOCKET *s, SOCKET *peer, const char **block);
int still_pending(OVERLAPPED *ov, DWORD ms);       /* watches for `ms` */

HANDLE new_port(DWORD concurrency);
HANDLE port_for(SOCKET s, ULONG_PTR key);          /* a port with s associated */
int no_packet(HANDLE port, DWORD ms);

/* ---- threads, time, memory ------------------------------------------------------------------------------------------- */

HANDLE thread(DWORD (WINAPI *body)(void *), void *argument);
DWORD join(HANDLE thread);             /* its exit code */
ULONGLONG now_ms(void);
char *fill(int length);                /* a block with a recognisable pattern; freed with the process */
int matches(const char *block, int length, int offset);
/* The last `readable` bytes before a page that cannot be touched. */
char *before_a_hole(int readable);
char *read_only_page(void);
#define UNMAPPED ((void *)(ULONG_PTR)0x10)
int thread_count(void);                /* of this process; 0 where it cannot be told */
void host_sleep(DWORD ms);             /* blocks in the host's own call, which linsock cannot see */
void vanish(void);                     /* ends this thread in the host, as if killed: nothing runs for it any more */
void asleep(DWORD id);                 /* waits until a thread sleeps, in the call that it was about to make */
int descriptor_count(void);            /* open descriptors; 0 where they cannot be counted */
const char *wrong_backend(void);       /* the one in use, if LINSOCK_BACKEND forces another */
int in_child(int (*body)(void));       /* runs it after fork; its result, or -1 */
void deaf(SOCKET s);                   /* its host takes no segment in any more and answers none; native only */
int data_in_syn(SOCKET s);             /* whether data came in the SYN of this connection; -1 where it cannot be told */
int in_time_wait(const SA4 *a, const SA4 *b);   /* whether the kernel keeps this pair in TIME_WAIT, from either end; native only */
enum heard { HEARD_NOTHING, HEARD_DATA, HEARD_END, HEARD_RESET, HEARD_ELSE };
int outside_connect(const SA4 *to);    /* a connection of the host's own, of which linsock knows nothing; native only */
enum heard outside_hears(int s, DWORD ms);      /* what comes to it within `ms` */
void count_pipe_signals(void);         /* SIGPIPE is counted from now on, as a program's own handler would; native only */
int pipe_signals(void);                /* how many came */
int become_user(int user);             /* the host's user by number, as superuser; -1 if that cannot be */
int add_address(const char *ip);       /* gives loopback one more, in a network of the test's own; 0 where that cannot be */
int add_address6(const char *ip);      /* the same of IPv6; loopback's scope is LOOPBACK_SCOPE */
enum { LOOPBACK_SCOPE = 1 };
unsigned flow_label_of_peer(SOCKET s); /* what an accepted connection's first segment carried; native only */
int host_errno(void);
void set_host_errno(int value);
int host_option(SOCKET s, int level, int name); /* what the host's kernel says, by its own numbers; native only */
long long memory_in_use(void);         /* resident bytes of this process; native only */
void watch(const char *test, int seconds);  /* under Wine: ends the process when the test takes longer; 0 = not any more */

#endif
