/* The functions of winsock2.h. ConnectEx and DisconnectEx are fetched with WSAIoctl (mswsock.h). */
#ifndef LINSOCK_FUNCTIONS_H
#define LINSOCK_FUNCTIONS_H

LINSOCK_BEGIN

int WSAAPI WSAStartup(WORD wVersionRequested, LPWSADATA lpWSAData);
int WSAAPI WSACleanup(void);
int WSAAPI WSAGetLastError(void);
void WSAAPI WSASetLastError(int iError);

SOCKET WSAAPI socket(int af, int type, int protocol) LINSOCK_WS2(socket);
SOCKET WSAAPI WSASocketA(int af, int type, int protocol, LPWSAPROTOCOL_INFOA lpProtocolInfo, GROUP g, DWORD dwFlags);
/* One entry point for both widths of WCHAR: the text is the last field of WSAPROTOCOL_INFOW and not read. */
SOCKET WSAAPI WSASocketW(int af, int type, int protocol, LPWSAPROTOCOL_INFOW lpProtocolInfo, GROUP g, DWORD dwFlags);
#define WSASocket LINSOCK_AW(WSASocket)
int WSAAPI WSADuplicateSocketA(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOA lpProtocolInfo);
int WSAAPI WSADuplicateSocketW(SOCKET s, DWORD dwProcessId, LPWSAPROTOCOL_INFOW lpProtocolInfo)
    LINSOCK_WIDE(WSADuplicateSocketW);
#define WSADuplicateSocket LINSOCK_AW(WSADuplicateSocket)
int WSAAPI WSAEnumProtocolsA(LPINT lpiProtocols, LPWSAPROTOCOL_INFOA lpProtocolBuffer, LPDWORD lpdwBufferLength);
int WSAAPI WSAEnumProtocolsW(LPINT lpiProtocols, LPWSAPROTOCOL_INFOW lpProtocolBuffer, LPDWORD lpdwBufferLength)
    LINSOCK_WIDE(WSAEnumProtocolsW);
#define WSAEnumProtocols LINSOCK_AW(WSAEnumProtocols)
int WSAAPI bind(SOCKET s, const struct sockaddr *name, int namelen) LINSOCK_WS2(bind);
int WSAAPI listen(SOCKET s, int backlog) LINSOCK_WS2(listen);
SOCKET WSAAPI accept(SOCKET s, struct sockaddr *addr, int *addrlen) LINSOCK_WS2(accept);
SOCKET WSAAPI WSAAccept(SOCKET s, struct sockaddr *addr, LPINT addrlen, LPCONDITIONPROC lpfnCondition,
                        DWORD_PTR dwCallbackData);
int WSAAPI connect(SOCKET s, const struct sockaddr *name, int namelen) LINSOCK_WS2(connect);
int WSAAPI WSAConnect(SOCKET s, const struct sockaddr *name, int namelen, LPWSABUF lpCallerData,
                      LPWSABUF lpCalleeData, LPQOS lpSQOS, LPQOS lpGQOS);
