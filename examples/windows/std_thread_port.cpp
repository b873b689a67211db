// std::thread, std::mutex and std::atomic around a completion port: a server class with a pool, std::function handlers,
// and clients that are threads of the standard library, too.
#define NOMINMAX
#include <winsock2.h>
#include <ws2tcpip.h>
#include <windows.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

class IoContext {
public:
    using Handler = std::function<void(DWORD error, DWORD bytes)>;

    explicit IoContext(unsigned threads) : port_(CreateIoCompletionPort(INVALID_HANDLE_VALUE, nullptr, 0, threads)) {
        if (!port_) throw std::runtime_error("CreateIoCompletionPort");
        for (unsigned i = 0; i < threads; i++) pool_.emplace_back([this] { run(); });
    }
    ~IoContext() {
        for (std::size_t i = 0; i < pool_.size(); i++) PostQueuedCompletionStatus(port_, 0, stop_key, nullptr);
        for (auto &thread : pool_) thread.join();
        CloseHandle(port_);
    }

    void adopt(SOCKET s) {
        if (!CreateIoCompletionPort(reinterpret_cast<HANDLE>(s), port_, io_key, 0)) throw std::runtime_error("adopt");
    }
    void post(Handler handler) { PostQueuedCompletionStatus(port_, 0, io_key, new Operation(std::move(handler))); }
    void receive(SOCKET s, char *data, std::size_t size, Handler handler) {
        auto operation = std::make_unique<Operation>(std::move(handler));
        WSABUF buffer{static_cast<ULONG>(size), data};
        DWORD flags = 0;
        check(WSARecv(s, &buffer, 1, nullptr, &flags, operation.get(), nullptr), operation);
    }
    void send(SOCKET s, const char *data, std::size_t size, Handler handler) {
        auto operation = std::make_unique<Operation>(std::move(handler));
        WSABUF buffer{static_cast<ULONG>(size), const_cast<char *>(data)};
        check(WSASend(s, &buffer, 1, nullptr, 0, operation.get(), nullptr), operation);
    }
    int handled() const { return handled_; }

private:
    enum : ULONG_PTR { stop_key = 1, io_key = 2 };
    struct Operation : OVERLAPPED {
        explicit Operation(Handler h) : OVERLAPPED{}, handler(std::move(h)) {}
        Handler handler;
    };

    static void check(int result, std::unique_ptr<Operation> &operation) {
        if (result == SOCKET_ERROR && WSAGetLastError() != WSA_IO_PENDING) throw std::runtime_error("a transfer");
        operation.release(); // the port has it now
    }
    void run() {
        for (;;) {
            DWORD bytes;
            ULONG_PTR key;
            OVERLAPPED *ov;
            BOOL ok = GetQueuedCompletionStatus(port_, &bytes, &key, &ov, INFINITE);
            if (!ov && key == stop_key) return;
            std::unique_ptr<Operation> operation(static_cast<Operation *>(ov));
            handled_++;
            operation->handler(ok ? 0 : GetLastError(), bytes);
        }
    }

    HANDLE port_;
    std::vector<std::thread> pool_;
    std::atomic<int> handled_{0};
};

class Session : public std::enable_shared_from_this<Session> {
public:
    Session(IoContext &io, SOCKET s, std::function<void()> closed) : io_(io), s_(s), closed_(std::move(closed)) {}
    ~Session() {
        closesocket(s_);
        closed_();
    }
    void start() {
        io_.receive(s_, data_, sizeof data_, [self = shared_from_this()](DWORD error, DWORD bytes) {
            if (!error && bytes) self->answer(bytes);
        });
    }

private:
    void answer(DWORD bytes) {
        for (DWORD i = 0; i < bytes; i++) data_[i] = static_cast<char>(data_[i] + 1);
        io_.send(s_, data_, bytes, [self = shared_from_this()](DWORD error, DWORD) {
            if (!error) self->start();
        });
    }

    IoContext &io_;
    SOCKET s_;
    std::function<void()> closed_;
    char data_[512];
};

int main() {
    constexpr int clients = 8, rounds = 40;
    WSADATA wsa;
    if (WSAStartup(MAKEWORD(2, 2), &wsa)) return 1;

    SOCKET listener = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    if (bind(listener, reinterpret_cast<sockaddr *>(&address), length) || listen(listener, clients) ||
        getsockname(listener, reinterpret_cast<sockaddr *>(&address), &length))
        return 1;

    std::mutex mutex;
    std::condition_variable changed;
    int closed = 0;
    std::atomic<int> right{0}, posted{0};
    {
        IoContext io(3);
        std::vector<std::thread> threads;
        for (int i = 0; i < clients; i++) {
            threads.emplace_back([&, i] {
                SOCKET s = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
                if (connect(s, reinterpret_cast<const sockaddr *>(&address), sizeof address)) return;
                for (int round = 0; round < rounds; round++) {
                    char out = static_cast<char>('A' + (i + round) % 20), in = 0;
                    if (send(s, &out, 1, 0) == 1 && recv(s, &in, 1, 0) == 1 && in == out + 1) right++;
                }
                closesocket(s);
            });
        }
        for (int i = 0; i < clients; i++) {
            SOCKET s = accept(listener, nullptr, nullptr);
            io.adopt(s);
            std::make_shared<Session>(io, s, [&] {
                std::lock_guard<std::mutex> guard(mutex);
                closed++;
                changed.notify_one();
            })->start();
        }
        for (auto &thread : threads) thread.join();
        std::unique_lock<std::mutex> guard(mutex);
        bool all = changed.wait_for(guard, std::chrono::seconds(10), [&] { return closed == clients; });
        guard.unlock();
        std::printf("%d sessions closed%s\n", closed, all ? "" : ", not all");
        for (int i = 0; i < 5; i++) io.post([&](DWORD, DWORD) { posted++; });
        while (posted < 5) std::this_thread::yield();
        std::printf("handled %s\n", io.handled() == clients * (2 * rounds + 1) + 5 ? "each completion once" : "too few");
    }
    std::printf("%d of %d answers are right, %d posted\n", right.load(), clients * rounds, posted.load());
    closesocket(listener);
    WSACleanup();
}
