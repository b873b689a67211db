/* WSAAccept's condition function, and the connections that it defers. */
#include "harness.h"

struct asked {
    int answer, calls;
    SA4 caller, callee;
    int lengths_fit, rest_is_null;
};

static int CALLBACK ask(LPWSABUF caller, LPWSABUF caller_data, LPQOS s_quality, LPQOS g_quality, LPWSABUF callee,
                        LPWSABUF callee_data, GROUP *group, DWORD_PTR data) {
    struct asked *asked = (struct asked *)data;
    (void)group;
    asked->calls++;
    asked->lengths_fit = caller->len >= sizeof(SA4) && callee->len >= sizeof(SA4);
    if (asked->lengths_fit) {
        memcpy(&asked->caller, caller->buf, sizeof(SA4));
        memcpy(&asked->callee, callee->buf, sizeof(SA4));
    }
    asked->rest_is_null = !caller_data && !s_quality && !g_quality && !callee_data;
    return asked->answer;
}

static SOCKET accept_if(SOCKET l, struct asked *asked, int answer) {
    memset(asked, 0, sizeof *asked);
    asked->answer = answer;
    WSASetLastError(0);
    return WSAAccept(l, NULL, NULL, ask, (DWORD_PTR)asked);
}

static void check_deferred(SOCKET l) {
    struct asked asked;
    CHECK_EQ(accept_if(l, &asked, CF_DEFER), INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSATRY_AGAIN);
    CHECK_EQ(asked.calls, 1);
}

/* What `from` sends arrives at `to`. */
static void check_tied(SOCKET from, SOCKET to) {
    char got[5];
    send_all(from, "tied!", 5);
    read_exactly(to, got, 5);
    CHECK(memcmp(got, "tied!", 5) == 0);
}

TEST(a_029_the_condition_is_told_who_calls_whom) {
    SA4 at, from;
    int length = sizeof from;
    struct asked asked;
    SOCKET l = listener(&at), client = connected_to(&at);
    SA4 mine = name_of(client);
    memset(&asked, 0, sizeof asked);
    asked.answer = CF_ACCEPT;
    SOCKET s = own(WSAAccept(l, (SA *)&from, &length, ask, (DWORD_PTR)&asked));
    CHECK_EQ(asked.calls, 1);
    CHECK(asked.lengths_fit);
    CHECK_EQ(asked.caller.sin_family, AF_INET);
    CHECK_EQ(asked.caller.sin_port, mine.sin_port);
    CHECK_EQ(asked.callee.sin_port, at.sin_port);
    CHECK_EQ(from.sin_port, mine.sin_port);
    check_tied(client, s);
    check_tied(s, client);
}

TEST(a_029_no_data_comes_with_the_question) {
    SA4 at;
    struct asked asked;
    SOCKET l = listener(&at);
    connected_to(&at);
    own(accept_if(l, &asked, CF_ACCEPT));
    CHECK(asked.rest_is_null);
}

TEST(a_029_without_a_condition_everybody_is_welcome) {
    SA4 at;
    SOCKET l = listener(&at), client = connected_to(&at);
    check_tied(client, own(WSAAccept(l, NULL, NULL, NULL, 0)));
}

TEST(a_029_a_rejected_connection_is_reset) {
    SA4 at;
    char byte;
    struct asked asked;
    SOCKET l = listener(&at), client = connected_to(&at);
    CHECK_EQ(accept_if(l, &asked, CF_REJECT), INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAECONNREFUSED);
    CHECK_EQ(asked.calls, 1);
    receive_timeout(client, 5000);
    CHECK_SOCK_ERR(recv(client, &byte, 1, 0), WSAECONNRESET);
}

TEST(a_029_after_a_rejection_comes_the_next) {
    SA4 at;
    struct asked asked;
    SOCKET l = listener(&at);
    connected_to(&at);
    SOCKET second = connected_to(&at);
    CHECK_EQ(accept_if(l, &asked, CF_REJECT), INVALID_SOCKET);
    check_tied(second, accept_one(l));
}

