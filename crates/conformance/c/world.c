/* The few things that the two worlds do differently: memory that cannot be touched, threads and connections as the host
 * sees them, and linsock's own settings, which Windows does not have. */
#include "harness.h"
#include <errno.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

int host_errno(void) { return errno; }
void set_host_errno(int value) { errno = value; }

enum { PAGE = 4096 };

#ifdef __linux__

/* Declared by hand: <sys/mman.h> brings names of the host that clash with Windows' own. */
extern void *mmap(void *, unsigned long, int, int, int, long);
extern int mprotect(void *, unsigned long, int);
enum { NONE = 0, READ = 1, READ_WRITE = 3, PRIVATE_ANONYMOUS = 0x22 };

static char *pages(int count) {
    char *block = mmap(NULL, (unsigned long)count * PAGE, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0);
    if (block == (char *)-1) FAIL("no pages");
    return block;
}

char *before_a_hole(int readable) {
    char *block = pages(2);
    if (mprotect(block + PAGE, PAGE, NONE) != 0) FAIL("mprotect");
    return block + PAGE - readable;
}

char *read_only_page(void) {
    char *block = pages(1);
    if (mprotect(block, PAGE, READ) != 0) FAIL("mprotect");
    return block;
}

int thread_count(void) {
    char line[256];
    int count = 0;
    FILE *status = fopen("/proc/self/status", "r");
    if (!status) return 0;
    while (fgets(line, sizeof line, status)) sscanf(line, "Threads: %d", &count);
    fclose(status);
    return count;
}

long long memory_in_use(void) {
    char line[256];
    long long kib = 0;
    FILE *status = fopen("/proc/self/status", "r");
    if (!status) return 0;
    while (fgets(line, sizeof line, status)) sscanf(line, "VmRSS: %lld", &kib);
    fclose(status);
    return kib * 1024;
}

/* Also by hand, as <unistd.h> and <fcntl.h> bring clashing names: asks about each number whether it is open. */
extern int fcntl(int, int, ...);
int descriptor_count(void) {
    int count = 0, kept = errno;
    for (int i = 0; i < 65536; i++) count += fcntl(i, 1 /* F_GETFD */) != -1;
    errno = kept;
    return count;
}

const char *wrong_backend(void) {
    const char *forced = getenv("LINSOCK_BACKEND"), *used = linsock_backend_name();
    if (!forced || !*forced || strcmp(forced, "auto") == 0 || strcmp(forced, used) == 0) return NULL;
    return used;
}

extern int fork(void), waitpid(int, int *, int);
extern void _exit(int) __attribute__((noreturn));

int in_child(int (*body)(void)) {
    int status = 0, id = fork();
    if (id == 0) _exit(body());
    if (id < 0 || waitpid(id, &status, 0) != id || (status & 0x7F)) return -1;
    return status >> 8 & 0xFF;
}

/* By hand, because setsockopt is linsock's here: SYS_setsockopt, SOL_SOCKET, SO_ATTACH_FILTER and "return 0". */
extern long syscall(long, ...);
void deaf(SOCKET s) {
    struct { unsigned short code; unsigned char yes, no; unsigned k; } nothing = { 6, 0, 0, 0 };
    struct { unsigned short length; void *program; } filter = { 1, &nothing };
    if (syscall(54, (long)s, 1L, 26L, &filter, sizeof filter) != 0) FAIL("no filter");
}

extern void (*signal(int, void (*)(int)))(int);
static volatile int pipes;
static void on_pipe(int number) { (void)number, pipes++; }
void count_pipe_signals(void) { pipes = 0, signal(13, on_pipe); }
int pipe_signals(void) { return pipes; }
extern int seteuid(unsigned);
int become_user(int user) { return seteuid((unsigned)user); }

extern int usleep(unsigned);
void host_sleep(DWORD ms) { usleep(ms * 1000); }

void vanish(void) { syscall(SYS_exit, 0L); }

/* S of /proc/self/task/ID/stat, behind the name in brackets: not once, as a thread on its way may wait for a lock, but for
 * a while. */
