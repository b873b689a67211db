/*
 * The Windows program: an echo server on AcceptEx, WSARecv and WSASend, and a client on ConnectEx, both at a completion
 * port. The same source is built for linsock and, by mingw-w64, for Windows.
 *
 *     winsock echo THREADS HOLD                  HOLD: accept so many before the first receive
 *     winsock connect PORT THREADS HOLD SILENT   HOLD: so many connections to the port SILENT, which never answers
 */
#define __USE_MINGW_ANSI_STDIO 1
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>
#define WSAGetLastError_IS_THERE
#include "contestant.h"

#define ENTRIES 64
#define ACCEPTS 64
/* What AcceptEx wants for each address. */
#define ADDRESS_BYTES (sizeof(struct sockaddr_in) + 16)

typedef enum { ACCEPTING, RECEIVING, SENDING, CONNECTING, SILENT } What;

typedef struct {
    OVERLAPPED overlapped; /* first: a completion is found by it */
    What what;
    SOCKET socket;
    uint64_t started;
    WSABUF buffer;
    char bytes[2 * ADDRESS_BYTES];
} Slot;

static HANDLE port;
static SOCKET listener;
static LPFN_ACCEPTEX accept_ex;
static LPFN_CONNECTEX connect_ex;
static struct sockaddr_in peer, silent;
static unsigned char block[BLOCK_BYTES];
static Slot **slots;         /* those that are held */
static int hold;
static LONG held, begun;
static HANDLE turn;          /* set when the main thread's turn comes */
static uint64_t running, ended;
static int alone;            /* one in flight: packets are taken one by one */

/* Keys of packets that nothing completed; those of sockets are 0. */
enum { BEGIN_HELD = 1, BEGIN_ROUND = 2 };

static struct sockaddr_in address(unsigned ip, unsigned short at)
{
    struct sockaddr_in name;
    memset(&name, 0, sizeof name);
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(ip);
    name.sin_port = htons(at);
    return name;
}

static SOCKET new_socket(void)
{
    SOCKET s = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    CHECK(s != INVALID_SOCKET);
    return s;
}

static void associate(SOCKET s)
{
    CHECK(CreateIoCompletionPort((HANDLE)s, port, 0, 0) == port);
}

static Slot *new_slot(void)
{
    /* Written to at once: memory that was never touched takes none. */
    Slot *slot = malloc(sizeof *slot);
    CHECK(slot != NULL);
    memset(slot, 1, sizeof *slot);
    return slot;
}

static void close_hard(SOCKET s)
{
    struct linger linger = { 1, 0 };
    setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger);
    closesocket(s);
}

/* Echo. */

static void start_accept(Slot *slot)
{
    DWORD bytes;
    memset(&slot->overlapped, 0, sizeof slot->overlapped);
    slot->what = ACCEPTING;
    slot->socket = new_socket();
    CHECK(accept_ex(listener, slot->socket, slot->bytes, 0, ADDRESS_BYTES, ADDRESS_BYTES, &bytes, &slot->overlapped) ||
          WSAGetLastError() == ERROR_IO_PENDING);
}

