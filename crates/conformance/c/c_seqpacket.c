/* C-013, C-015: sequenced packets, which Linux has over AF_UNIX. */
#include "harness.h"
#include <afunix.h>

static struct sockaddr_un path(const char *what) {
    struct sockaddr_un name;
    memset(&name, 0, sizeof name);
    name.sun_family = AF_UNIX;
    snprintf(name.sun_path, sizeof name.sun_path, "/tmp/conformance-%u-%s", (unsigned)GetCurrentThreadId(), what);
    remove(name.sun_path);
    return name;
}

TEST(c_015_seqpacket_over_unix_sockets) {
    NATIVE_ONLY("Wine has no AF_UNIX sockets");
    SOCKET l = own(socket(AF_UNIX, SOCK_SEQPACKET, 0)), s = own(socket(AF_UNIX, SOCK_SEQPACKET, 0));
    struct sockaddr_un there = path("listener"), here = path("client");
    CHECK_OK(bind(l, (SA *)&there, sizeof there));
    CHECK_OK(listen(l, 5));
    CHECK_OK(bind(s, (SA *)&here, sizeof here));
    OVERLAPPED *ov = op_event();
    LPFN_CONNECTEX call = connect_ex();
    BOOL result = call(s, (SA *)&there, sizeof there, "packet", 6, NULL, ov);
    CHECK(result || WSAGetLastError() == ERROR_IO_PENDING);
    DWORD bytes, error = finish(s, ov, 5000, &bytes);
    remove(here.sun_path);
    remove(there.sun_path);
    CHECK_EQ(error, 0);
    CHECK_EQ(bytes, 6);
    SOCKET peer = accept_one(l);
    char got[16];
    CHECK_EQ(recv(peer, got, sizeof got, 0), 6);
    CHECK(memcmp(got, "packet", 6) == 0);
}
