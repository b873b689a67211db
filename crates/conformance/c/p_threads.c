/* P-008, P-010 with several threads, P-013..P-018, P-029, P-031, P-041: which thread gets a packet, and how many run at a time. */
#include "harness.h"

struct worker {
    HANDLE port, go_on, thread;
    volatile LONG taken;            /* packets taken so far */
    volatile LONG order;            /* when it took its first one, from 1 */
    volatile LONG stop;
    volatile LONG waits;            /* it is about to ask for a packet */
    enum { SPIN, BLOCK, HOST_BLOCK, LEAVE, OTHER_PORT } then;
    HANDLE other;
};
static volatile LONG sequence;
/* The first one that takes a packet sends here before it behaves as told, if this says so. */
static SOCKET client;
static volatile LONG sends;
enum { WORKERS_MAX = 65 };
static struct worker worker[WORKERS_MAX];

/* Takes a packet and then behaves as told until released; a spinning thread is a running thread. */
static DWORD WINAPI work(void *argument) {
    struct worker *w = argument;
    for (;;) {
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *ov;
        w->waits = 1;
        if (!GetQueuedCompletionStatus(w->port, &bytes, &key, &ov, INFINITE) || key == 0) return 0;
        w->taken++;
        if (!w->order) w->order = InterlockedIncrement(&sequence);
        if (InterlockedExchange(&sends, 0)) {
            WSABUF buffer = { 4, "data" };
            WSASend(client, &buffer, 1, NULL, 0, op_plain(), NULL);
        }
        if (w->then == LEAVE) return 0;
        if (w->then == BLOCK) WaitForSingleObject(w->go_on, 20000);
        if (w->then == HOST_BLOCK) host_sleep(1500);
        if (w->then == OTHER_PORT) GetQueuedCompletionStatus(w->other, &bytes, &key, &ov, 0);
        while (!w->stop) { }
        w->stop = 0;
    }
}

static void start(int count, HANDLE port) {
    sequence = 0;
    for (int i = 0; i < count; i++) {
        memset(&worker[i], 0, sizeof worker[i]);
        worker[i].port = port;
        worker[i].go_on = CreateEventA(NULL, FALSE, FALSE, NULL);
        worker[i].thread = thread(work, &worker[i]);
        /* One after the other, so that the order in which they wait is known. */
        while (!worker[i].waits) Sleep(1);
        Sleep(50);
    }
}

static void finish_all(int count, HANDLE port) {
    for (int i = 0; i < count; i++) PostQueuedCompletionStatus(port, 0, 0, NULL);
    for (int i = 0; i < count; i++) {
        worker[i].stop = 1;
        SetEvent(worker[i].go_on);
    }
    for (int round = 0; round < 400; round++) {
        int left = 0;
        for (int i = 0; i < count; i++)
            if (WaitForSingleObject(worker[i].thread, 0) == WAIT_TIMEOUT) {
                worker[i].stop = 1;
                SetEvent(worker[i].go_on);
                left++;
            }
        if (!left) break;
        Sleep(10);
    }
    for (int i = 0; i < count; i++) {
        join(worker[i].thread);
        CloseHandle(worker[i].go_on);
    }
}

static void post(HANDLE port) { CHECK(PostQueuedCompletionStatus(port, 0, 1, NULL)); }

static int taken(int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) sum += worker[i].taken;
    return sum;
}

static int becomes(int count, int wanted, DWORD ms) {
    ULONGLONG until = now_ms() + ms;
    while (taken(count) != wanted) {
        if (now_ms() > until) return 0;
        Sleep(5);
    }
    return 1;
}

/* Whether another thread takes the packet of what a thread sent which then does something else. */
static int is_taken_by_another(int then) {
    SA4 at;
    HANDLE port = new_port(2);
    SOCKET listening = listener(&at);
    client = tcp();
    CHECK_OK(connect(client, (SOCKADDR *)&at, sizeof at));
    SOCKET server = accept(listening, NULL, NULL);
    CHECK(server != INVALID_SOCKET);
    CHECK(CreateIoCompletionPort((HANDLE)client, port, 1, 0) == port);
    start(2, port);
    worker[0].then = worker[1].then = then;
    sends = 1;
    post(port);
    int both = becomes(2, 2, 2000);
    int each = worker[0].taken == 1 && worker[1].taken == 1;
    finish_all(2, port);
    closesocket(server);
    return both && each;
}

/* The results are collected before the checks: a failed check must not leave threads spinning. */
TEST(p_013_latest_waiter_first) {
    enum { MANY = 4 };
    HANDLE port = new_port(MANY);
    LONG order[MANY];
    start(MANY, port);
    for (int i = 0; i < MANY; i++) worker[i].then = LEAVE;
    for (int i = 0; i < MANY; i++) {
        post(port);
        becomes(MANY, i + 1, 2000);
    }
    for (int i = 0; i < MANY; i++) order[i] = worker[i].order;
    finish_all(MANY, port);
    for (int i = 0; i < MANY; i++) CHECK_EQ(order[i], MANY - i);
}

