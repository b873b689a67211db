/* M-001..M-010, M-012, M-018, M-020, M-021, M-024, M-025: WSARecvMsg and WSASendMsg without control data. */
#include "datagram.h"

TEST(m_001_fetched_by_its_guid) {
    INT (PASCAL *exact)(SOCKET, LPWSAMSG, LPDWORD, LPWSAOVERLAPPED, LPWSAOVERLAPPED_COMPLETION_ROUTINE) = recv_msg();
    const GUID id = { 0xF689D7C8, 0x6F1F, 0x436B, { 0x8A, 0x53, 0xE5, 0x4F, 0xE3, 0x51, 0xC3, 0x22 } };
    CHECK(message_function(&id) == (void *)exact);
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at);
    struct letter *letter = letter_to_fill();
    DWORD bytes = 0;
    post(udp(), "hello", &at);
    CHECK_OK(exact(to, &letter->msg, &bytes, NULL, NULL));
    CHECK_EQ(bytes, 5);
    CHECK(!memcmp(letter->data, "hello", 5));
}

TEST(m_002_exported_and_by_guid) {
    const GUID id = { 0xA441E712, 0x754F, 0x43CA, { 0x84, 0xA7, 0x0D, 0xEE, 0x44, 0xCF, 0x60, 0x6D } };
    LPFN_WSASENDMSG by_guid = (LPFN_WSASENDMSG)message_function(&id);
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), from = udp();
    struct letter *letter = letter_to(&at, sizeof at, "one");
    DWORD bytes = 0;
    CHECK_OK(by_guid(from, &letter->msg, 0, &bytes, NULL, NULL));
    CHECK_EQ(bytes, 3);
    CHECK(!strcmp(received(to)->data, "one"));
    CHECK_OK(WSASendMsg(from, &letter->msg, 0, &bytes, NULL, NULL));
    CHECK(!strcmp(received(to)->data, "one"));
}

TEST(m_003_not_on_a_stream) {
    SOCKET client, server;
    DWORD bytes;
    connected_pair(&client, &server);
    receive_timeout(server, 3000);
    CHECK_EQ(start_receive(server, letter_to_fill(), &bytes, NULL), WSAEOPNOTSUPP);
    CHECK_EQ(start_send(client, letter_to(NULL, 0, "x"), &bytes, NULL), WSAEOPNOTSUPP);
}

TEST(m_004_pending_and_done) {
    SA4 at, from;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp_at("127.0.0.1", &from);
    struct letter *letter = letter_to_fill();
    OVERLAPPED *in = op_event(), *out = op_event();
    DWORD bytes = 0xdead;
    CHECK_EQ(start_receive(to, letter, &bytes, in), WSA_IO_PENDING);
    CHECK_STATUS(in, ST_PENDING);
    int error = start_send(s, letter_to(&at, sizeof at, "later"), &bytes, out);
    CHECK(error == 0 || error == WSA_IO_PENDING);
    CHECK_EQ(finish(s, out, 10000, &bytes), 0);
    CHECK_EQ(bytes, 5);
    CHECK_EQ(finish(to, in, 10000, &bytes), 0);
    CHECK_EQ(bytes, 5);
    CHECK(!memcmp(letter->data, "later", 5));
    CHECK_EQ(letter->msg.namelen, sizeof from);
    CHECK_EQ(letter->name.v4.sin_port, from.sin_port);
    /* Done at once: 0, and the event is set too. */
    OVERLAPPED *now = op_event();
    CHECK_OK(start_send(s, letter_to(&at, sizeof at, "at once"), &bytes, NULL));
    while (start_receive(to, letter = letter_to_fill(), &bytes, now) == WSA_IO_PENDING) {
        CHECK_EQ(finish(to, now, 10000, NULL), 0);
        CHECK_OK(start_send(s, letter_to(&at, sizeof at, "at once"), &bytes, NULL));
        Sleep(10);
    }
    CHECK_EQ(finish(to, now, 0, &bytes), 0);
    CHECK_EQ(bytes, 7);
}

TEST(m_004_to_a_port_and_cancelled) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    HANDLE port = port_for(to, 7);
    OVERLAPPED *ov = op_plain(), *got = NULL;
    ULONG_PTR key = 0;
    DWORD bytes = 0;
    struct letter *letter = letter_to_fill();
    CHECK_EQ(start_receive(to, letter, NULL, ov), WSA_IO_PENDING);
    post(s, "packet", &at);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &got, 10000));
    CHECK(got == ov && key == 7 && bytes == 6);
    CHECK(!memcmp(letter->data, "packet", 6));
    CHECK_EQ(letter->msg.namelen, sizeof(SA4));
    memset(&letter->name, 0x55, sizeof letter->name);
    letter->msg.namelen = sizeof letter->name;
    CHECK_EQ(start_receive(to, letter, NULL, ov), WSA_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)to, ov));
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &got, 10000));
    CHECK_EQ(GetLastError(), ERROR_OPERATION_ABORTED);
    CHECK(got == ov);
    CHECK_EQ(letter->msg.namelen, sizeof letter->name);
    CHECK_EQ(letter->name.v4.sin_family, 0x5555);
}