void asleep(DWORD id) {
    char path[64], line[512];
    ULONGLONG until = now_ms() + 10000;
    snprintf(path, sizeof path, "/proc/self/task/%u/stat", (unsigned)id);
    for (int times = 0; times < 20;) {
        FILE *stat = fopen(path, "r");
        if (!stat) FAIL("there is no thread %u", (unsigned)id);
        char *name = fgets(line, sizeof line, stat) ? strrchr(line, ')') : NULL;
        fclose(stat);
        times = name && name[2] == 'S' ? times + 1 : 0;
        if (now_ms() > until) FAIL("thread %u does not sleep", (unsigned)id);
        usleep(5000);
    }
}

/* The runner gives each test a process, and that a time limit. */
void watch(const char *test, int seconds) { (void)test, (void)seconds; }

/* The host's own functions, under names that its C library does not have. */
extern int host_socket(int, int, int) __asm__("socket");
extern int host_ioctl(int, unsigned long, ...) __asm__("ioctl");
extern int host_close(int) __asm__("close");
extern int host_connect(int, const void *, unsigned) __asm__("connect");
extern long host_recv(int, void *, unsigned long, int) __asm__("recv");
extern int host_getsockopt(int, int, int, void *, unsigned *) __asm__("getsockopt");

int host_option(SOCKET s, int level, int name) {
    int value = 0;
    unsigned length = sizeof value;
    if (host_getsockopt((int)s, level, name, &value, &length) != 0) FAIL("the host has no option %d of level %d", name, level);
    return value;
}

int data_in_syn(SOCKET s) {
    enum { TCP = 6, INFO = 11, OPTIONS_AT = 5, SYN_DATA = 32 }; /* TCP_INFO, tcpi_options, TCPI_OPT_SYN_DATA */
    unsigned char info[256] = { 0 };
    unsigned length = sizeof info;
    if (host_getsockopt((int)s, TCP, INFO, info, &length) != 0) FAIL("no TCP_INFO, errno %d", errno);
    return (info[OPTIONS_AT] & SYN_DATA) != 0;
}

/* The lines of /proc/net/tcp: a number, then addresses in the order of their bytes in memory, ports and the state. */
int in_time_wait(const SA4 *a, const SA4 *b) {
    enum { TIME_WAIT = 6 };
    char line[512];
    int found = 0;
    FILE *table = fopen("/proc/net/tcp", "r");
    if (!table) FAIL("no /proc/net/tcp");
    while (fgets(line, sizeof line, table)) {
        unsigned ip[2], port[2], state;
        if (sscanf(line, "%*d: %x:%x %x:%x %x", &ip[0], &port[0], &ip[1], &port[1], &state) != 5) continue;
        for (int i = 0; i < 2; i++)
            found |= state == TIME_WAIT && ip[i] == a->sin_addr.s_addr && port[i] == ntohs(a->sin_port)
                     && ip[!i] == b->sin_addr.s_addr && port[!i] == ntohs(b->sin_port);
    }
    fclose(table);
    return found;
}

int outside_connect(const SA4 *to) {
    int s = host_socket(AF_INET, SOCK_STREAM, 0);
    if (s < 0 || host_connect(s, to, sizeof *to) != 0) FAIL("no connection from outside, errno %d", errno);
    return s;
}

enum heard outside_hears(int s, DWORD ms) {
    enum { DO_NOT_WAIT = 0x40 }; /* MSG_DONTWAIT */
    char byte;
    for (ULONGLONG until = now_ms() + ms;; usleep(1000)) {
        long n = host_recv(s, &byte, 1, DO_NOT_WAIT);
        if (n >= 0) return n ? HEARD_DATA : HEARD_END;
        if (errno != EAGAIN) return errno == ECONNRESET ? HEARD_RESET : HEARD_ELSE;
        if (now_ms() >= until) return HEARD_NOTHING;
    }
}

