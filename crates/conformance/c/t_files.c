/* T-027: what a file's handle is good for beside TransmitFile: OVERLAPPEDs, ports, routines, its end. */
#include "transmit.h"

/* A file of ten digits, opened as wanted, which is gone once its handle is. Never on the stack of a test that fails. */
static HANDLE opened(DWORD access, DWORD flags) {
    static int made;
    char path[300];
    const char *folder = getenv("TEMP");
    DWORD n = 0;
    snprintf(path, sizeof path, "%s/linsock-f-%u-%u-%d", folder ? folder : "/tmp", (unsigned)GetCurrentThreadId(),
             (unsigned)GetTickCount(), made++);
    DWORD share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
    HANDLE first = CreateFileA(path, GENERIC_WRITE, share, NULL, CREATE_NEW, 0, NULL);
    CHECK(first != INVALID_HANDLE_VALUE);
    CHECK(WriteFile(first, "0123456789", 10, &n, NULL) && n == 10);
    CHECK(CloseHandle(first));
    HANDLE file = CreateFileA(path, access, share, NULL, OPEN_EXISTING, flags, NULL);
    int error = (int)GetLastError();
    CHECK(DeleteFileA(path));
    if (file == INVALID_HANDLE_VALUE) FAIL("'%s' cannot be opened: %d", path, error);
    return file;
}

enum { BOTH = GENERIC_READ | GENERIC_WRITE };

static OVERLAPPED *at(OVERLAPPED *ov, ULONGLONG offset) {
    ov->Offset = (DWORD)offset;
    ov->OffsetHigh = (DWORD)(offset >> 32);
    return ov;
}

/* Both forms to their end: the Win32 code, 0 for success. */
static DWORD transferred(HANDLE file, BOOL done, OVERLAPPED *ov, DWORD *n) {
    DWORD error = done ? 0 : GetLastError();
    if (error != ERROR_IO_PENDING && error) return error;
    return GetOverlappedResult(file, ov, n, TRUE) ? 0 : GetLastError();
}

static DWORD read_at(HANDLE file, void *into, DWORD length, OVERLAPPED *ov, DWORD *n) {
    return transferred(file, ReadFile(file, into, length, NULL, ov), ov, n);
}

static DWORD write_at(HANDLE file, const void *from, DWORD length, OVERLAPPED *ov, DWORD *n) {
    return transferred(file, WriteFile(file, from, length, NULL, ov), ov, n);
}

static void expect_contents(HANDLE file, const char *text) {
    char got[64] = { 0 };
    DWORD n = 0;
    CHECK_EQ(GetFileSize(file, NULL), strlen(text));
    CHECK_EQ(read_at(file, got, sizeof got, at(op_event(), 0), &n), 0);
    if (strcmp(got, text) != 0) FAIL("'%s', expected '%s'", got, text);
}

TEST(t_027_files_overlapped_at_their_offsets) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED);
    static char got[16];
    DWORD n = 77;
    OVERLAPPED *ov = at(op_event(), 6);
    CHECK_EQ(read_at(file, got, 3, ov, &n), 0);
    CHECK(n == 3 && memcmp(got, "678", 3) == 0);
    CHECK_STATUS(ov, ST_SUCCESS);
    CHECK_EQ(ov->InternalHigh, 3);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_EQ(read_at(file, got, 16, at(op_event(), 7), &n), 0);
    CHECK(n == 3 && memcmp(got, "789", 3) == 0);
    CHECK_EQ(write_at(file, "ab", 2, at(op_event(), 2), &n), 0);
    CHECK_EQ(n, 2);
    expect_contents(file, "01ab456789");
    /* Beyond the end, which moves. */
    CHECK_EQ(write_at(file, "!", 1, at(op_event(), 10), &n), 0);
    expect_contents(file, "01ab456789!");
    CHECK(CloseHandle(file));
}

