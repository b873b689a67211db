/*
 * What programs ask of the machine's network: adapters and their addresses, by the newer function and the older one; which
 * adapter leads where; an adapter's numbers and names, each found by the others; the machine's name.
 */
#define _CRT_SECURE_NO_WARNINGS
#include <WinSock2.h>
#include <WS2tcpip.h>
#include <IPHlpApi.h>
#include <netioapi.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef ULONG(WINAPI *GetAdaptersAddressesFn)(ULONG, ULONG, PVOID, PIP_ADAPTER_ADDRESSES, PULONG);

static const char *Answer(int good)
{
    return good ? "yes" : "no";
}

/* As the documentation does it: guess, and ask again with what it takes. */
static IP_ADAPTER_ADDRESSES *AllAdapters(GetAdaptersAddressesFn ask, ULONG family, ULONG flags)
{
    ULONG size = 128, result;
    IP_ADAPTER_ADDRESSES *list = NULL;
    do {
        free(list);
        list = malloc(size);
        result = list != NULL ? ask(family, flags, NULL, list, &size) : ERROR_NOT_ENOUGH_MEMORY;
    } while (result == ERROR_BUFFER_OVERFLOW);
    if (result == NO_ERROR) return list;
    printf("GetAdaptersAddresses: error %lu\n", (unsigned long)result);
    exit(1);
}

static IP_ADAPTER_ADDRESSES *Find(IP_ADAPTER_ADDRESSES *list, DWORD index)
{
    while (list != NULL && list->IfIndex != index) list = list->Next;
    return list;
}

static IP_ADAPTER_ADDRESSES *Loopback(IP_ADAPTER_ADDRESSES *list)
{
    while (list != NULL && list->IfType != IF_TYPE_SOFTWARE_LOOPBACK) list = list->Next;
    if (list != NULL) return list;
    printf("there is no loopback adapter\n");
    exit(1);
}

static void Addresses(void)
{
    IP_ADAPTER_ADDRESSES *list = AllAdapters(GetAdaptersAddresses, AF_UNSPEC, GAA_FLAG_INCLUDE_PREFIX), *one;
    IP_ADAPTER_ADDRESSES *loopback = Loopback(list);
    IP_ADAPTER_UNICAST_ADDRESS *address;
    char text[INET6_ADDRSTRLEN];
    int named = 1, known = 1;

    for (one = list; one != NULL; one = one->Next) {
        named = named && one->AdapterName[0] != '\0' && one->FriendlyName[0] != L'\0' && one->Description[0] != L'\0';
        for (address = one->FirstUnicastAddress; address != NULL; address = address->Next) {
            int family = address->Address.lpSockaddr->sa_family, length = address->Address.iSockaddrLength;
            known = known && ((family == AF_INET && length == sizeof(SOCKADDR_IN)) ||
                              (family == AF_INET6 && length == sizeof(SOCKADDR_IN6)));
        }
    }
    printf("every adapter has its names: %s\n", Answer(named));
    printf("every address is of IPv4 or IPv6: %s\n", Answer(known));

    printf("loopback is up: %s\n", Answer(loopback->OperStatus == IfOperStatusUp));
    printf("loopback has no hardware address: %s\n", Answer(loopback->PhysicalAddressLength == 0));
    for (address = loopback->FirstUnicastAddress; address != NULL; address = address->Next) {
        SOCKADDR_IN *v4 = (SOCKADDR_IN *)address->Address.lpSockaddr;
        if (v4->sin_family != AF_INET || v4->sin_addr.s_addr != htonl(INADDR_LOOPBACK)) continue;
        inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
        printf("loopback has %s/%d, preferred: %s\n", text, address->OnLinkPrefixLength,
               Answer(address->DadState == IpDadStatePreferred));
    }
    free(list);

    list = AllAdapters(GetAdaptersAddresses, AF_INET, GAA_FLAG_SKIP_UNICAST | GAA_FLAG_SKIP_FRIENDLY_NAME);
    loopback = Loopback(list);
    printf("what is to be left out is left out: %s\n",
           Answer(loopback->FirstUnicastAddress == NULL && loopback->FirstPrefix == NULL));
    free(list);
}

static void Sizes(void)
{
    IP_ADAPTER_ADDRESSES small;
    ULONG size = 0, result;
    memset(&small, 0x55, sizeof small);
    result = GetAdaptersAddresses(AF_UNSPEC, 0, NULL, NULL, &size);
    printf("no buffer: %s, and %s\n", result == ERROR_BUFFER_OVERFLOW ? "ERROR_BUFFER_OVERFLOW" : "?",
           size > sizeof small ? "the size is told" : "?");
    size = 16;
    result = GetAdaptersAddresses(AF_UNSPEC, 0, NULL, &small, &size);
    printf("a small buffer: %s, and %s\n", result == ERROR_BUFFER_OVERFLOW ? "ERROR_BUFFER_OVERFLOW" : "?",
           small.IfIndex == 0x55555555 ? "it stays as it was" : "?");
    result = GetAdaptersAddresses(AF_UNSPEC, 0, NULL, &small, NULL);
    printf("no size: %s\n", result == ERROR_INVALID_PARAMETER ? "ERROR_INVALID_PARAMETER" : "?");
}

