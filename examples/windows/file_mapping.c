/* File mappings: a file as memory, grown, copied on write, and seen after its handles are closed; memory that two views
 * share; and what is refused. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

static const char *PATH = "file_mapping.tmp";

/* Nothing but the error of what has failed. */
static void refused(const char *what, BOOL done)
{
    if (done)
        printf("%-44s done\n", what);
    else
        printf("%-44s error %lu\n", what, (unsigned long)GetLastError());
}

static HANDLE open_file(DWORD access, DWORD disposition)
{
    HANDLE file = CreateFileA(PATH, access, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL, disposition,
                              FILE_ATTRIBUTE_NORMAL, NULL);
    if (file == INVALID_HANDLE_VALUE)
        printf("CreateFile: error %lu\n", (unsigned long)GetLastError());
    return file;
}

static void a_file(void)
{
    HANDLE file = open_file(GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS);
    refused("the whole of an empty file", CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL) != NULL);

    HANDLE mapping = CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 100000, NULL);
    printf("a mapping that is longer: the file has %lu bytes\n", (unsigned long)GetFileSize(file, NULL));
    char *view = MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0);
    char *end = MapViewOfFile(mapping, FILE_MAP_READ, 0, 65536, 0);
    strcpy(view, "in the file");
    strcpy(view + 65536, "64 KiB behind");
    CloseHandle(mapping);
    CloseHandle(file);
    printf("all handles closed: \"%s\", \"%s\"\n", view, end);
    printf("flushed: %d\n", FlushViewOfFile(view, 0));
    printf("unmapped: %d, %d\n", UnmapViewOfFile(view), UnmapViewOfFile(end));

    char text[12] = "";
    DWORD read = 0;
    file = open_file(GENERIC_READ, OPEN_EXISTING);
    ReadFile(file, text, 11, &read, NULL);
    printf("read back: \"%s\"\n", text);
    refused("to write where the file is only read", CreateFileMappingA(file, NULL, PAGE_READWRITE, 0, 0, NULL) != NULL);
    refused("longer than a file that is only read",
            CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 200000, NULL) != NULL);
    mapping = CreateFileMappingA(file, NULL, PAGE_READONLY, 0, 0, NULL);
    refused("a view that writes", MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0) != NULL);
    refused("a view at 4096", MapViewOfFile(mapping, FILE_MAP_READ, 0, 4096, 0) != NULL);
    refused("a view of more than there is", MapViewOfFile(mapping, FILE_MAP_READ, 0, 65536, 65536) != NULL);
    view = MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0);
    char *copy = MapViewOfFile(mapping, FILE_MAP_COPY, 0, 0, 0);
    memcpy(copy, "of my own", 10);
    printf("a copy: \"%s\", the file: \"%s\"\n", copy, view);
    UnmapViewOfFile(copy);
    UnmapViewOfFile(view);
    CloseHandle(mapping);
    CloseHandle(file);
    DeleteFileA(PATH);
}

static void memory(void)
{
    HANDLE mapping = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 4096, "file_mapping example");
    printf("new: %lu\n", (unsigned long)GetLastError());
    HANDLE same = CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 8192, "file_mapping example");
    printf("the name again: %s\n", GetLastError() == ERROR_ALREADY_EXISTS ? "it exists" : "it is new");
    HANDLE opened = OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, "file_mapping example");

    int *one = MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, 0);
    int *two = MapViewOfFile(opened, FILE_MAP_READ, 0, 0, sizeof(int));
    *one = 42;
    printf("one writes 42, two reads %d\n", *two);
    MEMORY_BASIC_INFORMATION about;
    VirtualQuery(two, &about, sizeof about);
    printf("mapped: %d, committed: %d, read-only: %d, %lu bytes\n", about.Type == MEM_MAPPED, about.State == MEM_COMMIT,
           about.Protect == PAGE_READONLY, (unsigned long)about.RegionSize);
    UnmapViewOfFile(one);
    UnmapViewOfFile(two);
    CloseHandle(mapping);
    CloseHandle(same);
    CloseHandle(opened);
    refused("the name when all handles are closed",
            OpenFileMappingA(FILE_MAP_READ, FALSE, "file_mapping example") != NULL);
    refused("memory of no size", CreateFileMappingA(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, 0, NULL) != NULL);
    refused("to unmap what is no view", UnmapViewOfFile(&mapping));
    refused("a view of a closed mapping", MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0) != NULL);
}

int main(void)
{
    a_file();
    memory();
    return 0;
}