BOOL WSAAPI WSAConnectByNameA(SOCKET s, LPCSTR nodename, LPCSTR servicename, LPDWORD LocalAddressLength,
                              LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                              const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
BOOL WSAAPI WSAConnectByNameW(SOCKET s, LPWSTR nodename, LPWSTR servicename, LPDWORD LocalAddressLength,
                              LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                              const struct timeval *timeout, LPWSAOVERLAPPED Reserved)
    LINSOCK_WIDE(WSAConnectByNameW);
#define WSAConnectByName LINSOCK_AW(WSAConnectByName)
BOOL WSAAPI WSAConnectByList(SOCKET s, PSOCKET_ADDRESS_LIST SocketAddress, LPDWORD LocalAddressLength,
                             LPSOCKADDR LocalAddress, LPDWORD RemoteAddressLength, LPSOCKADDR RemoteAddress,
                             const struct timeval *timeout, LPWSAOVERLAPPED Reserved);
int WSAAPI shutdown(SOCKET s, int how) LINSOCK_WS2(shutdown);
int WSAAPI WSASendDisconnect(SOCKET s, LPWSABUF lpOutboundDisconnectData);
int WSAAPI WSARecvDisconnect(SOCKET s, LPWSABUF lpInboundDisconnectData);
int WSAAPI closesocket(SOCKET s);

int WSAAPI getsockname(SOCKET s, struct sockaddr *name, int *namelen) LINSOCK_WS2(getsockname);
int WSAAPI getpeername(SOCKET s, struct sockaddr *name, int *namelen) LINSOCK_WS2(getpeername);
int WSAAPI getsockopt(SOCKET s, int level, int optname, char *optval, int *optlen) LINSOCK_WS2(getsockopt);
int WSAAPI setsockopt(SOCKET s, int level, int optname, const char *optval, int optlen) LINSOCK_WS2(setsockopt);
int WSAAPI ioctlsocket(SOCKET s, LONG cmd, u_long *argp);
int WSAAPI WSAIoctl(SOCKET s, DWORD dwIoControlCode, LPVOID lpvInBuffer, DWORD cbInBuffer, LPVOID lpvOutBuffer,
                    DWORD cbOutBuffer, LPDWORD lpcbBytesReturned, LPWSAOVERLAPPED lpOverlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);

int WSAAPI send(SOCKET s, const char *buf, int len, int flags) LINSOCK_WS2(send);
int WSAAPI recv(SOCKET s, char *buf, int len, int flags) LINSOCK_WS2(recv);
int WSAAPI sendto(SOCKET s, const char *buf, int len, int flags, const struct sockaddr *to, int tolen)
    LINSOCK_WS2(sendto);
int WSAAPI recvfrom(SOCKET s, char *buf, int len, int flags, struct sockaddr *from, int *fromlen)
    LINSOCK_WS2(recvfrom);
int WSAAPI WSASend(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent, DWORD dwFlags,
                   LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSARecv(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd, LPDWORD lpFlags,
                   LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSASendTo(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesSent, DWORD dwFlags,
                     const struct sockaddr *lpTo, int iTolen, LPWSAOVERLAPPED lpOverlapped,
                     LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSARecvFrom(SOCKET s, LPWSABUF lpBuffers, DWORD dwBufferCount, LPDWORD lpNumberOfBytesRecvd,
                       LPDWORD lpFlags, struct sockaddr *lpFrom, LPINT lpFromlen, LPWSAOVERLAPPED lpOverlapped,
                       LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
int WSAAPI WSASendMsg(SOCKET Handle, LPWSAMSG lpMsg, DWORD dwFlags, LPDWORD lpNumberOfBytesSent,
                      LPWSAOVERLAPPED lpOverlapped, LPWSAOVERLAPPED_COMPLETION_ROUTINE lpCompletionRoutine);
BOOL WSAAPI WSAGetOverlappedResult(SOCKET s, LPWSAOVERLAPPED lpOverlapped, LPDWORD lpcbTransfer, BOOL fWait,
                                   LPDWORD lpdwFlags);

WSAEVENT WSAAPI WSACreateEvent(void);
BOOL WSAAPI WSASetEvent(WSAEVENT hEvent);
BOOL WSAAPI WSAResetEvent(WSAEVENT hEvent);
BOOL WSAAPI WSACloseEvent(WSAEVENT hEvent);
DWORD WSAAPI WSAWaitForMultipleEvents(DWORD cEvents, const WSAEVENT *lphEvents, BOOL fWaitAll, DWORD dwTimeout,
                                      BOOL fAlertable);
int WSAAPI WSAEventSelect(SOCKET s, WSAEVENT hEventObject, LONG lNetworkEvents);
int WSAAPI WSAEnumNetworkEvents(SOCKET s, WSAEVENT hEventObject, LPWSANETWORKEVENTS lpNetworkEvents);

u_short WSAAPI htons(u_short hostshort) LINSOCK_WS2(htons);
u_long WSAAPI htonl(u_long hostlong) LINSOCK_WS2(htonl);
u_short WSAAPI ntohs(u_short netshort) LINSOCK_WS2(ntohs);
u_long WSAAPI ntohl(u_long netlong) LINSOCK_WS2(ntohl);
int WSAAPI WSAHtons(SOCKET s, u_short hostshort, u_short *lpnetshort);
int WSAAPI WSAHtonl(SOCKET s, u_long hostlong, u_long *lpnetlong);
int WSAAPI WSANtohs(SOCKET s, u_short netshort, u_short *lphostshort);
int WSAAPI WSANtohl(SOCKET s, u_long netlong, u_long *lphostlong);

unsigned int WSAAPI inet_addr(const char *cp) LINSOCK_WS2(inet_addr);
char *WSAAPI inet_ntoa(struct in_addr in) LINSOCK_WS2(inet_ntoa);

#if defined(_UNISTD_H) && !defined(LINSOCK_UNISTD_IS_ASIDE)
/* unistd.h came first and declared it with a size_t. */
int WSAAPI ws2_gethostname(char *name, int namelen);
#define gethostname(name, namelen) ws2_gethostname(name, namelen)
#else
int WSAAPI gethostname(char *name, int namelen) LINSOCK_WS2(gethostname);
#endif
int WSAAPI GetHostNameW(PWSTR name, int namelen) LINSOCK_WIDE(GetHostNameW);
struct hostent *WSAAPI gethostbyname(const char *name) LINSOCK_WS2(gethostbyname);
struct hostent *WSAAPI gethostbyaddr(const char *addr, int len, int type) LINSOCK_WS2(gethostbyaddr);
struct servent *WSAAPI getservbyname(const char *name, const char *proto) LINSOCK_WS2(getservbyname);
struct servent *WSAAPI getservbyport(int port, const char *proto) LINSOCK_WS2(getservbyport);
struct protoent *WSAAPI getprotobyname(const char *name) LINSOCK_WS2(getprotobyname);
struct protoent *WSAAPI getprotobynumber(int number) LINSOCK_WS2(getprotobynumber);

INT WSAAPI WSAAddressToStringA(LPSOCKADDR lpsaAddress, DWORD dwAddressLength, LPWSAPROTOCOL_INFOA lpProtocolInfo,
                               LPSTR lpszAddressString, LPDWORD lpdwAddressStringLength);
INT WSAAPI WSAAddressToStringW(LPSOCKADDR lpsaAddress, DWORD dwAddressLength, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                               LPWSTR lpszAddressString, LPDWORD lpdwAddressStringLength)
    LINSOCK_WIDE(WSAAddressToStringW);
#define WSAAddressToString LINSOCK_AW(WSAAddressToString)
INT WSAAPI WSAStringToAddressA(LPSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOA lpProtocolInfo,
                               LPSOCKADDR lpAddress, LPINT lpAddressLength);
INT WSAAPI WSAStringToAddressW(LPWSTR AddressString, INT AddressFamily, LPWSAPROTOCOL_INFOW lpProtocolInfo,
                               LPSOCKADDR lpAddress, LPINT lpAddressLength) LINSOCK_WIDE(WSAStringToAddressW);
#define WSAStringToAddress LINSOCK_AW(WSAStringToAddress)

LINSOCK_END

/*
 * select: where the C library's is already declared with its own types, an
 * overload in C++ and a macro in C lead to Winsock's.
 */
#ifndef LINSOCK_SELECT_IS_TAKEN
LINSOCK_BEGIN
int WSAAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds, const struct timeval *timeout)
    LINSOCK_WS2(select);
LINSOCK_END
#elif defined(__cplusplus)
int WSAAPI select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds, const struct timeval *timeout)
    LINSOCK_WS2(select);
#else
int WSAAPI ws2_select(int nfds, fd_set *readfds, fd_set *writefds, fd_set *exceptfds, const struct timeval *timeout);
#define select(nfds, readfds, writefds, exceptfds, timeout) ws2_select(nfds, readfds, writefds, exceptfds, timeout)
#endif

#ifndef LINSOCK_NO_OVERLOADS
/* An unsigned long, which is a u_long on Windows, has 64 bits here; programs that spell the type so mean 32. */
#ifdef __cplusplus
inline int ioctlsocket(SOCKET s, long cmd, unsigned long *argp)
#else
LINSOCK_INLINE int linsock_ioctlsocket_long(SOCKET s, long cmd, unsigned long *argp)
#endif
{
    u_long value = argp ? (u_long)*argp : 0;
    int result = ioctlsocket(s, (LONG)cmd, argp ? &value : (u_long *)NULL);
    if (argp) *argp = value;
    return result;
}
#ifndef __cplusplus
#define ioctlsocket(s, cmd, argp) \
    _Generic((argp), unsigned long *: linsock_ioctlsocket_long, default: ioctlsocket)(s, cmd, argp)
#endif
#endif

#endif /* LINSOCK_FUNCTIONS_H */
