//! Which sockets may share an address, and which are in each other's way (K-100 to K-108).
//!
//! The kernel's rules are stricter than Windows' in places and laxer in others. So a bind is
//! tried under the kernel's strictest rule first; only where that says "in use" does the table
//! here decide, among the sockets of this process, and the kernel is then told to let those
//! share that may. Sockets of other processes are known to the kernel alone (K-108).

use super::{Number, Place, Socket};
use crate::runtime;
use linsock_abi::WsaError;
use linsock_backend::address::{AF_INET, AF_INET6, Address};
use linsock_backend::net;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a socket said of sharing its address before it was bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Sharing {
    #[default]
    Unsaid,
    /// SO_REUSEADDR.
    Reuse,
    /// SO_EXCLUSIVEADDRUSE.
    Exclusive,
}

/// How a socket holds its address, as it stood when it was bound: what is set later does not
/// matter (K-100).
#[derive(Clone, Debug, Default)]
pub struct Hold {
    sharing: Sharing,
    /// An IPv6 socket that takes IPv4 too.
    dual_stack: bool,
    /// What the exclusive listener of an accepted connection was bound to (K-106).
    of_listener: Option<Box<Address>>,
}

/// A socket that holds an address, or is about to.
#[derive(Debug)]
pub(super) struct Claim {
    address: Address,
    kind: i32,
    hold: Hold,
}

impl Claim {
    /// The claim of a socket to an address that it is to be bound to.
    pub(super) fn of(socket: &Socket, wanted: Address) -> Self {
        let options = &socket.options;
        let sharing = match (options.reuse_address, options.exclusive_address) {
            (true, _) => Sharing::Reuse,
            (_, true) => Sharing::Exclusive,
            _ => Sharing::Unsaid,
        };
        let dual_stack = socket.family == AF_INET6 && net::takes_both_families(socket.fd);
        let hold = Hold { sharing, dual_stack, of_listener: None };
        Claim { address: wanted, kind: socket.kind, hold }
    }

    /// How the socket will hold its address.
    pub(super) fn hold(&self) -> Hold {
        self.hold.clone()
    }

    /// Whether an address that the kernel says is in use may be bound all the same; the sockets
    /// of this process that will share it.
    ///
    /// No socket is locked while another one is looked at. Whose they are is asked only here,
    /// where it matters: a system call that most binds do without.
    ///
    /// # Errors
    /// WSAEADDRINUSE, WSAEACCES: the matrix of K-103 and K-104.
    pub(super) fn settle(&self, own: &'static Place) -> Result<Vec<Number>, WsaError> {
        let mut shared = Vec::new();
        if self.reach() == Reach::default() {
            return Err(WsaError::WSAEADDRINUSE);
        }
        let owner = net::owner(own.lock().fd);
        for (number, place) in runtime::get().sockets.iter() {
            if std::ptr::eq(place, own) {
                continue;
            }
            let socket = place.lock();
            let Some(other) = socket.claim().filter(|other| other.is_in_the_way_of(self)) else {
                continue;
            };
            let same_user = net::owner(socket.fd) == owner;
            drop(socket);
            other.lets(self, same_user)?;
            shared.push(number);
        }
        Ok(shared)
    }

    fn is_in_the_way_of(&self, newcomer: &Claim) -> bool {
        self.kind == newcomer.kind
            && self.address.port() == newcomer.address.port()
            && self.reach().meets(&newcomer.reach())
    }

    fn is_wildcard(&self) -> bool {
        self.address.is_unspecified()
    }

    fn reach(&self) -> Reach {
        let address = match self.address.ip() {
            Some(IpAddr::V6(ip)) => match ip.to_ipv4_mapped() {
                Some(mapped) => IpAddr::V4(mapped),
                None => IpAddr::V6(ip),
            },
            Some(ip) => ip,
            None => return Reach::default(),
        };
        match address {
            IpAddr::V4(ip) => Reach { v4: Some(ip), v6: None },
            IpAddr::V6(ip) if ip.is_unspecified() && self.hold.dual_stack => {
                Reach { v4: Some(Ipv4Addr::UNSPECIFIED), v6: Some(ip) }
            }
            IpAddr::V6(ip) => Reach { v4: None, v6: Some(ip) },
        }
    }

