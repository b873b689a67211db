//! What a thread of a case may do, a row an action. A new function is a new row; it changes what seeds mean.

mod ending;
mod options;
mod setup;
mod transfer;
mod waiting;

use super::world::Actor;

type Action = fn(&mut Actor<'_>);

/// Name, how often, what.
#[rustfmt::skip]
pub const ACTIONS: &[(&str, u32, Action)] = &[
    ("socket",                     10, setup::socket_of_some_kind),
    ("a connected pair",           12, setup::pair),
    ("a connection to a peer",     10, setup::to_peer),
    ("bind",                        6, setup::bind_somewhere),
    ("listen",                      3, setup::listen_there),
    ("a listener",                  3, setup::listener),
    ("connect",                     3, setup::connect_somewhere),
    ("accept",                      2, setup::accept_one),
    ("associate",                   2, setup::associate),
    ("ConnectEx",                  14, setup::connect_ex),
    ("AcceptEx",                   12, setup::accept_ex),
    ("WSARecv",                    22, transfer::wsa_recv),
    ("WSASend",                    22, transfer::wsa_send),
    ("recv",                        3, transfer::plain_recv),
    ("send",                        4, transfer::plain_send),
    ("recvfrom",                    2, transfer::plain_recvfrom),
    ("sendto",                      3, transfer::plain_sendto),
    ("ReadFile",                    4, transfer::read_file),
    ("WriteFile",                   4, transfer::write_file),
    ("TransmitFile",                6, transfer::transmit_file),
    ("DisconnectEx",                9, ending::disconnect_ex),
    ("shutdown",                    5, ending::shut_down),
    ("closesocket",                 6, ending::close_socket),
    ("CloseHandle",                 2, ending::close_handle),
    ("SO_LINGER",                   3, ending::linger),
    ("CancelIo",                    3, ending::cancel_io),
    ("CancelIoEx",                  8, ending::cancel_io_ex),
    ("GetQueuedCompletionStatus",  14, waiting::take_one),
    ("GetQueuedCompletionStatusEx", 8, waiting::take_many),
    ("PostQueuedCompletionStatus",  5, waiting::post),
    ("SleepEx",                     8, waiting::sleep),
    ("WaitForMultipleObjects",      5, waiting::wait_for_events),
    ("GetOverlappedResult",         5, waiting::result),
    ("QueueUserAPC",                3, waiting::queue_apc),
    ("select",                      3, waiting::select_some),
    ("WSAPoll",                     3, waiting::poll_some),
    ("WSAEventSelect",              4, waiting::event_select),
    ("WSAEnumNetworkEvents",        4, waiting::enum_events),
    ("an odd handle",               2, ending::odd_handle),
    ("setsockopt",                  6, options::set),
    ("getsockopt",                  4, options::get),
    ("SO_UPDATE_..._CONTEXT",       4, options::update_context),
    ("ioctl",                       4, options::ioctl),
    ("names",                       3, options::names),
    ("GetAcceptExSockaddrs",        2, options::sockaddrs),
    ("WSAStartup and WSACleanup",   1, setup::startup_and_cleanup),
];

/// The row that most cases begin with.
pub const PAIR: usize = 1;

/// The position of a random row.
pub fn choose(random: &mut crate::random::Random) -> usize {
    let all: u32 = ACTIONS.iter().map(|(_, weight, _)| weight).sum();
    let mut left = random.below(all as usize) as u32;
    for (index, (_, weight, _)) in ACTIONS.iter().enumerate() {
        if left < *weight {
            return index;
        }
        left -= weight;
    }
    0
}
