/* C-085 and C-075 taken at their widest: no function takes what is not a socket, and none faults on a bad pointer. */
#include "harness.h"

/* What every function that takes a socket answers for `s`. */
static void refused_everywhere(SOCKET s, int error) {
    SA4 at = v4("127.0.0.1", 9);
    int length = sizeof at;
    char byte = 0;
    DWORD bytes = 0, flags = 0;
    u_long one = 1;
    WSABUF buffer = { 1, &byte };
    GUID id = WSAID_CONNECTEX;
    void *function;
    LPFN_CONNECTEX connect_call = connect_ex();
    LPFN_DISCONNECTEX disconnect_call = disconnect_ex();
    CHECK_SOCK_ERR(bind(s, (SA *)&at, length), error);
    CHECK_SOCK_ERR(listen(s, 1), error);
    WSASetLastError(0);
    CHECK(accept(s, NULL, NULL) == INVALID_SOCKET);
    CHECK_EQ(WSAGetLastError(), error);
    CHECK_SOCK_ERR(connect(s, (SA *)&at, length), error);
    CHECK_SOCK_ERR(WSAConnect(s, (SA *)&at, length, NULL, NULL, NULL, NULL), error);
    CHECK_SOCK_ERR(shutdown(s, SD_SEND), error);
    CHECK_SOCK_ERR(closesocket(s), error);
    CHECK_SOCK_ERR(getsockname(s, (SA *)&at, &length), error);
    CHECK_SOCK_ERR(getpeername(s, (SA *)&at, &length), error);
    length = sizeof bytes;
    CHECK_SOCK_ERR(getsockopt(s, SOL_SOCKET, SO_TYPE, (char *)&bytes, &length), error);
    CHECK_SOCK_ERR(setsockopt(s, SOL_SOCKET, SO_KEEPALIVE, (char *)&bytes, length), error);
    CHECK_SOCK_ERR(ioctlsocket(s, FIONBIO, &one), error);
    CHECK_SOCK_ERR(send(s, &byte, 1, 0), error);
    CHECK_SOCK_ERR(recv(s, &byte, 1, 0), error);
    CHECK_SOCK_ERR(sendto(s, &byte, 1, 0, (SA *)&at, sizeof at), error);
    CHECK_SOCK_ERR(recvfrom(s, &byte, 1, 0, NULL, NULL), error);
    CHECK_SOCK_ERR(WSASend(s, &buffer, 1, &bytes, 0, NULL, NULL), error);
    CHECK_SOCK_ERR(WSARecv(s, &buffer, 1, &bytes, &flags, NULL, NULL), error);
    CHECK_SOCK_ERR(WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &id, sizeof id, &function, sizeof function, &bytes,
                            NULL, NULL), error);
    CHECK_BOOL_ERR(WSAGetOverlappedResult(s, op_event(), &bytes, FALSE, &flags), error);
    CHECK_BOOL_ERR(connect_call(s, (SA *)&at, sizeof at, NULL, 0, NULL, op_event()), error);
    CHECK_BOOL_ERR(disconnect_call(s, NULL, 0, 0), error);
}

TEST(c_085_no_function_takes_what_is_not_a_socket) {
    SOCKET closed = tcp();
    drop(closed);
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    refused_everywhere(INVALID_SOCKET, WSAENOTSOCK);
    refused_everywhere(closed, WSAENOTSOCK);
    refused_everywhere((SOCKET)event, WSAENOTSOCK);
    refused_everywhere((SOCKET)new_port(0), WSAENOTSOCK);
    refused_everywhere(0x7FFFFFFC, WSAENOTSOCK);
    refused_everywhere((SOCKET)0xFFFF800000000000ull, WSAENOTSOCK);
    CloseHandle(event);
}

TEST(c_075_no_function_faults_on_bad_pointers) {
    SOCKET client, server, s = tcp();
    SA4 at;
    int length = sizeof at, bad_length = -1;
    DWORD bytes, flags = 0;
    char byte;
    WSABUF nowhere = { 10, UNMAPPED };
    connected_pair(&client, &server);
    send_all(server, "x", 1);
    CHECK_SOCK_ERR(bind(s, NULL, 16), WSAEFAULT);
    CHECK_SOCK_ERR(bind(s, UNMAPPED, 16), WSAEFAULT);
    CHECK_SOCK_ERR(connect(s, NULL, 16), WSAEFAULT);
    CHECK_SOCK_ERR(connect(s, UNMAPPED, 16), WSAEFAULT);
    CHECK_SOCK_ERR(getsockname(client, NULL, &length), WSAEFAULT);
    CHECK_SOCK_ERR(getsockname(client, (SA *)&at, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(getsockname(client, UNMAPPED, &length), WSAEFAULT);
    CHECK_SOCK_ERR(getsockname(client, (SA *)&at, &bad_length), WSAEFAULT);
    CHECK_SOCK_ERR(getpeername(client, UNMAPPED, &length), WSAEFAULT);
    CHECK_SOCK_ERR(getpeername(client, (SA *)&at, UNMAPPED), WSAEFAULT);
    length = 4;
    CHECK_SOCK_ERR(getsockopt(client, SOL_SOCKET, SO_TYPE, NULL, &length), WSAEFAULT);
    CHECK_SOCK_ERR(getsockopt(client, SOL_SOCKET, SO_TYPE, UNMAPPED, &length), WSAEFAULT);
    CHECK_SOCK_ERR(getsockopt(client, SOL_SOCKET, SO_TYPE, &byte, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, NULL, 4), WSAEFAULT);
    CHECK_SOCK_ERR(setsockopt(client, SOL_SOCKET, SO_KEEPALIVE, UNMAPPED, 4), WSAEFAULT);
    CHECK_SOCK_ERR(ioctlsocket(client, FIONBIO, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(ioctlsocket(client, FIONREAD, UNMAPPED), WSAEFAULT);
    CHECK_SOCK_ERR(send(client, UNMAPPED, 10, 0), WSAEFAULT);
    CHECK_SOCK_ERR(recv(client, UNMAPPED, 10, 0), WSAEFAULT);
    CHECK_SOCK_ERR(WSASend(client, &nowhere, 1, &bytes, 0, NULL, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(WSARecv(client, &nowhere, 1, &bytes, &flags, NULL, NULL), WSAEFAULT);
    CHECK_EQ(recv(client, &byte, 1, 0), 1);
    CHECK_SOCK_ERR(WSASend(client, NULL, 1, &bytes, 0, NULL, NULL), WSAEFAULT);
    CHECK_SOCK_ERR(WSARecv(client, NULL, 1, &bytes, &flags, NULL, NULL), WSAEFAULT);
    LPFN_CONNECTEX call = connect_ex();
    CHECK_BOOL_ERR(call(bound(), NULL, 16, NULL, 0, NULL, op_event()), WSAEFAULT);
    CHECK(!GetQueuedCompletionStatus(NULL, &bytes, NULL, NULL, 0));
    CHECK(!CancelIo(NULL));
    CHECK(!CancelIoEx(NULL, NULL));
    CHECK(!CloseHandle(NULL));
    CHECK(!SetEvent(NULL));
    CHECK(!ResetEvent(NULL));
    CHECK_EQ(WaitForSingleObject(NULL, 0), WAIT_FAILED);
}
