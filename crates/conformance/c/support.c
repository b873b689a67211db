/* The helpers of the tests: sockets in the states that clauses speak of, operations, threads. */
#include "harness.h"

/* ---- what a test made and the harness takes back ------------------------------------------------------------------ */

enum { OWNED_MAX = 8192 };
static SOCKET sockets[OWNED_MAX];
static HANDLE ports[64];
static int socket_count, port_count;

SOCKET own(SOCKET s) {
    if (s == INVALID_SOCKET) FAIL("no socket, last error %d", WSAGetLastError());
    if (socket_count == OWNED_MAX) FAIL("too many sockets for one test");
    sockets[socket_count++] = s;
    return s;
}

static void forget(SOCKET s) {
    for (int i = socket_count - 1; i >= 0; i--)
        if (sockets[i] == s) {
            sockets[i] = sockets[--socket_count];
            return;
        }
}

void drop(SOCKET s) {
    forget(s);
    CHECK_OK(closesocket(s));
}

void support_after_test(void) {
    while (socket_count) closesocket(sockets[--socket_count]);
    while (port_count) CloseHandle(ports[--port_count]);
}

/* ---- sockets and addresses ------------------------------------------------------------------------------------------ */

SOCKET tcp(void) { return own(socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)); }
SOCKET tcp6(void) { return own(socket(AF_INET6, SOCK_STREAM, IPPROTO_TCP)); }
SOCKET udp(void) { return own(socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP)); }

SA4 v4(const char *ip, int port) {
    SA4 a;
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_port = htons((u_short)port);
    a.sin_addr.s_addr = inet_addr(ip);
    return a;
}

SA6 v6(const char *ip, int port) {
    SA6 a;
    memset(&a, 0, sizeof a);
    a.sin6_family = AF_INET6;
    a.sin6_port = htons((u_short)port);
    if (inet_pton(AF_INET6, ip, &a.sin6_addr) != 1) FAIL("not an IPv6 address: %s", ip);
    return a;
}

SOCKET bound_at(const char *ip, int port) {
    SOCKET s = tcp();
    SA4 a = v4(ip, port);
    CHECK_OK(bind(s, (SA *)&a, sizeof a));
    return s;
}

SOCKET bound(void) { return bound_at("0.0.0.0", 0); }

SA4 name_of(SOCKET s) {
    SA4 a;
    int length = sizeof a;
    memset(&a, 0, sizeof a);
    CHECK_OK(getsockname(s, (SA *)&a, &length));
    return a;
}

int port_of(SOCKET s) { return ntohs(name_of(s).sin_port); }

SOCKET listener(SA4 *at) {
    SOCKET l = bound_at("127.0.0.1", 0);
    CHECK_OK(listen(l, 100));
    *at = name_of(l);
    return l;
}

SOCKET listener6(SA6 *at) {
    SOCKET l = tcp6();
    int length = sizeof *at;
    *at = v6("::1", 0);
    CHECK_OK(bind(l, (SA *)at, sizeof *at));
    CHECK_OK(listen(l, 100));
    CHECK_OK(getsockname(l, (SA *)at, &length));
    return l;
}

SOCKET stuck(SA4 *at) {
    SOCKET l = bound_at("127.0.0.1", 0);
    CHECK_OK(listen(l, 1));
    *at = name_of(l);
    /* Two fill the queue of a backlog of 1; the third finds that out by not being answered. */
    for (int i = 0; i < 2; i++) CHECK_OK(connect(tcp(), (SA *)at, sizeof *at));
    SOCKET third = tcp();
    nonblocking(third);
    CHECK_SOCK_ERR(connect(third, (SA *)at, sizeof *at), WSAEWOULDBLOCK);
    return l;
}

SA4 refusing(void) { return name_of(bound_at("127.0.0.1", 0)); }

SOCKET accept_one(SOCKET l) { return own(accept(l, NULL, NULL)); }

void connected_pair(SOCKET *client, SOCKET *server) {
    SA4 at;
    SOCKET l = listener(&at);
    /* A port of its own: one that connect chooses may be shared with other programs' connections, which a bind may not. */
    *client = bound_at("127.0.0.1", 0);
    name_of(*client);
    CHECK_OK(connect(*client, (SA *)&at, sizeof at));
    *server = accept_one(l);
    drop(l);
}

void connected_ex(SOCKET *client, SOCKET *server) {
    SA4 at;
    SOCKET l = listener(&at);
    *client = bound();
    connect_ok(*client, &at);
    *server = accept_one(l);
    drop(l);
}

void update_context(SOCKET s) { CHECK_OK(setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, NULL, 0)); }

