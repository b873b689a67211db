/* N-010..N-016: pages of memory, heaps. */
#include "harness.h"

#define KIB 1024

static char *reserve(SIZE_T bytes) {
    char *at = VirtualAlloc(NULL, bytes, MEM_RESERVE, PAGE_NOACCESS);
    CHECK(at != NULL);
    CHECK_EQ((ULONG_PTR)at % (64 * KIB), 0);
    return at;
}

TEST(n_010_pages_are_zero_and_can_be_used) {
    char *at = VirtualAlloc(NULL, 10000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    CHECK(at != NULL);
    for (int i = 0; i < 12288; i++) CHECK_EQ(at[i], 0);
    memset(at, 5, 12288);
    CHECK(VirtualFree(at, 0, MEM_RELEASE));
    at = VirtualAlloc(NULL, 4096, MEM_COMMIT, PAGE_READWRITE);
    CHECK(at != NULL && at[4095] == 0);
    CHECK(VirtualFree(at, 0, MEM_RELEASE));
}

TEST(n_011_reserved_is_committed_piece_by_piece) {
    MEMORY_BASIC_INFORMATION about;
    char *at = reserve(1024 * KIB);
    CHECK(VirtualAlloc(at + 70000, 10, MEM_COMMIT, PAGE_READWRITE) == at + 69632);
    at[70000] = 1;
    /* Once more keeps what is there. */
    CHECK(VirtualAlloc(at + 69632, 8192, MEM_COMMIT, PAGE_READWRITE) == at + 69632);
    CHECK_EQ(at[70000], 1);
    CHECK_EQ(VirtualQuery(at + 100, &about, sizeof about), sizeof about);
    CHECK(about.BaseAddress == at && about.AllocationBase == at);
    CHECK_EQ(about.State, MEM_RESERVE);
    CHECK_EQ(about.RegionSize, 69632);
    CHECK_EQ(about.AllocationProtect, PAGE_NOACCESS);
    CHECK_EQ(VirtualQuery(at + 70000, &about, sizeof about), sizeof about);
    CHECK(about.BaseAddress == at + 69632);
    CHECK_EQ(about.State, MEM_COMMIT);
    CHECK_EQ(about.RegionSize, 8192);
    CHECK_EQ(about.Protect, PAGE_READWRITE);
    CHECK_EQ(about.Type, MEM_PRIVATE);
    CHECK(VirtualFree(at + 69632, 4096, MEM_DECOMMIT));
    CHECK_EQ(VirtualQuery(at + 69632, &about, sizeof about), sizeof about);
    CHECK_EQ(about.State, MEM_RESERVE);
    CHECK(VirtualAlloc(at + 69632, 4096, MEM_COMMIT, PAGE_READWRITE) != NULL);
    CHECK_EQ(at[70000], 0);
    CHECK(VirtualFree(at, 0, MEM_RELEASE));
}

TEST(n_012_protection_changes) {
    DWORD before = 77;
    MEMORY_BASIC_INFORMATION about;
    char *at = VirtualAlloc(NULL, 16384, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
    at[5000] = 9;
    CHECK(VirtualProtect(at + 5000, 1, PAGE_READONLY, &before));
    CHECK_EQ(before, PAGE_READWRITE);
    CHECK_EQ(at[5000], 9);
    CHECK_EQ(VirtualQuery(at, &about, sizeof about), sizeof about);
    CHECK_EQ(about.RegionSize, 4096);
    CHECK_EQ(VirtualQuery(at + 4096, &about, sizeof about), sizeof about);
    CHECK_EQ(about.Protect, PAGE_READONLY);
    CHECK_EQ(about.RegionSize, 4096);
    CHECK(VirtualProtect(at, 16384, PAGE_READWRITE, &before));
    CHECK_EQ(before, PAGE_READWRITE);
    at[5000] = 10;
    CHECK_BOOL_ERR(VirtualProtect(at, 1, 3, &before), ERROR_INVALID_PARAMETER);
    CHECK(VirtualFree(at, 0, MEM_RELEASE));
}

TEST(n_013_what_is_refused) {
    char *at = reserve(128 * KIB);
    DWORD before;
    CHECK_BOOL_ERR(VirtualAlloc(at, 4096, MEM_RESERVE, PAGE_READWRITE) != NULL, ERROR_INVALID_ADDRESS);
    CHECK_BOOL_ERR(VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE) != NULL, ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(VirtualAlloc(NULL, 4096, 0, PAGE_READWRITE) != NULL, ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(VirtualAlloc(NULL, 4096, MEM_COMMIT, 0) != NULL, ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(VirtualFree(at, 4096, MEM_RELEASE), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(VirtualFree(at + 4096, 0, MEM_RELEASE), ERROR_INVALID_ADDRESS);
    CHECK_BOOL_ERR(VirtualFree(at, 0, 0), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(VirtualProtect(at, 4096, PAGE_READWRITE, &before), ERROR_INVALID_ADDRESS);
    CHECK(VirtualFree(at, 0, MEM_RELEASE));
}

TEST(n_014_an_address_may_be_asked_for) {
    char *at = reserve(256 * KIB);
    CHECK(VirtualFree(at, 0, MEM_RELEASE));
    CHECK(VirtualAlloc(at + 100, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE) == at);
    at[4195] = 1; /* the pages that the range touches */
    CHECK(VirtualFree(at, 0, MEM_RELEASE));
}

TEST(n_015_other_memory_is_described_too) {
    MEMORY_BASIC_INFORMATION about;
    static int here = 1;
    CHECK_EQ(VirtualQuery(&here, &about, sizeof about), sizeof about);
    CHECK_EQ(about.State, MEM_COMMIT);
    CHECK((char *)about.BaseAddress <= (char *)&here && (char *)about.BaseAddress + about.RegionSize > (char *)&here);
    CHECK_EQ(VirtualQuery(&here, &about, sizeof about - 1), 0);
}

TEST(n_016_heaps) {
    HANDLE heap = HeapCreate(0, 0, 0);
    char *block = HeapAlloc(heap, HEAP_ZERO_MEMORY, 100);
    CHECK(block != NULL && block[99] == 0);
    CHECK(HeapValidate(heap, 0, NULL) && HeapValidate(heap, 0, block));
    CHECK(HeapSetInformation(NULL, HeapEnableTerminationOnCorruption, NULL, 0));
    CHECK(HeapFree(heap, 0, block) && HeapDestroy(heap));
    char *global = GlobalAlloc(GPTR, 50);
    CHECK(global != NULL && global[49] == 0);
    CHECK(GlobalLock(global) == global);
    GlobalUnlock(global);
    CHECK(GlobalFree(global) == NULL);
}
