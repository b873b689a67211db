/* K-100..K-107: who may bind an address that somebody has. */
#include "options.h"

enum { UNSAID, REUSE, EXCLUSIVE };
static const char *const said[] = { "unsaid", "reuse", "exclusive" };
static const char *const kinds[] = { "wildcard", "specific" };

static SOCKET claimant(int family, int type, int sharing) {
    SOCKET s = own(socket(family, type, 0));
    if (sharing == REUSE) CHECK_SET(s, SOL_SOCKET, SO_REUSEADDR, 1);
    if (sharing == EXCLUSIVE) CHECK_SET(s, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    return s;
}

static int bind4(SOCKET s, const char *ip, int port) {
    SA4 at = v4(ip, port);
    WSASetLastError(0);
    return bind(s, (SA *)&at, sizeof at) == 0 ? 0 : WSAGetLastError();
}

static int bind6(SOCKET s, const char *ip, int port) {
    SA6 at = v6(ip, port);
    WSASetLastError(0);
    return bind(s, (SA *)&at, sizeof at) == 0 ? 0 : WSAGetLastError();
}

/* Rows: first bind; columns: second one; each unsaid, reuse, exclusive, wildcard before specific. U is WSAEADDRINUSE, A is
 * WSAEACCES, a dot says that it may. */
static const char matrix[6][7] = { "U.A.U.", ".U.AUU", "U...U.", ".U..UU", "UAAAUA", ".U.AUU" };

static const char *address(int cell) { return cell % 2 ? "127.0.0.1" : "0.0.0.0"; }

static void check_matrix(int type, int listens) {
    for (int first = 0; first < 6; first++)
        for (int second = 0; second < 6; second++) {
            char cell = matrix[first][second];
            int want = cell == 'U' ? WSAEADDRINUSE : cell == 'A' ? WSAEACCES : 0;
            SOCKET a = claimant(AF_INET, type, first / 2), b = claimant(AF_INET, type, second / 2);
            CHECK_EQ(bind4(a, address(first), 0), 0);
            int port = port_of(a);
            if (listens) CHECK_OK(listen(a, 5));
            int error = bind4(b, address(second), port);
            if (error != want)
                FAIL("first %s %s, then %s %s: %d instead of %d", said[first / 2], kinds[first % 2], said[second / 2],
                     kinds[second % 2], error, want);
            if (!error && listens && listen(b, 5) != 0)
                FAIL("first %s %s, then %s %s: listen fails with %d", said[first / 2], kinds[first % 2], said[second / 2],
                     kinds[second % 2], WSAGetLastError());
            drop(b);
            drop(a);
        }
}

TEST(k_103_matrix_of_bound_streams) { check_matrix(SOCK_STREAM, 0); }
TEST(k_103_matrix_of_listeners) { check_matrix(SOCK_STREAM, 1); }
TEST(k_103_matrix_of_datagram_sockets) { check_matrix(SOCK_DGRAM, 0); }

TEST(k_103_a_connection_goes_to_the_specific_listener) {
    SOCKET any = claimant(AF_INET, SOCK_STREAM, UNSAID), one = claimant(AF_INET, SOCK_STREAM, UNSAID);
    CHECK_EQ(bind4(any, "0.0.0.0", 0), 0);
    int port = port_of(any);
    CHECK_OK(listen(any, 5));
    CHECK_EQ(bind4(one, "127.0.0.1", port), 0);
    CHECK_OK(listen(one, 5));
    SA4 at = v4("127.0.0.1", port), other = v4("127.0.0.2", port);
    SOCKET to_one = connected_to(&at), to_any = connected_to(&other);
    accept_one(one);
    accept_one(any);
    nonblocking(one);
    CHECK_EQ(accept(one, NULL, NULL), INVALID_SOCKET);
    (void)to_one, (void)to_any;
}

TEST(k_103_a_datagram_goes_to_the_specific_socket) {
    SOCKET any = udp_at("0.0.0.0", 0);
    int port = port_of(any);
    SOCKET one = udp_at("127.0.0.1", port), from = udp();
    SA4 at = v4("127.0.0.1", port), other = v4("127.0.0.2", port);
    tell(from, &at, sizeof at, "one");
    tell(from, &other, sizeof other, "any");
    CHECK_HEARS(one, "one");
    CHECK_HEARS(any, "any");
}

TEST(k_103_a_refused_bind_leaves_the_socket_unbound) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    CHECK_EQ(bind4(s, "127.0.0.1", ntohs(at.sin_port)), WSAEADDRINUSE);
    CHECK_SOCK_ERR(listen(s, 5), WSAEINVAL);
    CHECK_EQ(bind4(s, "127.0.0.1", 0), 0);
    CHECK_OK(listen(s, 5));
    (void)l;
}

