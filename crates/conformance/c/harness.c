/* The frame of a test program: the list of tests, how one runs, what is printed.
 * The helpers that the tests use are in support.c. */
#include "harness.h"
#include <setjmp.h>
#include <stdarg.h>

void support_after_test(void);

static struct test *first, **last = &first;
static jmp_buf out_of_test;
static char said[1024];
enum outcome { PASSED, FAILED, SKIPPED };

void harness_register(struct test *test) {
    *last = test;
    last = &test->next;
}

void harness_fail(const char *file, int line, const char *what, ...) {
    const char *base = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
    int used = snprintf(said, sizeof said, "%s:%d ", base, line);
    va_list list;
    va_start(list, what);
    vsnprintf(said + used, sizeof said - used, what, list);
    va_end(list);
    longjmp(out_of_test, FAILED);
}

void harness_skip(const char *reason) {
    snprintf(said, sizeof said, "%s", reason);
    longjmp(out_of_test, SKIPPED);
}

void harness_eq(const char *file, int line, const char *what, long long got, long long want) {
    if (got != want)
        harness_fail(file, line, "%s is %lld (0x%llx), expected %lld (0x%llx)", what, got, got, want, want);
}

void harness_ok(const char *file, int line, const char *what, int result) {
    int error = WSAGetLastError();
    if (result != 0) harness_fail(file, line, "%s gave %d, last error %d", what, result, error);
}

static enum outcome run(struct test *test) {
    volatile int started = 0;
    int jumped = setjmp(out_of_test);
    if (jumped == 0) {
        said[0] = 0;
        if (!(test->flags & RAW)) {
            WSADATA data;
            int error = WSAStartup(MAKEWORD(2, 2), &data);
            if (error) harness_fail(__FILE__, __LINE__, "WSAStartup gave %d", error);
            started = 1;
            const char *wrong = wrong_backend();
            if (wrong) harness_fail(__FILE__, __LINE__, "the library runs on %s", wrong);
        }
        watch(test->name, test->flags & SLOW ? 60 : 15);
        test->run();
    }
    watch(NULL, 0);
    support_after_test();
    if (started) WSACleanup();
    return (enum outcome)jumped;
}

static int report(struct test *test) {
    printf("start %s\n", test->name);
    fflush(stdout);
    enum outcome outcome = run(test);
    if (outcome == PASSED) printf("ok %s\n", test->name);
    if (outcome == FAILED) printf("not ok %s %s\n", test->name, said);
    if (outcome == SKIPPED) printf("skip %s %s\n", test->name, said);
    fflush(stdout);
    return outcome == FAILED;
}

int main(int count, char **arguments) {
    int failed = 0;
    if (count > 1 && strcmp(arguments[1], "--list") == 0) {
        for (struct test *test = first; test; test = test->next)
            printf("%s\t%s\t%s\n", test->name, test->flags & SLOW ? "slow" : "", test->env);
        return 0;
    }
    if (count == 1)
        for (struct test *test = first; test; test = test->next) failed += report(test);
    for (int i = 1; i < count; i++) {
        struct test *test = first;
        while (test && strcmp(test->name, arguments[i]) != 0) test = test->next;
        if (!test) {
            fprintf(stderr, "no test is named %s\n", arguments[i]);
            return 2;
        }
        failed += report(test);
    }
    return failed != 0;
}