TEST(t_027_files_overlapped_need_one) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED);
    char got[4];
    DWORD n = 7;
    CHECK_BOOL_ERR(ReadFile(file, got, 4, &n, NULL), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(WriteFile(file, "x", 1, &n, NULL), ERROR_INVALID_PARAMETER);
    expect_contents(file, "0123456789");
    CHECK(CloseHandle(file));
}

TEST(t_027_files_signal_their_handle) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED);
    static char got[4];
    DWORD n = 0;
    OVERLAPPED *ov = at(op_plain(), 1);
    BOOL done = ReadFile(file, got, 4, NULL, ov);
    CHECK(done || GetLastError() == ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(file, 5000), WAIT_OBJECT_0);
    CHECK(GetOverlappedResult(file, ov, &n, TRUE));
    CHECK(n == 4 && memcmp(got, "1234", 4) == 0);
    CHECK(CloseHandle(file));
    CHECK_EQ(WaitForSingleObject(file, 0), WAIT_FAILED);
}

TEST(t_027_files_and_ports) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED), port = new_port(1);
    static char got[4];
    CHECK(CreateIoCompletionPort(file, port, 27, 0) == port);
    CHECK(CreateIoCompletionPort(file, port, 28, 0) == NULL);
    CHECK_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    OVERLAPPED *read = at(op_plain(), 3), *write = at(op_plain(), 0), *quiet = at(op_event(), 0), *told = NULL;
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    BOOL done = ReadFile(file, got, 4, NULL, read);
    CHECK(done || GetLastError() == ERROR_IO_PENDING);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &told, 5000));
    CHECK(told == read && key == 27 && bytes == 4 && memcmp(got, "3456", 4) == 0);
    done = WriteFile(file, "ab", 2, NULL, write);
    CHECK(done || GetLastError() == ERROR_IO_PENDING);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &told, 5000));
    CHECK(told == write && key == 27 && bytes == 2);
    /* With the low bit of its event set, only the event tells. */
    HANDLE event = quiet->hEvent;
    quiet->hEvent = (HANDLE)((ULONG_PTR)event | 1);
    done = ReadFile(file, got, 4, NULL, quiet);
    CHECK(done || GetLastError() == ERROR_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(event, 5000), WAIT_OBJECT_0);
    CHECK(no_packet(port, 50));
    CHECK(CloseHandle(file));
    CHECK(CloseHandle(port));
}

TEST(t_027_files_skip_packets_if_told_so) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED), port = new_port(1);
    static char got[4];
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *ov = at(op_plain(), 3), *told = NULL;
    CHECK(CreateIoCompletionPort(file, port, 27, 0) == port);
    CHECK_BOOL_ERR(SetFileCompletionNotificationModes(file, 0x80), ERROR_INVALID_PARAMETER);
    CHECK(SetFileCompletionNotificationModes(file, FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    if (ReadFile(file, got, 4, &bytes, ov)) {
        CHECK(no_packet(port, 50));
    } else {
        CHECK_EQ(GetLastError(), ERROR_IO_PENDING);
        CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &told, 5000) && told == ov);
    }
    CHECK_EQ(bytes, 4);
    CHECK(CloseHandle(file));
    CHECK(CloseHandle(port));
}

TEST(t_027_files_without_the_flag_have_no_port) {
    HANDLE file = opened(BOTH, 0), port = new_port(1);
    CHECK(CreateIoCompletionPort(file, port, 1, 0) == NULL);
    CHECK_EQ(GetLastError(), ERROR_INVALID_PARAMETER);
    CHECK(CloseHandle(file));
    CHECK(CreateIoCompletionPort(file, port, 1, 0) == NULL);
    CHECK_EQ(GetLastError(), ERROR_INVALID_HANDLE);
    CHECK(CloseHandle(port));
}

