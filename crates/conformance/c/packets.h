/* Elements for the tests of TransmitPackets. */
#ifndef LINSOCK_CONFORMANCE_PACKETS_H
#define LINSOCK_CONFORMANCE_PACKETS_H
#include "transmit.h"

typedef TRANSMIT_PACKETS_ELEMENT ELEMENT;

static inline LPFN_TRANSMITPACKETS transmit_packets(void) {
    GUID id = WSAID_TRANSMITPACKETS;
    static LPFN_TRANSMITPACKETS function;
    DWORD bytes = 0;
    if (function) return function;
    CHECK_OK(WSAIoctl(tcp(), SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function, &bytes,
                      NULL, NULL));
    return function;
}

/* 0 for TRUE, else the last error. */
static inline int packets(SOCKET s, ELEMENT *list, DWORD count, DWORD size, OVERLAPPED *ov, DWORD flags) {
    LPFN_TRANSMITPACKETS function = transmit_packets();
    WSASetLastError(0);
    return function(s, list, count, size, ov, flags) ? 0 : WSAGetLastError();
}

static inline ELEMENT memory(const char *text, DWORD more) {
    ELEMENT e;
    memset(&e, 0, sizeof e);
    e.dwElFlags = TP_ELEMENT_MEMORY | more;
    e.cLength = (ULONG)strlen(text);
    e.pBuffer = (void *)text;
    return e;
}

static inline ELEMENT part(HANDLE file, LONGLONG at, DWORD length, DWORD more) {
    ELEMENT e;
    memset(&e, 0, sizeof e);
    e.dwElFlags = TP_ELEMENT_FILE | more;
    e.cLength = length;
    e.nFileOffset.QuadPart = at;
    e.hFile = file;
    return e;
}

/* A datagram socket with a default peer, which is a socket that was bound. */
static inline void datagram_pair(SOCKET *s, SOCKET *peer) {
    SA4 at = v4("127.0.0.1", 0);
    *peer = udp();
    *s = udp();
    CHECK_OK(bind(*peer, (SA *)&at, sizeof at));
    at = name_of(*peer);
    CHECK_OK(connect(*s, (SA *)&at, sizeof at));
    receive_timeout(*peer, 5000);
}

static inline void expect_text(SOCKET s, const char *text) {
    char got[64];
    int length = (int)strlen(text);
    receive_timeout(s, 5000);
    read_exactly(s, got, length);
    if (memcmp(got, text, length) != 0) FAIL("got '%.*s', expected '%s'", length, got, text);
}

/* The next message is this, whole. */
static inline void expect_message(SOCKET s, const char *text) {
    char got[256];
    int n = recv(s, got, sizeof got, 0), length = (int)strlen(text);
    if (n != length || memcmp(got, text, length) != 0) FAIL("got %d bytes, '%.*s', expected '%s'", n, n, got, text);
}

#endif
