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
    if socket.is_bound() || socket.phase != Phase::Idle {
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
            Err(Errno(EADDRINUSE)) if self.may_share(place, &wanted) => {
                // Only TIME_WAIT remains are left of the address, which never make a bind
                // fail on Windows (K-107), or a socket that agreed to share.
                let _ = net::reuse_address(self.fd);
                net::bind(self.fd, &wanted).map_err(|errno| translate(errno, Call::Bind))?;
            }
            Err(errno) => return Err(translate(errno, Call::Bind)),
        }
        let mut binding = Binding { address: wanted, in_kernel: true, pinned: wanted.port() != 0 };
        if !any_port && wanted.port() == 0 {
            binding.address = net::local_address(self.fd).unwrap_or(wanted);
            binding.pinned = true;
        }
        if self.is_tcp() && binding.pinned {
            // Connections of this port leave TIME_WAIT remains that a later bind passes over.
            let _ = net::reuse_address(self.fd);
        }
        self.binding = Some(binding);
        Ok(())
    }

    /// Whether an address in use may be bound all the same, as far as this process knows.
    fn may_share(&self, place: &'static Place, wanted: &Address) -> bool {
        let in_the_way = runtime::get().sockets.iter().any(|(_, other)| {
            if std::ptr::eq(other, place) {
                return false;
            }
            // A socket that somebody works on right now may be in the way.
            let Some(other) = other.try_lock() else { return true };
            other.open && other.conflicts_with(self.family, self.kind, wanted)
        });
        !in_the_way || self.options.reuse_address
    }

    fn conflicts_with(&self, family: u16, kind: i32, wanted: &Address) -> bool {
        let Some(binding) = &self.binding else { return false };
        // An accepted connection shares its listener's port without being in anyone's way.
        self.family == family
            && self.kind == kind
            && binding.in_kernel
            && binding.address.port() == wanted.port()
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
        if bound.is_ok() {
            *binding = Binding { address: wanted, in_kernel: true, pinned: true };
        }
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

const IP_BIND_ADDRESS_NO_PORT: i32 = 24;
