/* N-020..N-022: interlocked lists. */
#include "harness.h"

typedef struct {
    SLIST_ENTRY entry;
    int number;
    volatile LONG taken;
} Item;

#define ITEMS 4
#define ROUNDS 20000

static SLIST_HEADER list;
static Item items[ITEMS * 2];
static volatile LONG twice;

TEST(n_020_last_in_first_out) {
    InitializeSListHead(&list);
    CHECK_EQ(sizeof(SLIST_HEADER), 16);
    CHECK_EQ(sizeof(SLIST_ENTRY), 16);
    CHECK(InterlockedPopEntrySList(&list) == NULL && InterlockedFlushSList(&list) == NULL);
    CHECK(InterlockedPushEntrySList(&list, &items[0].entry) == NULL);
    CHECK(InterlockedPushEntrySList(&list, &items[1].entry) == &items[0].entry);
    CHECK_EQ(QueryDepthSList(&list), 2);
    CHECK(InterlockedPopEntrySList(&list) == &items[1].entry);
    CHECK_EQ(QueryDepthSList(&list), 1);
    CHECK(InterlockedPopEntrySList(&list) == &items[0].entry);
    CHECK(InterlockedPopEntrySList(&list) == NULL);
    CHECK_EQ(QueryDepthSList(&list), 0);
}

TEST(n_021_flush_gives_the_chain) {
    InitializeSListHead(&list);
    for (int i = 0; i < 3; i++) InterlockedPushEntrySList(&list, &items[i].entry);
    SLIST_ENTRY *all = InterlockedFlushSList(&list);
    CHECK(all == &items[2].entry && all->Next == &items[1].entry && all->Next->Next == &items[0].entry);
    CHECK(all->Next->Next->Next == NULL);
    CHECK_EQ(QueryDepthSList(&list), 0);
}

/* Takes an element, owns it for a moment, puts it back: nobody may own it meanwhile. */
static DWORD WINAPI churn(void *unused) {
    (void)unused;
    for (int i = 0; i < ROUNDS; i++) {
        Item *one = (Item *)InterlockedPopEntrySList(&list);
        if (!one) continue;
        if (InterlockedIncrement(&one->taken) != 1) InterlockedIncrement(&twice);
        if (i % 64 == 0) SwitchToThread();
        InterlockedDecrement(&one->taken);
        InterlockedPushEntrySList(&list, &one->entry);
    }
    return 0;
}

TEST(n_022_an_element_is_with_one_thread_at_a_time) {
    HANDLE threads[4];
    InitializeSListHead(&list);
    for (int i = 0; i < ITEMS; i++) InterlockedPushEntrySList(&list, &items[i].entry);
    for (int i = 0; i < 4; i++) threads[i] = CreateThread(NULL, 0, churn, NULL, 0, NULL);
    CHECK_EQ(WaitForMultipleObjects(4, threads, TRUE, 60000), WAIT_OBJECT_0);
    for (int i = 0; i < 4; i++) CloseHandle(threads[i]);
    CHECK_EQ(twice, 0);
    CHECK_EQ(QueryDepthSList(&list), ITEMS);
    int count = 0;
    while (InterlockedPopEntrySList(&list)) count++;
    CHECK_EQ(count, ITEMS);
}
