/* C-060..C-090: which error in which case. C-061 and C-082..C-084 need a network of their own: src/native. */
#include "harness.h"

/* A connect that is under way and stays so. */
static SOCKET in_progress(SA4 *at) {
    SOCKET s = tcp();
    stuck(at);
    nonblocking(s);
    CHECK_SOCK_ERR(connect(s, (SA *)at, sizeof *at), WSAEWOULDBLOCK);
    return s;
}

static int call6(SOCKET s, const SA6 *to) {
    LPFN_CONNECTEX call = connect_ex();
    OVERLAPPED *ov = op_event();
    WSASetLastError(0);
    return call(s, (const SA *)to, sizeof *to, NULL, 0, NULL, ov) ? 0 : WSAGetLastError();
}

static SOCKET dual_stack(void) {
    SOCKET s = tcp6();
    DWORD off = 0;
    SA6 any = v6("::", 0);
    CHECK_OK(setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, (char *)&off, sizeof off));
    CHECK_OK(bind(s, (SA *)&any, sizeof any));
    return s;
}

TEST_RAW(c_060_before_startup_is_wsanotinitialised) {
    WSADATA data;
    CHECK_EQ(WSAStartup(MAKEWORD(2, 2), &data), 0);
    LPFN_CONNECTEX call = connect_ex();
    CHECK_OK(WSACleanup());
    SA4 at = v4("127.0.0.1", 9);
    OVERLAPPED *ov = op_plain();
    CHECK_BOOL_ERR(call((SOCKET)40, (SA *)&at, sizeof at, NULL, 0, NULL, ov), WSANOTINITIALISED);
}

TEST(c_062_address_in_use) {
    SA4 taken;
    listener(&taken);
    SOCKET s = tcp();
    CHECK_SOCK_ERR(bind(s, (SA *)&taken, sizeof taken), WSAEADDRINUSE);
}

/* Two sockets on one local port, both connecting to one address: the second pair would be the first again. */
static int same_pair_twice(const char *second_ip) {
    SA4 at;
    BOOL on = TRUE;
    listener(&at);
    SOCKET first = tcp(), second = tcp();
    SA4 any = v4("127.0.0.1", 0);
    CHECK_OK(setsockopt(first, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof on));
    CHECK_OK(setsockopt(second, SOL_SOCKET, SO_REUSEADDR, (char *)&on, sizeof on));
    CHECK_OK(bind(first, (SA *)&any, sizeof any));
    SA4 again = v4(second_ip, port_of(first));
    CHECK_OK(bind(second, (SA *)&again, sizeof again));
    connect_ok(first, &at);
    return connect_error(second, &at);
}

TEST(c_063_conflict_of_a_wildcard_bind_comes_at_connectex) { CHECK_EQ(same_pair_twice("0.0.0.0"), WSAEADDRINUSE); }

TEST(c_064_taken_pair_of_a_bound_port_is_wsaeaddrinuse) { CHECK_EQ(same_pair_twice("127.0.0.1"), WSAEADDRINUSE); }

TEST(c_065_in_progress_is_wsaealready) {
    SA4 at;
    SOCKET plain = in_progress(&at), s = bound();
    CHECK_EQ(start_connect(plain, &at, NULL, 0, op_event()), WSAEALREADY);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(start_connect(s, &at, NULL, 0, op_event()), WSAEALREADY);
    CHECK(still_pending(ov, 20));
}

struct blocking { SA4 at; SOCKET s; };

static DWORD WINAPI connect_blocking(void *argument) {
    struct blocking *b = argument;
    return WSAConnect(b->s, (SA *)&b->at, sizeof b->at, NULL, NULL, NULL, NULL) == 0 ? 0 : WSAGetLastError();
}

TEST(c_065_a_blocking_wsaconnect_in_progress) {
    static struct blocking b;
    SOCKET l = stuck(&b.at);
    b.s = tcp();
    OVERLAPPED *ov = op_event();
    HANDLE t = thread(connect_blocking, &b);
    /* The socket is unbound, and ConnectEx nothing for it, until the other thread's call has begun. */
    int error = WSAEINVAL;
    for (ULONGLONG until = now_ms() + 5000; error == WSAEINVAL && now_ms() < until; Sleep(1)) {
        ov->Internal = 0;
        error = start_connect(b.s, &b.at, NULL, 0, ov);
    }
    int again = start_connect(b.s, &b.at, "data", 4, op_event());
    /* The attempt goes on as if nobody had asked; room in the backlog lets it through. */
    DWORD still = WaitForSingleObject(t, 0);
    for (int i = 0; i < 2; i++) accept_one(l);
    CHECK_EQ(join(t), 0);
    CHECK_EQ(error, WSAEALREADY);
    CHECK_EQ(again, WSAEALREADY);
    CHECK_EQ(still, WAIT_TIMEOUT);
}

