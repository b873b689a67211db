//! What comes with a datagram beside its bytes: where it is from, and control data.

use crate::address::Address;

/// Room for the kernel's control data: destination, hops and class of both families take 168.
const CONTROL_WORDS: usize = 32;

/// Where a caller wants what comes beside a datagram: addresses that are its own until the
/// operation ends, 0 where there is none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Places {
    /// The source address, and the room there.
    pub name: usize,
    /// Bytes of room for the source address.
    pub name_room: usize,
    /// Its length, an int.
    pub name_len: usize,
    /// Control data.
    pub control: usize,
    /// Bytes of room for control data.
    pub control_room: usize,
    /// The length of the control data, 32 bits.
    pub control_len: usize,
    /// The flags, 32 bits.
    pub flags: usize,
}

/// What was received beside the bytes of a datagram.
#[derive(Debug, Default)]
pub struct Envelope {
    /// Where it came from.
    pub source: Address,
    /// Where the caller wants it all.
    pub places: Places,
    /// Room for control data, where that is wanted.
    control: Option<Box<[u64; CONTROL_WORDS]>>,
    control_len: usize,
    /// The kernel had more control data than there is room for.
    pub control_cut: bool,
}

impl Envelope {
    /// One whose source goes to the caller, and control data too if that is wanted.
    pub fn new(places: Places, wants_control: bool) -> Box<Self> {
        let control = wants_control.then(|| Box::new([0; CONTROL_WORDS]));
        Box::new(Envelope { places, control, ..Envelope::default() })
    }

    /// The control data, in the kernel's form.
    pub fn control(&self) -> &[u8] {
        let Some(control) = self.control.as_deref() else { return &[] };
        let len = self.control_len.min(size_of_val(control));
        // SAFETY: plain numbers, and no more of them than there are.
        unsafe { std::slice::from_raw_parts(control.as_ptr().cast(), len) }
    }

    /// Has the kernel write here.
    pub(crate) fn open(&mut self, message: &mut libc::msghdr) {
        let (name, len) = self.source.as_mut_parts();
        message.msg_name = name.cast();
        message.msg_namelen = *len;
        if let Some(control) = self.control.as_deref_mut() {
            message.msg_control = control.as_mut_ptr().cast();
            message.msg_controllen = size_of_val(control);
        }
    }

    /// Takes in what the kernel wrote.
    pub(crate) fn close(&mut self, message: &libc::msghdr) {
        *self.source.as_mut_parts().1 = message.msg_namelen;
        self.control_len = message.msg_controllen;
        self.control_cut = self.control.is_some() && message.msg_flags & libc::MSG_CTRUNC != 0;
    }
}