TEST(m_005_the_count_may_be_left_out_with_an_overlapped) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    OVERLAPPED *in = op_event(), *out = op_event();
    DWORD bytes = 0;
    receive_timeout(to, 3000);
    CHECK_EQ(start_send(s, letter_to(&at, sizeof at, "x"), NULL, NULL), WSAEFAULT);
    CHECK_EQ(start_receive(to, letter_to_fill(), NULL, NULL), WSAEFAULT);
    CHECK_EQ(start_receive(to, letter_to_fill(), NULL, in), WSA_IO_PENDING);
    int error = start_send(s, letter_to(&at, sizeof at, "x"), NULL, out);
    CHECK(error == 0 || error == WSA_IO_PENDING);
    CHECK_EQ(finish(to, in, 10000, &bytes), 0);
    CHECK_EQ(bytes, 1);
}

TEST(m_006_unbound_is_wsaeinval) {
    DWORD bytes;
    SOCKET s = udp();
    receive_timeout(s, 3000);
    CHECK_EQ(start_receive(s, letter_to_fill(), &bytes, NULL), WSAEINVAL);
    CHECK_EQ(start_receive(s, letter_to_fill(), &bytes, op_event()), WSAEINVAL);
}

TEST(m_007_a_length_needs_its_pointer) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes;
    struct letter *letter = letter_to_fill();
    letter->msg.name = NULL;
    CHECK_EQ(start_receive(to, letter, &bytes, op_event()), WSAEFAULT);
    letter = letter_to_fill();
    letter->msg.Control.buf = NULL;
    CHECK_EQ(start_receive(to, letter, &bytes, op_event()), WSAEFAULT);
    letter = letter_to(&at, sizeof at, "x");
    letter->msg.name = NULL;
    CHECK_EQ(start_send(s, letter, &bytes, NULL), WSAEFAULT);
    letter = letter_to(&at, sizeof at, "x");
    letter->msg.Control.len = 32;
    CHECK_EQ(start_send(s, letter, &bytes, NULL), WSAEFAULT);
    /* Neither is fine. */
    letter = letter_to_fill();
    letter->msg.name = NULL;
    letter->msg.namelen = 0;
    letter->msg.Control.buf = NULL;
    letter->msg.Control.len = 0;
    post(s, "bare", &at);
    CHECK_EQ(start_receive(to, letter, &bytes, NULL), 0);
    CHECK_EQ(bytes, 4);
}

TEST(m_007_bad_pointers) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    LPFN_WSARECVMSG receive = recv_msg();
    DWORD bytes;
    CHECK_SOCK_ERR(receive(to, NULL, &bytes, NULL, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(WSASendMsg(s, NULL, 0, &bytes, NULL, NULL), WSAEFAULT);
    struct letter *letter = letter_to(&at, 15, "x");
    CHECK_EQ(start_send(s, letter, &bytes, NULL), WSAEFAULT);
    letter = letter_to_fill();
    letter->msg.namelen = 15;
    CHECK_EQ(start_receive(to, letter, &bytes, op_event()), WSAEFAULT);
}

TEST(m_007_pointers_to_nothing) {
    NATIVE_ONLY("a fault inside the library, under Wine");
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes;
    struct letter *letter = letter_to(&at, sizeof at, "x");
    letter->msg.Control.buf = UNMAPPED;
    letter->msg.Control.len = 32;
    CHECK_EQ(start_send(s, letter, &bytes, NULL), WSAEFAULT);
    letter = letter_to_fill();
    letter->msg.name = UNMAPPED;
    CHECK_EQ(start_receive(to, letter, &bytes, NULL), WSAEFAULT);
    /* What turns out to be bad only when a datagram is there. */
    letter = letter_to_fill();
    letter->msg.Control.buf = read_only_page();
    set_option(to, IPPROTO_IP, IP_PKTINFO, 1);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_receive(to, letter, NULL, ov), WSA_IO_PENDING);
    post(s, "x", &at);
    CHECK_EQ(finish_wsa(to, ov, 10000, &bytes), WSAEFAULT);
    post(s, "next", &at);
    CHECK(!strcmp(received(to)->data, "next"));
}

