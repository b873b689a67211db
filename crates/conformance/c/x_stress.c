/* X-008 and O-011 by force: many threads start, cancel and close ConnectEx operations against listeners that accept, refuse,
 * reset and never answer. STRESS_OPERATIONS in the environment says how many; the suite does a few. */
#include "harness.h"

enum { STARTERS = 8, DRAINERS = 2, IN_FLIGHT = 48 };

struct op {
    OVERLAPPED ov; /* first: a packet's OVERLAPPED is the operation */
    SOCKET s;
    volatile LONG completions, closed;
    volatile LONG users; /* the starter, and the operation until its packet is taken */
    volatile LONG *in_flight;
};

static HANDLE port;
static SA4 target[4];
enum { ACCEPTS, RESETS, REFUSES, NEVER };
static SOCKET serving[2];
static volatile LONG stop_serving, started, completed, twice, strange, strange_error, failed_starts;
static LONG each;

static void close_once(struct op *o) {
    if (InterlockedExchange(&o->closed, 1) == 0) {
        struct linger now = { 1, 0 }; /* no TIME_WAIT: the ports are needed again */
        setsockopt(o->s, SOL_SOCKET, SO_LINGER, (char *)&now, sizeof now);
        closesocket(o->s);
    }
}

/* Freed as soon as a program may free it, so that a library that still writes to it is caught. */
static void release(struct op *o) {
    if (InterlockedDecrement(&o->users) == 0) free(o);
}

static DWORD WINAPI serve(void *nothing) {
    (void)nothing;
    while (!stop_serving) {
        int idle = 1;
        for (int i = 0; i < 2; i++) {
            SOCKET s = accept(serving[i], NULL, NULL);
            if (s == INVALID_SOCKET) continue;
            idle = 0;
            if (i == RESETS) {
                struct linger now = { 1, 0 };
                setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&now, sizeof now);
            }
            closesocket(s);
        }
        if (idle) Sleep(1);
    }
    return 0;
}

static DWORD WINAPI drain(void *nothing) {
    (void)nothing;
    for (;;) {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *ov = NULL;
        BOOL good = GetQueuedCompletionStatus(port, &bytes, &key, &ov, 30000);
        DWORD error = good ? 0 : GetLastError();
        if (!ov) return good ? 0 : 1;
        struct op *o = (struct op *)ov;
        if (InterlockedIncrement(&o->completions) != 1) InterlockedIncrement(&twice);
        /* Success, refused, aborted, and three ways of being cut off. */
        if (error != 0 && error != 1225 && error != 995 && error != 64 && error != 1236 && error != 121) {
            strange_error = (LONG)error;
            InterlockedIncrement(&strange);
        }
        close_once(o);
        InterlockedDecrement(o->in_flight);
        InterlockedIncrement(&completed);
        release(o);
    }
}

static DWORD WINAPI start_many(void *argument) {
    unsigned dice = (unsigned)(ULONG_PTR)argument * 2654435761u + 12345;
    volatile LONG *in_flight = calloc(1, sizeof *in_flight);
    struct op *previous = NULL;
    SA4 any = v4("127.0.0.1", 0);
    for (LONG i = 0; i < each; i++) {
        while (*in_flight >= IN_FLIGHT) Sleep(1);
        dice = dice * 1664525 + 1013904223;
        int where = dice >> 28 & 3, what = dice >> 24 & 7;
        struct op *o = calloc(1, sizeof *o);
        o->in_flight = in_flight;
        o->users = 2;
        o->s = socket(AF_INET, SOCK_STREAM, 0);
        CreateIoCompletionPort((HANDLE)o->s, port, 1, 0);
        bind(o->s, (SA *)&any, sizeof any);
        InterlockedIncrement(in_flight);
        int error = start_connect(o->s, &target[where], dice & 0x100 ? "data" : NULL, dice & 0x100 ? 4 : 0, &o->ov);
        if (error != ERROR_IO_PENDING && error != 0) {
            InterlockedIncrement(&failed_starts);
            InterlockedDecrement(in_flight);
            close_once(o);
            free(o);
            continue;
        }
        InterlockedIncrement(&started);
        if (where == NEVER && what > 4) what = 1;
        if (what == 0 || (where == NEVER && what > 1 && what & 1)) CancelIoEx((HANDLE)o->s, &o->ov);
        else if (what == 1 || where == NEVER) close_once(o);
        else if (what == 2 && previous) CancelIoEx((HANDLE)previous->s, &previous->ov);
        else if (what == 3) CancelIo((HANDLE)o->s);
        if (previous) release(previous);
        previous = o;
    }
    if (previous) release(previous);
    for (int i = 0; i < 3000 && *in_flight > 0; i++) Sleep(10);
    if (*in_flight == 0) free((void *)in_flight); /* else one is lost, which the test will say */
    return 0;
}

TEST_SLOW(x_008_each_completes_once_under_stress) {
    const char *wanted = getenv("STRESS_OPERATIONS");
    HANDLE starter[STARTERS], drainer[DRAINERS], server;
    each = (wanted ? atoi(wanted) : 8000) / STARTERS;
    port = new_port(0);
    serving[ACCEPTS] = listener(&target[ACCEPTS]);
    serving[RESETS] = listener(&target[RESETS]);
    target[REFUSES] = refusing();
    stuck(&target[NEVER]);
    nonblocking(serving[0]);
    nonblocking(serving[1]);
    int descriptors = descriptor_count();
    server = thread(serve, NULL);
    for (int i = 0; i < DRAINERS; i++) drainer[i] = thread(drain, NULL);
    for (int i = 0; i < STARTERS; i++) starter[i] = thread(start_many, (void *)(ULONG_PTR)(i + 1));
    DWORD trouble = 0;
    for (int i = 0; i < STARTERS; i++) {
        if (WaitForSingleObject(starter[i], 600000) != WAIT_OBJECT_0) FAIL("a starter hangs: %d started, %d completed", (int)started, (int)completed);
        CloseHandle(starter[i]);
    }
    for (int i = 0; i < 2500 && completed < started; i++) Sleep(10);
    stop_serving = 1;
    for (int i = 0; i < DRAINERS; i++) PostQueuedCompletionStatus(port, 0, 0, NULL);
    for (int i = 0; i < DRAINERS; i++) trouble += join(drainer[i]);
    join(server);
    CHECK_EQ(completed, started);
    CHECK_EQ(started, each * STARTERS);
    CHECK_EQ(twice, 0);
    if (strange) FAIL("%d strange errors, the last %d", (int)strange, (int)strange_error);
    CHECK_EQ(trouble, 0);
    CHECK(no_packet(port, 100));
    int left = descriptor_count() - descriptors;
    if (left > 4) FAIL("%d descriptors are left", left);
}