TEST(k_100_what_is_set_after_bind_does_not_matter) {
    SOCKET a = claimant(AF_INET, SOCK_DGRAM, REUSE), b = claimant(AF_INET, SOCK_DGRAM, REUSE);
    CHECK_EQ(bind4(a, "127.0.0.1", 0), 0);
    CHECK_SET(a, SOL_SOCKET, SO_REUSEADDR, 0);
    CHECK_EQ(bind4(b, "127.0.0.1", port_of(a)), 0);

    SOCKET c = claimant(AF_INET, SOCK_DGRAM, UNSAID), d = claimant(AF_INET, SOCK_DGRAM, REUSE);
    CHECK_EQ(bind4(c, "127.0.0.1", 0), 0);
    CHECK_SET(c, SOL_SOCKET, SO_REUSEADDR, 1);
    CHECK_EQ(bind4(d, "127.0.0.1", port_of(c)), WSAEACCES);
}

TEST(k_101_reuse_and_exclusive_exclude_each_other) {
    SOCKET a = claimant(AF_INET, SOCK_STREAM, REUSE), b = claimant(AF_INET, SOCK_STREAM, EXCLUSIVE);
    CHECK_SET_ERR(a, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1, WSAEINVAL);
    CHECK_VALUE(a, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 0);
    CHECK_SET_ERR(b, SOL_SOCKET, SO_REUSEADDR, 1, WSAEINVAL);
    CHECK_VALUE(b, SOL_SOCKET, SO_REUSEADDR, 0);
    CHECK_SET(a, SOL_SOCKET, SO_REUSEADDR, 0);
    CHECK_SET(a, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
    CHECK_VALUE(a, SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1);
}

TEST(k_102_different_addresses_never_conflict) {
    for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++)
        for (int first = UNSAID; first <= EXCLUSIVE; first++)
            for (int second = UNSAID; second <= EXCLUSIVE; second++) {
                SOCKET a = claimant(AF_INET, type, first), b = claimant(AF_INET, type, second);
                CHECK_EQ(bind4(a, "127.0.0.1", 0), 0);
                if (type == SOCK_STREAM) CHECK_OK(listen(a, 5));
                CHECK_EQ(bind4(b, "127.0.0.2", port_of(a)), 0);
                if (type == SOCK_STREAM) CHECK_OK(listen(b, 5));
                drop(a);
                drop(b);
            }
}

TEST(k_102_streams_and_datagrams_never_conflict) {
    SOCKET a = claimant(AF_INET, SOCK_STREAM, EXCLUSIVE), b = claimant(AF_INET, SOCK_DGRAM, EXCLUSIVE);
    CHECK_EQ(bind4(a, "127.0.0.1", 0), 0);
    CHECK_EQ(bind4(b, "127.0.0.1", port_of(a)), 0);
}

static SOCKET dual_stack(int sharing) {
    SOCKET s = claimant(AF_INET6, SOCK_STREAM, sharing);
    CHECK_SET(s, IPPROTO_IPV6, IPV6_V6ONLY, 0);
    return s;
}

TEST(k_105_a_dual_stack_wildcard_is_checked_in_both_families) {
    SOCKET four = claimant(AF_INET, SOCK_STREAM, UNSAID);
    CHECK_EQ(bind4(four, "0.0.0.0", 0), 0);
    int port = port_of(four);
    CHECK_EQ(bind6(dual_stack(UNSAID), "::", port), WSAEADDRINUSE);
    CHECK_EQ(bind6(dual_stack(REUSE), "::", port), WSAEACCES);
    CHECK_EQ(bind6(claimant(AF_INET6, SOCK_STREAM, UNSAID), "::", port), 0);
}