TEST(m_008_only_peek) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes;
    struct letter *letter = letter_to_fill();
    receive_timeout(to, 3000);
    letter->msg.dwFlags = MSG_OOB;
    CHECK_EQ(start_receive(to, letter, &bytes, NULL), WSAEOPNOTSUPP);
    letter->msg.dwFlags = MSG_WAITALL;
    CHECK_EQ(start_receive(to, letter, &bytes, NULL), WSAEOPNOTSUPP);
    post(s, "stays", &at);
    letter->msg.dwFlags = MSG_PEEK;
    CHECK_EQ(start_receive(to, letter, &bytes, NULL), 0);
    CHECK_EQ(bytes, 5);
    CHECK(!strcmp(received(to)->data, "stays"));
    nonblocking(to);
    CHECK_EQ(start_receive(to, letter_to_fill(), &bytes, NULL), WSAEWOULDBLOCK);
}

TEST(m_009_longer_than_the_buffers) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes = 0;
    struct letter *letter = letter_to_fill();
    WSABUF two[2] = { { 2, letter->data }, { 3, letter->data + 10 } };
    letter->msg.lpBuffers = two;
    letter->msg.dwBufferCount = 2;
    post(s, "abcdefgh", &at);
    CHECK_EQ(start_receive(to, letter, &bytes, NULL), WSAEMSGSIZE);
    CHECK_EQ(letter->msg.dwFlags & MSG_TRUNC, MSG_TRUNC);
    CHECK(!memcmp(letter->data, "ab", 2) && !memcmp(letter->data + 10, "cde", 3));
    CHECK_EQ(letter->msg.namelen, sizeof(SA4));
    /* The rest is lost. */
    post(s, "next", &at);
    letter = received(to);
    CHECK(!strcmp(letter->data, "next"));
    CHECK_EQ(letter->msg.dwFlags, 0);
}

TEST(m_009_pending_and_longer_than_the_buffers) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes = 0;
    OVERLAPPED *ov = op_event();
    struct letter *letter = letter_to_fill();
    letter->buffer.len = 4;
    CHECK_EQ(start_receive(to, letter, NULL, ov), WSA_IO_PENDING);
    post(s, "abcdefgh", &at);
    CHECK_EQ(finish_wsa(to, ov, 10000, &bytes), WSAEMSGSIZE);
    CHECK_EQ(ov->InternalHigh, 4);
    CHECK_EQ(letter->msg.dwFlags & MSG_TRUNC, MSG_TRUNC);
    CHECK(!memcmp(letter->data, "abcd\0", 5));
}

TEST(m_012_the_source) {
    SA4 at, from;
    SA6 at6, from6;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp_at("127.0.0.1", &from);
    SOCKET to6 = udp6_at("::1", &at6), s6 = udp6_at("::1", &from6);
    post(s, "x", &at);
    struct letter *letter = received(to);
    CHECK_EQ(letter->msg.namelen, sizeof from);
    CHECK(!memcmp(&letter->name.v4, &from, sizeof from));
    post6(s6, "x", &at6);
    letter = received(to6);
    CHECK_EQ(letter->msg.namelen, sizeof from6);
    CHECK_EQ(letter->name.v6.sin6_family, AF_INET6);
    CHECK(!memcmp(&letter->name.v6, &from6, sizeof from6));
}

TEST(m_018_flags_of_a_send) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD bytes;
    struct letter *letter = letter_to(&at, sizeof at, "x");
    CHECK_SOCK_ERR(WSASendMsg(s, &letter->msg, MSG_PEEK, &bytes, NULL, NULL), WSAEOPNOTSUPP);
    CHECK_SOCK_ERR(WSASendMsg(s, &letter->msg, 0x40000000, &bytes, NULL, NULL), WSAEOPNOTSUPP);
    CHECK_SOCK_ERR(WSASendMsg(s, &letter->msg, MSG_OOB, &bytes, NULL, NULL), WSAEOPNOTSUPP);
    CHECK_OK(WSASendMsg(s, &letter->msg, MSG_DONTROUTE, &bytes, NULL, NULL));
    /* Those in the message are not looked at. */
    letter->msg.dwFlags = 0xffffffff;
    CHECK_OK(WSASendMsg(s, &letter->msg, 0, &bytes, NULL, NULL));
    CHECK_EQ(letter->msg.dwFlags, 0xffffffff);
    CHECK(!strcmp(received(to)->data, "x"));
    CHECK(!strcmp(received(to)->data, "x"));
}