TEST(t_027_files_end_overlapped) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED), port = new_port(1);
    static char got[4];
    static const ULONGLONG beyond[] = { 10, 11, 0x100000000ULL };
    DWORD n = 0;
    CHECK(CreateIoCompletionPort(file, port, 27, 0) == port);
    for (int i = 0; i < 3; i++) {
        OVERLAPPED *ov = at(op_event(), beyond[i]), *told = NULL;
        ULONG_PTR key = 0;
        BOOL done = ReadFile(file, got, 4, NULL, ov);
        CHECK(!done);
        if (GetLastError() == ERROR_IO_PENDING) {
            CHECK(!GetQueuedCompletionStatus(port, &n, &key, &told, 5000));
            CHECK(told == ov);
        }
        /* Told at once, it is told nowhere else. */
        CHECK_EQ(GetLastError(), ERROR_HANDLE_EOF);
        CHECK(no_packet(port, 30));
    }
    /* To want nothing is no end. */
    OVERLAPPED *ov = op_event();
    ov->hEvent = (HANDLE)((ULONG_PTR)ov->hEvent | 1);
    CHECK_EQ(read_at(file, got, 0, at(ov, 3), &n), 0);
    CHECK_EQ(n, 0);
    CHECK(CloseHandle(file));
    CHECK(CloseHandle(port));
}

TEST(t_027_files_end_without_the_flag) {
    HANDLE file = opened(BOTH, 0);
    char got[16];
    DWORD n = 77;
    CHECK_EQ(SetFilePointer(file, 8, NULL, FILE_BEGIN), 8);
    CHECK(ReadFile(file, got, 16, &n, NULL) && n == 2 && memcmp(got, "89", 2) == 0);
    n = 77;
    CHECK(ReadFile(file, got, 16, &n, NULL) && n == 0);
    OVERLAPPED *ov = at(op_event(), 10);
    n = 77;
    CHECK_BOOL_ERR(ReadFile(file, got, 4, &n, ov), ERROR_HANDLE_EOF);
    CHECK_EQ(n, 0);
    CHECK_STATUS(ov, 0xC0000011u);
    CHECK_BOOL_ERR(GetOverlappedResult(file, ov, &n, FALSE), ERROR_HANDLE_EOF);
    CHECK(CloseHandle(file));
}

TEST(t_027_files_without_the_flag_follow_the_offset) {
    HANDLE file = opened(BOTH, 0);
    char got[4];
    DWORD n = 0;
    OVERLAPPED *ov = at(op_event(), 5);
    CHECK(ReadFile(file, got, 3, &n, ov) && n == 3 && memcmp(got, "567", 3) == 0);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 0), WAIT_OBJECT_0);
    CHECK_EQ(SetFilePointer(file, 0, NULL, FILE_CURRENT), 8);
    CHECK(WriteFile(file, "ab", 2, &n, at(op_event(), 1)) && n == 2);
    CHECK_EQ(SetFilePointer(file, 0, NULL, FILE_CURRENT), 3);
    CHECK(CloseHandle(file));
}

TEST(t_027_files_grow_at_their_end) {
    static const DWORD flags[] = { 0, FILE_FLAG_OVERLAPPED };
    for (int i = 0; i < 2; i++) {
        DWORD n = 0;
        HANDLE file = opened(BOTH, flags[i]);
        /* An offset of all ones is the end. */
        CHECK_EQ(write_at(file, "ab", 2, at(op_event(), ~0ULL), &n), 0);
        CHECK_EQ(n, 2);
        CHECK_EQ(write_at(file, "cd", 2, at(op_event(), ~0ULL), &n), 0);
        expect_contents(file, "0123456789abcd");
        CHECK(CloseHandle(file));
        /* Who may only append writes nowhere else. */
        file = opened(GENERIC_READ | FILE_APPEND_DATA, flags[i]);
        CHECK_EQ(write_at(file, "ab", 2, at(op_event(), 3), &n), 0);
        expect_contents(file, "0123456789ab");
        if (!flags[i]) {
            CHECK_EQ(SetFilePointer(file, 2, NULL, FILE_BEGIN), 2);
            CHECK(WriteFile(file, "cd", 2, &n, NULL) && n == 2);
            expect_contents(file, "0123456789abcd");
        }
        CHECK(CloseHandle(file));
    }
}

