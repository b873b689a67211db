//! Binding, and keeping the port across failed connections and reuse.

use super::{Binding, Number, Phase, Place, Socket, open, translate};
use crate::runtime;
use linsock_abi::map::Call;
use linsock_abi::{Errno, WsaError};
use linsock_backend::address::{self, Address};
use linsock_backend::net;

/// bind.
///
/// # Errors
/// WSAEINVAL bound already; WSAEADDRNOTAVAIL a foreign address; WSAEADDRINUSE; WSAEACCES;
/// WSAEAFNOSUPPORT (B-003, C-062).
pub fn bind(number: Number, wanted: Address) -> Result<(), WsaError> {
    let (place, mut socket) = open(number)?;
    if wanted.family() != socket.family {
        return Err(WsaError::WSAEAFNOSUPPORT);
    }
    if socket.is_bound() || socket.phase != Phase::Idle || socket.is_accept_target() {
        return Err(WsaError::WSAEINVAL);
    }
    socket.bind_to(place, wanted)
}

const EADDRINUSE: i32 = 98;

impl Socket {
    fn bind_to(&mut self, place: &'static Place, wanted: Address) -> Result<(), WsaError> {
        self.asked_for_port = wanted.port() != 0;
        let any_port = wanted.port() == 0 && self.is_tcp();
        if any_port && wanted.is_unspecified() {
            // Nothing to ask the kernel for yet: `connect` or `listen` chooses the port.
            self.binding = Some(Binding { address: wanted, in_kernel: false, pinned: false });
            return Ok(());
        }
        if any_port {
            let _ = net::choose_port_late(self.fd);
        }
        if self.options.reuse_address && self.kind != super::SOCK_STREAM {
            let _ = net::reuse_address(self.fd);
        }
        match net::bind(self.fd, &wanted) {
            Ok(()) => {}
            Err(Errno(EADDRINUSE)) => {
                self.may_share(place, &wanted)?;
                // Only TIME_WAIT remains are left of the address, which never make a bind
                // fail on Windows (K-107), or sockets that it may be shared with.
                self.allow_reuse();
                net::bind(self.fd, &wanted).map_err(|errno| translate(errno, Call::Bind))?;
            }
            Err(errno) => return Err(translate(errno, Call::Bind)),
        }
        let mut binding = Binding { address: wanted, in_kernel: true, pinned: wanted.port() != 0 };
        if !any_port && wanted.port() == 0 {
            binding.address = net::local_address(self.fd).unwrap_or(wanted);
            binding.pinned = true;
        }
        if binding.pinned {
            self.allow_reuse();
        }
        self.binding = Some(binding);
        Ok(())
    }

    /// Lets later binds pass over what TIME_WAIT will leave of this socket (K-107).
    pub(super) fn allow_reuse(&mut self) {
        if self.is_tcp() && !self.allows_reuse {
            self.allows_reuse = net::reuse_address(self.fd).is_ok();
        }
    }

    /// Whether an address in use may be bound all the same, as far as this process knows.
    fn may_share(&self, place: &'static Place, wanted: &Address) -> Result<(), WsaError> {
        for (_, other) in runtime::get().sockets.iter() {
            if std::ptr::eq(other, place) {
                continue;
            }
            // A socket that somebody works on right now may be in the way.
            let Some(other) = other.try_lock() else { return Err(WsaError::WSAEADDRINUSE) };
            if other.open && other.conflicts_with(self, wanted) {
                let first = Claim::of(
                    &other.options,
                    other.binding.is_some_and(|b| b.address.is_unspecified()),
                );
                let second = Claim::of(&self.options, wanted.is_unspecified());
                first.then(second)?;
            }
        }
        Ok(())
    }

    fn conflicts_with(&self, newcomer: &Socket, wanted: &Address) -> bool {
        let Some(binding) = &self.binding else { return false };
        // A port that `connect` chose is known to the kernel alone.
        let port = match (binding.address.port(), self.phase) {
            (0, Phase::Connecting { .. } | Phase::Connected) => {
                net::local_address(self.fd).map_or(0, |local| local.port())
            }
            (port, _) => port,
        };
        // An accepted connection shares its listener's port without being in anyone's way.
        !self.accepted
            && self.family == newcomer.family
            && self.kind == newcomer.kind
            && port == wanted.port()
            && (binding.address.ip() == wanted.ip()
                || binding.address.is_unspecified()
                || wanted.is_unspecified())
    }