TEST(m_020_too_long_for_the_transport) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    DWORD most = 0, bytes;
    int length = sizeof most;
    CHECK_OK(getsockopt(s, SOL_SOCKET, SO_MAX_MSG_SIZE, (char *)&most, &length));
    CHECK_EQ(most, 65507);
    struct letter *letter = letter_to(&at, sizeof at, "x");
    letter->buffer.buf = fill(70000);
    for (letter->buffer.len = most + 1; letter->buffer.len < 70000; letter->buffer.len += 2000)
        CHECK_EQ(start_send(s, letter, &bytes, NULL), WSAEMSGSIZE);
    set_option(s, SOL_SOCKET, SO_SNDBUF, 1 << 20);
    set_option(to, SOL_SOCKET, SO_RCVBUF, 1 << 20);
    letter->buffer.len = most;
    CHECK_EQ(start_send(s, letter, &bytes, NULL), 0);
    CHECK_EQ(bytes, most);
    /* The long one is the first that comes. */
    letter = letter_to_fill();
    letter->buffer.buf = kept(70000);
    letter->buffer.len = 70000;
    receive_timeout(to, 20000);
    CHECK_EQ(start_receive(to, letter, &bytes, NULL), 0);
    CHECK_EQ(bytes, most);
    CHECK(matches(letter->buffer.buf, (int)most, 0));
}

TEST(m_020_a_refused_length_leaves_nothing_to_read) {
    SA4 at;
    SOCKET s = udp_at("127.0.0.1", &at);
    DWORD bytes;
    fd_set set;
    struct timeval now = { 0, 0 };
    struct letter *letter = letter_to(&at, sizeof at, "x");
    letter->buffer.buf = fill(70000);
    letter->buffer.len = 65508;
    CHECK_EQ(start_send(s, letter, &bytes, NULL), WSAEMSGSIZE);
    FD_ZERO(&set);
    FD_SET(s, &set);
    CHECK_EQ(select(0, &set, NULL, NULL, &now), 0);
    nonblocking(s);
    CHECK_EQ(start_receive(s, letter_to_fill(), &bytes, NULL), WSAEWOULDBLOCK);
}

TEST(m_021_broadcast_needs_permission) {
    SA4 all = v4("255.255.255.255", 9);
    SOCKET s = udp();
    DWORD bytes;
    CHECK_EQ(start_send(s, letter_to(&all, sizeof all, "x"), &bytes, NULL), WSAEACCES);
    set_option(s, SOL_SOCKET, SO_BROADCAST, 1);
    CHECK(start_send(s, letter_to(&all, sizeof all, "x"), &bytes, NULL) != WSAEACCES);
}

static int receive_into(SOCKET s, struct letter *letter, OVERLAPPED *ov) {
    WSABUF list[2] = { { 3, letter->data }, { 40, letter->data + 20 } };
    letter->msg.lpBuffers = list;
    letter->msg.dwBufferCount = 2;
    int error = start_receive(s, letter, NULL, ov);
    memset(list, 0xEE, sizeof list);
    return error;
}

static int send_from(SOCKET s, struct letter *letter) {
    WSABUF list[2] = { { 3, letter->data }, { 2, letter->data + 3 } };
    DWORD bytes;
    letter->msg.lpBuffers = list;
    letter->msg.dwBufferCount = 2;
    int error = start_send(s, letter, &bytes, NULL);
    memset(list, 0xEE, sizeof list);
    return error;
}

TEST(m_024_the_list_of_buffers_is_captured) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at), s = udp();
    OVERLAPPED *ov = op_event();
    struct letter *letter = letter_to_fill();
    DWORD bytes = 0;
    CHECK_EQ(receive_into(to, letter, ov), WSA_IO_PENDING);
    CHECK_EQ(send_from(s, letter_to(&at, sizeof at, "abcde")), 0);
    CHECK_EQ(finish(to, ov, 10000, &bytes), 0);
    CHECK_EQ(bytes, 5);
    CHECK(!memcmp(letter->data, "abc", 3) && !memcmp(letter->data + 20, "de", 2));
}

TEST(m_025_time_outs_are_for_blocking_calls) {
    SA4 at;
    SOCKET to = udp_at("127.0.0.1", &at);
    DWORD bytes;
    receive_timeout(to, 50);
    CHECK_EQ(start_receive(to, letter_to_fill(), &bytes, NULL), WSAETIMEDOUT);
    OVERLAPPED *ov = op_event();
    struct letter *letter = letter_to_fill();
    CHECK_EQ(start_receive(to, letter, NULL, ov), WSA_IO_PENDING);
    CHECK(still_pending(ov, 300));
    post(udp(), "late", &at);
    CHECK_EQ(finish(to, ov, 10000, &bytes), 0);
    CHECK_EQ(bytes, 4);
}
