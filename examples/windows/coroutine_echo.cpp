// C++20 coroutines on a completion port: co_await accept, receive and send; one thread runs both ends of four
// conversations.
#include <winsock2.h>
#include <mswsock.h>
#include <windows.h>

#include <coroutine>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

struct io_result {
    DWORD error;
    DWORD bytes;
};

// An operation is its OVERLAPPED, and the coroutine that goes on when it is over.
struct operation : OVERLAPPED {
    std::coroutine_handle<> waiting;
    io_result result{};
    operation() : OVERLAPPED{} {}
};

template <class Start>
struct awaitable : operation {
    Start start;
    explicit awaitable(Start s) : start(s) {}
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> caller) {
        waiting = caller;
        if (start(this)) return true; // its packet will come
        DWORD error = static_cast<DWORD>(WSAGetLastError());
        if (error == ERROR_IO_PENDING) return true;
        result = {error, 0};
        return false;
    }
    io_result await_resume() const noexcept { return result; }
};

struct task {
    struct promise_type {
        task get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::terminate(); }
    };
};

static HANDLE port;
static int running;
static int messages;

static SOCKET make_socket() {
    SOCKET s = WSASocketW(AF_INET, SOCK_STREAM, IPPROTO_TCP, nullptr, 0, WSA_FLAG_OVERLAPPED);
    if (s == INVALID_SOCKET || !CreateIoCompletionPort(reinterpret_cast<HANDLE>(s), port, 0, 0)) std::abort();
    return s;
}

template <class Function>
static Function extension(SOCKET s, GUID guid) {
    Function function{};
    DWORD bytes;
    if (WSAIoctl(s, SIO_GET_EXTENSION_FUNCTION_POINTER, &guid, sizeof guid, &function, sizeof function, &bytes, nullptr,
                 nullptr))
        std::abort();
    return function;
}

static auto receive(SOCKET s, char *data, ULONG size) {
    return awaitable([=](OVERLAPPED *ov) {
        WSABUF buffer{size, data};
        DWORD flags = 0;
        return WSARecv(s, &buffer, 1, nullptr, &flags, ov, nullptr) == 0;
    });
}

static auto send(SOCKET s, const char *data, ULONG size) {
    return awaitable([=](OVERLAPPED *ov) {
        WSABUF buffer{size, const_cast<char *>(data)};
        return WSASend(s, &buffer, 1, nullptr, 0, ov, nullptr) == 0;
    });
}

static auto connect(SOCKET s, sockaddr_in to) {
    return awaitable([=](OVERLAPPED *ov) {
        static auto ConnectEx = extension<LPFN_CONNECTEX>(s, WSAID_CONNECTEX);
        return ConnectEx(s, reinterpret_cast<const sockaddr *>(&to), sizeof to, nullptr, 0, nullptr, ov) != FALSE;
    });
}

static auto accept(SOCKET listener, SOCKET s, char *addresses) {
    return awaitable([=](OVERLAPPED *ov) {
        static auto AcceptEx = extension<LPFN_ACCEPTEX>(listener, WSAID_ACCEPTEX);
        DWORD bytes, each = sizeof(sockaddr_in) + 16;
        return AcceptEx(listener, s, addresses, 0, each, each, &bytes, ov) != FALSE;
    });
}

static task echo(SOCKET s) {
    char data[64];
    for (;;) {
        auto [error, bytes] = co_await receive(s, data, sizeof data);
        if (error || !bytes) break;
        if ((co_await send(s, data, bytes)).error) break;
        messages++;
    }
    closesocket(s);
    running--;
}

static task server(SOCKET listener, int visitors) {
    char addresses[2 * (sizeof(sockaddr_in) + 16)];
    running++;
    while (visitors-- > 0) {
        SOCKET s = make_socket();
        auto [error, bytes] = co_await ::accept(listener, s, addresses);
        if (error || bytes) std::abort();
        setsockopt(s, SOL_SOCKET, SO_UPDATE_ACCEPT_CONTEXT, reinterpret_cast<char *>(&listener), sizeof listener);
        running++;
        echo(s);
    }
    running--;
}

static task client(int number, sockaddr_in to, std::string *story) {
    running++;
    SOCKET s = make_socket();
    sockaddr_in any{};
    any.sin_family = AF_INET;
    bind(s, reinterpret_cast<sockaddr *>(&any), sizeof any);
    auto [error, nothing] = co_await ::connect(s, to);
    if (error) std::abort();
    (void)nothing;
    setsockopt(s, SOL_SOCKET, SO_UPDATE_CONNECT_CONTEXT, nullptr, 0);
    for (int i = 0; i < 3; i++) {
        std::string text = "(" + std::to_string(number) + "." + std::to_string(i) + ")";
        char back[16];
        co_await ::send(s, text.data(), static_cast<ULONG>(text.size()));
        auto [failed, bytes] = co_await receive(s, back, sizeof back);
        if (failed) std::abort();
        story->append(back, bytes);
    }
    closesocket(s);
    running--;
}

static task refused(sockaddr_in to, DWORD *with) {
    running++;
    SOCKET s = make_socket();
    sockaddr_in any{};
    any.sin_family = AF_INET;
    bind(s, reinterpret_cast<sockaddr *>(&any), sizeof any);
    *with = (co_await ::connect(s, to)).error;
    closesocket(s);
    running--;
}

int main() {
    const int clients = 4;
    WSADATA data;
    if (WSAStartup(MAKEWORD(2, 2), &data)) return 1;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, 1);
    SOCKET listener = make_socket(), nobody = make_socket();
    sockaddr_in address{}, closed{};
    address.sin_family = closed.sin_family = AF_INET;
    address.sin_addr.s_addr = closed.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int length = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr *>(&address), length) || listen(listener, clients)) return 1;
    getsockname(listener, reinterpret_cast<sockaddr *>(&address), &length);
    if (bind(nobody, reinterpret_cast<sockaddr *>(&closed), length)) return 1;
    getsockname(nobody, reinterpret_cast<sockaddr *>(&closed), &length);

    std::string stories[clients];
    DWORD refusal = 0;
    server(listener, clients);
    for (int i = 0; i < clients; i++) client(i, address, &stories[i]);
    refused(closed, &refusal);
    while (running > 0) {
        DWORD bytes = 0;
        ULONG_PTR key = 0;
        OVERLAPPED *ov = nullptr;
        BOOL ok = GetQueuedCompletionStatus(port, &bytes, &key, &ov, 10000);
        if (!ov) return 1;
        auto *done = static_cast<operation *>(ov);
        done->result = {ok ? 0 : GetLastError(), bytes};
        done->waiting.resume();
    }
    for (const std::string &story : stories) std::printf("%s\n", story.c_str());
    std::printf("%d messages, refused with %d, %d coroutines left\n", messages, static_cast<int>(refusal), running);
    closesocket(listener);
    closesocket(nobody);
    CloseHandle(port);
    WSACleanup();
}