TEST(c_066_unusable_remote_address) {
    SA4 any = v4("0.0.0.0", 80);
    CHECK_EQ(start_connect(bound(), &any, NULL, 0, op_event()), WSAEADDRNOTAVAIL);
}

TEST(c_067_all_zero_address) {
    SA4 at;
    listener(&at);
    SOCKET s = bound(), six = tcp6();
    SA4 zero = v4("0.0.0.0", ntohs(at.sin_port));
    SA6 zero6 = v6("::", ntohs(at.sin_port)), any = v6("::", 0);
    CHECK_OK(bind(six, (SA *)&any, sizeof any));
    CHECK_EQ(start_connect(s, &zero, NULL, 0, op_event()), WSAEADDRNOTAVAIL);
    CHECK_EQ(call6(six, &zero6), WSAEADDRNOTAVAIL);
    connect_ok(s, &at);
}

TEST(c_068_port_zero) {
    SA4 zero = v4("127.0.0.1", 0);
    CHECK_EQ(start_connect(bound(), &zero, NULL, 0, op_event()), WSAEADDRNOTAVAIL);
}

TEST(c_069_mapped_all_zero_address) {
    SA6 zero = v6("::ffff:0.0.0.0", 80);
    CHECK_EQ(call6(dual_stack(), &zero), WSAEADDRNOTAVAIL);
}

TEST(c_070_multicast_and_broadcast) {
    SA4 group = v4("224.0.0.1", 80), all = v4("255.255.255.255", 80);
    CHECK_EQ(start_connect(bound(), &group, NULL, 0, op_event()), WSAEADDRNOTAVAIL);
    CHECK_EQ(start_connect(bound(), &all, NULL, 0, op_event()), WSAEADDRNOTAVAIL);
}

TEST(c_071_family_that_does_not_fit) {
    SA4 at;
    SA6 at6, any = v6("::", 0);
    listener(&at);
    listener6(&at6);
    SOCKET four = bound(), six = tcp6();
    CHECK_OK(bind(six, (SA *)&any, sizeof any));
    CHECK_EQ(call6(four, &at6), WSAEAFNOSUPPORT);
    union { SA4 four; char room[28]; } padded;
    memset(&padded, 0, sizeof padded);
    padded.four = at;
    CHECK_EQ(call6(six, (SA6 *)&padded), WSAEAFNOSUPPORT);
    at.sin_family = 99;
    CHECK_EQ(start_connect(four, &at, NULL, 0, op_event()), WSAEAFNOSUPPORT);
}

TEST(c_072_plain_ipv4_on_dual_stack) {
    SA4 at;
    listener(&at);
    union { SA4 four; SA6 six; } name;
    memset(&name, 0, sizeof name);
    name.four = at;
    SOCKET s = dual_stack();
    CHECK_EQ(call6(s, &name.six), WSAEAFNOSUPPORT);
    /* The mapped form of the same address is the way. */
    SA6 mapped = v6("::ffff:127.0.0.1", ntohs(at.sin_port));
    CHECK_EQ(call6(s, &mapped), ERROR_IO_PENDING);
}

TEST(c_073_refused) {
    SA4 at = refusing();
    CHECK_EQ(connect_error(bound(), &at), WSAECONNREFUSED);
}

TEST(c_074_refusal_is_asynchronous) {
    SA4 at = refusing();
    SOCKET s = bound(), with_port = bound();
    HANDLE port = port_for(with_port, 4);
    OVERLAPPED *ov = op_event(), *ovp = op_plain(), *got = NULL;
    DWORD bytes = 0, flags;
    ULONG_PTR key = 0;
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish(s, ov, 5000, NULL), 1225);
    CHECK_EQ(finish_wsa(s, ov, 5000, NULL), 10061);
    CHECK_STATUS(ov, 0xC0000236);
    CHECK_EQ(start_connect(with_port, &at, NULL, 0, ovp), ERROR_IO_PENDING);
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000));
    CHECK_EQ(GetLastError(), 1225);
    CHECK(got == ovp);
    CHECK_EQ(key, 4);
    CHECK(!WSAGetOverlappedResult(with_port, ovp, &bytes, FALSE, &flags));
    CHECK_EQ(WSAGetLastError(), 10061);
}

