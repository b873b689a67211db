/*
 * What the C and C++ contestants share: the clock, how long operations took, the quota of a round, and the lines that are
 * read and answered. Include the system's headers first.
 */
#ifndef CONTESTANT_H
#define CONTESTANT_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <sys/mman.h>
#include <time.h>
#endif

#define BLOCK_BYTES 64
/* Further connections go to the next address: the kernel searches long for a port where most are taken. */
#define PER_ADDRESS 5000
/* How far to be ahead of the listener, at most. */
#define AHEAD_MAX 2048

#define CHECK(ok) ((ok) ? (void)0 : contestant_fail(#ok, __LINE__))

static inline void contestant_fail(const char *what, int line)
{
#ifdef WSAGetLastError_IS_THERE
    fprintf(stderr, "line %d: %s: error %d\n", line, what, (int)WSAGetLastError());
#else
    fprintf(stderr, "line %d: %s\n", line, what);
#endif
    _Exit(1);
}

static inline uint64_t now_nanoseconds(void)
{
#ifndef __linux__
    static LARGE_INTEGER frequency;
    LARGE_INTEGER now;
    if (frequency.QuadPart == 0)
        QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&now);
    return (uint64_t)((double)now.QuadPart * 1e9 / (double)frequency.QuadPart);
#else
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
#endif
}

/* Counts of durations: 64 buckets a doubling. */
static uint64_t latency_counts[64 * 36];

static inline void latency_record(uint64_t nanoseconds)
{
    unsigned magnitude = 63u - (unsigned)__builtin_clzll(nanoseconds | 1), shift;
    uint64_t bucket = nanoseconds;
    if (magnitude >= 6) {
        shift = magnitude - 6;
        bucket = ((uint64_t)(shift + 1) << 6) + ((nanoseconds >> shift) & 63);
    }
    if (bucket >= 64 * 36)
        bucket = 64 * 36 - 1;
    __atomic_fetch_add(&latency_counts[bucket], 1, __ATOMIC_RELAXED);
}

static inline uint64_t latency_per_mille(uint64_t share)
{
    uint64_t total = 0, seen = 0, i;
    for (i = 0; i < 64 * 36; i++)
        total += latency_counts[i];
    for (i = 0; i < 64 * 36; i++) {
        seen += latency_counts[i];
        if (seen > 0 && seen * 1000 >= total * share)
            return i < 64 ? i : ((64 + (i & 63)) << ((i >> 6) - 1)) + ((uint64_t)1 << ((i >> 6) - 1)) / 2;
    }
    return 0;
}

/* A round, and what is left of it. */
static struct {
    uint64_t in_flight, operations_max, milliseconds_max;
    uint64_t began, until, taken_before;
    uint64_t allowed;          /* how many were allowed so far, and a few more */
    const uint64_t *taken;     /* how many connections the listener took */
} contestant_round;

static inline int round_read(void)
{
    char line[256];
    if (fgets(line, sizeof line, stdin) == NULL)
        return 0;
    unsigned long long n, most, milliseconds;
    CHECK(sscanf(line, " {\"in_flight\":%llu,\"operations_max\":%llu,\"milliseconds_max\":%llu}", &n, &most,
                 &milliseconds) == 3);
#ifdef __linux__
    if (contestant_round.taken == NULL) {
        const char *fd = getenv("LINSOCK_BENCH_TAKEN");
        CHECK(fd != NULL);
        void *map = mmap(NULL, sizeof(uint64_t), PROT_READ, MAP_SHARED, atoi(fd), 0);
        CHECK(map != MAP_FAILED);
        contestant_round.taken = (const uint64_t *)map;
    }
    contestant_round.taken_before = __atomic_load_n(contestant_round.taken, __ATOMIC_RELAXED);
#endif
    memset(latency_counts, 0, sizeof latency_counts);
    contestant_round.in_flight = n;
    contestant_round.operations_max = most;
    contestant_round.allowed = 0;
    contestant_round.began = now_nanoseconds();
    contestant_round.until = contestant_round.began + milliseconds * 1000000u;
    return 1;
}

/* Whether one more may be started. */
static inline int round_take(uint64_t now)
{
    if (now >= contestant_round.until)
        return 0;
    uint64_t before = __atomic_fetch_add(&contestant_round.allowed, 1, __ATOMIC_RELAXED);
    if (before >= contestant_round.operations_max)
        return 0;
#ifdef __linux__
    while (contestant_round.taken_before + before > __atomic_load_n(contestant_round.taken, __ATOMIC_RELAXED) + AHEAD_MAX) {
        struct timespec pause = {0, 100000};
        nanosleep(&pause, NULL);
    }
#endif
    return 1;
}

static inline void round_answer(uint64_t operations)
{
    printf("{\"operations\":%llu,\"nanoseconds\":%llu,\"cpu_nanoseconds\":0,\"p50_nanoseconds\":%llu,"
           "\"p99_nanoseconds\":%llu}\n",
           (unsigned long long)operations, (unsigned long long)(now_nanoseconds() - contestant_round.began),
           (unsigned long long)latency_per_mille(500), (unsigned long long)latency_per_mille(990));
    fflush(stdout);
}

static inline void say(const char *what, int number)
{
    printf("{\"%s\":%d}\n", what, number);
    fflush(stdout);
}

/* Waits for a line; 0 at the end. */
static inline int hear(void)
{
    char line[256];
    return fgets(line, sizeof line, stdin) != NULL;
}

static inline void block_fill(unsigned char *block)
{
    for (int at = 0; at < BLOCK_BYTES; at++)
        block[at] = (unsigned char)(at * 37 + 11);
}
#endif
