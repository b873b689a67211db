// Asio's completion-port backend beyond TCP: datagrams, timers, files by handle, TransmitFile through an
// overlapped_ptr, an object handle.
#include <asio.hpp>
#include <asio/windows/object_handle.hpp>
#include <asio/windows/overlapped_ptr.hpp>
#include <asio/windows/random_access_handle.hpp>
#include <asio/windows/stream_handle.hpp>

#include <array>
#include <cstdio>
#include <string>

using asio::ip::tcp;
using asio::ip::udp;

#if !defined(ASIO_HAS_WINDOWS_OVERLAPPED_PTR) || !defined(ASIO_HAS_WINDOWS_RANDOM_ACCESS_HANDLE)
#error "Asio found no overlapped handles"
#endif

static void datagrams() {
    asio::io_context io;
    udp::socket server(io, udp::endpoint(asio::ip::address_v4::loopback(), 0));
    udp::socket client(io, udp::endpoint(asio::ip::address_v4::loopback(), 0));
    udp::endpoint from, back;
    char question[32], answer[32], small[4];
    int sent = 0;
    server.async_receive_from(asio::buffer(question), from, [&](std::error_code error, std::size_t bytes) {
        std::printf("received %d bytes: %d, from the client: %s\n", static_cast<int>(bytes), error.value(),
                    from == client.local_endpoint() ? "yes" : "no");
        std::array<asio::const_buffer, 2> both{asio::buffer("re: ", 4), asio::buffer(question, bytes)};
        server.async_send_to(both, from, [&](std::error_code error, std::size_t bytes) {
            if (!error) sent = static_cast<int>(bytes);
        });
    });
    client.async_send_to(asio::buffer("datagram", 8), server.local_endpoint(), [](std::error_code, std::size_t) {});
    client.async_receive_from(asio::buffer(answer), back, [&](std::error_code error, std::size_t bytes) {
        std::printf("answered \"%.*s\": %d\n", static_cast<int>(bytes), answer, error.value());
    });
    io.run();
    std::printf("sent %d bytes\n", sent);
    io.restart();
    server.async_receive(asio::buffer(small), [&](std::error_code error, std::size_t) {
        std::printf("too long a datagram: %d\n", error.value());
    });
    client.send_to(asio::buffer("far too long", 12), server.local_endpoint());
    io.run();
}

static void timers() {
    asio::io_context io;
    asio::steady_timer first(io, std::chrono::milliseconds(10)), second(io);
    asio::system_timer cancelled(io, std::chrono::seconds(60));
    std::string order;
    first.async_wait([&](std::error_code) {
        order += "first ";
        cancelled.cancel();
    });
    cancelled.async_wait([&](std::error_code error) {
        order += error == asio::error::operation_aborted ? "cancelled " : "? ";
        second.expires_after(std::chrono::milliseconds(10));
        second.async_wait([&](std::error_code) { order += "second "; });
    });
    asio::post(io, [&] { order += "posted "; });
    io.run();
    std::printf("%s\n", order.c_str());
    asio::steady_timer far_off(io, std::chrono::seconds(60));
    far_off.async_wait([](std::error_code) {});
    io.restart();
    std::printf("ran %d handlers in 20 ms\n", static_cast<int>(io.run_for(std::chrono::milliseconds(20))));
}

static const char file_name[] = "asio_file.tmp";
static const std::size_t file_size = 200000;

static HANDLE open(DWORD access, DWORD disposition) {
    return ::CreateFileA(file_name, access, FILE_SHARE_READ, nullptr, disposition, FILE_FLAG_OVERLAPPED, nullptr);
}

static void files() {
    asio::io_context io;
    std::string data(file_size, ' ');
    for (std::size_t i = 0; i < data.size(); i++) data[i] = static_cast<char>('0' + i % 10);
    asio::windows::random_access_handle file(io, open(GENERIC_READ | GENERIC_WRITE, CREATE_ALWAYS));
    char part[10];
    asio::async_write_at(file, 0, asio::buffer(data), [&](std::error_code error, std::size_t bytes) {
        std::printf("written %d bytes: %d\n", static_cast<int>(bytes), error.value());
        asio::async_read_at(file, 12345, asio::buffer(part), [&](std::error_code error, std::size_t bytes) {
            std::printf("read \"%.*s\": %d\n", static_cast<int>(bytes), part, error.value());
            asio::async_read_at(file, file_size - 4, asio::buffer(part), [&](std::error_code error, std::size_t bytes) {
                std::printf("read \"%.*s\", then %s\n", static_cast<int>(bytes), part,
                            error == asio::error::eof ? "the end" : error.message().c_str());
            });
        });
    });
    io.run();
    io.restart();
    file.close();
    asio::windows::stream_handle stream(io, open(GENERIC_READ, OPEN_EXISTING));
    stream.async_read_some(asio::buffer(part), [&](std::error_code error, std::size_t bytes) {
        std::printf("streamed \"%.*s\": %d\n", static_cast<int>(bytes), part, error.value());
    });
    io.run();
}

static void transmit() {
    asio::io_context io;
    tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    tcp::socket client(io);
    client.connect(acceptor.local_endpoint());
    tcp::socket server = acceptor.accept();
    asio::windows::stream_handle file(io, open(GENERIC_READ, OPEN_EXISTING));
    std::string got;
    asio::windows::overlapped_ptr overlapped(io, [&](std::error_code error, std::size_t bytes) {
        std::printf("transmitted %d bytes: %d\n", static_cast<int>(bytes), error.value());
        server.close();
    });
    BOOL ok = ::TransmitFile(server.native_handle(), file.native_handle(), 0, 0, overlapped.get(), nullptr, 0);
    DWORD last_error = ::GetLastError();
    if (!ok && last_error != ERROR_IO_PENDING) {
        // The operation completed at once, so a completion must be posted.
        overlapped.complete(std::error_code(last_error, asio::error::get_system_category()), 0);
    } else {
        overlapped.release(); // ours no longer: the io_context has it
    }
    asio::async_read(client, asio::dynamic_buffer(got), [&](std::error_code error, std::size_t bytes) {
        bool right = bytes == file_size;
        for (std::size_t i = 0; right && i < got.size(); i++) right = got[i] == static_cast<char>('0' + i % 10);
        std::printf("received %d bytes, %s, then %s\n", static_cast<int>(bytes), right ? "the file" : "something else",
                    error == asio::error::eof ? "the end" : error.message().c_str());
    });
    io.run();
    file.close();
    std::printf("deleted: %s\n", ::DeleteFileA(file_name) ? "yes" : "no");
}

static void objects() {
    asio::io_context io;
    asio::windows::object_handle event(io, ::CreateEventA(nullptr, TRUE, FALSE, nullptr));
    asio::steady_timer timer(io, std::chrono::milliseconds(10));
    timer.async_wait([&](std::error_code) { ::SetEvent(event.native_handle()); });
    event.async_wait([](std::error_code error) { std::printf("the event is set: %d\n", error.value()); });
    io.run();
}

int main() {
    datagrams();
    timers();
    files();
    transmit();
    objects();
}
