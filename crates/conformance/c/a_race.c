/* under load: connections come while accept sockets are closed, cancelled and posted anew. */
#include "harness.h"

enum { SLOTS = 24, CONNECTIONS = 1500, CLIENTS = 3, WORKERS = 3 };

struct slot {
    OVERLAPPED ov; /* first, so that a packet leads back here */
    SOCKET socket;
    DWORD data;
    volatile LONG pending;
    char buffer[8 + 2 * AREA];
};

static SOCKET the_listener;
static HANDLE the_port;
static SA4 the_address;
static struct slot slots[SLOTS];
static volatile LONG served, aborted, posted, twice, odd, connected, ending;

/* Puts a socket of its own into a slot and posts it. */
static int post(struct slot *slot) {
    DWORD received;
    slot->socket = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    if (slot->socket == INVALID_SOCKET) return 0;
    memset(&slot->ov, 0, sizeof slot->ov);
    if (InterlockedExchange(&slot->pending, 1)) InterlockedIncrement(&twice);
    InterlockedIncrement(&posted);
    SOCKET s = slot->socket;
    if (AcceptEx(the_listener, s, slot->buffer, slot->data, AREA, AREA, &received, &slot->ov)) return 1;
    if (WSAGetLastError() == ERROR_IO_PENDING) return 1;
    InterlockedDecrement(&posted);
    InterlockedExchange(&slot->pending, 0);
    closesocket(s);
    return 0;
}

static DWORD WINAPI worker(void *unused) {
    (void)unused;
    for (;;) {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *ov = NULL;
        BOOL good = GetQueuedCompletionStatus(the_port, &bytes, &key, &ov, 10000);
        if (!ov) return good ? 0 : 1;
        struct slot *slot = (struct slot *)ov;
        if (!InterlockedExchange(&slot->pending, 0)) InterlockedIncrement(&twice);
        if (good) {
            SOCKET s = slot->socket;
            char byte = 0;
            if (slot->data) {
                if (bytes != 1 || slot->buffer[0] != 'q') InterlockedIncrement(&odd);
            } else if (recv(s, &byte, 1, 0) != 1 || byte != 'q') {
                InterlockedIncrement(&odd);
            }
            if (send(s, "a", 1, 0) != 1) InterlockedIncrement(&odd);
            InterlockedIncrement(&served);
            closesocket(s);
        } else {
            if (GetLastError() != ERROR_OPERATION_ABORTED) InterlockedIncrement(&odd);
            InterlockedIncrement(&aborted);
            /* Closed by the disturber already, or cancelled through the listener. */
            SOCKET s = (SOCKET)InterlockedExchangePointer((PVOID volatile *)&slot->socket, (PVOID)INVALID_SOCKET);
            if (s != INVALID_SOCKET) closesocket(s);
        }
        if (!ending) post(slot);
    }
}

/* Connects again and again; a connection that is reset or closed without an answer was met by a disturbance. */
static DWORD WINAPI client(void *unused) {
    (void)unused;
    DWORD answered = 0;
    for (int i = 0; i < CONNECTIONS / CLIENTS; i++) {
        char byte = 0;
        SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
        DWORD limit = 20000;
        setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&limit, sizeof limit);
        if (connect(s, (SA *)&the_address, sizeof the_address) == 0) {
            InterlockedIncrement(&connected);
            send(s, "q", 1, 0);
            int got = recv(s, &byte, 1, 0);
            if (got == 1 && byte == 'a') answered++;
            if (got < 0 && WSAGetLastError() == WSAETIMEDOUT) InterlockedIncrement(&odd);
        }
        closesocket(s);
    }
    return answered;
}

static void run(int disturb) {
    SOCKET l = listener(&the_address);
    HANDLE workers[WORKERS], clients[CLIENTS];
    DWORD answered = 0;
    the_listener = l;
    the_port = port_for(l, 1);
    served = aborted = posted = twice = odd = connected = ending = 0;
    for (int i = 0; i < SLOTS; i++) {
        slots[i].data = i % 2 ? 8 : 0;
        CHECK(post(&slots[i]));
    }
    for (int i = 0; i < WORKERS; i++) workers[i] = thread(worker, NULL);
    for (int i = 0; i < CLIENTS; i++) clients[i] = thread(client, NULL);
    while (disturb && connected < CONNECTIONS - 50) {
        CancelIoEx((HANDLE)l, &slots[(connected * 7) % SLOTS].ov);
        Sleep(1);
    }
    for (int i = 0; i < CLIENTS; i++) answered += join(clients[i]);
    ending = 1;
    ULONGLONG until = now_ms() + 8000;
    do {
        /* Again and again: a worker may be about to post one more. */
        CancelIoEx((HANDLE)l, NULL);
        Sleep(1);
    } while (served + aborted < posted && now_ms() < until);
    for (int i = 0; i < WORKERS; i++) PostQueuedCompletionStatus(the_port, 0, 0, NULL);
    for (int i = 0; i < WORKERS; i++) CHECK_EQ(join(workers[i]), 0);
    CHECK_EQ(twice, 0);
    CHECK_EQ(odd, 0);
    CHECK_EQ(served + aborted, posted);
    CHECK_EQ(connected, CONNECTIONS);
    if (disturb) {
        CHECK(aborted > 0);
        CHECK(answered <= (DWORD)served);
    } else {
        CHECK_EQ(answered, CONNECTIONS);
        CHECK_EQ(served, CONNECTIONS);
    }
}

TEST(a_027_every_connection_is_served_once) { run(0); }

TEST(a_023_cancelled_under_load_each_ends_once) {
    NATIVE_ONLY("counts on what a cancelled AcceptEx leaves of its connection");
    run(1);
}

/* Closes accept sockets while connections are on their way into them. */
TEST(a_024_closed_under_load_each_ends_once) {
    SA4 at;
    SOCKET l = listener(&at);
    HANDLE port = port_for(l, 1);
    int done = 0, shed = 0;
    for (int round = 0; round < 300; round++) {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *first = op_plain(), *second = op_plain(), *ov;
        SOCKET one = tcp(), two = tcp(), client = tcp();
        accepts(l, one, round % 2 ? 4 : 0, first);
        accepts(l, two, 0, second);
        nonblocking(client);
        connect(client, (SA *)&at, sizeof at);
        if (round % 3) Sleep(0);
        drop(one);
        /* The connection met the first socket before it was closed, or goes to the second one. */
        ov = NULL;
        BOOL good = GetQueuedCompletionStatus(port, &bytes, &key, &ov, 5000);
        CHECK(ov == first);
        if (good) {
            done++;
        } else {
            CHECK_EQ(GetLastError(), ERROR_OPERATION_ABORTED);
            shed++;
        }
        drop(client);
        CancelIoEx((HANDLE)l, NULL);
        ov = NULL;
        GetQueuedCompletionStatus(port, &bytes, &key, &ov, 5000);
        CHECK(ov == second);
        drop(two);
        CHECK(no_packet(port, 0));
        /* Whatever is left in the backlog is not for the next round. */
        nonblocking(l);
        SOCKET left;
        while ((left = accept(l, NULL, NULL)) != INVALID_SOCKET) closesocket(left);
        u_long off = 0;
        ioctlsocket(l, FIONBIO, &off);
    }
    CHECK_EQ(done + shed, 300);
}
