//! What takes bytes from a caller and makes sense of them: addresses, options, controls, texts, names. A row a function.
//!
//! Every buffer is exactly as long as the call is told, so that a sanitizer sees a byte too far.

use crate::random::Random;
use crate::winsock::call;
use linsock_sys::Win32::Networking::WinSock::*;
use std::ptr;

type Parser = fn(&mut Random, SOCKET);

/// Name and what is tried.
#[rustfmt::skip]
const PARSERS: &[(&str, Parser)] = &[
    ("setsockopt",                 set_option),
    ("setsockopt",                 set_option),
    ("getsockopt",                 get_option),
    ("WSAIoctl",                   control),
    ("bind, connect, sendto",      addresses),
    ("WSAConnect",                 wsa_connect),
    ("WSAAddressToString",         address_to_string),
    ("WSAStringToAddress",         string_to_address),
    ("inet_pton, inet_ntop",       presentation),
    ("inet_addr, gethostbyaddr",   old_names),
    ("getaddrinfo",                resolve),
    ("getnameinfo",                reverse),
    ("getservbyname",              services),
    ("WSAConnectByList",           by_list),
    ("GetAcceptExSockaddrs",       sockaddrs),
    ("WSASocketW",                 protocol_info),
    ("pointers to nothing",        wild),
    ("pointers to nothing",        wild),
];

/// Tries one.
pub fn any(random: &mut Random, s: SOCKET) -> &'static str {
    let (name, parser) = random.pick(PARSERS);
    parser(random, s);
    name
}

/// Bytes that an address may begin with, of a random length.
fn sockaddr(random: &mut Random) -> Vec<u8> {
    let len = match random.below(4) {
        0 => 16,
        1 => 28,
        2 => random.below(4),
        _ => random.below(150),
    };
    let mut bytes = random.bytes(len);
    if bytes.len() >= 2 && random.chance(90) {
        let family = random.pick(&[0u16, 1, 2, 2, 2, 10, 23, 23, 34, 0xffff]);
        bytes[..2].copy_from_slice(&family.to_ne_bytes());
    }
    if bytes.len() >= 8 && random.chance(70) {
        // Nothing leaves the machine.
        bytes[4..8].copy_from_slice(&[127, 0, 0, 1]);
    }
    if bytes.len() > 8 && bytes[0] == 23 {
        bytes[8..].fill(0);
        if let Some(last) = bytes.get_mut(23) {
            *last = 1;
        }
    }
    if bytes.len() >= 8 && bytes[0] == 2 {
        bytes[4] = 127;
    }
    if bytes.len() >= 3 && bytes[0] == 1 {
        // A path would make a file.
        bytes[2] = 0;
    }
    bytes
}

/// A length as a caller might state it of so many bytes: never more than there are, unless it is none at all.
fn stated(random: &mut Random, len: usize) -> i32 {
    match random.below(10) {
        0 => -1,
        1 => i32::MIN,
        2 => random.below(len + 1) as i32,
        _ => len as i32,
    }
}

const LEVELS: [i32; 9] =
    [SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_UDP, 255, -1, 0xfffe, 1];

fn option(random: &mut Random) -> (i32, i32) {
    let names = [
        0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x1001, 0x1002, 0x1003, 0x1004, 0x1005,
        0x1006, 0x1007, 0x1008, 0x1009, 0x2001, 0x2003, 0x3001, 0x3002, 0x3005, 0x3006, 0x3007,
        0x3010, 0x700b, 0x700c, 0x7002, 0x7003, 0x7004, 0x7005, 0x7006, 0x7007, 0x7008, 0x7009,
        0x700a, 0x7010, 0x7011, -5,
    ];
    let name = match random.below(8) {
        0 => random.odd_number(),
        1..4 => random.below(70) as i32,
        _ => random.pick(&names),
    };
    (random.pick(&LEVELS), name)
}