TEST(t_027_files_refuse_what_they_were_not_opened_for) {
    static const DWORD flags[] = { 0, FILE_FLAG_OVERLAPPED };
    for (int i = 0; i < 2; i++) {
        static char got[4];
        DWORD n = 0;
        HANDLE reader = opened(GENERIC_READ, flags[i]), writer = opened(GENERIC_WRITE, flags[i]);
        CHECK_BOOL_ERR(WriteFile(reader, "x", 1, &n, at(op_event(), 0)), ERROR_ACCESS_DENIED);
        CHECK_BOOL_ERR(ReadFile(writer, got, 1, &n, at(op_event(), 0)), ERROR_ACCESS_DENIED);
        CHECK_BOOL_ERR(FlushFileBuffers(reader), ERROR_ACCESS_DENIED);
        CHECK_BOOL_ERR(SetEndOfFile(reader), ERROR_ACCESS_DENIED);
        CHECK(FlushFileBuffers(writer));
        expect_contents(reader, "0123456789");
        CHECK(CloseHandle(reader));
        CHECK(CloseHandle(writer));
    }
}

TEST(t_027_files_change_their_size) {
    HANDLE file = opened(BOTH, 0), other = opened(BOTH, FILE_FLAG_OVERLAPPED);
    LARGE_INTEGER to, is;
    CHECK_EQ(SetFilePointer(file, 4, NULL, FILE_BEGIN), 4);
    CHECK(SetEndOfFile(file));
    expect_contents(file, "0123");
    to.QuadPart = 0x123456789LL;
    CHECK(SetFilePointerEx(file, to, &is, FILE_BEGIN));
    CHECK_EQ(is.QuadPart, 0x123456789LL);
    CHECK(SetEndOfFile(file));
    CHECK(GetFileSizeEx(file, &is));
    CHECK_EQ(is.QuadPart, 0x123456789LL);
    DWORD high = 0;
    CHECK_EQ(GetFileSize(file, &high), 0x23456789);
    CHECK_EQ(high, 1);
    char byte = 'x';
    DWORD n = 0;
    CHECK_EQ(read_at(file, &byte, 1, at(op_event(), 0x123456788ULL), &n), 0);
    CHECK(n == 1 && byte == 0);
    /* An overlapped file has a position for this alone. */
    CHECK_EQ(SetFilePointer(other, -3, NULL, FILE_END), 7);
    CHECK(SetEndOfFile(other));
    expect_contents(other, "0123456");
    CHECK(CloseHandle(file));
    CHECK(CloseHandle(other));
    CHECK_BOOL_ERR(SetEndOfFile(file), ERROR_INVALID_HANDLE);
    CHECK_BOOL_ERR(FlushFileBuffers(file), ERROR_INVALID_HANDLE);
}

TEST(t_027_files_have_nothing_to_cancel) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED);
    static char got[4];
    DWORD n = 0;
    OVERLAPPED *ov = at(op_event(), 0);
    CHECK_EQ(read_at(file, got, 4, ov, &n), 0);
    CHECK_BOOL_ERR(CancelIoEx(file, ov), ERROR_NOT_FOUND);
    CHECK_BOOL_ERR(CancelIoEx(file, NULL), ERROR_NOT_FOUND);
    CHECK(CancelIo(file));
    CHECK_STATUS(ov, ST_SUCCESS);
    CHECK(CloseHandle(file));
    CHECK_BOOL_ERR(CancelIoEx(file, NULL), ERROR_INVALID_HANDLE);
    CHECK_BOOL_ERR(CancelIo(file), ERROR_INVALID_HANDLE);
}