void hard_close(SOCKET s) {
    struct linger now = { 1, 0 };
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&now, sizeof now));
    drop(s);
}

void nonblocking(SOCKET s) {
    u_long on = 1;
    CHECK_OK(ioctlsocket(s, FIONBIO, &on));
}

void read_exactly(SOCKET s, char *into, int length) {
    int have = 0;
    while (have < length) {
        int got = recv(s, into + have, length - have, 0);
        if (got <= 0) FAIL("recv gave %d after %d of %d bytes, last error %d", got, have, length, WSAGetLastError());
        have += got;
    }
}

void send_all(SOCKET s, const char *from, int length) {
    while (length > 0) {
        int sent = send(s, from, length, 0);
        if (sent <= 0) FAIL("send gave %d, last error %d", sent, WSAGetLastError());
        from += sent;
        length -= sent;
    }
}

void receive_timeout(SOCKET s, DWORD ms) {
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&ms, sizeof ms));
}

DWORD connect_time(SOCKET s) {
    DWORD seconds = 12345;
    int length = sizeof seconds;
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_CONNECT_TIME, (char *)&seconds, &length));
    CHECK_EQ(length, 4);
    return seconds;
}

/* ---- operations ------------------------------------------------------------------------------------------------------- */

OVERLAPPED *op_plain(void) {
    OVERLAPPED *ov = calloc(1, sizeof *ov);
    if (!ov) FAIL("out of memory");
    return ov;
}

OVERLAPPED *op_event(void) {
    OVERLAPPED *ov = op_plain();
    ov->hEvent = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (!ov->hEvent) FAIL("CreateEvent failed with %d", (int)GetLastError());
    return ov;
}

static void *extension(const GUID *id) {
    SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    void *function = NULL;
    DWORD bytes = 0;
    int result = WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, (void *)id, sizeof *id, &function, sizeof function,
                          &bytes, NULL, NULL);
    int error = WSAGetLastError();
    closesocket(s);
    if (result != 0) FAIL("SIO_GET_EXTENSION_FUNCTION_POINTER failed with %d", error);
    return function;
}

LPFN_CONNECTEX connect_ex(void) {
    static LPFN_CONNECTEX known;
    GUID id = WSAID_CONNECTEX;
    if (!known) known = (LPFN_CONNECTEX)extension(&id);
    return known;
}

LPFN_DISCONNECTEX disconnect_ex(void) {
    static LPFN_DISCONNECTEX known;
    GUID id = WSAID_DISCONNECTEX;
    if (!known) known = (LPFN_DISCONNECTEX)extension(&id);
    return known;
}

int start_connect(SOCKET s, const SA4 *to, const void *data, DWORD length, OVERLAPPED *ov) {
    DWORD sent = 0;
    LPFN_CONNECTEX function = connect_ex();
    WSASetLastError(0xdead);
    return function(s, (const SA *)to, sizeof *to, (void *)data, length, &sent, ov) ? 0 : WSAGetLastError();
}

int start_disconnect(SOCKET s, OVERLAPPED *ov, DWORD flags) {
    LPFN_DISCONNECTEX function = disconnect_ex();
    WSASetLastError(0xdead);
    return function(s, ov, flags, 0) ? 0 : WSAGetLastError();
}

/* Remembered until the program ends: an operation that a failed test left behind may still write there. */
void *kept(size_t bytes) {
    static void *volatile all[4096]; /* volatile: nobody reads it, and it must be written */
    static volatile LONG count;
    void *made = calloc(1, bytes);
    LONG place = InterlockedIncrement(&count) - 1;
    if (!made || place >= (LONG)(sizeof all / sizeof *all)) FAIL("out of memory");
    all[place] = made;
    return made;
}

char *accept_buffer(DWORD data) { return kept(data + 2 * AREA); }

int start_accept(SOCKET l, SOCKET s, char *buffer, DWORD data, OVERLAPPED *ov) {
    DWORD received = 0;
    WSASetLastError(0xdead);
    return AcceptEx(l, s, buffer, data, AREA, AREA, &received, ov) ? 0 : WSAGetLastError();
}

char *accepts(SOCKET l, SOCKET s, DWORD data, OVERLAPPED *ov) {
    char *buffer = accept_buffer(data);
    int error = start_accept(l, s, buffer, data, ov);
    if (error != 0 && error != ERROR_IO_PENDING) FAIL("AcceptEx failed with %d", error);
    return buffer;
}

void accept_context(SOCKET s, SOCKET l) {
    CHECK_OK(setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, (char *)&l, sizeof l));
}