pub fn set_option(random: &mut Random, s: SOCKET) {
    let (level, name) = option(random);
    let len = match random.below(4) {
        0 => 4,
        1 => 1,
        2 => 8,
        _ => random.below(80),
    };
    let mut value = random.bytes(len);
    if random.chance(60) && !value.is_empty() {
        value.fill(0);
        value[0] = random.below(3) as u8;
    }
    // Blocking calls are to end before the case does.
    if level == SOL_SOCKET && matches!(name, SO_RCVTIMEO | SO_SNDTIMEO | SO_LINGER) && len > 1 {
        value[1..].fill(0);
        if name == SO_LINGER && len > 2 {
            value[2] = random.below(2) as u8;
        }
    }
    if (level, name) == (SOL_SOCKET, SO_OPENTYPE) {
        // Sockets that the thread makes from then on have no overlapped operations.
        return;
    }
    let len = stated(random, len);
    let pointer = if random.chance(95) { value.as_ptr() } else { ptr::null() };
    call!(setsockopt(s, level, name, pointer, len));
}

pub fn get_option(random: &mut Random, s: SOCKET) {
    let (level, name) = option(random);
    let room = random.pick(&[0, 1, 2, 4, 8, 16, 24, 372, 628]);
    let mut value = vec![0u8; room];
    let mut len = stated(random, room);
    let pointer = if random.chance(95) { value.as_mut_ptr() } else { ptr::null_mut() };
    let length = if random.chance(95) { &raw mut len } else { ptr::null_mut() };
    call!(getsockopt(s, level, name, pointer, length));
}

pub fn control(random: &mut Random, s: SOCKET) {
    let codes = [
        SIO_GET_EXTENSION_FUNCTION_POINTER,
        SIO_KEEPALIVE_VALS,
        SIO_LOOPBACK_FAST_PATH,
        SIO_ADDRESS_LIST_QUERY,
        SIO_ROUTING_INTERFACE_QUERY,
        FIONBIO as u32,
        FIONREAD as u32,
        SIOCATMARK as u32,
        0x9800_000c,
        0x4800_0022,
        0xc800_0024,
        0x9800_0017,
        0xd800_0026,
        0x2800_0002,
    ];
    let code = match random.below(6) {
        0 => random.next() as u32,
        1 => 0x8800_0000 | random.below(40) as u32 | random.next() as u32 & 0x7000_0000,
        _ => random.pick(&codes),
    };
    let guid: [u8; 16] = {
        let ids = [WSAID_CONNECTEX, WSAID_ACCEPTEX, WSAID_TRANSMITFILE, GUID::default()];
        let id = random.pick(&ids);
        // SAFETY: a GUID is 16 bytes without gaps.
        unsafe { std::mem::transmute::<GUID, [u8; 16]>(id) }
    };
    let input = match random.below(3) {
        0 => guid.to_vec(),
        1 => sockaddr(random),
        _ => {
            let len = random.below(40);
            random.bytes(len)
        }
    };
    let room = random.pick(&[0, 1, 4, 8, 16, 28, 256]);
    let mut output = vec![0u8; room];
    let mut bytes = 0;
    let input_pointer = if random.chance(95) { input.as_ptr() } else { ptr::null() };
    let output_pointer = if random.chance(95) { output.as_mut_ptr() } else { ptr::null_mut() };
    let bytes_pointer = if random.chance(95) { &raw mut bytes } else { ptr::null_mut() };
    let (in_len, out_len) = (input.len() as u32, room as u32);
    // Some codes wait for news of the network, and none may come.
    let mut on = 1;
    call!(ioctlsocket(s, FIONBIO, &raw mut on));
    call!(WSAIoctl(
        s,
        code,
        input_pointer.cast(),
        in_len,
        output_pointer.cast(),
        out_len,
        bytes_pointer,
        ptr::null_mut(),
        None
    ));
}

fn addresses(random: &mut Random, s: SOCKET) {
    let at = sockaddr(random);
    let len = stated(random, at.len());
    let pointer = at.as_ptr().cast();
    let mut on = 1;
    call!(ioctlsocket(s, FIONBIO, &raw mut on));
    match random.below(3) {
        0 => call!(bind(s, pointer, len)),
        1 => call!(connect(s, pointer, len)),
        _ => call!(sendto(s, b"x".as_ptr(), 1, 0, pointer, len)),
    };
}

