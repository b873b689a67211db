/* K-026: SO_BSP_STATE, both ends of a socket at once. */
#include "harness.h"
#ifndef SO_BSP_STATE
#define SO_BSP_STATE 0x1009
#endif

union state {
    CSADDR_INFO info;
    char room[sizeof(CSADDR_INFO) + 2 * sizeof(struct sockaddr_storage)];
};

static int state_of(SOCKET s, union state *into, int length) {
    memset(into, 0xEE, sizeof *into);
    WSASetLastError(0);
    return getsockopt(s, SOL_SOCKET, SO_BSP_STATE, (char *)into, &length) == 0 ? 0 : WSAGetLastError();
}

static int same_endpoint(const SOCKET_ADDRESS *one, SA4 other) {
    const SA4 *address = (const SA4 *)one->lpSockaddr;
    return one->iSockaddrLength == sizeof other && address->sin_family == AF_INET && address->sin_port == other.sin_port
           && address->sin_addr.s_addr == other.sin_addr.s_addr;
}

TEST(k_026_both_ends_of_a_connection) {
    SOCKET client, server;
    union state *state = calloc(1, sizeof *state);
    connected_pair(&client, &server);
    CHECK(state != NULL);
    CHECK_EQ(state_of(client, state, sizeof *state), 0);
    CHECK(same_endpoint(&state->info.LocalAddr, name_of(client)));
    CHECK(same_endpoint(&state->info.RemoteAddr, name_of(server)));
    CHECK_EQ(state->info.iSocketType, SOCK_STREAM);
    CHECK_EQ(state->info.iProtocol, IPPROTO_TCP);
    free(state);
}

TEST(k_026_protocol_that_was_left_open) {
    union state state;
    SA4 any = v4("127.0.0.1", 0);
    SOCKET s = own(socket(AF_INET, SOCK_DGRAM, 0));
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    CHECK_EQ(state_of(s, &state, sizeof state), 0);
    CHECK(same_endpoint(&state.info.LocalAddr, name_of(s)));
    CHECK_EQ(state.info.iSocketType, SOCK_DGRAM);
    CHECK_EQ(state.info.iProtocol, IPPROTO_UDP);
}

TEST(k_026_too_little_room) {
    SOCKET client, server;
    union state state;
    connected_pair(&client, &server);
    CHECK_EQ(state_of(client, &state, sizeof state.info - 1), WSAEFAULT);
    CHECK_EQ(state_of(client, &state, sizeof state.info + sizeof(SA4)), WSAEFAULT);
}