TEST(k_105_an_exclusive_dual_stack_bind_finds_an_ipv4_one) {
    for (int sharing = UNSAID; sharing <= EXCLUSIVE; sharing++)
        for (int at = 0; at < 2; at++) {
            SOCKET four = claimant(AF_INET, SOCK_STREAM, sharing);
            CHECK_EQ(bind4(four, address(at), 0), 0);
            CHECK_EQ(bind6(dual_stack(EXCLUSIVE), "::", port_of(four)), WSAEACCES);
            drop(four);
        }
}

TEST(k_105_a_dual_stack_bind_holds_ipv4_too) {
    SOCKET both = dual_stack(EXCLUSIVE);
    SA6 at;
    int length = sizeof at;
    CHECK_EQ(bind6(both, "::", 0), 0);
    CHECK_OK(getsockname(both, (SA *)&at, &length));
    int port = ntohs(at.sin6_port);
    CHECK_EQ(bind4(claimant(AF_INET, SOCK_STREAM, UNSAID), "0.0.0.0", port), WSAEADDRINUSE);
    CHECK_EQ(bind4(claimant(AF_INET, SOCK_STREAM, UNSAID), "127.0.0.1", port), WSAEACCES);
}

static void active_connection(int by_accept_ex) {
    SOCKET l = claimant(AF_INET, SOCK_STREAM, EXCLUSIVE), s;
    CHECK_EQ(bind4(l, "127.0.0.1", 0), 0);
    CHECK_OK(listen(l, 5));
    SA4 at = name_of(l);
    SOCKET client = connected_to(&at);
    if (by_accept_ex) {
        OVERLAPPED *ov = op_event();
        s = tcp();
        accepts(l, s, 0, ov);
        CHECK_EQ(finish(l, ov, 5000, NULL), 0);
    } else {
        s = accept_one(l);
    }
    drop(l);
    int port = ntohs(at.sin_port);
    CHECK_EQ(bind4(claimant(AF_INET, SOCK_STREAM, EXCLUSIVE), "127.0.0.1", port), WSAEADDRINUSE);
    CHECK_EQ(bind4(claimant(AF_INET, SOCK_STREAM, UNSAID), "127.0.0.1", port), WSAEADDRINUSE);
    CHECK_EQ(bind4(claimant(AF_INET, SOCK_STREAM, REUSE), "127.0.0.1", port), WSAEACCES);
    drop(client);
    drop(s);
    SOCKET next = claimant(AF_INET, SOCK_STREAM, EXCLUSIVE);
    CHECK_EQ(bind4(next, "127.0.0.1", port), 0);
    CHECK_OK(listen(next, 5));
}

TEST(k_106_a_connection_keeps_an_exclusive_port_busy) { active_connection(0); }
TEST(k_106_so_does_one_of_acceptex) { active_connection(1); }

TEST(k_106_a_port_that_is_not_exclusive_is_free) {
    SA4 at;
    SOCKET l = listener(&at), client = connected_to(&at), s = accept_one(l), next = tcp();
    drop(l);
    CHECK_OK(bind(next, (SA *)&at, sizeof at));
    CHECK_OK(listen(next, 5));
    (void)client, (void)s;
}

/* The side that closes first is left in TIME_WAIT. */
static void remains_at(const SA4 *at, SOCKET l, int server_first) {
    char byte;
    SOCKET client = connected_to(at), s = accept_one(l);
    CHECK_OK(shutdown(server_first ? s : client, SD_SEND));
    CHECK_EQ(recv(server_first ? client : s, &byte, 1, 0), 0);
    CHECK_OK(shutdown(server_first ? client : s, SD_SEND));
    CHECK_EQ(recv(server_first ? s : client, &byte, 1, 0), 0);
    drop(client);
    drop(s);
}

