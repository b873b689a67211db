/* Datagrams for the tests: sockets, messages with control data, operations. */
#ifndef LINSOCK_CONFORMANCE_DATAGRAM_H
#define LINSOCK_CONFORMANCE_DATAGRAM_H
#include "harness.h"

/* Numbers that older headers lack. */
#ifndef IP_RECVECN
#define IP_RECVECN 50
#endif
#ifndef IPV6_RECVECN
#define IPV6_RECVECN 50
#endif
#ifndef SIO_UDP_NETRESET
#define SIO_UDP_NETRESET _WSAIOW(IOC_VENDOR, 15)
#endif
#ifndef IPV6_ECN
#define IPV6_ECN 50
#endif

static inline SOCKET udp_at(const char *ip, SA4 *at) {
    SOCKET s = udp();
    SA4 name = v4(ip, 0);
    CHECK_OK(bind(s, (SA *)&name, sizeof name));
    *at = name_of(s);
    return s;
}

static inline SOCKET udp6(void) { return own(socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP)); }

static inline SOCKET udp6_at(const char *ip, SA6 *at) {
    SOCKET s = udp6();
    int length = sizeof *at;
    *at = v6(ip, 0);
    CHECK_OK(bind(s, (SA *)at, sizeof *at));
    CHECK_OK(getsockname(s, (SA *)at, &length));
    return s;
}

/* A port of 127.0.0.1 that nobody has: a datagram to it draws a port-unreachable. */
static inline SA4 nobody(void) {
    SA4 at;
    drop(udp_at("127.0.0.1", &at));
    return at;
}

static inline void set_option(SOCKET s, int level, int name, DWORD value) {
    CHECK_OK(setsockopt(s, level, name, (char *)&value, sizeof value));
}

static inline void post(SOCKET from, const char *text, const SA4 *to) {
    CHECK_EQ(sendto(from, text, (int)strlen(text), 0, (const SA *)to, sizeof *to), (int)strlen(text));
}

static inline void post6(SOCKET from, const char *text, const SA6 *to) {
    CHECK_EQ(sendto(from, text, (int)strlen(text), 0, (const SA *)to, sizeof *to), (int)strlen(text));
}

static inline void *message_function(const GUID *id) {
    void *function = NULL;
    DWORD bytes = 0;
    GUID copy = *id;
    CHECK_OK(WSAIoctl(udp(), SIO_GET_EXTENSION_FUNCTION_POINTER, &copy, sizeof copy, &function, sizeof function, &bytes,
                      NULL, NULL));
    CHECK(function != NULL);
    return function;
}

static inline LPFN_WSARECVMSG recv_msg(void) {
    static LPFN_WSARECVMSG known;
    const GUID id = WSAID_WSARECVMSG;
    if (!known) known = (LPFN_WSARECVMSG)message_function(&id);
    return known;
}

/* A message with room for everything. In memory that stays: an operation that a failed test left behind may write there. */
struct letter {
    WSAMSG msg;
    WSABUF buffer;
    union {
        SA4 v4;
        SA6 v6;
    } name;
    char data[64];
    union {
        WSACMSGHDR aligned;
        char bytes[256];
    } control;
};

static inline struct letter *letter_to_fill(void) {
    struct letter *letter = kept(sizeof *letter);
    letter->buffer.len = sizeof letter->data;
    letter->buffer.buf = letter->data;
    letter->msg.name = (SA *)&letter->name;
    letter->msg.namelen = sizeof letter->name;
    letter->msg.lpBuffers = &letter->buffer;
    letter->msg.dwBufferCount = 1;
    letter->msg.Control.buf = letter->control.bytes;
    letter->msg.Control.len = sizeof letter->control;
    return letter;
}

/* A message that says `text` to `to`, which may be NULL, without control data. */
static inline struct letter *letter_to(const void *to, int length, const char *text) {
    struct letter *letter = letter_to_fill();
    strcpy(letter->data, text);
    letter->buffer.len = (ULONG)strlen(text);
    if (to) memcpy(&letter->name, to, length);
    letter->msg.name = to ? (SA *)&letter->name : NULL;
    letter->msg.namelen = length;
    letter->msg.Control.buf = NULL;
    letter->msg.Control.len = 0;
    return letter;
}

static inline void enclose(struct letter *letter, int level, int type, const void *value, int length) {
    ULONG at = letter->msg.Control.len;
    WSACMSGHDR *header = (WSACMSGHDR *)(letter->control.bytes + at);
    letter->msg.Control.buf = letter->control.bytes;
    letter->msg.Control.len = at + (ULONG)WSA_CMSG_SPACE(length);
    header->cmsg_len = WSA_CMSG_LEN(length);
    header->cmsg_level = level;
    header->cmsg_type = type;
    memcpy(WSA_CMSG_DATA(header), value, length);
}

/* All answer 0 or the last error. */
static inline int start_receive(SOCKET s, struct letter *letter, DWORD *bytes, OVERLAPPED *ov) {
    LPFN_WSARECVMSG function = recv_msg();
    WSASetLastError(0xdead);
    return function(s, &letter->msg, bytes, ov, NULL) ? WSAGetLastError() : 0;
}

static inline int start_send(SOCKET s, struct letter *letter, DWORD *bytes, OVERLAPPED *ov) {
    WSASetLastError(0xdead);
    return WSASendMsg(s, &letter->msg, 0, bytes, ov, NULL) ? WSAGetLastError() : 0;
}

/* A blocking WSARecvMsg that must succeed. */
static inline struct letter *received(SOCKET s) {
    struct letter *letter = letter_to_fill();
    DWORD bytes = 0xdead;
    receive_timeout(s, 20000);
    int error = start_receive(s, letter, &bytes, NULL);
    if (error) FAIL("WSARecvMsg failed with %d", error);
    CHECK(bytes < sizeof letter->data);
    letter->data[bytes] = 0;
    return letter;
}

/* The control object of a type, or NULL. */
static inline WSACMSGHDR *object_of(struct letter *letter, int level, int type) {
    for (WSACMSGHDR *at = WSA_CMSG_FIRSTHDR(&letter->msg); at; at = WSA_CMSG_NXTHDR(&letter->msg, at))
        if (at->cmsg_level == level && at->cmsg_type == type) return at;
    return NULL;
}

static inline int objects_in(struct letter *letter) {
    int count = 0;
    for (WSACMSGHDR *at = WSA_CMSG_FIRSTHDR(&letter->msg); at; at = WSA_CMSG_NXTHDR(&letter->msg, at)) count++;
    return count;
}

/* The number in a control object that must be there. */
static inline int number_of(struct letter *letter, int level, int type) {
    int number;
    WSACMSGHDR *object = object_of(letter, level, type);
    if (!object) FAIL("no control object of level %d, type %d", level, type);
    CHECK_EQ(object->cmsg_len, WSA_CMSG_LEN(sizeof number));
    memcpy(&number, WSA_CMSG_DATA(object), sizeof number);
    return number;
}

#endif
