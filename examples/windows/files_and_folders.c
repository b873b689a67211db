/* Folders made and removed, files moved, copied, searched and told of, temporary names, and where the system's libraries
 * are: what a file server does beside its sockets. */
#include <windows.h>
#include <stdio.h>
#include <string.h>

static void told(const char *what, BOOL done)
{
    if (done)
        printf("%-40s done\n", what);
    else
        printf("%-40s error %lu\n", what, (unsigned long)GetLastError());
}

static void write_file(const char *name, const char *text)
{
    DWORD written = 0;
    HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    WriteFile(file, text, (DWORD)strlen(text), &written, NULL);
    CloseHandle(file);
}

static void list(const char *pattern)
{
    WIN32_FIND_DATAA data;
    HANDLE search = FindFirstFileA(pattern, &data);
    printf("%s:", pattern);
    if (search == INVALID_HANDLE_VALUE) {
        printf(" error %lu\n", (unsigned long)GetLastError());
        return;
    }
    do {
        if (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY)
            printf(" %s/", data.cFileName);
        else
            printf(" %s (%lu)", data.cFileName, (unsigned long)data.nFileSizeLow);
    } while (FindNextFileA(search, &data));
    printf(", then error %lu\n", (unsigned long)GetLastError());
    told("  and its end", FindClose(search));
}

static void attributes(const char *name)
{
    DWORD found = GetFileAttributesA(name);
    if (found == INVALID_FILE_ATTRIBUTES)
        printf("%s: error %lu\n", name, (unsigned long)GetLastError());
    else
        printf("%s: %s\n", name, found & FILE_ATTRIBUTE_DIRECTORY ? "a folder" : "a file");
}

static void folders_and_files(void)
{
    told("CreateDirectory", CreateDirectoryA("files_example", NULL));
    told("CreateDirectory again", CreateDirectoryA("files_example", NULL));
    told("CreateDirectory in none", CreateDirectoryA("files_nowhere/inner", NULL));
    told("SetCurrentDirectory", SetCurrentDirectoryA("files_example"));
    told("SetCurrentDirectory to none", SetCurrentDirectoryA("files_nowhere"));

    char here[MAX_PATH];
    DWORD length = GetCurrentDirectoryA(sizeof here, here);
    printf("the current folder is %s, and needs %d more byte\n", here + length - strlen("files_example"),
           (int)(GetCurrentDirectoryA(3, here) - length));
    char *part = NULL;
    length = GetFullPathNameA("x/../folder/./file.txt", sizeof here, here, &part);
    printf("the last name of a whole path: %s, of %s length\n", part, strlen(here) == length ? "the right" : "another");

    told("CreateDirectory", CreateDirectoryA("folder", NULL));
    write_file("one.txt", "1");
    write_file("two.txt", "22");
    write_file("three.log", "333");
    list("*.txt");
    list("*");
    list("t*");
    list("two.txt");
    list("*.c");
    list("nowhere/*");
    attributes("folder");
    attributes("one.txt");
    attributes("none");
    attributes("none/none");

    told("MoveFile to a name that is taken", MoveFileA("one.txt", "two.txt"));
    told("MoveFile of none", MoveFileA("none", "four.txt"));
    told("MoveFile into another folder", MoveFileA("one.txt", "folder/one.txt"));
    told("MoveFileEx in place of another", MoveFileExA("folder/one.txt", "two.txt", MOVEFILE_REPLACE_EXISTING));
    told("CopyFile", CopyFileA("two.txt", "four.txt", TRUE));
    told("CopyFile to a name that is taken", CopyFileA("two.txt", "four.txt", TRUE));
    told("CopyFile in place of another", CopyFileA("two.txt", "three.log", FALSE));
    list("*.*");

    WIN32_FILE_ATTRIBUTE_DATA from, to;
    GetFileAttributesExA("two.txt", GetFileExInfoStandard, &from);
    GetFileAttributesExA("four.txt", GetFileExInfoStandard, &to);
    printf("the copy is as long: %d, and as old: %d\n", from.nFileSizeLow == to.nFileSizeLow,
           CompareFileTime(&from.ftLastWriteTime, &to.ftLastWriteTime) == 0);

    told("RemoveDirectory of a file", RemoveDirectoryA("two.txt"));
    told("RemoveDirectory", RemoveDirectoryA("folder"));
    told("RemoveDirectory again", RemoveDirectoryA("folder"));
    DeleteFileA("two.txt");
    DeleteFileA("four.txt");
    told("SetCurrentDirectory", SetCurrentDirectoryA(".."));
    told("RemoveDirectory with a file in it", RemoveDirectoryA("files_example"));
    DeleteFileA("files_example/three.log");
    told("RemoveDirectory", RemoveDirectoryA("files_example"));
}

static void temporary_files(void)
{
    char path[MAX_PATH], name[MAX_PATH];
    DWORD length = GetTempPathA(sizeof path, path);
    printf("temporary files go to a folder: %d, which ends with a slash: %d\n",
           (GetFileAttributesA(path) & FILE_ATTRIBUTE_DIRECTORY) != 0, path[length - 1] == '/' || path[length - 1] == '\\');
    UINT number = GetTempFileNameA(path, "example", 0, name);
    char end[16];
    sprintf(end, "exa%X.tmp", number);
    printf("a name: %d, and a file: %d\n", lstrcmpiA(name + length, end) == 0,
           GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES);
    told("DeleteFile", DeleteFileA(name));
    number = GetTempFileNameA(path, "ex", 0xBEEF, name);
    printf("a name alone: %X, as it is to be: %d, a file: %d\n", number, lstrcmpiA(name + length, "exBEEF.tmp") == 0,
           GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES);
    told("GetTempFileName in none", GetTempFileNameA("files_nowhere", "ex", 0, name) != 0);
}

static void libraries(void)
{
    char path[MAX_PATH + 20];
    UINT length = GetSystemDirectoryA(path, MAX_PATH);
    printf("it needs %d more byte\n", (int)(GetSystemDirectoryA(path, 1) - length));
    GetSystemDirectoryA(path, MAX_PATH);
    strcat(path, "\\ws2_32.dll");
    HMODULE winsock = LoadLibraryA(path);
    printf("ws2_32.dll is loaded: %d, and has WSAStartup: %d\n", winsock != NULL,
           winsock && GetProcAddress(winsock, "WSAStartup") != NULL);
    printf("the Windows folder: %d\n", GetWindowsDirectoryA(path, MAX_PATH) > 0);
}

int main(void)
{
    folders_and_files();
    temporary_files();
    libraries();
    return 0;
}
