//! Binding, and keeping the port across failed connections and reuse.

use super::claim::Claim;
use super::{Binding, Number, Phase, Socket, open, translate};
use crate::runtime;
use linsock_abi::map::Call;
use linsock_abi::{Errno, WsaError};
use linsock_backend::address::{self, Address};
use linsock_backend::net;

/// bind.
///
/// # Errors
/// WSAEINVAL bound already; WSAEADDRNOTAVAIL a foreign address; WSAEADDRINUSE and WSAEACCES as
/// `claim.rs` decides; WSAEAFNOSUPPORT (B-003, C-062).
pub fn bind(number: Number, wanted: Address) -> Result<(), WsaError> {
    let (place, mut socket) = open(number)?;
    socket.may_bind(&wanted)?;
    let claim = Claim::of(&socket, wanted);
    match socket.bind_to(wanted, &claim) {
        Err(WsaError::WSAEADDRINUSE) => {}
        result => return result,
    }
    let generation = socket.generation;
    drop(socket);
    let shared = claim.settle(place)?;
    for &other in &shared {
        if let Some(other) = runtime::get().sockets.find(other) {
            let mut other = other.lock();
            if other.open {
                other.share_address();
            }
        }
    }
    let mut socket = place.lock();
    if !socket.is_open_as(generation) {
        return Err(WsaError::WSAENOTSOCK);
    }
    socket.may_bind(&wanted)?;
    if !shared.is_empty() {
        socket.share_address();
    } else if socket.options.reuse_address {
        // Somebody else's socket may be willing to share.
        let _ = net::reuse_address(socket.fd);
    }
    // Else only TIME_WAIT remains are left of the address, which never make a bind fail on
    // Windows (K-107).
    socket.allow_reuse();
    socket.bind_to(wanted, &claim)
}

const EADDRINUSE: i32 = 98;

impl Socket {
    fn may_bind(&self, wanted: &Address) -> Result<(), WsaError> {
        if wanted.family() != self.family {
            return Err(WsaError::WSAEAFNOSUPPORT);
        }
        if self.is_bound() || self.phase != Phase::Idle || self.is_accept_target() {
            return Err(WsaError::WSAEINVAL);
        }
        Ok(())
    }

    fn bind_to(&mut self, wanted: Address, claim: &Claim) -> Result<(), WsaError> {
        let any_port = wanted.port() == 0 && self.is_tcp();
        if any_port && wanted.is_unspecified() {
            // Nothing to ask the kernel for yet: `connect` or `listen` chooses the port.
            self.binding = Some(Binding { address: wanted, in_kernel: false, pinned: false });
            self.asked_for_port = false;
            self.hold = claim.hold();
            return Ok(());
        }
        if any_port {
            let _ = net::choose_port_late(self.fd);
        }
        net::bind(self.fd, &wanted).map_err(|errno| translate(errno, Call::Bind))?;
        self.asked_for_port = wanted.port() != 0;
        self.hold = claim.hold();
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

const IP_BIND_ADDRESS_NO_PORT: i32 = 24;