SOCKET connected_to(const SA4 *at) {
    SOCKET s = bound_at("127.0.0.1", 0);
    name_of(s);
    CHECK_OK(connect(s, (const SA *)at, sizeof *at));
    return s;
}

static int over(OVERLAPPED *ov, DWORD ms) {
    ULONGLONG until = now_ms() + ms;
    while (*(volatile ULONG_PTR *)&ov->Internal == ST_PENDING) {
        if (now_ms() >= until) return 0;
        Sleep(1);
    }
    return 1;
}

int still_pending(OVERLAPPED *ov, DWORD ms) { return !over(ov, ms); }

static void await(OVERLAPPED *ov, DWORD ms) {
    HANDLE event = (HANDLE)((ULONG_PTR)ov->hEvent & ~(ULONG_PTR)1);
    if (event) {
        DWORD result = WaitForSingleObject(event, ms);
        if (result != WAIT_OBJECT_0) FAIL("the operation was not over after %u ms (wait gave %u)", (unsigned)ms, (unsigned)result);
    } else if (!over(ov, ms)) {
        FAIL("the operation was not over after %u ms", (unsigned)ms);
    }
}

DWORD finish(SOCKET s, OVERLAPPED *ov, DWORD ms, DWORD *bytes) {
    DWORD count = 0xdead;
    await(ov, ms);
    DWORD error = GetOverlappedResult((HANDLE)s, ov, &count, FALSE) ? 0 : GetLastError();
    if (bytes) *bytes = count;
    return error;
}

int finish_wsa(SOCKET s, OVERLAPPED *ov, DWORD ms, DWORD *bytes) {
    DWORD count = 0xdead, flags = 0;
    await(ov, ms);
    int error = WSAGetOverlappedResult(s, ov, &count, FALSE, &flags) ? 0 : WSAGetLastError();
    if (bytes) *bytes = count;
    return error;
}

void connect_ok(SOCKET s, const SA4 *to) {
    OVERLAPPED *ov = op_event();
    int error = start_connect(s, to, NULL, 0, ov);
    if (error != 0 && error != ERROR_IO_PENDING) FAIL("ConnectEx failed with %d", error);
    CHECK_EQ(finish(s, ov, 10000, NULL), 0);
}

int connect_error(SOCKET s, const SA4 *to) {
    OVERLAPPED *ov = op_event();
    int error = start_connect(s, to, NULL, 0, ov);
    return error == ERROR_IO_PENDING || error == 0 ? finish_wsa(s, ov, 30000, NULL) : error;
}

OVERLAPPED *connect_large(SOCKET *s, SOCKET *peer, const char **block) {
    static const char *large;
    SA4 at;
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    if (!large) large = fill(LARGE);
    if (block) *block = large;
    *s = bound();
    CHECK_EQ(start_connect(*s, &at, large, LARGE, ov), ERROR_IO_PENDING);
    *peer = accept_one(l);
    return ov;
}

HANDLE new_port(DWORD concurrency) {
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, concurrency);
    if (!port) FAIL("no port: %d", (int)GetLastError());
    if (port_count == 64) FAIL("too many ports for one test");
    return ports[port_count++] = port;
}

HANDLE port_for(SOCKET s, ULONG_PTR key) {
    HANDLE port = new_port(0);
    CHECK(CreateIoCompletionPort((HANDLE)s, port, key, 0) == port);
    return port;
}

int no_packet(HANDLE port, DWORD ms) {
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *ov = NULL;
    return !GetQueuedCompletionStatus(port, &bytes, &key, &ov, ms) && !ov && GetLastError() == WAIT_TIMEOUT;
}

/* ---- threads, time, memory ----------------------------------------------------------------------------------------------- */

HANDLE thread(DWORD (WINAPI *body)(void *), void *argument) {
    DWORD id;
    HANDLE made = CreateThread(NULL, 0, body, argument, 0, &id);
    if (!made) FAIL("no thread: %d", (int)GetLastError());
    return made;
}

DWORD join(HANDLE made) {
    DWORD code = 0xdead;
    CHECK_EQ(WaitForSingleObject(made, 30000), WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(made, &code));
    CloseHandle(made);
    return code;
}

ULONGLONG now_ms(void) { return GetTickCount64(); }

static char pattern(unsigned i) { return (char)(i * 2654435761u >> 24); }

char *fill(int length) {
    char *block = malloc(length);
    if (!block) FAIL("out of memory");
    for (int i = 0; i < length; i++) block[i] = pattern(i);
    return block;
}

int matches(const char *block, int length, int offset) {
    for (int i = 0; i < length; i++)
        if (block[i] != pattern(offset + i)) return 0;
    return 1;
}