TEST(a_029_a_deferred_connection_goes_to_a_later_accept_ex) {
    SA4 at;
    SOCKET l = listener(&at), first = connected_to(&at);
    check_deferred(l);
    SOCKET second = connected_to(&at), s = tcp(), t = tcp();
    OVERLAPPED *one = op_event(), *two = op_event();
    accepts(l, s, 0, one);
    CHECK_EQ(finish(l, one, 5000, NULL), 0);
    accepts(l, t, 0, two);
    CHECK_EQ(finish(l, two, 5000, NULL), 0);
    check_tied(first, s);
    check_tied(second, t);
}

TEST(a_029_a_deferred_connection_goes_to_a_later_accept) {
    SA4 at;
    SOCKET l = listener(&at), first = connected_to(&at), second = connected_to(&at);
    check_deferred(l);
    check_tied(first, accept_one(l));
    check_tied(second, accept_one(l));
}

TEST(a_029_the_condition_is_asked_again_of_a_deferred_connection) {
    SA4 at;
    struct asked asked;
    SOCKET l = listener(&at), first = connected_to(&at);
    connected_to(&at);
    check_deferred(l);
    check_deferred(l);
    SA4 mine = name_of(first);
    check_tied(first, own(accept_if(l, &asked, CF_ACCEPT)));
    CHECK_EQ(asked.caller.sin_port, mine.sin_port);
}

TEST(a_029_a_deferred_connection_makes_the_listener_readable) {
    SA4 at;
    struct timeval second = { 1, 0 };
    SOCKET l = listener(&at);
    fd_set set;
    connected_to(&at);
    check_deferred(l);
    FD_ZERO(&set);
    FD_SET(l, &set);
    CHECK_EQ(select(0, &set, NULL, NULL, &second), 1);
    nonblocking(l);
    accept_one(l);
    FD_ZERO(&set);
    FD_SET(l, &set);
    second.tv_sec = 0;
    CHECK_EQ(select(0, &set, NULL, NULL, &second), 0);
}

TEST(a_029_a_non_blocking_listener_without_a_connection_asks_nobody) {
    SA4 at;
    struct asked asked;
    SOCKET l = listener(&at);
    nonblocking(l);
    CHECK_EQ(accept_if(l, &asked, CF_ACCEPT), INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSAEWOULDBLOCK);
    CHECK_EQ(asked.calls, 0);
}

TEST(a_029_closing_the_listener_resets_what_it_deferred) {
    SA4 at;
    char byte;
    SOCKET l = listener(&at), client = connected_to(&at);
    check_deferred(l);
    drop(l);
    receive_timeout(client, 5000);
    CHECK_SOCK_ERR(recv(client, &byte, 1, 0), WSAECONNRESET);
}

struct late {
    SOCKET l, s;
    OVERLAPPED *ov;
};

static int CALLBACK defer_after_accept_ex(LPWSABUF caller, LPWSABUF caller_data, LPQOS s_quality, LPQOS g_quality,
                                          LPWSABUF callee, LPWSABUF callee_data, GROUP *group, DWORD_PTR data) {
    struct late *late = (struct late *)data;
    (void)caller, (void)caller_data, (void)s_quality, (void)g_quality, (void)callee, (void)callee_data, (void)group;
    accepts(late->l, late->s, 0, late->ov);
    return CF_DEFER;
}

TEST(a_029_an_accept_ex_that_waits_already_gets_it_too) {
    SA4 at;
    SOCKET l = listener(&at), client = connected_to(&at);
    struct late late = { l, tcp(), op_event() };
    CHECK_EQ(WSAAccept(l, NULL, NULL, defer_after_accept_ex, (DWORD_PTR)&late), INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), WSATRY_AGAIN);
    CHECK_EQ(finish(l, late.ov, 5000, NULL), 0);
    check_tied(client, late.s);
}
