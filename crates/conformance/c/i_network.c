/* I-019..I-025: the machine's addresses and the ways from them. */
#include "ioctl.h"
#include "network_events.h"

#define OWN_WORLD(variable)                                                                                            \
    NATIVE_ONLY("needs a network that the runner makes for native tests only");                                        \
    if (!getenv(variable)) FAIL("run it through linsock-conformance run --filter %s", __func__)

static int query_route(SOCKET s, const SA4 *to, SA4 *by) {
    memset(by, 0, sizeof *by);
    return control(s, SIO_ROUTING_INTERFACE_QUERY, to, sizeof *to, by, sizeof *by, NULL);
}

TEST(i_019_broadcast_address) {
    SA4 all;
    DWORD got;
    CHECK_EQ(control(udp(), SIO_GET_BROADCAST_ADDRESS, NULL, 0, &all, sizeof all, &got), 0);
    CHECK_EQ(got, sizeof all);
    CHECK_EQ(all.sin_family, AF_INET);
    CHECK_EQ(all.sin_addr.s_addr, INADDR_BROADCAST);
    CHECK_EQ(control(udp(), SIO_GET_BROADCAST_ADDRESS, NULL, 0, &all, 15, NULL), WSAEFAULT);
    CHECK_EQ(control(tcp6(), SIO_GET_BROADCAST_ADDRESS, NULL, 0, &all, sizeof all, NULL), WSAENOPROTOOPT);
}

static SOCKET_ADDRESS_LIST *query_addresses(SOCKET s) {
    DWORD needed = 0, got;
    CHECK_EQ(control(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, NULL, 0, &needed), WSAEFAULT);
    CHECK(needed >= 4);
    SOCKET_ADDRESS_LIST *list = kept(needed);
    CHECK_EQ(control(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, list, needed - 1, &got), WSAEFAULT);
    CHECK_EQ(got, needed);
    CHECK_EQ(control(s, SIO_ADDRESS_LIST_QUERY, NULL, 0, list, needed, &got), 0);
    CHECK_EQ(got, needed);
    return list;
}

TEST(i_020_every_address_can_be_bound_to) {
    SOCKET_ADDRESS_LIST *list = query_addresses(tcp());
    CHECK(list->iAddressCount >= 1);
    for (int i = 0; i < list->iAddressCount; i++) {
        SA4 *at = (SA4 *)list->Address[i].lpSockaddr;
        CHECK_EQ(list->Address[i].iSockaddrLength, sizeof *at);
        CHECK_EQ(at->sin_family, AF_INET);
        CHECK_EQ(at->sin_port, 0);
        CHECK_OK(bind(tcp(), (SA *)at, sizeof *at));
    }
}

TEST_ENV(i_020_all_and_no_others, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    SOCKET_ADDRESS_LIST *list = query_addresses(udp());
    CHECK_EQ(list->iAddressCount, 1);
    CHECK_EQ(((SA4 *)list->Address[0].lpSockaddr)->sin_addr.s_addr, v4("127.0.0.1", 0).sin_addr.s_addr);
    if (!add_address("192.0.2.7")) SKIP("the network cannot be changed");
    list = query_addresses(udp());
    CHECK_EQ(list->iAddressCount, 2);
    CHECK_EQ(((SA4 *)list->Address[1].lpSockaddr)->sin_addr.s_addr, v4("192.0.2.7", 0).sin_addr.s_addr);
    list = query_addresses(own(socket(AF_INET6, SOCK_DGRAM, 0)));
    CHECK_EQ(list->iAddressCount, 1);
    SA6 *six = (SA6 *)list->Address[0].lpSockaddr;
    CHECK_EQ(six->sin6_family, AF_INET6);
    CHECK_EQ(list->Address[0].iSockaddrLength, sizeof *six);
    CHECK(IN6_IS_ADDR_LOOPBACK(&six->sin6_addr));
}