/* The older function tells of IPv4 alone, and not of loopback. */
static void OlderList(void)
{
    IP_ADAPTER_ADDRESSES *newer = AllAdapters(GetAdaptersAddresses, AF_INET, 0);
    IP_ADAPTER_INFO *list = NULL, *one;
    ULONG size = 0, result = GetAdaptersInfo(NULL, &size);
    int same = 1, loopback = 0;

    if (result == ERROR_BUFFER_OVERFLOW && (list = malloc(size)) != NULL) result = GetAdaptersInfo(list, &size);
    if (result != NO_ERROR && result != ERROR_NO_DATA) printf("GetAdaptersInfo: error %lu\n", (unsigned long)result);
    for (one = result == NO_ERROR ? list : NULL; one != NULL; one = one->Next) {
        IP_ADAPTER_ADDRESSES *other = Find(newer, one->Index);
        same = same && other != NULL && other->IfType == one->Type && one->AddressLength == other->PhysicalAddressLength &&
               memcmp(one->Address, other->PhysicalAddress, one->AddressLength) == 0 &&
               strchr(one->IpAddressList.IpAddress.String, '.') != NULL;
        loopback = loopback || one->Type == MIB_IF_TYPE_LOOPBACK;
    }
    printf("the older list has the same adapters: %s\n", Answer(same));
    printf("the older list has loopback: %s\n", Answer(loopback));
    free(list);
    free(newer);
}

static void Names(void)
{
    IP_ADAPTER_ADDRESSES *list = AllAdapters(GetAdaptersAddresses, AF_UNSPEC, 0), *one;
    DWORD count = 0, adapters = 0, result;
    NET_LUID none;
    int luids = 1, names = 1, aliases = 1;

    for (one = list; one != NULL; one = one->Next, adapters++) {
        NET_LUID luid, other;
        NET_IFINDEX index = 0;
        WCHAR wide[IF_MAX_STRING_SIZE + 1];
        char name[IF_NAMESIZE];
        luids = luids && ConvertInterfaceIndexToLuid(one->IfIndex, &luid) == NO_ERROR && luid.Value == one->Luid.Value &&
                ConvertInterfaceLuidToIndex(&luid, &index) == NO_ERROR && index == one->IfIndex;
        names = names && if_indextoname(one->IfIndex, name) == name && if_nametoindex(name) == one->IfIndex;
        names = names && ConvertInterfaceLuidToNameW(&one->Luid, wide, ARRAYSIZE(wide)) == NO_ERROR &&
                ConvertInterfaceNameToLuidW(wide, &other) == NO_ERROR && other.Value == one->Luid.Value;
        aliases = aliases && ConvertInterfaceAliasToLuid(one->FriendlyName, &other) == NO_ERROR &&
                  other.Value == one->Luid.Value;
    }
    printf("index to identifier and back: %s\n", Answer(luids));
    printf("index to name and back: %s\n", Answer(names));
    printf("alias to identifier: %s\n", Answer(aliases));
    printf("as many interfaces as adapters: %s\n", Answer(GetNumberOfInterfaces(&count) == NO_ERROR && count == adapters));
    result = ConvertInterfaceIndexToLuid(0x7ffffff0, &none);
    printf("no such index: error %d, identifier %d\n", (int)result, (int)none.Value);
    result = ConvertInterfaceNameToLuidA("nowhere", &none);
    printf("no such name: error %d, index %d\n", (int)result, (int)if_nametoindex("nowhere"));
    free(list);
}

static void Ways(void)
{
    IP_ADAPTER_ADDRESSES *list = AllAdapters(GetAdaptersAddresses, AF_INET, 0);
    DWORD index = 0, result = GetBestInterface(htonl(INADDR_LOOPBACK), &index);
    printf("loopback leads to 127.0.0.1: %s\n", Answer(result == NO_ERROR && index == Loopback(list)->IfIndex));
    printf("nowhere to put it: error %d\n", (int)GetBestInterface(htonl(INADDR_LOOPBACK), NULL));
    free(list);
}

static void Machine(void)
{
    ULONG size = 0;
    FIXED_INFO *fixed = NULL;
    char name[256] = "";
    DWORD result = GetNetworkParams(NULL, &size);
    if (result == ERROR_BUFFER_OVERFLOW && (fixed = malloc(size)) != NULL) result = GetNetworkParams(fixed, &size);
    gethostname(name, sizeof name);
    name[strcspn(name, ".")] = '\0';
    printf("the machine's name is the host's: %s\n", Answer(result == NO_ERROR && _stricmp(fixed->HostName, name) == 0));
    free(fixed);
}

/* Programs that run where the library may be missing look its functions up. */
static void LookUp(void)
{
    HMODULE library = LoadLibraryA("iphlpapi.dll");
    FARPROC found = library != NULL ? GetProcAddress(library, "GetAdaptersAddresses") : NULL;
    printf("iphlpapi.dll has GetAdaptersAddresses: %s\n", Answer(found != NULL));
    if (found != NULL) {
        IP_ADAPTER_ADDRESSES *list = AllAdapters((GetAdaptersAddressesFn)(void *)found, AF_INET, 0);
        printf("it has names in this program's characters: %s\n", Answer(wcslen(Loopback(list)->FriendlyName) >= 2));
        free(list);
    }
    FreeLibrary(library);
}

int main(void)
{
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    Sizes();
    Addresses();
    OlderList();
    Names();
    Ways();
    Machine();
    LookUp();
    WSACleanup();
    return 0;
}