static void start_receive(Slot *slot)
{
    DWORD flags = 0;
    memset(&slot->overlapped, 0, sizeof slot->overlapped);
    slot->what = RECEIVING;
    slot->buffer.buf = slot->bytes;
    slot->buffer.len = BLOCK_BYTES;
    if (WSARecv(slot->socket, &slot->buffer, 1, NULL, &flags, &slot->overlapped, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING) {
        closesocket(slot->socket);
        free(slot);
    }
}

static void start_send(Slot *slot, DWORD bytes)
{
    memset(&slot->overlapped, 0, sizeof slot->overlapped);
    slot->what = SENDING;
    slot->buffer.len = bytes;
    if (WSASend(slot->socket, &slot->buffer, 1, NULL, 0, &slot->overlapped, NULL) != 0 &&
        WSAGetLastError() != WSA_IO_PENDING) {
        closesocket(slot->socket);
        free(slot);
    }
}

static void accepted(Slot *slot)
{
    Slot *connection = new_slot();
    int on = 1;
    CHECK(setsockopt(slot->socket, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&listener, sizeof listener) == 0);
    setsockopt(slot->socket, IPPROTO_TCP, TCP_NODELAY, (char *)&on, sizeof on);
    associate(slot->socket);
    connection->socket = slot->socket;
    LONG number = InterlockedIncrement(&held);
    if (number > hold) {
        start_receive(connection);
    } else {
        slots[number - 1] = connection;
        if (number == hold)
            SetEvent(turn);
    }
    start_accept(slot);
}

/* Connect and send. */

static SOCKET bound_socket(void)
{
    struct sockaddr_in any = address(INADDR_ANY, 0);
    SOCKET s = new_socket();
    CHECK(bind(s, (struct sockaddr *)&any, sizeof any) == 0);
    associate(s);
    return s;
}

static void start_connect(Slot *slot, const struct sockaddr_in *to)
{
    memset(&slot->overlapped, 0, sizeof slot->overlapped);
    CHECK(connect_ex(slot->socket, (const struct sockaddr *)to, sizeof *to, block, BLOCK_BYTES, NULL,
                     &slot->overlapped) || WSAGetLastError() == ERROR_IO_PENDING);
}

/* Another connection, or one fewer under way. */
static void next_connection(Slot *slot, uint64_t now)
{
    if (round_take(now)) {
        slot->what = CONNECTING;
        slot->started = now;
        slot->socket = bound_socket();
        start_connect(slot, &peer);
        return;
    }
    free(slot);
    if (__atomic_sub_fetch(&running, 1, __ATOMIC_ACQ_REL) == 0)
        SetEvent(turn);
}

static void connected(Slot *slot, DWORD bytes)
{
    uint64_t now = now_nanoseconds();
    CHECK(bytes == BLOCK_BYTES);
    latency_record(now - slot->started);
    CHECK(setsockopt(slot->socket, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0) == 0);
    close_hard(slot->socket);
    __atomic_fetch_add(&ended, 1, __ATOMIC_RELAXED);
    next_connection(slot, now);
}

/* The workers. */

static void begin_held(void)
{
    for (int i = 0; i < hold; i++) {
        if (slots[i]->what == SILENT) {
            struct sockaddr_in to = silent;
            to.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (unsigned)(i / PER_ADDRESS));
            start_connect(slots[i], &to);
        } else {
            start_receive(slots[i]);
        }
    }
    begun = 1;
    SetEvent(turn);
}

static void see(OVERLAPPED *overlapped, DWORD bytes, ULONG_PTR key, int ok)
{
    Slot *slot = (Slot *)overlapped;
    if (key == BEGIN_HELD) {
        begin_held();
        return;
    }
    if (key == BEGIN_ROUND) {
        next_connection(slot, now_nanoseconds());
        return;
    }
    switch (slot->what) {
    case ACCEPTING:
        CHECK(ok);
        accepted(slot);
        break;
    case RECEIVING:
        if (ok && bytes > 0) {
            start_send(slot, bytes);
        } else {
            closesocket(slot->socket);
            free(slot);
        }
        break;
    case SENDING:
        start_receive(slot);
        break;
    case CONNECTING:
        CHECK(ok);
        connected(slot, bytes);
        break;
    case SILENT:
        /* Given up by the kernel after minutes. */
        break;
    }
}

static DWORD WINAPI work(void *unused)
{
    OVERLAPPED_ENTRY entries[ENTRIES];
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    ULONG n;
    DWORD bytes;
    (void)unused;
    for (;;) {
        if (alone) {
            BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
            CHECK(ok || overlapped != NULL);
            see(overlapped, bytes, key, ok);
            continue;
        }
        CHECK(GetQueuedCompletionStatusEx(port, entries, ENTRIES, &n, INFINITE, FALSE));
        for (ULONG i = 0; i < n; i++)
            see(entries[i].lpOverlapped, entries[i].dwNumberOfBytesTransferred, entries[i].lpCompletionKey,
                entries[i].lpOverlapped == NULL || entries[i].lpOverlapped->Internal == 0);
    }
    return 0;
}

