/* C-124..C-126, T-022, A-037: whose a socket is after TransmitFile with TF_DISCONNECT and TF_REUSE_SOCKET. */
#include "transmit.h"

/* A connection that AcceptEx took. */
static SOCKET taken(SOCKET *client) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    OVERLAPPED *ov = op_event();
    accepts(l, s, 0, ov);
    *client = connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    return s;
}

TEST(c_124_reuse_through_transmitfile) {
    SA4 at;
    char got[5];
    SOCKET client, server;
    connected_ex(&client, &server);
    reuse(client, server);
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(client, &at, "again", 5, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(client, ov, 5000, NULL), 0);
    read_exactly(accept_one(l), got, 5);
    CHECK(memcmp(got, "again", 5) == 0);
}

TEST(c_124_as_often_as_wanted) {
    SA4 at;
    SOCKET l = listener(&at), s = bound();
    for (int i = 0; i < 3; i++) {
        connect_ok(s, &at);
        int before = port_of(s);
        reuse(s, accept_one(l));
        CHECK_EQ(port_of(s), before);
        drop(l);
        l = listener(&at);
    }
}

TEST(c_126_an_accepted_socket_cannot_connect) {
    SA4 at;
    SOCKET client, server;
    connected_pair(&client, &server);
    reuse(server, client);
    listener(&at);
    CHECK_EQ(start_connect(server, &at, NULL, 0, op_event()), WSAEINVAL);
}

TEST(t_022_connected_by_connectex_belongs_to_connectex) {
    SA4 at;
    SOCKET client, server;
    connected_ex(&client, &server);
    reuse(client, server);
    listener(&at);
    connect_ok(client, &at);
}

TEST(t_022_accepted_does_not) {
    SA4 at;
    SOCKET client, server;
    connected_pair(&client, &server);
    reuse(server, client);
    SOCKET l = listener(&at);
    CHECK_EQ(start_connect(server, &at, NULL, 0, op_event()), WSAEINVAL);
    /* After DisconnectEx it would: what decides is the call that ended the connection. */
    connected_pair(&client, &server);
    drop(client);
    CHECK_EQ(start_disconnect(server, NULL, TF_REUSE_SOCKET), 0);
    connect_ok(server, &at);
    accept_one(l);
}

TEST(c_125_not_for_acceptex) {
    SA4 at;
    SOCKET client, server;
    char *buffer = kept(2 * AREA);
    connected_ex(&client, &server);
    reuse(client, server);
    SOCKET l = listener(&at);
    CHECK_EQ(start_accept(l, client, buffer, 0, op_event()), WSAEINVAL);
    /* The call that connected it may have it. */
    connect_ok(client, &at);
}

TEST(c_126_nor_one_that_acceptex_took) {
    SA4 at;
    SOCKET client, s = taken(&client);
    reuse(s, client);
    listener(&at);
    CHECK_EQ(start_connect(s, &at, NULL, 0, op_event()), WSAEINVAL);
}

TEST(a_037_again_after_transmitfile) {
    SA4 at;
    char got[5];
    SOCKET client, s = taken(&client);
    reuse(s, client);
    SOCKET l = listener(&at);
    OVERLAPPED *ov = op_event();
    accepts(l, s, 0, ov);
    client = connected_to(&at);
    CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    send_all(client, "again", 5);
    read_exactly(s, got, 5);
    CHECK(memcmp(got, "again", 5) == 0);
}

TEST(t_022_the_last_connection_counts) {
    SA4 at;
    SOCKET client, s = taken(&client);
    /* DisconnectEx leaves the choice; connected by ConnectEx now, it belongs to that. */
    drop(client);
    CHECK_EQ(start_disconnect(s, NULL, TF_REUSE_SOCKET), 0);
    SOCKET l = listener(&at);
    connect_ok(s, &at);
    reuse(s, accept_one(l));
    CHECK_EQ(start_accept(l, s, kept(2 * AREA), 0, op_event()), WSAEINVAL);
    drop(l);
    l = listener(&at);
    connect_ok(s, &at);
}
