/*
 * Options and ioctls: what is set is read back, and what must be refused is refused.
 */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mstcpip.h>
#include <windows.h>
#include <stdio.h>

static void get_int(SOCKET s, const char *name, int level, int option)
{
    int value = 0, length = sizeof value; /* some options write one byte only */
    if (getsockopt(s, level, option, (char *)&value, &length) == 0)
        printf("%-20s %d\n", name, value);
    else
        printf("%-20s error %d\n", name, WSAGetLastError());
}

static void set_int(SOCKET s, const char *name, int level, int option, int value)
{
    if (setsockopt(s, level, option, (const char *)&value, sizeof value) == 0)
        get_int(s, name, level, option);
    else
        printf("%-20s cannot be %d: error %d\n", name, value, WSAGetLastError());
}

#define GET(level, option)        get_int(s, #option, level, option)
#define SET(level, option, value) set_int(s, #option, level, option, value)

int main(void)
{
    struct sockaddr_in address = { 0 };
    struct tcp_keepalive alive = { 1, 10000, 1000 };
    LINGER linger = { 1, 30 };
    u_long waiting = 99, nonblocking = 1;
    BOOL flag = TRUE;
    int length, other = 0;
    DWORD bytes;
    WSADATA data;
    SOCKET s, udp;
    char text[4];

    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    s = WSASocketA(AF_INET, SOCK_STREAM, IPPROTO_TCP, NULL, 0, WSA_FLAG_OVERLAPPED);
    GET(SOL_SOCKET, SO_TYPE);
    GET(SOL_SOCKET, SO_ERROR);
    GET(SOL_SOCKET, SO_ACCEPTCONN);
    SET(SOL_SOCKET, SO_KEEPALIVE, 1);
    SET(SOL_SOCKET, SO_RCVTIMEO, 1500);
    SET(SOL_SOCKET, SO_SNDTIMEO, 0);
    SET(SOL_SOCKET, SO_RCVBUF, 20000);
    SET(IPPROTO_TCP, TCP_NODELAY, 1);
    SET(IPPROTO_IP, IP_TTL, 33);
    SET(IPPROTO_TCP, 0x7777, 1);
    GET(0x7777, SO_TYPE);

    length = sizeof linger;
    setsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, sizeof linger);
    ZeroMemory(&linger, sizeof linger);
    getsockopt(s, SOL_SOCKET, SO_LINGER, (char *)&linger, &length);
    printf("SO_LINGER            %d, %d s, %d bytes\n", linger.l_onoff, linger.l_linger, length);
    length = sizeof flag;
    getsockopt(s, SOL_SOCKET, SO_DONTLINGER, (char *)&flag, &length);
    printf("SO_DONTLINGER        %d\n", flag);

    printf("SIO_KEEPALIVE_VALS   %d\n",
           WSAIoctl(s, SIO_KEEPALIVE_VALS, &alive, sizeof alive, NULL, 0, &bytes, NULL, NULL));
    printf("FIONBIO              %d\n", ioctlsocket(s, FIONBIO, &nonblocking));

    udp = socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    length = sizeof address;
    if (bind(udp, (struct sockaddr *)&address, length) || getsockname(udp, (struct sockaddr *)&address, &length))
        return 1;
    if (ioctlsocket(udp, FIONREAD, &waiting) == 0) printf("FIONREAD             %d\n", (int)waiting);
    sendto(udp, "abcdefgh", 8, 0, (struct sockaddr *)&address, sizeof address);
    other = recvfrom(udp, text, sizeof text, 0, NULL, NULL);
    printf("8 bytes into 4       %d, error %d\n", other, WSAGetLastError());
    ioctlsocket(udp, FIONBIO, &nonblocking);
    other = recvfrom(udp, text, sizeof text, 0, NULL, NULL);
    printf("nothing left         %d, error %d\n", other, WSAGetLastError());
    length = sizeof other;
    getsockopt(udp, SOL_SOCKET, SO_TYPE, (char *)&other, &length);
    printf("the datagram's type  %d\n", other);
    length = 1;
    if (getsockopt(s, SOL_SOCKET, SO_RCVTIMEO, (char *)&other, &length) == SOCKET_ERROR)
        printf("one byte for a time  error %d\n", WSAGetLastError());
    if (bind(s, (struct sockaddr *)&address, 3) == SOCKET_ERROR)
        printf("too short a name     error %d\n", WSAGetLastError());
    if (listen(s, 5) == SOCKET_ERROR) printf("listen before bind   error %d\n", WSAGetLastError());
    if (send(s, "x", 1, 0) == SOCKET_ERROR) printf("send before connect  error %d\n", WSAGetLastError());
    closesocket(udp);
    closesocket(s);
    if (closesocket(s) == SOCKET_ERROR) printf("closed twice         error %d\n", WSAGetLastError());
    WSACleanup();
    if (socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET) printf("after WSACleanup     error %d\n", WSAGetLastError());
    return 0;
}
