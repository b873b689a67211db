/* E-001..E-011: event objects and WSAWaitForMultipleEvents. */
#include "network_events.h"

static int isset(WSAEVENT event) { return WaitForSingleObject(event, 0) == WAIT_OBJECT_0; }

static DWORD wait_for(DWORD count, const WSAEVENT *events, BOOL all, DWORD ms) {
    return WSAWaitForMultipleEvents(count, events, all, ms, FALSE);
}

#define CHECK_FAILS(wait, error)                                                                                       \
    do { WSASetLastError(0); CHECK_EQ(wait, WSA_WAIT_FAILED); CHECK_EQ(WSAGetLastError(), error); } while (0)

static void make(WSAEVENT *events, int count) {
    for (int i = 0; i < count; i++) CHECK((events[i] = WSACreateEvent()) != WSA_INVALID_EVENT);
}

TEST(e_001_manual_reset_and_not_set) {
    WSAEVENT event;
    make(&event, 1);
    CHECK_EQ(wait_for(1, &event, FALSE, 0), WSA_WAIT_TIMEOUT);
    CHECK(WSASetEvent(event));
    for (int i = 0; i < 3; i++) CHECK_EQ(wait_for(1, &event, FALSE, 0), WSA_WAIT_EVENT_0);
    CHECK(WSA_INVALID_EVENT == NULL);
}

TEST_RAW(e_001_none_before_startup) {
    CHECK(WSACreateEvent() == WSA_INVALID_EVENT);
    CHECK_EQ(WSAGetLastError(), WSANOTINITIALISED);
}

TEST(e_002_set_reset_close) {
    WSAEVENT event;
    make(&event, 1);
    CHECK_EQ(WSASetEvent(event), TRUE);
    CHECK(isset(event));
    CHECK_EQ(WSAResetEvent(event), TRUE);
    CHECK(!isset(event));
    CHECK_EQ(WSACloseEvent(event), TRUE);
}

TEST(e_002_bad_handles) {
    WSAEVENT closed;
    make(&closed, 1);
    CHECK(WSACloseEvent(closed));
    WSAEVENT bad[] = { closed, NULL, (WSAEVENT)(ULONG_PTR)0x12345670 };
    for (int i = 0; i < 3; i++) {
        CHECK_BOOL_ERR(WSASetEvent(bad[i]), WSA_INVALID_HANDLE);
        CHECK_BOOL_ERR(WSAResetEvent(bad[i]), WSA_INVALID_HANDLE);
        CHECK_BOOL_ERR(WSACloseEvent(bad[i]), WSA_INVALID_HANDLE);
    }
}

TEST(e_003_ordinary_handles) {
    WSAEVENT of_winsock;
    make(&of_winsock, 1);
    HANDLE plain = CreateEventA(NULL, TRUE, FALSE, NULL), both[] = { plain, of_winsock };
    CHECK(plain != NULL);
    CHECK_EQ(WaitForMultipleObjects(2, both, FALSE, 0), WAIT_TIMEOUT);
    CHECK(SetEvent(of_winsock));
    CHECK_EQ(WaitForSingleObject(of_winsock, 0), WAIT_OBJECT_0);
    CHECK_EQ(WaitForMultipleObjects(2, both, FALSE, 0), WAIT_OBJECT_0 + 1);
    CHECK(WSASetEvent(plain));
    CHECK_EQ(wait_for(2, both, TRUE, 0), WSA_WAIT_EVENT_0);
    CHECK(ResetEvent(of_winsock));
    CHECK_EQ(WaitForSingleObject(of_winsock, 0), WAIT_TIMEOUT);
    CHECK(WSACloseEvent(plain));
    CHECK(CloseHandle(of_winsock));
}

TEST(e_004_one_to_64_handles) {
    WSAEVENT events[WSA_MAXIMUM_WAIT_EVENTS + 1];
    CHECK_EQ(WSA_MAXIMUM_WAIT_EVENTS, 64);
    make(events, WSA_MAXIMUM_WAIT_EVENTS + 1);
    CHECK_FAILS(wait_for(0, events, FALSE, 0), WSA_INVALID_PARAMETER);
    CHECK_FAILS(wait_for(WSA_MAXIMUM_WAIT_EVENTS + 1, events, FALSE, 0), WSA_INVALID_PARAMETER);
    CHECK_EQ(wait_for(WSA_MAXIMUM_WAIT_EVENTS, events, FALSE, 0), WSA_WAIT_TIMEOUT);
    CHECK(WSASetEvent(events[63]));
    CHECK_EQ(wait_for(WSA_MAXIMUM_WAIT_EVENTS, events, FALSE, 0), WSA_WAIT_EVENT_0 + 63);
}

TEST(e_005_the_lowest_index) {
    WSAEVENT events[5];
    make(events, 5);
    CHECK(WSASetEvent(events[4]));
    CHECK_EQ(wait_for(5, events, FALSE, 0), WSA_WAIT_EVENT_0 + 4);
    CHECK(WSASetEvent(events[2]));
    CHECK(WSASetEvent(events[3]));
    CHECK_EQ(wait_for(5, events, FALSE, WSA_INFINITE), WSA_WAIT_EVENT_0 + 2);
}

struct all {
    HANDLE events[2];
    DWORD result;
};

static DWORD WINAPI wait_for_all(void *argument) {
    struct all *all = argument;
    return WSAWaitForMultipleEvents(2, all->events, TRUE, 10000, FALSE);
}

