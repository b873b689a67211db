/*
 * A TCHAR program, built wide: _tmain, _tprintf, GetAddrInfo, GetNameInfo, WSAAddressToString, named events.
 */
#ifndef UNICODE
#define UNICODE
#endif
#ifndef _UNICODE
#define _UNICODE
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <tchar.h>
#include <stdio.h>
#include <stdlib.h>

static void PrintAddress(LPSOCKADDR lpAddress, DWORD dwLength)
{
    TCHAR szAddress[INET6_ADDRSTRLEN + 16];
    DWORD dwSize = sizeof(szAddress) / sizeof(TCHAR);

    if (WSAAddressToString(lpAddress, dwLength, NULL, szAddress, &dwSize) == 0)
        _tprintf(_T("  %ls, %u characters\n"), szAddress, (unsigned)dwSize);
    else
        _tprintf(_T("  WSAAddressToString failed with %d\n"), WSAGetLastError());
}

static int Lookup(LPCTSTR pszHost, LPCTSTR pszService, int iFamily)
{
    ADDRINFOT hints, *pResult = NULL, *p;
    int iError, nFound = 0;

    ZeroMemory(&hints, sizeof(hints));
    hints.ai_family = iFamily;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST;
    iError = GetAddrInfo(pszHost, pszService, &hints, &pResult);
    _tprintf(_T("%ls, service %ls: %d\n"), pszHost, pszService, iError);
    for (p = pResult; p != NULL; p = p->ai_next) {
        TCHAR szHost[NI_MAXHOST], szService[NI_MAXSERV];
        PrintAddress(p->ai_addr, (DWORD)p->ai_addrlen);
        iError = GetNameInfo(p->ai_addr, (socklen_t)p->ai_addrlen, szHost, NI_MAXHOST, szService, NI_MAXSERV,
                             NI_NUMERICHOST | NI_NUMERICSERV);
        if (iError == 0) _tprintf(_T("  back: %ls and %ls\n"), szHost, szService);
        nFound++;
    }
    if (pResult != NULL) FreeAddrInfo(pResult);
    return nFound;
}

int _tmain(int argc, TCHAR *argv[])
{
    TCHAR szText[64];
    IN6_ADDR in6;
    HANDLE hFirst, hSecond;
    WSADATA wsaData;
    LPTSTR pszMessage = NULL;
    DWORD dwLength;
    SOCKADDR_IN address;
    INT iLength = sizeof(address);

    if (argc < 1 || argv[0] == NULL || _tcslen(argv[0]) == 0) return 1;
    if (WSAStartup(MAKEWORD(2, 2), &wsaData) != 0) return 1;
    _tprintf(_T("a TCHAR has %ls bits of the compiler's wchar_t\n"), sizeof(TCHAR) == sizeof(wchar_t) ? _T("all") : _T("some"));
    if (Lookup(_T("127.0.0.1"), _T("80"), AF_INET) != 1) return 1;
    if (Lookup(_T("::1"), _T("443"), AF_INET6) != 1) return 1;
    if (Lookup(_T("no.number"), _T("80"), AF_UNSPEC) != 0) return 1;

    if (InetPton(AF_INET6, _T("2001:DB8::A"), &in6) != 1) return 1;
    _tprintf(_T("InetNtop: %ls\n"), InetNtop(AF_INET6, &in6, szText, 64));
    _tcscpy(szText, _T("10.20.30.40:5060"));
    if (WSAStringToAddress(szText, AF_INET, NULL, (LPSOCKADDR)&address, &iLength) != 0) return 1;
    _tprintf(_T("WSAStringToAddress: port %d\n"), ntohs(address.sin_port));

    hFirst = CreateEvent(NULL, TRUE, FALSE, _T("linen"));
    hSecond = OpenEvent(SYNCHRONIZE | EVENT_MODIFY_STATE, FALSE, _T("linen"));
    SetEvent(hSecond);
    _tprintf(_T("one event by one name: %ls\n"), WaitForSingleObject(hFirst, 0) == WAIT_OBJECT_0 ? _T("yes") : _T("no"));
    CloseHandle(hSecond);
    CloseHandle(hFirst);

    dwLength = FormatMessage(FORMAT_MESSAGE_ALLOCATE_BUFFER | FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS,
                             NULL, WSAECONNREFUSED, 0, (LPTSTR)&pszMessage, 0, NULL);
    _tprintf(_T("a message, as long as it says: %ls\n"),
             dwLength > 2 && _tcslen(pszMessage) == dwLength ? _T("yes") : _T("no"));
    LocalFree(pszMessage);
    WSACleanup();
    return 0;
}
