/*
 * TransmitPackets: memory, two stretches of a file and memory again, in one overlapped call.
 */
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int ok, const char *what)
{
    if (!ok) {
        printf("%s: %d\n", what, (int)GetLastError());
        exit(1);
    }
}

int main(void)
{
    LPFN_TRANSMITPACKETS pfnTransmitPackets = NULL;
    GUID GuidTransmitPackets = WSAID_TRANSMITPACKETS;
    TRANSMIT_PACKETS_ELEMENT element[4];
    struct sockaddr_in address = { 0 };
    int length = sizeof address, n, total = 0;
    char path[64], got[256];
    SOCKET listener, client, server;
    OVERLAPPED ov = { 0 };
    HANDLE file;
    DWORD bytes, flags;
    WSADATA data;

    must(WSAStartup(MAKEWORD(2, 2), &data) == 0, "WSAStartup");
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    must(bind(listener, (struct sockaddr *)&address, length) == 0, "bind");
    must(listen(listener, 1) == 0, "listen");
    must(getsockname(listener, (struct sockaddr *)&address, &length) == 0, "getsockname");
    client = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    must(connect(client, (struct sockaddr *)&address, length) == 0, "connect");
    server = accept(listener, NULL, NULL);

    sprintf(path, "transmit_packets_%lu.tmp", (unsigned long)GetCurrentProcessId());
    file = CreateFile(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, NULL);
    must(file != INVALID_HANDLE_VALUE, "CreateFile");
    must(WriteFile(file, "0123456789abcdefghijklmnopqrstuvwxyz", 36, &bytes, NULL), "WriteFile");

    memset(element, 0, sizeof element);
    element[0].dwElFlags = TP_ELEMENT_MEMORY;
    element[0].pBuffer = "<";
    element[0].cLength = 1;
    element[1].dwElFlags = TP_ELEMENT_FILE;
    element[1].hFile = file;
    element[1].nFileOffset.QuadPart = 10;
    element[1].cLength = 6;
    element[2].dwElFlags = TP_ELEMENT_FILE | TP_ELEMENT_EOP;
    element[2].hFile = file;
    element[2].nFileOffset.QuadPart = 0;
    element[2].cLength = 10;
    element[3].dwElFlags = TP_ELEMENT_MEMORY;
    element[3].pBuffer = ">";
    element[3].cLength = 1;

    must(WSAIoctl(server, SIO_GET_EXTENSION_FUNCTION_POINTER, &GuidTransmitPackets, sizeof GuidTransmitPackets,
                  &pfnTransmitPackets, sizeof pfnTransmitPackets, &bytes, NULL, NULL) == 0, "WSAIoctl");
    ov.hEvent = CreateEvent(NULL, TRUE, FALSE, NULL);
    must(pfnTransmitPackets(server, element, 4, 0, &ov, TF_DISCONNECT) || WSAGetLastError() == ERROR_IO_PENDING,
         "TransmitPackets");
    must(WaitForSingleObject(ov.hEvent, 10000) == WAIT_OBJECT_0, "the wait");
    must(WSAGetOverlappedResult(server, &ov, &bytes, FALSE, &flags), "the result");
    printf("sent %d bytes\n", (int)bytes);
    while ((n = recv(client, got + total, (int)sizeof got - total, 0)) > 0) total += n;
    printf("received \"%.*s\", then %d\n", total, got, n);

    CloseHandle(ov.hEvent);
    CloseHandle(file);
    must(DeleteFile(path), "DeleteFile");
    closesocket(server);
    closesocket(client);
    closesocket(listener);
    WSACleanup();
    return 0;
}