int add_address(const char *ip) {
    enum { SET_ADDRESS = 0x8916 }; /* SIOCSIFADDR */
    struct { char name[16]; SA4 address; char rest[8]; } request = { "lo:1", v4(ip, 0), { 0 } };
    int s = host_socket(AF_INET, SOCK_DGRAM, 0);
    int result = host_ioctl(s, SET_ADDRESS, &request);
    host_close(s);
    return result == 0;
}

int add_address6(const char *ip) {
    enum { SET_ADDRESS = 0x8916, INET6 = 10 };
    struct { IN6_ADDR address; unsigned prefix; int interface; } request = { v6(ip, 0).sin6_addr, 64, LOOPBACK_SCOPE };
    int s = host_socket(INET6, SOCK_DGRAM, 0);
    int result = host_ioctl(s, SET_ADDRESS, &request);
    host_close(s);
    return result == 0;
}

/* SYS_getsockopt, IPPROTO_IPV6, IPV6_FLOWLABEL_MGR: get, the remote one. */
unsigned flow_label_of_peer(SOCKET s) {
    struct { IN6_ADDR to; unsigned label; unsigned char action, share; unsigned short flags, expires, linger; unsigned pad; }
        request = { .flags = 8 };
    unsigned length = sizeof request;
    if (syscall(55, (long)s, 41L, 32L, &request, &length) != 0) FAIL("no flow label: errno %d", errno);
    return ntohl(request.label);
}

#else

char *before_a_hole(int readable) {
    DWORD before;
    char *block = VirtualAlloc(NULL, 2 * PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READWRITE);
    if (!block || !VirtualProtect(block + PAGE, PAGE, PAGE_NOACCESS, &before)) FAIL("no pages");
    return block + PAGE - readable;
}

char *read_only_page(void) {
    char *block = VirtualAlloc(NULL, PAGE, MEM_COMMIT | MEM_RESERVE, PAGE_READONLY);
    if (!block) FAIL("no pages");
    return block;
}

void deaf(SOCKET s) { (void)s; }
int data_in_syn(SOCKET s) { (void)s; return -1; }
int in_time_wait(const SA4 *a, const SA4 *b) { (void)a, (void)b; return 0; }
int outside_connect(const SA4 *to) { (void)to; return -1; }
enum heard outside_hears(int s, DWORD ms) { (void)s, (void)ms; return HEARD_ELSE; }
void vanish(void) { TerminateThread(GetCurrentThread(), 0); }
void asleep(DWORD id) { (void)id; Sleep(300); }
void count_pipe_signals(void) {}
int pipe_signals(void) { return 0; }
int thread_count(void) { return 0; }
long long memory_in_use(void) { return 0; }
void host_sleep(DWORD ms) { Sleep(ms); }
const char *wrong_backend(void) { return NULL; }
int descriptor_count(void) { return 0; }
int in_child(int (*body)(void)) { (void)body; return -1; }
int become_user(int user) { (void)user; return -1; }
int add_address(const char *ip) { (void)ip; return 0; }
int add_address6(const char *ip) { (void)ip; return 0; }
unsigned flow_label_of_peer(SOCKET s) { (void)s; return 0; }
int host_option(SOCKET s, int level, int name) { (void)s, (void)level, (void)name; return -1; }

static const char *volatile watched;
static volatile LONG until_s;

static DWORD WINAPI dog(void *nothing) {
    (void)nothing;
    for (;;) {
        Sleep(200);
        if (until_s && (LONG)(GetTickCount64() / 1000) >= until_s) {
            printf("not ok %s not over in time\n", watched);
            fflush(stdout);
            ExitProcess(3);
        }
    }
}

void watch(const char *test, int seconds) {
    static HANDLE running;
    watched = test;
    until_s = seconds ? (LONG)(GetTickCount64() / 1000) + seconds : 0;
    if (!running) running = CreateThread(NULL, 0, dog, NULL, 0, NULL);
}

int linsock_set_timed_wait_delay(unsigned seconds) { (void)seconds; return -1; }
int linsock_timed_wait_delay(void) { return -1; }

#endif
