/*
 * Check that L"" strings of the program's own width reach the library and
 * come back: compiled with 32-bit and with 16-bit wchar_t.
 */
#define UNICODE
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <windows.h>

#define CHECK(ok)        \
    do {                 \
        if (!(ok)) {     \
            return __LINE__; \
        }                \
    } while (0)

/* wcscmp of the C library is for 32 bits only. */
static int same(const WCHAR *left, const WCHAR *right)
{
    while (*left && *left == *right) {
        left++, right++;
    }
    return *left == *right;
}

int main(void)
{
    WCHAR text[INET6_ADDRSTRLEN];
    IN_ADDR v4;
    IN6_ADDR v6, loopback = IN6ADDR_LOOPBACK_INIT;
    HANDLE event, again, search;
    WIN32_FIND_DATA found;
    static IP_ADAPTER_ADDRESSES adapters[1000];
    NET_LUID luid;
    ULONG size;

    CHECK(InetPton(AF_INET, L"127.0.0.1", &v4) == 1 && v4.s_addr == htonl(INADDR_LOOPBACK));
    CHECK(InetNtop(AF_INET, &v4, text, INET6_ADDRSTRLEN) == text && same(text, L"127.0.0.1"));
    CHECK(InetPton(AF_INET6, L"::1", &v6) == 1 && IN6_ADDR_EQUAL(&v6, &loopback));
    CHECK(InetPton(AF_INET, L"not an address", &v4) == 0);

    event = CreateEvent(NULL, TRUE, FALSE, L"a name");
    CHECK(event != NULL);
    again = CreateEvent(NULL, TRUE, FALSE, L"a name");
    CHECK(again != NULL && GetLastError() == ERROR_ALREADY_EXISTS);
    CHECK(SetEvent(event) && WaitForSingleObject(again, 0) == WAIT_OBJECT_0);
    CHECK(CloseHandle(event) && CloseHandle(again));

    search = FindFirstFile(L"*", &found);
    CHECK(search != INVALID_HANDLE_VALUE && same(found.cFileName, L"."));
    CHECK(found.cAlternateFileName[0] == 0 && found.dwFileAttributes == FILE_ATTRIBUTE_DIRECTORY);
    CHECK(FindNextFile(search, &found) && same(found.cFileName, L"..") && FindClose(search));
    size = sizeof adapters;
    CHECK(GetAdaptersAddresses(AF_UNSPEC, 0, NULL, adapters, &size) == NO_ERROR);
    CHECK(ConvertInterfaceLuidToAlias(&adapters->Luid, text, INET6_ADDRSTRLEN) == NO_ERROR);
    CHECK(same(text, adapters->FriendlyName) && same(text, adapters->Description));
    CHECK(ConvertInterfaceNameToLuidW(text, &luid) == NO_ERROR && luid.Value == adapters->Luid.Value);
    return 0;
}
