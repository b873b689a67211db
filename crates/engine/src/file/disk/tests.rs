use super::*;
use crate::file::{self, How};
use crate::operation;
use crate::port::{Packet, Port};
use linsock_abi::{NtStatus, OVERLAPPED};
use linsock_backend::file::Opening;
use std::ffi::CString;
use std::sync::atomic::{AtomicU32, Ordering};

/// An overlapped file of ten digits; its name is gone already.
fn digits() -> usize {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let name = format!("disk-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, "0123456789").unwrap();
    let opening = Opening { read: true, write: true, ..Opening::default() };
    let name = CString::new(path.to_str().unwrap()).unwrap();
    let how = How { opening, overlapped: true, ..How::default() };
    let handle = file::open(&name, how).unwrap();
    file::remove(&name).unwrap();
    handle
}

/// A read that would have had to wait, on its own disk that no thread looks after. What it works
/// on stays for ever.
struct Read {
    disk: &'static Disk,
    overlapped: &'static mut OVERLAPPED,
    got: &'static mut [u8; 4],
}

impl Read {
    fn queue(handle: usize, at: u64) -> Self {
        let disk: &'static Disk = Box::leak(Box::default());
        Read::queue_at(disk, handle, at)
    }

    fn queue_at(disk: &'static Disk, handle: usize, at: u64) -> Self {
        let (read, pending) = Read::begin(disk, handle, at);
        lock(&disk.state).queue.push_back(pending);
        read
    }

    fn begin(disk: &'static Disk, handle: usize, at: u64) -> (Self, Box<Pending>) {
        let overlapped = Box::leak(Box::<OVERLAPPED>::default());
        let got = Box::leak(Box::new([0; 4]));
        let file = file::opened(handle).unwrap();
        // SAFETY: both stay.
        let begun = unsafe {
            Overlapped::begin(std::ptr::from_mut(overlapped).expose_provenance(), file.signal())
        };
        let address = got.as_mut_ptr().expose_provenance();
        let range = Range { at, address, len: 4, done: 0 };
        let pending = Pending::new(file, begun.unwrap(), range);
        (Read { disk, overlapped, got }, pending)
    }

    fn address(&self) -> usize {
        std::ptr::from_ref(&*self.overlapped).addr()
    }

    fn status(&self) -> NtStatus {
        // SAFETY: it stays.
        unsafe { operation::status(self.address()) }
    }
}

/// Does what is queued, as a thread would.
fn run(disk: &Disk) -> usize {
    let mut n = 0;
    loop {
        let next = lock(&disk.state).queue.pop_front();
        let Some(pending) = next else { return n };
        pending.run();
        n += 1;
    }
}

fn packets(port: &Arc<Port>) -> Vec<Packet> {
    std::iter::from_fn(|| port.take_one(0).ok()).collect()
}

#[test]
fn what_is_read_later_is_told_of_once() {
    let (handle, port) = (digits(), Port::new(1).unwrap());
    file::associate(handle, &port, 7).unwrap();
    let read = Read::queue(handle, 3);
    assert_eq!(read.status(), NtStatus::STATUS_PENDING);
    assert!(packets(&port).is_empty());
    assert_eq!(run(read.disk), 1);
    assert_eq!((read.status(), read.overlapped.InternalHigh), (NtStatus::STATUS_SUCCESS, 4));
    assert_eq!(read.got, b"3456");
    let told = packets(&port);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].key, told[0].bytes, told[0].overlapped), (7, 4, read.address()));
    assert!(file::opened(handle).unwrap().signal().is_set());
    file::close(handle).unwrap();
}

#[test]
fn the_end_of_the_file_is_told_by_a_packet_then() {
    let (handle, port) = (digits(), Port::new(1).unwrap());
    file::associate(handle, &port, 7).unwrap();
    let (read, short) = (Read::queue(handle, 10), Read::queue(handle, 8));
    run(read.disk);
    run(short.disk);
    assert_eq!(read.status(), NtStatus::STATUS_END_OF_FILE);
    assert_eq!((short.status(), short.overlapped.InternalHigh), (NtStatus::STATUS_SUCCESS, 2));
    let told = packets(&port);
    assert_eq!(told[0].status, NtStatus::STATUS_END_OF_FILE.0);
    assert_eq!((told.len(), told[1].bytes), (2, 2));
    file::close(handle).unwrap();
}

#[test]
fn a_cancelled_read_ends_once_and_reads_nothing() {
    let (handle, port) = (digits(), Port::new(1).unwrap());
    file::associate(handle, &port, 7).unwrap();
    let read = Read::queue(handle, 0);
    let other = Read::queue_at(read.disk, handle, 4);
    let address = read.address();
    assert!(!read.disk.cancel(|pending| pending.is_with(1)));
    assert!(read.disk.cancel(|pending| pending.is_with(address)));
    assert!(!read.disk.cancel(|pending| pending.is_with(address)));
    assert_eq!(read.status(), NtStatus::STATUS_CANCELLED);
    assert_eq!(run(read.disk), 1);
    assert_eq!((*read.got, *other.got), ([0; 4], *b"4567"));
    let told = packets(&port);
    assert_eq!(told.len(), 2);
    assert_eq!(told[0].status, NtStatus::STATUS_CANCELLED.0);
    assert_eq!((told[1].status, told[1].overlapped), (0, other.address()));
    file::close(handle).unwrap();
}

#[test]
fn a_thread_takes_with_it_what_reports_to_no_port() {
    let (plain, tied) = (digits(), digits());
    file::associate(tied, &Port::new(1).unwrap(), 7).unwrap();
    let read = Read::queue(plain, 0);
    let outlives = Read::queue_at(read.disk, tied, 0);
    let me = crate::thread::current_id();
    let ends = |pending: &Pending| pending.is_by(me) && pending.ends_with_thread();
    assert!(read.disk.cancel(ends));
    assert_eq!(read.status(), NtStatus::STATUS_CANCELLED);
    assert_eq!(outlives.status(), NtStatus::STATUS_PENDING);
    run(read.disk);
    assert_eq!(outlives.got, b"0123");
    file::close(plain).unwrap();
    file::close(tied).unwrap();
}

#[test]
fn a_closed_handle_leaves_its_reads_alone() {
    let (handle, port) = (digits(), Port::new(1).unwrap());
    file::associate(handle, &port, 7).unwrap();
    let read = Read::queue(handle, 6);
    file::close(handle).unwrap();
    assert!(file::opened(handle).is_err());
    // The number is not given to a stranger while the read has use for it.
    let another = digits();
    assert_ne!(another, handle);
    run(read.disk);
    assert_eq!(read.got, b"6789");
    assert_eq!(packets(&port).len(), 1);
    file::close(another).unwrap();
}

#[test]
fn threads_come_when_there_is_something_to_wait_for() {
    let handle = digits();
    let disk: &'static Disk = Box::leak(Box::default());
    let reads: Vec<Read> = (0..50)
        .map(|n| {
            let (read, pending) = Read::begin(disk, handle, n % 7);
            assert!(disk.take_over(pending).is_ok());
            read
        })
        .collect();
    assert!((1..=THREADS_MAX).contains(&lock(&disk.state).threads));
    for (n, read) in (0..).zip(&reads) {
        while read.status() == NtStatus::STATUS_PENDING {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert_eq!(read.status(), NtStatus::STATUS_SUCCESS);
        assert_eq!(read.got[..], b"0123456789"[n % 7..][..4]);
    }
    file::close(handle).unwrap();
}