TEST_ENV(i_021_ends_when_an_address_comes, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    SOCKET s = udp(), six = own(socket(AF_INET6, SOCK_DGRAM, 0));
    HANDLE port = port_for(s, 3);
    OVERLAPPED *ov = op_plain(), *other = op_event(), *from;
    DWORD bytes;
    ULONG_PTR key;
    CHECK_EQ(start(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, ov), WSA_IO_PENDING);
    CHECK_EQ(start(six, SIO_ADDRESS_LIST_CHANGE, NULL, 0, other), WSA_IO_PENDING);
    CHECK(no_packet(port, 100));
    if (!add_address("192.0.2.7")) SKIP("the network cannot be changed");
    CHECK(GetQueuedCompletionStatus(port, &bytes, &key, &from, 5000));
    CHECK(from == ov);
    CHECK_EQ(bytes, 0);
    CHECK(no_packet(port, 50));
    CHECK(still_pending(other, 50)); /* no news of its family */
    drop(six);
    CHECK_EQ(WaitForSingleObject(other->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(other, ST_CANCELLED);
}

TEST_ENV(i_021_network_event, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    SOCKET s = udp();
    WSAEVENT event = selected(s, FD_ADDRESS_LIST_CHANGE);
    if (!add_address("192.0.2.7")) SKIP("the network cannot be changed");
    CHECK_EQ(control(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, NULL), WSAEWOULDBLOCK);
    CHECK(!signalled(event, 100)); /* what was before is no news */
    CHECK(add_address("192.0.2.8"));
    CHECK_EQ(awaited(s, event, FD_ADDRESS_LIST_CHANGE).lNetworkEvents, FD_ADDRESS_LIST_CHANGE);
    CHECK(add_address("192.0.2.9")); /* not asked for again */
    CHECK(!signalled(event, 100));
}

static DWORD WINAPI wait_for_addresses(void *s) {
    return control((SOCKET)s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, NULL, 0, NULL);
}

TEST_ENV(i_021_a_blocking_call_waits, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    HANDLE waiter = thread(wait_for_addresses, (void *)udp());
    CHECK_EQ(WaitForSingleObject(waiter, 100), WAIT_TIMEOUT);
    if (!add_address("192.0.2.7")) SKIP("the network cannot be changed");
    CHECK_EQ(join(waiter), 0);
}

TEST(i_021_cancelled_and_closed) {
    SOCKET s = udp();
    OVERLAPPED *a = op_event(), *b = op_event();
    CHECK_EQ(start(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, a), WSA_IO_PENDING);
    CHECK_EQ(start(s, SIO_ADDRESS_LIST_CHANGE, NULL, 0, b), WSA_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)s, a));
    CHECK_EQ(finish(s, a, 5000, NULL), WSA_OPERATION_ABORTED);
    CHECK_BOOL_ERR(CancelIoEx((HANDLE)s, a), ERROR_NOT_FOUND);
    CHECK_STATUS(b, ST_PENDING);
    drop(s);
    CHECK_EQ(WaitForSingleObject(b->hEvent, 5000), WAIT_OBJECT_0);
    CHECK_STATUS(b, ST_CANCELLED);
}

TEST(i_022_the_best_first) {
    SOCKET s = own(socket(AF_INET6, SOCK_DGRAM, 0));
    /* No way leads to a documentation address with this scope, and loopback is always at hand. */
    SA6 addresses[2] = { v6("2001:db8::1", 0), v6("::1", 0) };
    struct { INT count; SOCKET_ADDRESS at[2]; } list = { 2, { { (SA *)&addresses[0], sizeof(SA6) }, { (SA *)&addresses[1], sizeof(SA6) } } };
    DWORD got;
    CHECK_EQ(control(s, SIO_ADDRESS_LIST_SORT, &list, sizeof list, &list, sizeof list, &got), 0);
    CHECK_EQ(got, sizeof list);
    CHECK_EQ(list.count, 2);
    CHECK(IN6_IS_ADDR_LOOPBACK(&((SA6 *)list.at[0].lpSockaddr)->sin6_addr));
    CHECK(!IN6_IS_ADDR_LOOPBACK(&((SA6 *)list.at[1].lpSockaddr)->sin6_addr));
    CHECK_EQ(control(s, SIO_ADDRESS_LIST_SORT, &list, sizeof list - 1, &list, sizeof list, NULL), WSAEFAULT);
    CHECK_EQ(control(s, SIO_ADDRESS_LIST_SORT, &list, sizeof list, &list, sizeof list - 1, NULL), WSAEFAULT);
}

TEST(i_023_the_way_to_loopback) {
    SOCKET s = udp();
    SA4 to = v4("127.0.0.1", 80), by, none = v4("0.0.0.0", 0);
    DWORD got = 0;
    CHECK_EQ(query_route(s, &to, &by), 0);
    CHECK_EQ(by.sin_family, AF_INET);
    CHECK_EQ(by.sin_addr.s_addr, to.sin_addr.s_addr);
    CHECK_EQ(query_route(s, &none, &by), WSAEINVAL);
    CHECK_EQ(control(s, SIO_ROUTING_INTERFACE_QUERY, &to, sizeof to, &by, sizeof by - 1, &got), WSAEFAULT);
    CHECK_EQ(got, sizeof by);
    to.sin_family = 0;
    CHECK_EQ(query_route(s, &to, &by), WSAEAFNOSUPPORT);
}