fn wsa_connect(random: &mut Random, s: SOCKET) {
    let at = sockaddr(random);
    let len = stated(random, at.len());
    let mut on = 1;
    call!(ioctlsocket(s, FIONBIO, &raw mut on));
    let data = WSABUF { len: 0, buf: ptr::null_mut() };
    let data = if random.chance(50) { &raw const data } else { ptr::null() };
    call!(WSAConnect(s, at.as_ptr().cast(), len, data, ptr::null_mut(), ptr::null(), ptr::null()));
}

fn address_to_string(random: &mut Random, _s: SOCKET) {
    let at = sockaddr(random);
    let len = at.len() as u32;
    let mut room = random.below(70) as u32;
    let mut narrow = vec![0u8; room as usize];
    let mut wide = vec![0u16; room as usize];
    if random.chance(50) {
        call!(WSAAddressToStringA(
            at.as_ptr().cast(),
            len,
            ptr::null(),
            narrow.as_mut_ptr(),
            &raw mut room
        ));
    } else {
        call!(WSAAddressToStringW(
            at.as_ptr().cast(),
            len,
            ptr::null(),
            wide.as_mut_ptr(),
            &raw mut room
        ));
    }
}

/// A text that may be an address, and ends with a zero.
fn text(random: &mut Random) -> Vec<u8> {
    let words: [&[u8]; 24] = [
        b"127.0.0.1",
        b"127.1",
        b"0x7f.1",
        b"0177.0.0.01",
        b"256.1.1.1",
        b"1.2.3.4.5",
        b":",
        b"::",
        b"::1",
        b"[::1]",
        b"]",
        b"[",
        b":80",
        b":99999",
        b"fe80::1%",
        b"%lo",
        b"%4294967296",
        b"::ffff:1.2.3.4",
        b"1:2:3:4:5:6:7:8",
        b"g",
        b".",
        b"-1",
        b" ",
        b"00000000000000000000000000001",
    ];
    let mut text = Vec::new();
    for _ in 0..random.below(4) {
        text.extend_from_slice(random.pick(&words));
    }
    if random.chance(20) {
        let len = random.below(300);
        text.extend(random.bytes(len));
    }
    text.retain(|&byte| byte != 0);
    text.push(0);
    text
}

fn wide(text: &[u8], random: &mut Random) -> Vec<u16> {
    let mut wide: Vec<u16> = text.iter().map(|&byte| byte.into()).collect();
    if wide.len() > 1 && random.chance(20) {
        let at = random.below(wide.len() - 1);
        wide[at] = random.pick(&[0xd800, 0xdfff, 0xff11, 0x100]);
    }
    wide
}

fn string_to_address(random: &mut Random, _s: SOCKET) {
    let narrow = text(random);
    let mut room = vec![0u8; random.pick(&[0, 8, 16, 28, 128])];
    let mut len = stated(random, room.len());
    let family = random.pick(&[2, 23, 0, 99]);
    let at = room.as_mut_ptr().cast();
    if random.chance(50) {
        call!(WSAStringToAddressA(narrow.as_ptr(), family, ptr::null(), at, &raw mut len));
    } else {
        let wide = wide(&narrow, random);
        call!(WSAStringToAddressW(wide.as_ptr(), family, ptr::null(), at, &raw mut len));
    }
}

fn presentation(random: &mut Random, _s: SOCKET) {
    let narrow = text(random);
    let family = random.pick(&[2, 23, 0, 99]);
    let mut address = [0u8; 16];
    let address = address.as_mut_ptr().cast();
    if random.chance(50) {
        call!(inet_pton(family, narrow.as_ptr(), address));
    } else {
        let wide = wide(&narrow, random);
        call!(InetPtonW(family, wide.as_ptr(), address));
    }
    let bytes = random.bytes(16);
    let room = random.below(70);
    if random.chance(50) {
        let mut out = vec![0u8; room];
        call!(inet_ntop(family, bytes.as_ptr().cast(), out.as_mut_ptr(), room));
    } else {
        let mut out = vec![0u16; room];
        call!(InetNtopW(family, bytes.as_ptr().cast(), out.as_mut_ptr(), room));
    }
}