static void extension(const GUID *guid, void *function, int bytes)
{
    DWORD n;
    CHECK(WSAIoctl(listener, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)guid, sizeof *guid, function, bytes, &n, NULL,
                   NULL) == 0);
}

static void begin(int threads)
{
    GUID accepting = WSAID_ACCEPTEX, connecting = WSAID_CONNECTEX;
    slots = calloc((size_t)hold + 1, sizeof *slots);
    turn = CreateEventA(NULL, FALSE, FALSE, NULL);
    listener = new_socket();
    extension(&accepting, &accept_ex, sizeof accept_ex);
    extension(&connecting, &connect_ex, sizeof connect_ex);
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, (DWORD)threads);
    CHECK(port != NULL && turn != NULL && slots != NULL);
    for (int i = 0; i < threads; i++)
        CHECK(CreateThread(NULL, 0, work, NULL, 0, NULL) != NULL);
}

/* Tells that they are held, and begins them when told to. */
static void hold_and_begin(void)
{
    if (hold == 0)
        return;
    say("held", hold);
    CHECK(hear());
    CHECK(PostQueuedCompletionStatus(port, 0, BEGIN_HELD, NULL));
    CHECK(WaitForSingleObject(turn, INFINITE) == WAIT_OBJECT_0);
    say("held", hold);
}

static void echo(int threads)
{
    struct sockaddr_in name = address(INADDR_ANY, 0);
    int length = sizeof name;
    begin(threads);
    CHECK(bind(listener, (struct sockaddr *)&name, sizeof name) == 0);
    CHECK(listen(listener, SOMAXCONN) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&name, &length) == 0);
    associate(listener);
    for (int i = 0; i < ACCEPTS; i++)
        start_accept(new_slot());
    say("port", ntohs(name.sin_port));
    if (hold > 0)
        CHECK(WaitForSingleObject(turn, INFINITE) == WAIT_OBJECT_0);
    hold_and_begin();
    while (hear())
        ;
}

static void connect_and_send(int threads)
{
    begin(threads);
    block_fill(block);
    for (int i = 0; i < hold; i++) {
        slots[i] = new_slot();
        slots[i]->what = SILENT;
        slots[i]->socket = bound_socket();
    }
    hold_and_begin();
    while (round_read()) {
        ended = 0;
        running = contestant_round.in_flight;
        for (uint64_t i = 0; i < contestant_round.in_flight; i++)
            CHECK(PostQueuedCompletionStatus(port, 0, BEGIN_ROUND, &new_slot()->overlapped));
        CHECK(WaitForSingleObject(turn, INFINITE) == WAIT_OBJECT_0);
        round_answer(ended);
    }
}

int main(int count, char **arguments)
{
    WSADATA data;
    CHECK(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    alone = getenv("LINSOCK_BENCH_ALONE") != NULL;
    if (count == 4 && strcmp(arguments[1], "echo") == 0) {
        hold = atoi(arguments[3]);
        echo(atoi(arguments[2]));
    } else if (count == 6 && strcmp(arguments[1], "connect") == 0) {
        peer = address(INADDR_LOOPBACK, (unsigned short)atoi(arguments[2]));
        hold = atoi(arguments[4]);
        silent = address(INADDR_LOOPBACK, (unsigned short)atoi(arguments[5]));
        connect_and_send(atoi(arguments[3]));
    } else {
        fprintf(stderr, "winsock echo THREADS HOLD | winsock connect PORT THREADS HOLD SILENT\n");
        return 2;
    }
    fflush(stdout);
    _Exit(0);
}
