/*
 * Addresses to strings and back, by every family of functions that programs use for it.
 */
#define _WIN32_WINNT 0x0600
#define _WINSOCK_DEPRECATED_NO_WARNINGS
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>
#include <stdio.h>
#include <string.h>

static void to_string(SOCKADDR *address, DWORD length)
{
    char text[64];
    DWORD size = sizeof text;
    if (WSAAddressToStringA(address, length, NULL, text, &size) == 0)
        printf("  WSAAddressToString: %s (%u)\n", text, (unsigned)size);
    else
        printf("  WSAAddressToString: error %d\n", WSAGetLastError());
    size = 5;
    if (WSAAddressToStringA(address, length, NULL, text, &size) == SOCKET_ERROR)
        printf("  in 5 characters: error %d, needs %u\n", WSAGetLastError(), (unsigned)size);
}

static void from_string(const char *given, int family)
{
    char text[64];
    SOCKADDR_STORAGE address;
    INT length = sizeof address;
    strcpy(text, given);
    printf("%s\n", given);
    if (WSAStringToAddressA(text, family, NULL, (SOCKADDR *)&address, &length) != 0) {
        printf("  WSAStringToAddress: error %d\n", WSAGetLastError());
        return;
    }
    printf("  WSAStringToAddress: family %d, %d bytes, port %d\n", address.ss_family, length,
           ntohs(((SOCKADDR_IN *)&address)->sin_port));
    to_string((SOCKADDR *)&address, length);
}

static void presentation(int family, const char *given)
{
    unsigned char bytes[16];
    char text[64];
    int rc = inet_pton(family, given, bytes);
    printf("inet_pton(%d, \"%s\") = %d", family, given, rc);
    if (rc == 1) printf(", back: %s", inet_ntop(family, bytes, text, sizeof text));
    printf("\n");
}

int main(void)
{
    WSADATA data;
    IN_ADDR in;
    char text[4];
    BYTE loopback[4] = { 127, 0, 0, 1 };

    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    from_string("192.0.2.7", AF_INET);
    from_string("192.0.2.7:8080", AF_INET);
    from_string("2001:db8::1", AF_INET6);
    from_string("[2001:db8::1]:443", AF_INET6);
    from_string("not an address", AF_INET);
    from_string("192.0.2.7", AF_INET6);

    presentation(AF_INET, "127.0.0.1");
    presentation(AF_INET, "127.1");
    presentation(AF_INET6, "::");
    presentation(AF_INET6, "::ffff:10.0.0.1");
    presentation(AF_INET6, "fe80:0:0:0:0:0:0:1");
    presentation(AF_INET6, "fe80:::1");
    presentation(77, "127.0.0.1");
    printf("  the last one's error is %d\n", WSAGetLastError());
    if (inet_ntop(AF_INET, loopback, text, sizeof text) == NULL)
        printf("inet_ntop in 4 characters: error %d\n", WSAGetLastError());

    in.s_addr = inet_addr("10.1.2.3");
    printf("inet_ntoa: %s, bytes %d.%d.%d.%d\n", inet_ntoa(in), in.S_un.S_un_b.s_b1, in.S_un.S_un_b.s_b2,
           in.S_un.S_un_b.s_b3, in.S_un.S_un_b.s_b4);
    printf("inet_addr(\"10.1\"): %s\n", inet_addr("10.1") == htonl(0x0A000001) ? "10.0.0.1" : "something else");
    printf("inet_addr(\"x\"): %s\n", inet_addr("x") == INADDR_NONE ? "INADDR_NONE" : "something else");
    printf("htons: 0x%04x, htonl: 0x%08x\n", htons(0x1234), (unsigned)htonl(0x12345678));
    WSACleanup();
    return 0;
}
