//! Asking the kernel what it keeps of links, addresses and routes: a question, its answers, and their attributes.

use crate::net::{self, Fd, check_len};
use crate::netlink::{HEADER_BYTES, messages};
use linsock_abi::Errno;

/// The kernel packs answers to a dump into at most 32 KiB.
const DATAGRAM_BYTES_MAX: usize = 65536;
/// Bytes of an attribute's length and kind.
const ATTRIBUTE_HEADER_BYTES: usize = 4;
/// The bits of an attribute's kind that are no flags.
const ATTRIBUTE_KIND: u16 = 0x3FFF;

/// The bodies of all messages that answer a dump of `question`, whose header has so many bytes.
pub(crate) fn all(question: u16, header_bytes: usize) -> Result<Vec<Vec<u8>>, Errno> {
    ask(question, libc::NLM_F_REQUEST | libc::NLM_F_DUMP, &vec![0; header_bytes])
}

/// The body of the one message that answers `question`.
pub(crate) fn one(question: u16, body: &[u8]) -> Result<Vec<u8>, Errno> {
    ask(question, libc::NLM_F_REQUEST, body)?.pop().ok_or(Errno(libc::ENOENT))
}

fn ask(question: u16, flags: i32, body: &[u8]) -> Result<Vec<Vec<u8>>, Errno> {
    let fd = net::socket(libc::AF_NETLINK as u16, libc::SOCK_RAW, libc::NETLINK_ROUTE, false)?;
    let answers = net::set_nonblocking(fd, false)
        .and_then(|()| send(fd, question, flags, body))
        .and_then(|()| receive(fd, flags & libc::NLM_F_DUMP != 0));
    net::close(fd);
    answers
}

fn send(fd: Fd, question: u16, flags: i32, body: &[u8]) -> Result<(), Errno> {
    let mut message = ((HEADER_BYTES + body.len()) as u32).to_ne_bytes().to_vec();
    message.extend(question.to_ne_bytes());
    message.extend((flags as u16).to_ne_bytes());
    // The number and the sender of a message: one question a socket needs neither.
    message.resize(HEADER_BYTES, 0);
    message.extend(body);
    fault!(Send);
    // SAFETY: the message is borrowed for the call.
    check_len(unsafe { libc::send(fd, message.as_ptr().cast(), message.len(), 0) }).map(drop)
}

/// All answers to a dump, or the one to another question.
fn receive(fd: Fd, to_dump: bool) -> Result<Vec<Vec<u8>>, Errno> {
    let mut room = vec![0u8; DATAGRAM_BYTES_MAX];
    let mut answers = Vec::new();
    loop {
        fault!(Recv);
        // SAFETY: the room has that many writable bytes.
        let got = check_len(unsafe { libc::recv(fd, room.as_mut_ptr().cast(), room.len(), 0) });
        let bytes = match got {
            Err(Errno(libc::EINTR)) => continue,
            got => got?,
        };
        for (kind, body) in messages(&room[..bytes]) {
            match i32::from(kind) {
                libc::NLMSG_DONE => return Ok(answers),
                libc::NLMSG_ERROR => return Err(error(body)),
                _ => answers.push(body.to_vec()),
            }
        }
        if !to_dump || bytes == 0 {
            return Ok(answers);
        }
    }
}

/// An error is told by its negative number.
fn error(body: &[u8]) -> Errno {
    Errno(number(body).map_or(libc::EPROTO, |code| (code as i32).wrapping_neg()))
}

/// The attributes of a message, from where its own header ends.
pub(crate) fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let [low, high, kind @ ..] = *bytes.first_chunk::<ATTRIBUTE_HEADER_BYTES>()?;
        let length = usize::from(u16::from_ne_bytes([low, high]));
        let value = bytes.get(ATTRIBUTE_HEADER_BYTES..length)?;
        // The next one begins at a multiple of four.
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        Some((u16::from_ne_bytes(kind) & ATTRIBUTE_KIND, value))
    })
}

/// An attribute as a question has it.
pub(crate) fn attribute(kind: u16, value: &[u8]) -> Vec<u8> {
    let length = (ATTRIBUTE_HEADER_BYTES + value.len()) as u16;
    let mut bytes = [length.to_ne_bytes(), kind.to_ne_bytes()].concat();
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// The number that bytes begin with.
pub(crate) fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_ne_bytes(*bytes))
}

/// The IP address that bytes are.
pub(crate) fn ip(bytes: &[u8]) -> Option<std::net::IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(Into::into),
        16 => <[u8; 16]>::try_from(bytes).ok().map(Into::into),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_read_as_they_are_written() {
        let bytes = [attribute(1, b"lo\0"), attribute(3 | 0x8000, &7u32.to_ne_bytes())].concat();
        assert_eq!(bytes.len(), 16);
        let read: Vec<_> = attributes(&bytes).collect();
        assert_eq!(read, [(1, &b"lo\0"[..]), (3, &7u32.to_ne_bytes())]);
    }

    #[test]
    fn broken_attributes_end_the_list() {
        assert_eq!(attributes(&[]).count(), 0);
        assert_eq!(attributes(&[0; 8]).count(), 0);
        assert_eq!(attributes(&attribute(1, &[1; 8])[..8]).count(), 0);
    }

    #[test]
    fn an_error_is_an_errno() {
        assert_eq!(error(&(-libc::ENETUNREACH).to_ne_bytes()), Errno(libc::ENETUNREACH));
        let unheard_of = u16::MAX;
        assert!(one(unheard_of, &[0; 4]).is_err());
    }
}