/* How many of three packets are taken while every thread that took one computes. */
static int run_at_a_time(HANDLE port, int most) {
    start(3, port);
    for (int i = 0; i < 3; i++) post(port);
    becomes(3, most, 5000);
    Sleep(150);
    int running = taken(3);
    finish_all(3, port);
    return running;
}

TEST(p_008_the_concurrency_of_an_existing_port_stays) {
    HANDLE one = new_port(1), two = new_port(2);
    CHECK(CreateIoCompletionPort((HANDLE)bound(), one, 1, 8) == one);
    CHECK(CreateIoCompletionPort((HANDLE)bound(), one, 2, 0) == one);
    CHECK_EQ(run_at_a_time(one, 1), 1);
    CHECK(CreateIoCompletionPort((HANDLE)bound(), two, 1, 1) == two);
    CHECK_EQ(run_at_a_time(two, 2), 2);
}

TEST(p_008_zero_means_the_number_of_processors) {
    SYSTEM_INFO info;
    GetSystemInfo(&info);
    HANDLE port = new_port(0);
    int most = (int)info.dwNumberOfProcessors, threads = most < WORKERS_MAX ? most + 1 : WORKERS_MAX;
    start(threads, port);
    for (int i = 0; i < threads; i++) post(port);
    int wanted = most < threads ? most : threads;
    becomes(threads, wanted, 10000);
    Sleep(150);
    int running = taken(threads);
    finish_all(threads, port);
    CHECK_EQ(running, wanted);
}

TEST(p_010_the_packet_of_one_who_computes_is_taken_by_another) {
    for (int i = 0; i < 3; i++) CHECK(is_taken_by_another(SPIN));
}

TEST(p_010_the_packet_of_one_who_waits_is_taken_by_another) { CHECK(is_taken_by_another(BLOCK)); }

TEST(p_010_the_packet_of_one_who_sleeps_is_taken_by_another) { CHECK(is_taken_by_another(HOST_BLOCK)); }

TEST(p_010_the_packet_of_one_who_ends_is_taken_by_another) { CHECK(is_taken_by_another(LEAVE)); }

TEST(p_014_no_more_run_than_the_concurrency) {
    HANDLE port = new_port(1);
    start(3, port);
    post(port);
    int first = becomes(3, 1, 2000);
    post(port);
    Sleep(150);
    int while_running = taken(3);
    finish_all(3, port);
    CHECK(first);
    CHECK_EQ(while_running, 1);
    HANDLE wide = new_port(2);
    start(3, wide);
    for (int i = 0; i < 3; i++) post(wide);
    int two = becomes(3, 2, 2000);
    Sleep(150);
    while_running = taken(3);
    finish_all(3, wide);
    CHECK(two);
    CHECK_EQ(while_running, 2);
}

TEST(p_015_running_thread_takes_the_next_itself) {
    HANDLE port = new_port(1);
    start(2, port);
    post(port);
    int began = becomes(2, 1, 2000);
    int runner = worker[0].taken ? 0 : 1;
    int its = 0, others = 0;
    for (int i = 0; i < 5; i++) {
        post(port);
        worker[runner].stop = 1;
        becomes(2, 2 + i, 2000);
    }
    its = worker[runner].taken;
    others = worker[1 - runner].taken;
    finish_all(2, port);
    CHECK(began);
    CHECK_EQ(its, 6);
    CHECK_EQ(others, 0);
}

TEST(p_016_association_ends_with_exit_or_another_port) {
    HANDLE port = new_port(1), other = new_port(1);
    start(2, port);
    worker[1].then = LEAVE;
    post(port);
    int first = becomes(2, 1, 2000);
    post(port);
    int after_exit = becomes(2, 2, 2000);
    finish_all(2, port);
    CHECK(first);
    CHECK(after_exit);
    HANDLE next = new_port(1);
    start(2, next);
    worker[1].then = OTHER_PORT;
    worker[1].other = other;
    post(next);
    first = becomes(2, 1, 2000);
    post(next);
    int after_leaving = becomes(2, 2, 2000);
    finish_all(2, next);
    CHECK(first);
    CHECK(after_leaving);
}

TEST(p_017_blocked_thread_does_not_count) {
    HANDLE port = new_port(1);
    start(2, port);
    worker[1].then = BLOCK;
    post(port);
    int first = becomes(2, 1, 2000);
    post(port);
    int released = becomes(2, 2, 2000);
    finish_all(2, port);
    CHECK(first);
    CHECK(released);
}

TEST(p_018_blocking_outside_the_library_is_noticed) {
    HANDLE port = new_port(1);
    start(2, port);
    worker[1].then = HOST_BLOCK;
    post(port);
    int first = becomes(2, 1, 2000);
    post(port);
    int released = becomes(2, 2, 1000);
    finish_all(2, port);
    CHECK(first);
    CHECK(released);
}