TEST_ENV(i_023_no_way, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    SOCKET s = udp();
    SA4 to = v4("192.0.2.1", 80), by;
    CHECK_EQ(query_route(s, &to, &by), WSAENETUNREACH);
    if (!add_address("192.0.2.7")) SKIP("the network cannot be changed");
    CHECK_EQ(query_route(s, &to, &by), 0);
    CHECK_EQ(by.sin_addr.s_addr, v4("192.0.2.7", 0).sin_addr.s_addr);
}

TEST_ENV(i_024_ends_when_the_way_changes, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    SOCKET s = udp();
    SA4 to = v4("192.0.2.1", 80), elsewhere = v4("198.51.100.1", 80), any = v4("0.0.0.0", 0);
    OVERLAPPED *one = op_event(), *other = op_event(), *every = op_event();
    CHECK_EQ(start(s, SIO_ROUTING_INTERFACE_CHANGE, &to, sizeof to, one), WSA_IO_PENDING);
    CHECK_EQ(start(s, SIO_ROUTING_INTERFACE_CHANGE, &elsewhere, sizeof to, other), WSA_IO_PENDING);
    CHECK_EQ(start(s, SIO_ROUTING_INTERFACE_CHANGE, &any, sizeof to, every), WSA_IO_PENDING);
    CHECK(still_pending(one, 100));
    if (!add_address("192.0.2.7")) SKIP("the network cannot be changed");
    CHECK_EQ(finish(s, one, 5000, NULL), 0);
    CHECK_EQ(finish(s, every, 5000, NULL), 0);
    CHECK(still_pending(other, 100)); /* the way there is as it was */
    CHECK(CancelIoEx((HANDLE)s, NULL));
    CHECK_EQ(finish(s, other, 5000, NULL), WSA_OPERATION_ABORTED);
}

TEST_ENV(i_024_network_event, "WORLD_NETWORK=own") {
    OWN_WORLD("WORLD_NETWORK");
    SOCKET s = udp();
    SA4 to = v4("192.0.2.1", 80);
    WSAEVENT event = selected(s, FD_ROUTING_INTERFACE_CHANGE);
    CHECK_EQ(control(s, SIO_ROUTING_INTERFACE_CHANGE, &to, sizeof to, NULL, 0, NULL), WSAEWOULDBLOCK);
    CHECK(!signalled(event, 50));
    if (!add_address("192.0.2.7")) SKIP("the network cannot be changed");
    awaited(s, event, FD_ROUTING_INTERFACE_CHANGE);
}

TEST(i_024_cancelled) {
    SOCKET s = udp();
    SA4 to = v4("127.0.0.1", 80);
    OVERLAPPED *ov = op_event();
    CHECK_EQ(start(s, SIO_ROUTING_INTERFACE_CHANGE, &to, sizeof to, ov), WSA_IO_PENDING);
    CHECK(CancelIoEx((HANDLE)s, ov));
    CHECK_EQ(finish(s, ov, 5000, NULL), WSA_OPERATION_ABORTED);
    CHECK_EQ(start(s, SIO_ROUTING_INTERFACE_CHANGE, &to, 15, op_event()), WSAEFAULT);
}

TEST(i_025_interfaces) {
    INTERFACE_INFO list[64];
    DWORD got;
    int loopback = 0;
    CHECK_EQ(sizeof list[0], 76);
    CHECK_EQ(control(udp(), SIO_GET_INTERFACE_LIST, NULL, 0, list, sizeof list, &got), 0);
    CHECK(got >= 76 && got % 76 == 0);
    for (DWORD i = 0; i < got / 76; i++) {
        CHECK_EQ(list[i].iiAddress.AddressIn.sin_family, AF_INET);
        CHECK(list[i].iiFlags & IFF_UP);
        if (list[i].iiAddress.AddressIn.sin_addr.s_addr != v4("127.0.0.1", 0).sin_addr.s_addr) continue;
        loopback++;
        CHECK(list[i].iiFlags & IFF_LOOPBACK);
        CHECK_EQ(list[i].iiNetmask.AddressIn.sin_addr.s_addr, v4("255.0.0.0", 0).sin_addr.s_addr);
    }
    CHECK_EQ(loopback, 1);
    CHECK_EQ(control(udp(), SIO_GET_INTERFACE_LIST, NULL, 0, list, 75, NULL), WSAEFAULT);
    CHECK_EQ(control(own(socket(AF_INET6, SOCK_DGRAM, 0)), SIO_GET_INTERFACE_LIST, NULL, 0, list, sizeof list, NULL), WSAEINVAL);
}