TEST(k_107_remains_do_not_make_bind_fail) {
    for (int sharing = UNSAID; sharing <= EXCLUSIVE; sharing++) {
        SOCKET l = claimant(AF_INET, SOCK_STREAM, sharing), next = claimant(AF_INET, SOCK_STREAM, sharing);
        CHECK_EQ(bind4(l, "127.0.0.1", 0), 0);
        CHECK_OK(listen(l, 5));
        SA4 at = name_of(l);
        remains_at(&at, l, 1);
        drop(l);
        CHECK_OK(bind(next, (SA *)&at, sizeof at));
        CHECK_OK(listen(next, 5));
        drop(next);
    }
}

TEST(k_107_nor_do_those_of_a_client) {
    SA4 at, here = v4("127.0.0.1", 0);
    SOCKET l = listener(&at), client = tcp(), next = tcp();
    char byte;
    CHECK_OK(bind(client, (SA *)&here, sizeof here));
    /* A port of its own, which no other program's connection shares. */
    here = name_of(client);
    CHECK_OK(connect(client, (SA *)&at, sizeof at));
    SOCKET s = accept_one(l);
    CHECK_OK(shutdown(client, SD_SEND));
    CHECK_EQ(recv(s, &byte, 1, 0), 0);
    drop(s);
    CHECK_EQ(recv(client, &byte, 1, 0), 0);
    drop(client);
    CHECK_OK(bind(next, (SA *)&here, sizeof here));
    CHECK_OK(listen(next, 5));
}

/* The rows of the matrix that differ where the second socket is another user's, and one that does not. */
TEST(k_104_another_user) {
    static const struct { int first; char row[7]; } rows[] = { { 0, "UAAAUA" }, { 2, "UA..UA" }, { 5, ".U.AUU" } };
    NATIVE_ONLY("the host's users are not Windows'");
    if (become_user(65534) != 0) SKIP("users are changed by superusers");
    for (int i = 0; i < 3; i++)
        for (int second = 0; second < 6; second++) {
            int first = rows[i].first;
            char cell = rows[i].row[second];
            int want = cell == 'U' ? WSAEADDRINUSE : cell == 'A' ? WSAEACCES : 0;
            become_user(0);
            SOCKET a = claimant(AF_INET, SOCK_DGRAM, first / 2);
            CHECK_EQ(bind4(a, address(first), 0), 0);
            int port = port_of(a);
            become_user(65534);
            SOCKET b = claimant(AF_INET, SOCK_DGRAM, second / 2);
            int error = bind4(b, address(second), port);
            become_user(0);
            if (error != want)
                FAIL("first %s %s, then %s %s of another user: %d instead of %d", said[first / 2], kinds[first % 2],
                     said[second / 2], kinds[second % 2], error, want);
            drop(b);
            drop(a);
        }
}

static int taken;

/* In another process, which knows nothing of the first one's sockets: the last error of a bind, less 10000. */
static int binds_elsewhere(void) {
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) return 1;
    SOCKET s = socket(AF_INET, SOCK_STREAM, 0);
    int error = bind4(s, "127.0.0.1", taken);
    WSACleanup();
    return error ? error - 10000 : 0;
}

TEST(k_108_sockets_of_other_processes_are_in_the_way) {
    NATIVE_ONLY("forks");
    SA4 at;
    SOCKET l = listener(&at);
    taken = ntohs(at.sin_port);
    CHECK_EQ(in_child(binds_elsewhere), WSAEADDRINUSE - 10000);
    drop(l);
    CHECK_EQ(in_child(binds_elsewhere), 0);
}

TEST(k_108_who_may_bind_may_listen) {
    /* The host refuses this where neither socket says a word. */
    SOCKET one = claimant(AF_INET, SOCK_STREAM, UNSAID), any = claimant(AF_INET, SOCK_STREAM, UNSAID);
    CHECK_EQ(bind4(one, "127.0.0.1", 0), 0);
    CHECK_OK(listen(one, 5));
    CHECK_EQ(bind4(any, "0.0.0.0", port_of(one)), 0);
    CHECK_OK(listen(any, 5));
}