TEST(p_029_alertable_without_anything_times_out) {
    OVERLAPPED_ENTRY entry;
    ULONG removed = 0;
    HANDLE port = new_port(0);
    CHECK_BOOL_ERR(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 30, TRUE), WAIT_TIMEOUT);
    CHECK(PostQueuedCompletionStatus(port, 1, 9, NULL));
    CHECK(GetQueuedCompletionStatusEx(port, &entry, 1, &removed, 30, TRUE));
    CHECK_EQ(entry.lpCompletionKey, 9);
}

struct batch { HANDLE port; volatile LONG waits; ULONG removed; };

static DWORD WINAPI take_batch(void *argument) {
    struct batch *b = argument;
    OVERLAPPED_ENTRY entries[10];
    ULONG removed = 0;
    b->waits = 1;
    if (GetQueuedCompletionStatusEx(b->port, entries, 10, &removed, 20000, FALSE)) b->removed = removed;
    return 0;
}

static DWORD take_one(HANDLE port, DWORD ms) {
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *ov;
    return GetQueuedCompletionStatus(port, &bytes, &key, &ov, ms) ? bytes : 0;
}

/* A thread that took a packet and runs until told. */
static volatile LONG holds, let_go;

static DWORD WINAPI hold(void *port) {
    holds = take_one(port, 10000) != 0;
    while (!let_go) { }
    return 0;
}

/* As many threads run as may, this one among them, while five packets are queued and two threads wait; then this one waits
 * elsewhere, and one of the two may run. */
static void batch_for_two(DWORD concurrency, int *early, ULONG *first, ULONG *second, int *too_many) {
    static struct batch b[2];
    HANDLE port = new_port(concurrency), t[2], holder = NULL;
    holds = let_go = 0;
    if (concurrency == 2) {
        holder = thread(hold, port);
        PostQueuedCompletionStatus(port, 1, 1, NULL);
        for (ULONGLONG until = now_ms() + 5000; !holds && now_ms() < until;) Sleep(1);
    }
    PostQueuedCompletionStatus(port, 1, 1, NULL);
    take_one(port, 5000);
    for (int i = 0; i < 2; i++) {
        b[i].port = port;
        b[i].waits = b[i].removed = 0;
        t[i] = thread(take_batch, &b[i]);
        /* Not in a wait of the library, in which this thread would not count as running. */
        while (!b[i].waits) { }
    }
    for (int i = 0; i < 5; i++) PostQueuedCompletionStatus(port, 1, 1, NULL);
    for (ULONGLONG until = now_ms() + 150; now_ms() < until;) { }
    *early = b[0].removed || b[1].removed;
    DWORD which = WaitForMultipleObjects(2, t, FALSE, 10000);
    int one = which == WAIT_OBJECT_0 + 1;
    let_go = 1;
    if (holder) join(holder);
    *too_many = WaitForSingleObject(t[!one], 200) == WAIT_OBJECT_0;
    *first = b[one].removed;
    /* The other one was passed over, not lost. */
    PostQueuedCompletionStatus(port, 1, 1, NULL);
    for (int i = 0; i < 2; i++) join(t[i]);
    *second = b[!one].removed;
}

TEST(p_031_one_waiter_for_a_batch) {
    for (DWORD concurrency = 1; concurrency <= 2; concurrency++) {
        int early, too_many;
        ULONG first, second;
        batch_for_two(concurrency, &early, &first, &second, &too_many);
        CHECK(!early);
        CHECK_EQ(first, 5);
        CHECK(!too_many);
        CHECK_EQ(second, 1);
    }
}

enum { THREADS = 8, PACKETS = 20000 };
static volatile LONG times[PACKETS];

static DWORD WINAPI count_packets(void *port) {
    DWORD bytes, mine = 0;
    ULONG_PTR key;
    OVERLAPPED *ov;
    while (GetQueuedCompletionStatus(port, &bytes, &key, &ov, 10000) && key) {
        InterlockedIncrement(&times[bytes]);
        mine++;
    }
    return mine;
}

static DWORD WINAPI post_half(void *argument) {
    HANDLE port = ((HANDLE *)argument)[0];
    DWORD odd = ((HANDLE *)argument)[1] != NULL;
    for (DWORD i = odd; i < PACKETS; i += 2) PostQueuedCompletionStatus(port, i, 1, NULL);
    return 0;
}

TEST(p_041_none_lost_none_twice) {
    HANDLE port = new_port(0), t[THREADS], poster[2];
    HANDLE arguments[2][2] = { { port, NULL }, { port, port } };
    memset((void *)times, 0, sizeof times);
    for (int i = 0; i < THREADS; i++) t[i] = thread(count_packets, port);
    for (int i = 0; i < 2; i++) poster[i] = thread(post_half, arguments[i]);
    for (int i = 0; i < 2; i++) join(poster[i]);
    for (int i = 0; i < THREADS; i++) PostQueuedCompletionStatus(port, 0, 0, NULL);
    DWORD sum = 0;
    for (int i = 0; i < THREADS; i++) sum += join(t[i]);
    CHECK_EQ(sum, PACKETS);
    for (int i = 0; i < PACKETS; i++) CHECK_EQ(times[i], 1);
}
