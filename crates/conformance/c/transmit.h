/* Files for the tests of TransmitFile. */
#ifndef LINSOCK_CONFORMANCE_TRANSMIT_H
#define LINSOCK_CONFORMANCE_TRANSMIT_H
#include "harness.h"

/* More than the buffers of a loopback connection hold: a transmission of it stays pending until its peer reads. */
enum { BIG = 24 << 20 };

/* A file that is gone once its handle is: nothing is left behind, whatever happens. Its position is at its begin. */
static inline HANDLE unowned_file_of(const char *data, int length) {
    static int made;
    char path[300];
    const char *folder = getenv("TEMP");
    DWORD n = 0;
    snprintf(path, sizeof path, "%s/linsock-%u-%u-%d", folder ? folder : "/tmp", (unsigned)GetCurrentThreadId(),
             (unsigned)GetTickCount(), made++);
    HANDLE file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, CREATE_NEW,
                              0, NULL);
    if (file == INVALID_HANDLE_VALUE) FAIL("no file '%s': %d", path, (int)GetLastError());
    if (!DeleteFileA(path)) FAIL("'%s' cannot be removed: %d", path, (int)GetLastError());
    if (length > 0 && (!WriteFile(file, data, (DWORD)length, &n, NULL) || n != (DWORD)length)) FAIL("writing");
    SetFilePointer(file, 0, NULL, FILE_BEGIN);
    return file;
}

/* The same; it stays open as long as the process. */
static inline HANDLE file_of(const char *data, int length) { return unowned_file_of(data, length); }

static inline HANDLE big_file(void) {
    static HANDLE file;
    if (!file) {
        char *block = fill(BIG);
        file = file_of(block, BIG);
        free(block);
    }
    return file;
}

static inline LPFN_TRANSMITFILE transmit_file(void) {
    GUID id = WSAID_TRANSMITFILE;
    LPFN_TRANSMITFILE function = NULL;
    DWORD bytes = 0;
    CHECK_OK(WSAIoctl(tcp(), SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function, &bytes,
                      NULL, NULL));
    return function;
}

/* 0 for TRUE, else the last error. */
static inline int transmit(SOCKET s, HANDLE file, DWORD bytes, OVERLAPPED *ov, TRANSMIT_FILE_BUFFERS *around,
                           DWORD flags) {
    WSASetLastError(0);
    return TransmitFile(s, file, bytes, 0, ov, around, flags) ? 0 : WSAGetLastError();
}

/* Sends a little, ends the connection and keeps the socket. */
static inline void reuse(SOCKET s, SOCKET peer) {
    char got[4];
    OVERLAPPED *ov = op_event();
    CHECK_EQ(transmit(s, file_of("bye", 3), 0, ov, NULL, TF_DISCONNECT | TF_REUSE_SOCKET), ERROR_IO_PENDING);
    read_exactly(peer, got, 3);
    CHECK_EQ(recv(peer, got, 1, 0), 0);
    drop(peer);
    CHECK_EQ(finish(s, ov, 5000, NULL), 0);
}

struct reading { SOCKET s; char *into; int length; };

static inline DWORD WINAPI read_all(void *argument) {
    struct reading *r = argument;
    int have = 0;
    while (have < r->length) {
        int got = recv(r->s, r->into + have, r->length - have, 0);
        if (got <= 0) return 1;
        have += got;
    }
    return 0;
}

#endif
