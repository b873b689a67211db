/* Names and addresses. */
#ifndef _WS2TCPIP_H_
#define _WS2TCPIP_H_

#include "winsock2.h"
#include "ws2ipdef.h"

#ifndef LINSOCK_REFUSED

typedef int socklen_t;

/* The errors of getaddrinfo are Winsock's. */
#define EAI_AGAIN    WSATRY_AGAIN
#define EAI_BADFLAGS WSAEINVAL
#define EAI_FAIL     WSANO_RECOVERY
#define EAI_FAMILY   WSAEAFNOSUPPORT
#define EAI_MEMORY   WSA_NOT_ENOUGH_MEMORY
#define EAI_NODATA   EAI_NONAME
#define EAI_NONAME   WSAHOST_NOT_FOUND
#define EAI_SERVICE  WSATYPE_NOT_FOUND
#define EAI_SOCKTYPE WSAESOCKTNOSUPPORT

#define GAI_STRERROR_BUFFER_SIZE 1024

LINSOCK_BEGIN

INT WSAAPI getaddrinfo(PCSTR pNodeName, PCSTR pServiceName, const ADDRINFOA *pHints, PADDRINFOA *ppResult)
    LINSOCK_WS2(getaddrinfo);
INT WSAAPI GetAddrInfoW(PCWSTR pNodeName, PCWSTR pServiceName, const ADDRINFOW *pHints, PADDRINFOW *ppResult)
    LINSOCK_WIDE(GetAddrInfoW);
#define GetAddrInfoA getaddrinfo
#define GetAddrInfo  LINSOCK_AW(GetAddrInfo)

VOID WSAAPI freeaddrinfo(PADDRINFOA pAddrInfo) LINSOCK_WS2(freeaddrinfo);
VOID WSAAPI FreeAddrInfoW(PADDRINFOW pAddrInfo) LINSOCK_WIDE(FreeAddrInfoW);
#define FreeAddrInfoA freeaddrinfo
#define FreeAddrInfo  LINSOCK_AW(FreeAddrInfo)

INT WSAAPI getnameinfo(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PCHAR pNodeBuffer, DWORD NodeBufferSize,
                       PCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags) LINSOCK_WS2(getnameinfo);
INT WSAAPI GetNameInfoW(const SOCKADDR *pSockaddr, socklen_t SockaddrLength, PWCHAR pNodeBuffer, DWORD NodeBufferSize,
                        PWCHAR pServiceBuffer, DWORD ServiceBufferSize, INT Flags) LINSOCK_WIDE(GetNameInfoW);
#define GetNameInfoA getnameinfo
#define GetNameInfo  LINSOCK_AW(GetNameInfo)

char *gai_strerrorA(int ecode);
WCHAR *gai_strerrorW(int ecode) LINSOCK_WIDE(gai_strerrorW);
#define gai_strerror LINSOCK_AW(gai_strerror)

INT WSAAPI inet_pton(INT Family, PCSTR pszAddrString, PVOID pAddrBuf) LINSOCK_WS2(inet_pton);
INT WSAAPI InetPtonA(INT Family, PCSTR pszAddrString, PVOID pAddrBuf) LINSOCK_WS2(inet_pton);
INT WSAAPI InetPtonW(INT Family, PCWSTR pszAddrString, PVOID pAddrBuf) LINSOCK_WIDE(InetPtonW);
#define InetPton LINSOCK_AW(InetPton)

PCSTR WSAAPI inet_ntop(INT Family, const VOID *pAddr, PSTR pStringBuf, size_t StringBufSize) LINSOCK_WS2(inet_ntop);
PCSTR WSAAPI InetNtopA(INT Family, const VOID *pAddr, PSTR pStringBuf, size_t StringBufSize) LINSOCK_WS2(inet_ntop);
PCWSTR WSAAPI InetNtopW(INT Family, const VOID *pAddr, PWSTR pStringBuf, size_t StringBufSize)
    LINSOCK_WIDE(InetNtopW);
#define InetNtop LINSOCK_AW(InetNtop)

LINSOCK_END

#define SIO_GET_INTERFACE_LIST 0x4004747F

#endif /* LINSOCK_REFUSED */
#endif /* _WS2TCPIP_H_ */