TEST(c_075_bad_pointers_are_wsaefault) {
    SA4 at;
    listener(&at);
    LPFN_CONNECTEX call = connect_ex();
    SOCKET s = bound();
    CHECK_BOOL_ERR(call(s, UNMAPPED, 16, NULL, 0, NULL, op_event()), WSAEFAULT);
    CHECK_BOOL_ERR(call(s, (SA *)&at, 16, UNMAPPED, 16, NULL, op_event()), WSAEFAULT);
    CHECK_BOOL_ERR(call(s, (SA *)&at, 16, NULL, 0, NULL, UNMAPPED), WSAEFAULT);
}

TEST(c_076_unbound_or_listening) {
    SA4 at;
    SOCKET l = listener(&at);
    CHECK_EQ(start_connect(tcp(), &at, NULL, 0, op_event()), WSAEINVAL);
    CHECK_EQ(start_connect(l, &at, NULL, 0, op_event()), WSAEINVAL);
}

TEST(c_078_connected_by_any_means) {
    SA4 at;
    SOCKET l = listener(&at), by_connect = tcp(), by_ex = bound();
    CHECK_OK(connect(by_connect, (SA *)&at, sizeof at));
    SOCKET by_accept = accept_one(l);
    connect_ok(by_ex, &at);
    CHECK_EQ(start_connect(by_connect, &at, NULL, 0, op_event()), WSAEISCONN);
    CHECK_EQ(start_connect(by_accept, &at, NULL, 0, op_event()), WSAEISCONN);
    CHECK_EQ(start_connect(by_ex, &at, NULL, 0, op_event()), WSAEISCONN);
    update_context(by_ex);
    CHECK_EQ(start_connect(by_ex, &at, NULL, 0, op_event()), WSAEISCONN);
}

TEST(c_079_reconnecting_is_wsaeisconn) {
    SA4 at, other;
    SOCKET l = listener(&at), s = bound();
    listener(&other);
    connect_ok(s, &at);
    update_context(s);
    CHECK_EQ(start_connect(s, &other, NULL, 0, op_event()), WSAEISCONN);
    CHECK_SOCK_ERR(connect(s, (SA *)&other, sizeof other), WSAEISCONN);
    CHECK_SOCK_ERR(WSAConnect(s, (SA *)&at, sizeof at, NULL, NULL, NULL, NULL), WSAEISCONN);
    /* The connection did not suffer. */
    char byte;
    CHECK_EQ(send(s, "x", 1, 0), 1);
    CHECK_EQ(recv(accept_one(l), &byte, 1, 0), 1);
}

TEST(c_080_wsaeisconn_is_synchronous) {
    SA4 at;
    listener(&at);
    SOCKET s = bound();
    connect_ok(s, &at);
    OVERLAPPED *ov = op_event();
    ov->Internal = 0xdeadbeef;
    ov->InternalHigh = 0xdeadbeef;
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), WSAEISCONN);
    CHECK_STATUS(ov, ST_PENDING);
    CHECK_EQ(ov->InternalHigh, 0xdeadbeef);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 20), WAIT_TIMEOUT);
}

TEST(c_081_connect_before_the_update_is_wsaeisconn) {
    SA4 at;
    listener(&at);
    SOCKET s = bound();
    connect_ok(s, &at);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, sizeof at), WSAEISCONN);
    update_context(s);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, sizeof at), WSAEISCONN);
}

TEST(c_085_not_a_socket) {
    SA4 at;
    listener(&at);
    SOCKET closed = bound();
    closesocket(closed);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL), port = new_port(0);
    SOCKET wrong[] = { INVALID_SOCKET, (SOCKET)event, (SOCKET)port, closed, 0x7FFFFFF0, 0 };
    for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
        CHECK_EQ(start_connect(wrong[i], &at, NULL, 0, op_event()), WSAENOTSOCK);
    CloseHandle(event);
}

TEST_SLOW(c_086_expired_attempt_is_wsaetimedout) {
    NATIVE_ONLY("Wine leaves the length of an attempt to Linux: more than two minutes");
    SA4 at;
    stuck(&at);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish_wsa(s, ov, 40000, NULL), WSAETIMEDOUT);
    CHECK_STATUS(ov, 0xC00000B5);
    CHECK_EQ(connect_time(s), NOT_CONNECTED);
}