TEST(t_027_files_check_pointers_and_events) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED), port = new_port(1);
    DWORD n = 0;
    static char got[4];
    CHECK_BOOL_ERR(ReadFile(file, UNMAPPED, 4, NULL, at(op_event(), 0)), ERROR_NOACCESS);
    OVERLAPPED *odd = at(op_plain(), 0);
    odd->hEvent = port;
    CHECK_BOOL_ERR(ReadFile(file, got, 4, NULL, odd), ERROR_INVALID_HANDLE);
    CHECK_EQ(read_at(file, got, 4, at(op_event(), 0), &n), 0);
    CHECK(CloseHandle(file));
    CHECK(CloseHandle(port));
}

static struct { int runs; DWORD error, bytes; OVERLAPPED *ov; } seen;

static void CALLBACK note(DWORD error, DWORD bytes, OVERLAPPED *ov) {
    seen.runs++;
    seen.error = error;
    seen.bytes = bytes;
    seen.ov = ov;
}

TEST(t_027_files_and_routines) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED);
    static char got[16];
    OVERLAPPED *read = at(op_plain(), 4), *write = at(op_plain(), 0);
    memset(&seen, 0, sizeof seen);
    read->hEvent = (HANDLE)(ULONG_PTR)0x1234; /* the program's own */
    CHECK(ReadFileEx(file, got, 3, read, note));
    CHECK_EQ(seen.runs, 0);
    CHECK_EQ(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
    CHECK(seen.runs == 1 && seen.error == 0 && seen.bytes == 3 && seen.ov == read);
    CHECK(memcmp(got, "456", 3) == 0);
    CHECK(WriteFileEx(file, "ab", 2, write, note));
    CHECK_EQ(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
    CHECK(seen.runs == 2 && seen.error == 0 && seen.bytes == 2 && seen.ov == write);
    expect_contents(file, "ab23456789");
    /* A failure that is told at once runs nothing. */
    if (!ReadFileEx(file, got, 3, at(read, 10), note)) {
        CHECK_EQ(GetLastError(), ERROR_HANDLE_EOF);
        CHECK_EQ(SleepEx(50, TRUE), 0);
        CHECK_EQ(seen.runs, 2);
    } else {
        CHECK_EQ(SleepEx(5000, TRUE), WAIT_IO_COMPLETION);
        CHECK(seen.runs == 3 && seen.error == ERROR_HANDLE_EOF);
    }
    CHECK(CloseHandle(file));
}

TEST(t_027_files_at_a_port_have_no_routines) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED), port = new_port(1);
    static char got[4];
    memset(&seen, 0, sizeof seen);
    CHECK(CreateIoCompletionPort(file, port, 27, 0) == port);
    CHECK_BOOL_ERR(ReadFileEx(file, got, 3, at(op_plain(), 0), note), ERROR_INVALID_PARAMETER);
    CHECK_BOOL_ERR(WriteFileEx(file, "x", 1, at(op_plain(), 0), note), ERROR_INVALID_PARAMETER);
    CHECK_EQ(SleepEx(30, TRUE), 0);
    CHECK(no_packet(port, 30));
    CHECK(CloseHandle(file));
    CHECK(CloseHandle(port));
}

TEST(t_027_files_close_their_port_last) {
    HANDLE file = opened(BOTH, FILE_FLAG_OVERLAPPED), port = new_port(1);
    static char got[4];
    DWORD bytes = 0;
    ULONG_PTR key = 0;
    OVERLAPPED *ov = at(op_plain(), 2), *told = NULL;
    CHECK(CreateIoCompletionPort(file, port, 27, 0) == port);
    BOOL done = ReadFile(file, got, 4, NULL, ov);
    CHECK(done || GetLastError() == ERROR_IO_PENDING);
    CHECK(CloseHandle(file));
    /* Exactly one packet, whenever the handle was closed. */
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &told, 5000));
    CHECK(told == ov && bytes == 4);
    CHECK(no_packet(port, 50));
    CHECK(CloseHandle(port));
}