TEST(e_006_all_or_nothing) {
    /* An auto-reset event shows whether a wait that is not over has consumed it. */
    struct all all = { { CreateEventA(NULL, FALSE, FALSE, NULL), CreateEventA(NULL, FALSE, FALSE, NULL) }, 0 };
    CHECK(SetEvent(all.events[0]));
    CHECK_EQ(wait_for(2, all.events, TRUE, 0), WSA_WAIT_TIMEOUT);
    CHECK(isset(all.events[0])); /* takes it */
    CHECK(SetEvent(all.events[0]));
    HANDLE waiter = thread(wait_for_all, &all);
    CHECK_EQ(WaitForSingleObject(waiter, 50), WAIT_TIMEOUT);
    CHECK(isset(all.events[0])); /* still there to be taken, by us */
    CHECK(SetEvent(all.events[1]));
    CHECK_EQ(WaitForSingleObject(waiter, 50), WAIT_TIMEOUT);
    CHECK(SetEvent(all.events[0]));
    CHECK_EQ(join(waiter), WSA_WAIT_EVENT_0);
    CHECK(!isset(all.events[0]));
    CHECK(!isset(all.events[1]));
}

TEST(e_007_time_out) {
    WSAEVENT event;
    make(&event, 1);
    ULONGLONG before = now_ms();
    CHECK_EQ(wait_for(1, &event, FALSE, 0), WSA_WAIT_TIMEOUT);
    CHECK_EQ(WSA_WAIT_TIMEOUT, 258);
    CHECK_EQ(wait_for(1, &event, FALSE, 80), WSA_WAIT_TIMEOUT);
    CHECK(now_ms() - before >= 75); /* clocks tick */
}

static DWORD WINAPI wait_for_ever(void *event) { return WSAWaitForMultipleEvents(1, &event, FALSE, WSA_INFINITE, FALSE); }

TEST(e_007_for_ever) {
    WSAEVENT event;
    make(&event, 1);
    HANDLE waiter = thread(wait_for_ever, event);
    CHECK_EQ(WaitForSingleObject(waiter, 150), WAIT_TIMEOUT);
    CHECK(WSASetEvent(event));
    CHECK_EQ(join(waiter), WSA_WAIT_EVENT_0);
}

static int routines;

static void CALLBACK count_routine(DWORD error, DWORD bytes, LPWSAOVERLAPPED ov, DWORD flags) {
    (void)error, (void)bytes, (void)ov, (void)flags;
    routines++;
}

/* A receive that is over, and whose routine waits for its thread. */
static void queue_routine(void) {
    SOCKET a, b;
    DWORD flags = 0;
    connected_pair(&a, &b);
    char *room = kept(16);
    WSABUF buffer = { 16, room };
    CHECK_SOCK_ERR(WSARecv(a, &buffer, 1, NULL, &flags, op_plain(), count_routine), WSA_IO_PENDING);
    OVERLAPPED *second = op_event();
    flags = 0;
    CHECK_SOCK_ERR(WSARecv(a, &buffer, 1, NULL, &flags, second, NULL), WSA_IO_PENDING);
    hard_close(b);
    /* Receives end in their order, so the first one is over now. */
    CHECK_EQ(WaitForSingleObject(second->hEvent, 5000), WAIT_OBJECT_0);
}

TEST(e_008_alertable) {
    WSAEVENT event;
    make(&event, 1);
    routines = 0;
    queue_routine();
    CHECK_EQ(WSAWaitForMultipleEvents(1, &event, FALSE, 100, FALSE), WSA_WAIT_TIMEOUT);
    CHECK_EQ(routines, 0);
    CHECK_EQ(WSAWaitForMultipleEvents(1, &event, FALSE, 5000, TRUE), WSA_WAIT_IO_COMPLETION);
    CHECK_EQ(WSA_WAIT_IO_COMPLETION, 192);
    CHECK_EQ(routines, 1);
    CHECK_EQ(WSAWaitForMultipleEvents(1, &event, FALSE, 0, TRUE), WSA_WAIT_TIMEOUT);
}

TEST(e_009_invalid_handle) {
    WSAEVENT events[3];
    make(events, 3);
    CHECK(WSASetEvent(events[0]));
    CHECK(WSACloseEvent(events[1]));
    CHECK_FAILS(wait_for(3, events, FALSE, 0), WSA_INVALID_HANDLE);
    CHECK_FAILS(wait_for(3, events, TRUE, 0), WSA_INVALID_HANDLE);
    events[1] = NULL;
    CHECK_FAILS(wait_for(2, events, FALSE, 0), WSA_INVALID_HANDLE);
}

TEST(e_010_no_duplicates_in_a_wait_for_all) {
    WSAEVENT events[3];
    make(events, 2);
    events[2] = events[0];
    CHECK(WSASetEvent(events[0]));
    CHECK(WSASetEvent(events[1]));
    CHECK_FAILS(wait_for(3, events, TRUE, 0), WSA_INVALID_PARAMETER);
    CHECK_EQ(wait_for(3, events, FALSE, 0), WSA_WAIT_EVENT_0);
    CHECK_EQ(wait_for(2, events, TRUE, 0), WSA_WAIT_EVENT_0);
}

TEST(e_011_auto_reset_events_are_consumed) {
    HANDLE events[2] = { CreateEventA(NULL, FALSE, TRUE, NULL), CreateEventA(NULL, FALSE, TRUE, NULL) };
    CHECK_EQ(wait_for(2, events, FALSE, 0), WSA_WAIT_EVENT_0);
    CHECK_EQ(wait_for(2, events, FALSE, 0), WSA_WAIT_EVENT_0 + 1); /* the first was taken, the second was not */
    CHECK_EQ(wait_for(2, events, FALSE, 0), WSA_WAIT_TIMEOUT);
}