fn old_names(random: &mut Random, _s: SOCKET) {
    let narrow = text(random);
    call!(inet_addr(narrow.as_ptr()));
    let len = random.pick(&[4usize, 16, 0, 3]);
    let bytes = vec![0u8; len];
    let stated = stated(random, len);
    if len == 3 {
        call!(gethostbyaddr(bytes.as_ptr(), stated, random.odd_number()));
    }
}

fn resolve(random: &mut Random, _s: SOCKET) {
    let (node, service) = (text(random), text(random));
    // Numbers alone: no name leaves the machine.
    let flags = AI_NUMERICHOST | random.next() as u32 & (AI_PASSIVE | AI_CANONNAME);
    let hints = ADDRINFOA {
        ai_flags: flags as _,
        ai_family: random.pick(&[0, 2, 23, 99]),
        ai_socktype: random.pick(&[0, 1, 2, 77]),
        ai_protocol: random.pick(&[0, 6, 17, 99]),
        ..ADDRINFOA::default()
    };
    let mut list = ptr::null_mut();
    let node = if random.chance(90) { node.as_ptr() } else { ptr::null() };
    let service = if random.chance(60) { service.as_ptr() } else { ptr::null() };
    if call!(getaddrinfo(node, service, &raw const hints, &raw mut list)) == 0 {
        call!(freeaddrinfo(list));
    }
}

fn reverse(random: &mut Random, _s: SOCKET) {
    let at = sockaddr(random);
    let (host_room, service_room) = (random.below(60), random.below(20));
    let (mut host, mut service) = (vec![0u8; host_room], vec![0u8; service_room]);
    let flags = (NI_NUMERICHOST | NI_NUMERICSERV) as i32 | random.next() as i32 & 1;
    let len = stated(random, at.len());
    let (host, service) = (host.as_mut_ptr(), service.as_mut_ptr());
    call!(getnameinfo(
        at.as_ptr().cast(),
        len,
        host,
        host_room as u32,
        service,
        service_room as u32,
        flags
    ));
}

fn services(random: &mut Random, _s: SOCKET) {
    let (name, protocol) = (text(random), text(random));
    let name = if random.chance(95) { name.as_ptr() } else { ptr::null() };
    let protocol = if random.chance(70) { protocol.as_ptr() } else { ptr::null() };
    call!(getservbyname(name, protocol));
    call!(getservbyport(random.odd_number(), protocol));
    call!(getprotobyname(name));
    call!(getprotobynumber(random.odd_number()));
}

fn by_list(random: &mut Random, s: SOCKET) {
    let mut first = sockaddr(random);
    let list = SOCKET_ADDRESS_LIST {
        iAddressCount: random.pick(&[0, 1, 1, 1, -1]),
        Address: [SOCKET_ADDRESS {
            lpSockaddr: first.as_mut_ptr().cast(),
            iSockaddrLength: first.len() as i32,
        }],
    };
    let time = TIMEVAL { tv_sec: 0, tv_usec: 1000 };
    let (mut local, mut remote) = ([0u8; 128], [0u8; 128]);
    let (mut local_len, mut remote_len) = (random.below(129) as u32, random.below(129) as u32);
    call!(WSAConnectByList(
        s,
        &raw const list,
        &raw mut local_len,
        local.as_mut_ptr().cast(),
        &raw mut remote_len,
        remote.as_mut_ptr().cast(),
        &raw const time,
        ptr::null_mut()
    ));
}

fn sockaddrs(random: &mut Random, _s: SOCKET) {
    let (data, area) = (random.below(60), 16 + random.below(40));
    let block = random.bytes(data + 2 * area);
    let (mut local, mut remote) = (ptr::null_mut(), ptr::null_mut());
    let (mut local_len, mut remote_len) = (0, 0);
    call!(GetAcceptExSockaddrs(
        block.as_ptr().cast(),
        data as u32,
        area as u32,
        area as u32,
        &raw mut local,
        &raw mut local_len,
        &raw mut remote,
        &raw mut remote_len
    ));
}

