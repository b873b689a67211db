/* K-029: SO_PROTOCOL_INFO, a socket's entry in the catalogue of protocols. */
#include "options.h"

/* The wide form, whose name is in units of 16 bits whatever the compiler thinks of wchar_t. */
union wide {
    WSAPROTOCOL_INFOA info; /* as far as the name */
    char bytes[628];
};

static union wide wide(SOCKET s) {
    union wide info;
    int length = sizeof info;
    memset(&info, 0xEE, sizeof info);
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, (char *)&info, &length));
    CHECK_EQ(length, 628);
    return info;
}

static int unit(const union wide *info, size_t n) {
    unsigned short value;
    memcpy(&value, info->bytes + offsetof(WSAPROTOCOL_INFOA, szProtocol) + 2 * n, 2);
    return value;
}

static WSAPROTOCOL_INFOA ansi(SOCKET s) {
    WSAPROTOCOL_INFOA info;
    int length = sizeof info;
    memset(&info, 0xEE, sizeof info);
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, (char *)&info, &length));
    CHECK_EQ(length, 372);
    return info;
}

static void check(SOCKET s, int family, int type, int protocol, int address_bytes) {
    union wide both = wide(s);
    WSAPROTOCOL_INFOA a = ansi(s), w = both.info;
    CHECK_EQ(w.iAddressFamily, family);
    CHECK_EQ(w.iSocketType, type);
    CHECK_EQ(w.iProtocol, protocol);
    CHECK_EQ(w.iMaxSockAddr, address_bytes);
    CHECK_EQ(w.ProtocolChain.ChainLen, 1);
    CHECK(w.dwCatalogEntryId != 0);
    CHECK_EQ(w.iNetworkByteOrder, 0 /* BIGENDIAN */);
    CHECK(!!(w.dwServiceFlags1 & XP1_CONNECTIONLESS) == (type == SOCK_DGRAM));
    CHECK(!!(w.dwServiceFlags1 & XP1_GUARANTEED_ORDER) == (type == SOCK_STREAM));
    CHECK(w.dwServiceFlags1 & XP1_IFS_HANDLES);
    CHECK((w.dwMessageSize == 0) == (type == SOCK_STREAM));
    /* Both forms are the same but for the name's units. */
    CHECK(memcmp(&w, &a, offsetof(WSAPROTOCOL_INFOA, szProtocol)) == 0);
    size_t n = 0;
    for (; n < 255 && unit(&both, n); n++) CHECK_EQ(unit(&both, n), (unsigned char)a.szProtocol[n]);
    CHECK(n > 3);
    CHECK_EQ(a.szProtocol[n], 0);
}

TEST(k_029_streams_and_datagrams_of_both_families) {
    check(tcp(), AF_INET, SOCK_STREAM, IPPROTO_TCP, 16);
    check(udp(), AF_INET, SOCK_DGRAM, IPPROTO_UDP, 16);
    check(tcp6(), AF_INET6, SOCK_STREAM, IPPROTO_TCP, 28);
    check(udp6(), AF_INET6, SOCK_DGRAM, IPPROTO_UDP, 28);
    check(own(socket(AF_INET, SOCK_STREAM, 0)), AF_INET, SOCK_STREAM, IPPROTO_TCP, 16);
}

TEST(k_029_every_protocol_has_an_entry_of_its_own) {
    DWORD ids[4] = { wide(tcp()).info.dwCatalogEntryId, wide(udp()).info.dwCatalogEntryId, wide(tcp6()).info.dwCatalogEntryId,
                     wide(udp6()).info.dwCatalogEntryId };
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < i; j++) CHECK(ids[i] != ids[j]);
}

TEST(k_029_too_little_room_and_get_only) {
    SOCKET s = tcp();
    union wide info = wide(s);
    char room[628];
    int length = 627;
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOW, room, &length), WSAEFAULT);
    length = 371;
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_PROTOCOL_INFOA, room, &length), WSAEFAULT);
    CHECK_EQ(set_bytes_error(s, SOL_SOCKET, SO_PROTOCOL_INFOW, &info, sizeof info), WSAENOPROTOOPT);
}
