/*
 * Datagrams with what comes beside them: WSARecvMsg tells to which address each was sent (IP_PKTINFO), WSASendMsg
 * answers from that very address.
 */
#define _WIN32_WINNT 0x0600
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int ok, const char *what)
{
    if (!ok) {
        fprintf(stdout, "%s: %d\n", what, WSAGetLastError());
        exit(1);
    }
}

static void *extension(SOCKET s, GUID guid)
{
    void *function = NULL;
    DWORD bytes;
    check(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof(guid), &function, sizeof(function), &bytes,
                   NULL, NULL) == 0, "SIO_GET_EXTENSION_FUNCTION_POINTER");
    return function;
}

int main(void)
{
    WSADATA wsa;
    GUID recvmsg_id = WSAID_WSARECVMSG;
    LPFN_WSARECVMSG WSARecvMsg;
    SOCKET server, client;
    SOCKADDR_IN any = { 0 }, to = { 0 }, from = { 0 };
    static const char *targets[] = { "127.0.0.1", "127.0.0.2", "127.1.2.3" };
    DWORD yes = 1, bytes;
    int length = sizeof(any), i;
    DWORD timeout = 5000;

    check(WSAStartup(MAKEWORD(2, 2), &wsa) == 0, "WSAStartup");
    server = WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    client = WSASocketA(AF_INET, SOCK_DGRAM, IPPROTO_UDP, NULL, 0, WSA_FLAG_OVERLAPPED);
    any.sin_family = to.sin_family = AF_INET;
    check(bind(server, (SOCKADDR *)&any, sizeof(any)) == 0, "bind");
    check(setsockopt(server, IPPROTO_IP, IP_PKTINFO, (char *)&yes, sizeof(yes)) == 0, "IP_PKTINFO");
    check(setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, (char *)&timeout, sizeof(timeout)) == 0, "SO_RCVTIMEO");
    check(getsockname(server, (SOCKADDR *)&any, &length) == 0, "getsockname");
    WSARecvMsg = (LPFN_WSARECVMSG)extension(server, recvmsg_id);

    for (i = 0; i < 3; i++) {
        char text[64], control[128], where[32], answer[64];
        WSABUF data = { sizeof(text), text };
        WSAMSG message = { 0 };
        WSAOVERLAPPED ov = { 0 };
        SOCKADDR_IN sender = { 0 };
        WSACMSGHDR *header;
        int n, found = 0;

        to.sin_addr.s_addr = inet_addr(targets[i]);
        to.sin_port = any.sin_port;
        n = sprintf(answer, "datagram %d", i);
        check(sendto(client, answer, n, 0, (SOCKADDR *)&to, sizeof(to)) == n, "sendto");

        message.name = (LPSOCKADDR)&sender;
        message.namelen = sizeof(sender);
        message.lpBuffers = &data;
        message.dwBufferCount = 1;
        message.Control.buf = control;
        message.Control.len = sizeof(control);
        ov.hEvent = WSACreateEvent();
        if (WSARecvMsg(server, &message, NULL, &ov, NULL) == SOCKET_ERROR)
            check(WSAGetLastError() == WSA_IO_PENDING, "WSARecvMsg");
        check(WSAWaitForMultipleEvents(1, &ov.hEvent, TRUE, 5000, FALSE) == WSA_WAIT_EVENT_0, "the wait");
        check(GetOverlappedResult((HANDLE)server, &ov, &bytes, FALSE), "GetOverlappedResult");
        WSACloseEvent(ov.hEvent);

        for (header = WSA_CMSG_FIRSTHDR(&message); header != NULL; header = WSA_CMSG_NXTHDR(&message, header)) {
            if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
                IN_PKTINFO *info = (IN_PKTINFO *)WSA_CMSG_DATA(header);
                inet_ntop(AF_INET, &info->ipi_addr, where, sizeof(where));
                found = 1;
            }
        }
        printf("\"%.*s\" came to %s\n", (int)bytes, text, found ? where : "an unknown address");

        /* The answer leaves with the control data that came: the same address, now as its source. */
        data.len = sprintf(text, "answer %d", i);
        message.dwFlags = 0;
        check(WSASendMsg(server, &message, 0, &bytes, NULL, NULL) == 0, "WSASendMsg");
        length = sizeof(from);
        n = recvfrom(client, answer, sizeof(answer), 0, (SOCKADDR *)&from, &length);
        check(n > 0, "recvfrom");
        inet_ntop(AF_INET, &from.sin_addr, where, sizeof(where));
        printf("\"%.*s\" came from %s\n", n, answer, where);
    }
    closesocket(client);
    closesocket(server);
    WSACleanup();
    return 0;
}
