/* The catalogue's entries: WSASocket and the address functions take a pointer to one. Included by winsock2.h. */
#ifndef LINSOCK_PROTOCOL_INFO_H
#define LINSOCK_PROTOCOL_INFO_H

#define MAX_PROTOCOL_CHAIN  7
#define BASE_PROTOCOL       1
#define LAYERED_PROTOCOL    0
#define WSAPROTOCOL_LEN     255

typedef struct _WSAPROTOCOLCHAIN {
    int ChainLen;
    DWORD ChainEntries[MAX_PROTOCOL_CHAIN];
} WSAPROTOCOLCHAIN, *LPWSAPROTOCOLCHAIN;

#define LINSOCK_PROTOCOL_INFO_FIELDS(character) \
    DWORD dwServiceFlags1;                      \
    DWORD dwServiceFlags2;                      \
    DWORD dwServiceFlags3;                      \
    DWORD dwServiceFlags4;                      \
    DWORD dwProviderFlags;                      \
    GUID ProviderId;                            \
    DWORD dwCatalogEntryId;                     \
    WSAPROTOCOLCHAIN ProtocolChain;             \
    int iVersion;                               \
    int iAddressFamily;                         \
    int iMaxSockAddr;                           \
    int iMinSockAddr;                           \
    int iSocketType;                            \
    int iProtocol;                              \
    int iProtocolMaxOffset;                     \
    int iNetworkByteOrder;                      \
    int iSecurityScheme;                        \
    DWORD dwMessageSize;                        \
    DWORD dwProviderReserved;                   \
    character szProtocol[WSAPROTOCOL_LEN + 1];

typedef struct _WSAPROTOCOL_INFOA {
    LINSOCK_PROTOCOL_INFO_FIELDS(CHAR)
} WSAPROTOCOL_INFOA, *LPWSAPROTOCOL_INFOA;

/* With a 32-bit wchar_t szProtocol is twice as long as on Windows; it is the last field. */
typedef struct _WSAPROTOCOL_INFOW {
    LINSOCK_PROTOCOL_INFO_FIELDS(WCHAR)
} WSAPROTOCOL_INFOW, *LPWSAPROTOCOL_INFOW;

#ifdef UNICODE
typedef WSAPROTOCOL_INFOW WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;
#else
typedef WSAPROTOCOL_INFOA WSAPROTOCOL_INFO, *LPWSAPROTOCOL_INFO;
#endif

#endif /* LINSOCK_PROTOCOL_INFO_H */
