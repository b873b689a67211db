/* F-001..F-010: facts that were observed on Windows beside the clauses. */
#include "harness.h"

static int receive(SOCKET s, char *into, DWORD length, OVERLAPPED *ov) {
    WSABUF buffer = { length, into };
    DWORD flags = 0;
    WSASetLastError(0);
    return WSARecv(s, &buffer, 1, NULL, &flags, ov, NULL) == 0 ? 0 : WSAGetLastError();
}

TEST(f_001_event_or_handle_is_reset_at_submission) {
    SOCKET client, server;
    static char got[8];
    connected_pair(&client, &server);
    OVERLAPPED *plain = op_plain(), *with_event = op_event();
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(receive(client, got, sizeof got, plain), WSA_IO_PENDING);
        CHECK_EQ(WaitForSingleObject((HANDLE)client, 30), WAIT_TIMEOUT);
        send_all(server, "x", 1);
        CHECK_EQ(WaitForSingleObject((HANDLE)client, 5000), WAIT_OBJECT_0);
        CHECK_EQ(WaitForSingleObject((HANDLE)client, 0), WAIT_OBJECT_0);
    }
    SetEvent(with_event->hEvent);
    CHECK_EQ(receive(client, got, sizeof got, with_event), WSA_IO_PENDING);
    CHECK_EQ(WaitForSingleObject(with_event->hEvent, 30), WAIT_TIMEOUT);
    send_all(server, "x", 1);
    CHECK_EQ(WaitForSingleObject(with_event->hEvent, 5000), WAIT_OBJECT_0);
}

TEST(f_002_connect_and_shutdown_queue_no_packet) {
    SA4 at;
    SOCKET l = listener(&at), s = tcp();
    HANDLE port = port_for(s, 1);
    CHECK_OK(connect(s, (SA *)&at, sizeof at));
    accept_one(l);
    CHECK(no_packet(port, 50));
    CHECK_OK(shutdown(s, SD_SEND));
    CHECK(no_packet(port, 50));
}

TEST(f_003_while_connectex_is_pending) {
    SA4 nobody, name;
    int length = sizeof name;
    char byte;
    SOCKET s = bound(), plain = tcp();
    stuck(&nobody);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start_connect(s, &nobody, NULL, 0, ov), ERROR_IO_PENDING);
    name = name_of(s);
    CHECK_EQ(name.sin_family, AF_INET);
    CHECK(name.sin_port != 0);
    CHECK_SOCK_ERR(getpeername(s, (SA *)&name, &length), WSAENOTCONN);
    CHECK_SOCK_ERR(recv(s, &byte, 1, 0), WSAENOTCONN);
    CHECK_SOCK_ERR(send(s, "x", 1, 0), WSAENOTCONN);
    CHECK(still_pending(ov, 0));
    nonblocking(plain);
    CHECK_SOCK_ERR(connect(plain, (SA *)&nobody, sizeof nobody), WSAEWOULDBLOCK);
    CHECK_OK(getpeername(plain, (SA *)&name, &length));
    CHECK_EQ(name.sin_port, nobody.sin_port);
}

TEST(f_004_skipping_never_drops_what_pended_or_failed) {
    SA4 at, bad = refusing();
    SOCKET l = listener(&at), good = bound(), failing = bound();
    HANDLE port = new_port(0);
    SOCKET both[2] = { good, failing };
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *got = NULL, *ov;
    for (int i = 0; i < 2; i++) {
        CHECK(CreateIoCompletionPort((HANDLE)both[i], port, i, 0) == port);
        CHECK(SetFileCompletionNotificationModes((HANDLE)both[i], FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    }
    ov = op_plain();
    CHECK_EQ(start_connect(good, &at, "x", 1, ov), ERROR_IO_PENDING);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000));
    CHECK(got == ov);
    ov = op_plain();
    CHECK_EQ(start_connect(failing, &bad, NULL, 0, ov), ERROR_IO_PENDING);
    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000));
    CHECK(got == ov);
    drop(accept_one(l));
    ov = op_plain();
    CHECK_EQ(start_disconnect(good, ov, 0), ERROR_IO_PENDING);
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &got, 5000));
    CHECK(got == ov);
}

TEST(f_005_reset_after_the_peers_end) {
    SOCKET client, server;
    char byte;
    connected_pair(&client, &server);
    drop(server);
    CHECK_EQ(recv(client, &byte, 1, 0), 0);
    CHECK_EQ(send(client, "x", 1, 0), 1);
    Sleep(100);
    CHECK_SOCK_ERR(recv(client, &byte, 1, 0), WSAECONNABORTED);
}

TEST(f_006_closehandle_works_as_closesocket) {
    SOCKET client, server;
    static char got[8];
    connected_pair(&client, &server);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(receive(client, got, sizeof got, ov), WSA_IO_PENDING);
    CHECK(CloseHandle((HANDLE)client));
    CHECK_EQ(WaitForSingleObject(ov->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_SOCK_ERR(send(client, "x", 1, 0), WSAENOTSOCK);
    char byte;
    CHECK_EQ(recv(server, &byte, 1, 0), 0);
}

TEST(f_009_error_of_a_failed_connect_stays) {
    SA4 bad = refusing();
    SOCKET s = bound_at("127.0.0.1", 0);
    /* A port of its own: one that connect chooses may be shared with other programs' connections, where none can listen. */
    name_of(s);
    nonblocking(s);
    CHECK_SOCK_ERR(connect(s, (SA *)&bad, sizeof bad), WSAEWOULDBLOCK);
    fd_set failed;
    struct timeval limit = { 5, 0 };
    FD_ZERO(&failed);
    FD_SET(s, &failed);
    CHECK_EQ(select(0, NULL, NULL, &failed, &limit), 1);
    for (int i = 0; i < 3; i++) {
        int error = 0, length = sizeof error;
        CHECK_OK(getsockopt(s, SOL_SOCKET, SO_ERROR, (char *)&error, &length));
        CHECK_EQ(error, WSAECONNREFUSED);
    }
    CHECK_OK(listen(s, 5));
}

TEST(f_010_receives_are_filled_in_posting_order) {
    SOCKET client, server;
    static char first[4], second[4], third[4];
    DWORD bytes;
    connected_pair(&client, &server);
    OVERLAPPED *a = op_event(), *b = op_event(), *c = op_event();
    CHECK_EQ(receive(client, first, 4, a), WSA_IO_PENDING);
    CHECK_EQ(receive(client, second, 4, b), WSA_IO_PENDING);
    CHECK_EQ(receive(client, third, 4, c), WSA_IO_PENDING);
    send_all(server, "1234567", 7);
    CHECK_EQ(finish(client, a, 5000, &bytes), 0);
    CHECK_EQ(bytes, 4);
    CHECK(memcmp(first, "1234", 4) == 0);
    CHECK_EQ(finish(client, b, 5000, &bytes), 0);
    CHECK_EQ(bytes, 3);
    CHECK(memcmp(second, "567", 3) == 0);
    CHECK(still_pending(c, 100));
    send_all(server, "8", 1);
    CHECK_EQ(finish(client, c, 5000, &bytes), 0);
    CHECK_EQ(bytes, 1);
}
