/*
 * An error printer as every sample has one: FormatMessage with a buffer of the system's, and with one's own, with
 * inserts, and when there is no such message.
 */
#define _CRT_SECURE_NO_WARNINGS
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <string.h>

/* TRUE if the system has a text for it, which ends with a line's end. */
static BOOL HasText(DWORD code)
{
    LPSTR message = NULL;
    DWORD length = FormatMessageA(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM |
                                      FORMAT_MESSAGE_IGNORE_INSERTS,
                                  NULL, code, MAKELANGID(LANG_NEUTRAL, SUBLANG_DEFAULT), (LPSTR)&message, 0, NULL);
    BOOL good;
    if (length == 0) return FALSE;
    good = strlen(message) == length && length > 2 && message[length - 1] == '\n' && message[length - 2] == '\r';
    LocalFree(message);
    return good;
}

int main(void)
{
    /* name, code */
    static const struct {
        const char *name;
        DWORD code;
    } errors[] = {
        { "ERROR_FILE_NOT_FOUND", ERROR_FILE_NOT_FOUND },
        { "ERROR_INVALID_HANDLE", ERROR_INVALID_HANDLE },
        { "ERROR_IO_PENDING", ERROR_IO_PENDING },
        { "ERROR_OPERATION_ABORTED", ERROR_OPERATION_ABORTED },
        { "ERROR_CONNECTION_REFUSED", ERROR_CONNECTION_REFUSED },
        { "WSAEWOULDBLOCK", WSAEWOULDBLOCK },
        { "WSAECONNREFUSED", WSAECONNREFUSED },
        { "WSAHOST_NOT_FOUND", WSAHOST_NOT_FOUND },
    };
    DWORD_PTR arguments[3] = { (DWORD_PTR) "one", 22, 0xab };
    char buffer[128], tiny[4];
    DWORD length;
    HMODULE module;
    WSADATA data;
    SOCKET s;
    int i;

    for (i = 0; i < (int)ARRAYSIZE(errors); i++)
        printf("%-24s %5d %s\n", errors[i].name, (int)errors[i].code, HasText(errors[i].code) ? "has a text" : "-");

    SetLastError(0);
    length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, 0x2FFFFFFF, 0, buffer,
                            sizeof buffer, NULL);
    printf("no such message: %d, error %d\n", (int)length, (int)GetLastError());
    length = FormatMessageA(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, ERROR_FILE_NOT_FOUND, 0,
                            tiny, sizeof tiny, NULL);
    printf("too small a buffer: %d, error %d\n", (int)length, (int)GetLastError());

    length = FormatMessageA(FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_ARGUMENT_ARRAY,
                            "%1 and %2!d! of %3!x!, %1 again: 100%%%n", 0, 0, buffer, sizeof buffer,
                            (va_list *)arguments);
    buffer[strcspn(buffer, "\r")] = '\0';
    printf("inserts: \"%s\"\n", buffer);

    /* The two names of one slot. */
    WSASetLastError(WSAEMSGSIZE);
    printf("GetLastError after WSASetLastError: %d\n", (int)GetLastError());
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    s = socket(77, SOCK_STREAM, 0);
    printf("an unknown family: %s, error %d\n", s == INVALID_SOCKET ? "refused" : "made", WSAGetLastError());
    if (closesocket((SOCKET)0x7ffffff0) == SOCKET_ERROR) printf("not a socket: error %d\n", WSAGetLastError());
    if (!CloseHandle((HANDLE)(ULONG_PTR)0x7ffffff0)) printf("not a handle: error %d\n", (int)GetLastError());

    module = GetModuleHandleA("ws2_32.dll");
    printf("ws2_32.dll is %s\n", module != NULL ? "loaded" : "not loaded");
    printf("it has WSASocketW: %s, WSAConnectSomewhere: %s\n", GetProcAddress(module, "WSASocketW") ? "yes" : "no",
           GetProcAddress(module, "WSAConnectSomewhere") ? "yes" : "no");
    printf("the error of that is %d\n", (int)GetLastError());
    WSACleanup();
    return 0;
}