fn protocol_info(random: &mut Random, _s: SOCKET) {
    let bytes = random.bytes(size_of::<WSAPROTOCOL_INFOW>());
    let mut info = WSAPROTOCOL_INFOW::default();
    // SAFETY: plain numbers, for which every value is one.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), (&raw mut info).cast(), bytes.len()) };
    let (family, kind) = (random.pick(&[-1, 2, 23]), random.pick(&[-1, 1, 2]));
    let made = call!(WSASocketW(family, kind, -1, &raw const info, 0, random.next() as u32));
    if made != INVALID_SOCKET {
        call!(closesocket(made));
    }
}

/// Memory that can be used up to the end of a page, and none behind it.
fn end_of_memory() -> usize {
    static END: std::sync::OnceLock<usize> = std::sync::OnceLock::new();
    const PAGE: usize = 4096;
    *END.get_or_init(|| {
        // SAFETY: a mapping of this function's own, of which the second page is closed.
        unsafe {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
            let both = libc::PROT_READ | libc::PROT_WRITE;
            let start = libc::mmap(ptr::null_mut(), 2 * PAGE, both, flags, -1, 0);
            libc::mprotect(start.byte_add(PAGE), PAGE, libc::PROT_NONE);
            start.addr() + PAGE
        }
    })
}

/// A pointer to nothing, or to something that ends too soon.
fn nowhere<T>(random: &mut Random) -> *mut T {
    let end = end_of_memory();
    let address = match random.below(10) {
        0 => 0,
        1 => 1 + random.below(4095),
        2 => 0xdead_0000,
        3 => 1 << 46,
        4 => (1 << 47) - 1 - random.below(64),
        5 => 1 << 47,
        6 => usize::MAX - random.below(64),
        7 => end,
        _ => end - 1 - random.below(40),
    };
    ptr::with_exposed_provenance_mut(address)
}

/// Functions that set up, ask and tear down answer for every pointer.
fn wild(random: &mut Random, s: SOCKET) {
    let len = random.pick(&[0, 1, 2, 4, 8, 16, 28, 64, -1, i32::MAX]);
    let (level, name) = option(random);
    let at: *mut SOCKADDR = nowhere(random);
    let mut good = len;
    let mut count = 0;
    match random.below(12) {
        0 if name != SO_OPENTYPE => call!(setsockopt(s, level, name, nowhere(random), len)),
        1 => call!(getsockopt(s, level, name, nowhere(random), &raw mut good)),
        2 => call!(getsockopt(s, level, name, nowhere(random), nowhere(random))),
        3 => call!(bind(s, at, len)),
        4 => call!(connect(s, at, len)),
        5 => call!(sendto(s, b"x".as_ptr(), 1, 0, at, len)),
        6 => call!(getsockname(s, at, nowhere(random))),
        7 => call!(getpeername(s, at, &raw mut good)),
        8 => call!(WSAStartup(0x0202, nowhere(random))),
        9 => {
            let (code, room) = (SIO_KEEPALIVE_VALS, len.max(0) as u32);
            let code = if random.chance(50) { code } else { SIO_GET_EXTENSION_FUNCTION_POINTER };
            let (input, output) = (nowhere(random), nowhere(random));
            call!(WSAIoctl(s, code, input, room, output, 8, &raw mut count, ptr::null_mut(), None))
        }
        10 => call!(ioctlsocket(s, FIONREAD, nowhere(random))),
        _ => {
            let overlapped: *mut OVERLAPPED = nowhere(random);
            let mut flags = 0;
            call!(WSAGetOverlappedResult(s, overlapped, &raw mut count, 0, &raw mut flags));
            call!(linsock_sys::Win32::System::IO::CancelIoEx(
                ptr::without_provenance_mut(s),
                overlapped
            ))
        }
    };
}