TEST_SLOW(c_087_attempt_expires_after_21_seconds) {
    NATIVE_ONLY("Wine leaves the length of an attempt to Linux: more than two minutes");
    SA4 at;
    stuck(&at);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    ULONGLONG began = now_ms();
    CHECK_EQ(start_connect(s, &at, "data", 4, ov), ERROR_IO_PENDING);
    CHECK_EQ(finish_wsa(s, ov, 60000, NULL), WSAETIMEDOUT);
    /* Linux' own end would come after two minutes; a machine at the end of its strength may tell of ours late. */
    ULONGLONG took = now_ms() - began;
    if (took < 20000 || took > 60000) FAIL("it took %llu ms", took);
}

TEST(c_088_cancelled_is_operation_aborted) {
    SA4 at;
    SOCKET l = stuck(&at), s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)s, ov));
    CHECK_EQ(finish(s, ov, 5000, NULL), 995);
    CHECK_STATUS(ov, 0xC0000120);
    CHECK_EQ(finish_wsa(s, ov, 5000, NULL), WSA_OPERATION_ABORTED);
    /* Nobody arrives later: only the two that fill the backlog are there. */
    for (int i = 0; i < 2; i++) accept_one(l);
    nonblocking(l);
    for (int i = 0; i < 15; i++) {
        SA4 from;
        int length = sizeof from;
        SOCKET late = accept(l, (SA *)&from, &length);
        if (late != INVALID_SOCKET) {
            own(late);
            CHECK(from.sin_port != name_of(s).sin_port);
        }
        Sleep(100);
    }
}

TEST(c_089_closing_is_operation_aborted) {
    SA4 at;
    stuck(&at);
    SOCKET s = bound();
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &at, NULL, 0, ov), ERROR_IO_PENDING);
    drop(s);
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(ov, ST_CANCELLED);
}

TEST(c_090_order_of_the_checks) {
    SA4 at, zero = v4("0.0.0.0", 0), wrong = v4("127.0.0.1", 9), cut_short = v4("127.0.0.1", 9), any = v4("127.0.0.1", 0);
    SOCKET l = listener(&at), s = bound(), connected = bound(), datagrams = udp();
    LPFN_CONNECTEX call = connect_ex();
    connect_ok(connected, &at);
    CHECK_OK(bind(datagrams, (SA *)&any, sizeof any));
    wrong.sin_family = 99;
    cut_short.sin_family = AF_INET6;
    struct { SOCKET s; const void *name; int length; OVERLAPPED *ov; int error; const char *what; } row[] = {
        { INVALID_SOCKET, NULL, 0, NULL, WSAENOTSOCK, "socket before the rest" },
        { datagrams, NULL, 0, NULL, WSAEINVAL, "socket type before OVERLAPPED" },
        { s, NULL, 0, NULL, ERROR_INVALID_PARAMETER, "OVERLAPPED before memory" },
        { tcp(), NULL, 0, NULL, ERROR_INVALID_PARAMETER, "OVERLAPPED before state" },
        { s, &cut_short, 16, op_plain(), WSAEFAULT, "memory before family" },
        { l, &wrong, 16, op_plain(), WSAEAFNOSUPPORT, "family before state" },
        { tcp(), &zero, 16, op_plain(), WSAEINVAL, "state before address" },
        { l, &zero, 16, op_plain(), WSAEINVAL, "state before address" },
        { connected, &zero, 16, op_plain(), WSAEISCONN, "state before address" },
        { s, &zero, 16, op_plain(), WSAEADDRNOTAVAIL, "address at last" },
    };
    for (unsigned i = 0; i < sizeof row / sizeof *row; i++) {
        WSASetLastError(0);
        BOOL result = call(row[i].s, row[i].name, row[i].length, NULL, 0, NULL, row[i].ov);
        if (result || WSAGetLastError() != row[i].error)
            FAIL("%s: got %d, expected %d", row[i].what, WSAGetLastError(), row[i].error);
    }
    connect_ok(s, &at);
}

TEST_RAW(c_090_startup_before_the_rest) {
    WSADATA data;
    CHECK_EQ(WSAStartup(MAKEWORD(2, 2), &data), 0);
    LPFN_CONNECTEX call = connect_ex();
    SOCKET was_open = bound();
    CHECK_OK(WSACleanup());
    CHECK_BOOL_ERR(call(was_open, NULL, 0, NULL, 0, NULL, NULL), WSANOTINITIALISED);
    CHECK_BOOL_ERR(call(INVALID_SOCKET, NULL, 0, NULL, 0, NULL, NULL), WSANOTINITIALISED);
    CHECK_BOOL_ERR(call(INVALID_SOCKET, UNMAPPED, 16, UNMAPPED, 1, NULL, UNMAPPED), WSANOTINITIALISED);
}
