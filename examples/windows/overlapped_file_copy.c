/*
 * Copies a file with several reads and writes under way at a time, all of them completing through one port.
 */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_SIZE (1024 * 1024 + 777)
#define CHUNK     65536
#define MAX_IO    4

enum { READING = 1, WRITING = 2 };

typedef struct _COPY_CHUNK {
    OVERLAPPED Overlapped;
    char Buffer[CHUNK];
} COPY_CHUNK;

static HANDLE Source, Target, Port;
static ULONGLONG NextRead;
static int Reads, Writes, EndsOfFile;

static void Die(const char *What)
{
    printf("%s: %d\n", What, (int)GetLastError());
    exit(1);
}

static HANDLE Open(const char *Name, DWORD Access, DWORD Disposition, ULONG_PTR Key)
{
    HANDLE File = CreateFileA(Name, Access, FILE_SHARE_READ, NULL, Disposition, FILE_FLAG_OVERLAPPED, NULL);
    if (File == INVALID_HANDLE_VALUE) Die("CreateFile");
    if (CreateIoCompletionPort(File, Port, Key, 0) == NULL) Die("CreateIoCompletionPort");
    return File;
}

/* Starts the next read; 0 at the end of the file. */
static int Read(COPY_CHUNK *Chunk)
{
    ZeroMemory(&Chunk->Overlapped, sizeof Chunk->Overlapped);
    Chunk->Overlapped.Offset = (DWORD)NextRead;
    Chunk->Overlapped.OffsetHigh = (DWORD)(NextRead >> 32);
    NextRead += CHUNK;
    if (ReadFile(Source, Chunk->Buffer, CHUNK, NULL, &Chunk->Overlapped) || GetLastError() == ERROR_IO_PENDING) return 1;
    if (GetLastError() != ERROR_HANDLE_EOF) Die("ReadFile");
    EndsOfFile++;
    return 0;
}

static void Copy(void)
{
    static COPY_CHUNK Chunks[MAX_IO];
    DWORD Bytes;
    ULONG_PTR Key;
    LPOVERLAPPED Overlapped;
    int i, Pending = 0;

    for (i = 0; i < MAX_IO; i++) Pending += Read(&Chunks[i]);
    while (Pending > 0) {
        BOOL Ok = GetQueuedCompletionStatus(Port, &Bytes, &Key, &Overlapped, 10000);
        COPY_CHUNK *Chunk = CONTAINING_RECORD(Overlapped, COPY_CHUNK, Overlapped);
        if (Overlapped == NULL) Die("GetQueuedCompletionStatus");
        if (!Ok && GetLastError() == ERROR_HANDLE_EOF && Key == READING) {
            EndsOfFile++;
            Pending--;
        } else if (!Ok) {
            Die("a transfer");
        } else if (Key == READING) {
            Reads++;
            /* Offset is still where it was read from. */
            if (!WriteFile(Target, Chunk->Buffer, Bytes, NULL, Overlapped) && GetLastError() != ERROR_IO_PENDING)
                Die("WriteFile");
        } else {
            Writes++;
            Pending += Read(Chunk) - 1;
        }
    }
}

int main(void)
{
    static char Before[FILE_SIZE], After[FILE_SIZE];
    char From[64], To[64];
    LARGE_INTEGER Size;
    DWORD Bytes;
    HANDLE File;
    int i;

    sprintf(From, "copy_from_%u.tmp", (unsigned)GetCurrentProcessId());
    sprintf(To, "copy_to_%u.tmp", (unsigned)GetCurrentProcessId());
    for (i = 0; i < FILE_SIZE; i++) Before[i] = (char)(i ^ (i >> 9));
    File = CreateFileA(From, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    if (File == INVALID_HANDLE_VALUE || !WriteFile(File, Before, FILE_SIZE, &Bytes, NULL)) Die("the source");
    CloseHandle(File);

    Port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    Source = Open(From, GENERIC_READ, OPEN_EXISTING, READING);
    Target = Open(To, GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS, WRITING);
    Copy();
    printf("%d reads, %d writes, %s\n", Reads, Writes, EndsOfFile == MAX_IO ? "each to the end" : "not to the end");
    if (!GetFileSizeEx(Target, &Size)) Die("GetFileSizeEx");
    printf("the copy has %d bytes\n", (int)Size.QuadPart);
    CloseHandle(Source);
    CloseHandle(Target);
    CloseHandle(Port);

    File = CreateFileA(To, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (File == INVALID_HANDLE_VALUE || !ReadFile(File, After, FILE_SIZE, &Bytes, NULL)) Die("the target");
    printf("it is %s\n", Bytes == FILE_SIZE && !memcmp(Before, After, FILE_SIZE) ? "the same" : "not the same");
    CloseHandle(File);
    File = CreateFileA(From, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    printf("making the source anew: error %d\n", File == INVALID_HANDLE_VALUE ? (int)GetLastError() : 0);
    printf("both deleted: %s\n", DeleteFileA(From) && DeleteFileA(To) ? "yes" : "no");
    File = CreateFileA(From, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    printf("opening it now: error %d\n", File == INVALID_HANDLE_VALUE ? (int)GetLastError() : 0);
    return 0;
}
