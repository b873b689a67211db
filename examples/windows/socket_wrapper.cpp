// Sockets, events and buffers as objects that clean up after themselves: an overlapped HTTP-like exchange with
// std::unique_ptr, std::vector and exceptions that carry Winsock's error.
#define NOMINMAX
#define WIN32_LEAN_AND_MEAN
#include <winsock2.h>
#include <ws2tcpip.h>
#include <mswsock.h>
#include <windows.h>

#include <algorithm>
#include <cstdio>
#include <future>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace net {

class winsock {
public:
    winsock() {
        WSADATA data;
        if (int error = WSAStartup(MAKEWORD(2, 2), &data)) throw std::system_error(error, std::system_category());
    }
    ~winsock() { WSACleanup(); }
    winsock(const winsock &) = delete;
    winsock &operator=(const winsock &) = delete;
};

[[noreturn]] void raise(const char *what, int error = WSAGetLastError()) {
    throw std::system_error(error, std::system_category(), what);
}

struct handle_closer {
    using pointer = HANDLE;
    void operator()(HANDLE handle) const noexcept { ::CloseHandle(handle); }
};
using unique_handle = std::unique_ptr<void, handle_closer>;

class socket {
public:
    explicit socket(int family = AF_INET)
        : s_(::WSASocketW(family, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED)) {
        if (s_ == INVALID_SOCKET) raise("WSASocketW");
    }
    explicit socket(SOCKET s) : s_(s) {
        if (s_ == INVALID_SOCKET) raise("accept");
    }
    socket(socket &&other) noexcept : s_(std::exchange(other.s_, INVALID_SOCKET)) {}
    socket &operator=(socket &&other) noexcept {
        std::swap(s_, other.s_);
        return *this;
    }
    ~socket() {
        if (s_ != INVALID_SOCKET) ::closesocket(s_);
    }

    void bind(const sockaddr_in &address) {
        if (::bind(s_, reinterpret_cast<const sockaddr *>(&address), sizeof address)) raise("bind");
    }
    void listen(int backlog = SOMAXCONN) {
        if (::listen(s_, backlog)) raise("listen");
    }
    sockaddr_in name() const {
        sockaddr_in address{};
        int length = sizeof address;
        if (::getsockname(s_, reinterpret_cast<sockaddr *>(&address), &length)) raise("getsockname");
        return address;
    }
    socket accept() { return socket(::accept(s_, nullptr, nullptr)); }
    void connect(const sockaddr_in &address) {
        if (::connect(s_, reinterpret_cast<const sockaddr *>(&address), sizeof address)) raise("connect");
    }
    void shutdown() {
        if (::shutdown(s_, SD_SEND)) raise("shutdown");
    }

    std::size_t send(const std::string &text) {
        return transfer([&](WSABUF &buffer, OVERLAPPED &ov) {
            return ::WSASend(s_, &buffer, 1, nullptr, 0, &ov, nullptr);
        }, const_cast<char *>(text.data()), text.size());
    }
    std::string receive_all() {
        std::string all;
        std::vector<char> some(16);
        DWORD flags = 0;
        for (;;) {
            std::size_t n = transfer([&](WSABUF &buffer, OVERLAPPED &ov) {
                return ::WSARecv(s_, &buffer, 1, nullptr, &flags, &ov, nullptr);
            }, some.data(), some.size());
            if (n == 0) return all;
            all.append(some.data(), n);
            some.resize(std::min<std::size_t>(some.size() * 2, 4096));
        }
    }

private:
    template <class Start>
    std::size_t transfer(Start start, char *data, std::size_t size) {
        unique_handle event(::WSACreateEvent());
        OVERLAPPED ov{};
        ov.hEvent = event.get();
        WSABUF buffer{static_cast<ULONG>(size), data};
        if (start(buffer, ov) == SOCKET_ERROR && ::WSAGetLastError() != WSA_IO_PENDING) raise("starting a transfer");
        DWORD bytes = 0, flags = 0;
        if (!::WSAGetOverlappedResult(s_, &ov, &bytes, TRUE, &flags)) raise("a transfer");
        return bytes;
    }

    SOCKET s_;
};

sockaddr_in loopback(u_short port = 0) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = port;
    return address;
}

} // namespace net

int main() try {
    net::winsock use;
    net::socket listener;
    listener.bind(net::loopback());
    listener.listen();

    auto served = std::async(std::launch::async, [&] {
        net::socket peer = listener.accept();
        std::string request = peer.receive_all();
        std::reverse(request.begin(), request.end());
        peer.send(request);
        return request.size();
    });

    net::socket client;
    client.connect(listener.name());
    std::string question;
    for (int i = 0; i < 300; i++) question += std::to_string(i) + ' ';
    std::printf("sent %d bytes\n", static_cast<int>(client.send(question)));
    client.shutdown();
    std::string answer = client.receive_all();
    std::reverse(answer.begin(), answer.end());
    std::printf("served %d bytes, the answer is %s\n", static_cast<int>(served.get()),
                answer == question ? "right" : "wrong");

    net::socket moved = std::move(client);
    try {
        net::socket nobody;
        nobody.bind(net::loopback());
        moved = net::socket();
        moved.connect(nobody.name());
    } catch (const std::system_error &error) {
        std::printf("refused with %d\n", error.code().value());
    }
    try {
        client.listen();
    } catch (const std::system_error &error) {
        std::printf("an empty socket: %d\n", error.code().value());
    }
    return 0;
} catch (const std::exception &error) {
    std::printf("%s\n", error.what());
    return 1;
}