    /// The matrix: what this bind lets the second one do.
    fn lets(&self, second: &Claim, same_user: bool) -> Result<(), WsaError> {
        const OK: Option<WsaError> = None;
        const USE: Option<WsaError> = Some(WsaError::WSAEADDRINUSE);
        const ACC: Option<WsaError> = Some(WsaError::WSAEACCES);
        // Rows: first; columns: second; each unsaid, reuse, exclusive, wildcard before specific.
        #[rustfmt::skip]
        const SAME_USER: [[Option<WsaError>; 6]; 6] = [
            [USE, OK,  ACC, OK,  USE, OK ],
            [OK,  USE, OK,  ACC, USE, USE],
            [USE, OK,  OK,  OK,  USE, OK ],
            [OK,  USE, OK,  OK,  USE, USE],
            [USE, ACC, ACC, ACC, USE, ACC],
            [OK,  USE, OK,  ACC, USE, USE],
        ];
        // The rows that differ where the second bind is another user's (K-104).
        #[rustfmt::skip]
        const OTHER_USER: [[Option<WsaError>; 6]; 6] = [
            [USE, ACC, ACC, ACC, USE, ACC],
            SAME_USER[1],
            [USE, ACC, OK,  OK,  USE, ACC],
            SAME_USER[3],
            SAME_USER[4],
            SAME_USER[5],
        ];
        let both = second.hold.dual_stack && second.is_wildcard();
        if both && second.hold.sharing == Sharing::Exclusive && self.reach().v6.is_none() {
            return Err(WsaError::WSAEACCES); // K-105
        }
        let matrix = if same_user { SAME_USER } else { OTHER_USER };
        matrix[self.place()][second.place()].map_or(Ok(()), Err)
    }

    fn place(&self) -> usize {
        let sharing = match self.hold.sharing {
            Sharing::Unsaid => 0,
            Sharing::Reuse => 1,
            Sharing::Exclusive => 2,
        };
        sharing * 2 + usize::from(!self.is_wildcard())
    }
}

/// The addresses of both families that a bind takes; the unspecified one is all of its family.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Reach {
    v4: Option<Ipv4Addr>,
    v6: Option<Ipv6Addr>,
}

impl Reach {
    fn meets(&self, other: &Reach) -> bool {
        let v4 = self.v4.zip(other.v4);
        let v6 = self.v6.zip(other.v6);
        v4.is_some_and(|(a, b)| a == b || a.is_unspecified() || b.is_unspecified())
            || v6.is_some_and(|(a, b)| a == b || a.is_unspecified() || b.is_unspecified())
    }
}

impl Socket {
    /// How a connection that this listener accepts holds the address: exclusively, or not.
    pub(super) fn hold_of_accepted(&self) -> Hold {
        match (self.hold.sharing, self.binding) {
            (Sharing::Exclusive, Some(binding)) => {
                Hold { of_listener: Some(Box::new(binding.address)), ..self.hold.clone() }
            }
            _ => Hold::default(),
        }
    }

    /// What the socket holds against others' binds, if anything.
    fn claim(&self) -> Option<Claim> {
        if !self.open || !matches!(self.family, AF_INET | AF_INET6) {
            return None;
        }
        let mut address = match &self.hold.of_listener {
            Some(listener) if self.phase == super::Phase::Connected => **listener,
            // An accepted connection shares its listener's port without being in anyone's way.
            _ if self.accepted => return None,
            _ => self.binding?.address,
        };
        // A port that `connect` or `listen` chose may be known to the kernel alone.
        if address.port() == 0
            && self.phase != super::Phase::Idle
            && let Ok(local) = net::local_address(self.fd)
        {
            address.set_port(local.port());
        }
        (address.port() != 0).then(|| Claim { address, kind: self.kind, hold: self.hold.clone() })
    }

    /// Tells the kernel that other sockets of this process share this one's address.
    ///
    /// A datagram goes to the socket that is bound most specifically, or last, if its address
    /// may be reused; with the option for ports it would be dealt out. Listeners need that one.
    pub(super) fn share_address(&mut self) {
        let _ = net::reuse_address(self.fd);
        if self.is_tcp() {
            self.allows_reuse = true;
            let _ = net::reuse_port(self.fd);
        }
    }
}