    /// Tells the kernel of a bind that was put off, so that the port is known.
    pub(super) fn settle_binding(&mut self) -> Result<(), WsaError> {
        let Some(binding) = &mut self.binding else { return Ok(()) };
        if binding.address.port() != 0
            || !matches!(self.family, address::AF_INET | address::AF_INET6)
        {
            return Ok(());
        }
        if !binding.in_kernel {
            net::bind(self.fd, &binding.address).map_err(|errno| translate(errno, Call::Bind))?;
        } else if net::local_address(self.fd).is_ok_and(|local| local.port() == 0) {
            // Bound to an address whose port was to be chosen late. The kernel takes a second
            // bind while it has no port, and this time it is to choose one.
            let _ = net::set_option_i32(self.fd, 0, IP_BIND_ADDRESS_NO_PORT, 0);
            net::bind(self.fd, &binding.address).map_err(|errno| translate(errno, Call::Bind))?;
        }
        let local = net::local_address(self.fd).map_err(|errno| translate(errno, Call::Bind))?;
        *binding = Binding { address: local, in_kernel: true, pinned: false };
        self.allow_reuse();
        Ok(())
    }

    /// Binds anew, by number, the port that a connection attempt or a connection used, after
    /// the kernel let go of it (C-095, C-128).
    pub(super) fn pin_port(&mut self) {
        if !self.is_tcp() {
            return;
        }
        let Some(binding) = &mut self.binding else { return };
        if binding.pinned {
            return;
        }
        // The kernel forgot the port, but still shows the one it used last.
        let shown = net::local_address(self.fd).map_or(0, |local| local.port());
        let port = if shown != 0 { shown } else { binding.address.port() };
        if port == 0 {
            return;
        }
        let wanted = binding.address.with_port(port);
        let mut bound = net::bind(self.fd, &wanted);
        if matches!(bound, Err(Errno(EADDRINUSE))) {
            let _ = net::reuse_address(self.fd);
            bound = net::bind(self.fd, &wanted);
        }
        // The port may have been shared with connections to elsewhere, which a bind may not.
        // Then the next connection is told to choose it again.
        let in_kernel = bound.is_ok();
        let pinned = in_kernel || net::choose_port(self.fd, port).is_ok();
        *binding = Binding { address: wanted, in_kernel, pinned };
    }

    /// Notes the port that the kernel chose, before it is forgotten.
    pub(super) fn note_port(&mut self) {
        if let Some(binding) = &mut self.binding
            && binding.address.port() == 0
            && let Ok(local) = net::local_address(self.fd)
        {
            binding.address.set_port(local.port());
        }
    }
}

/// How a socket claims its address.
#[derive(Clone, Copy)]
struct Claim {
    sharing: usize,
    specific: bool,
}

const NONE: usize = 0;
const REUSE: usize = 1;
const EXCLUSIVE: usize = 2;

impl Claim {
    fn of(options: &super::option::Options, wildcard: bool) -> Self {
        let sharing = match (options.reuse_address, options.exclusive_address) {
            (true, _) => REUSE,
            (_, true) => EXCLUSIVE,
            _ => NONE,
        };
        Claim { sharing, specific: !wildcard }
    }

    /// The matrix of K-103: what the first bind lets the second one do.
    fn then(self, second: Claim) -> Result<(), WsaError> {
        const OK: Option<WsaError> = None;
        const USE: Option<WsaError> = Some(WsaError::WSAEADDRINUSE);
        const ACC: Option<WsaError> = Some(WsaError::WSAEACCES);
        // Rows: first; columns: second; each none, reuse, exclusive, wildcard before specific.
        #[rustfmt::skip]
        const MATRIX: [[Option<WsaError>; 6]; 6] = [
            [USE, OK,  ACC, OK,  USE, OK ],
            [OK,  USE, OK,  ACC, USE, USE],
            [USE, OK,  OK,  OK,  USE, OK ],
            [OK,  USE, OK,  OK,  USE, USE],
            [USE, ACC, ACC, ACC, USE, ACC],
            [OK,  USE, OK,  ACC, USE, USE],
        ];
        let at = |claim: Claim| claim.sharing * 2 + usize::from(claim.specific);
        MATRIX[at(self)][at(second)].map_or(Ok(()), Err)
    }
}

const IP_BIND_ADDRESS_NO_PORT: i32 = 24;
