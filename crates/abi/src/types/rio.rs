//! Registered I/O: its handles, records and table of functions.

use core::ffi::c_void;

use super::base::{BOOL, HANDLE, PCSTR, SOCKET};
use super::zeroed_default;

pub type RIO_BUFFERID = isize;

pub type RIO_CQ = isize;

pub type RIO_RQ = isize;

/// A slice of a registered buffer.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct RIO_BUF {
    pub BufferId: RIO_BUFFERID,
    pub Offset: u32,
    pub Length: u32,
}

/// The head of control data.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct RIO_CMSG_BUFFER {
    pub TotalLength: u32,
}

/// One completed request.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct RIORESULT {
    pub Status: i32,
    pub BytesTransferred: u32,
    pub SocketContext: u64,
    pub RequestContext: u64,
}

pub type RIO_NOTIFICATION_COMPLETION_TYPE = i32;

/// How a completion queue tells of completions.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct RIO_NOTIFICATION_COMPLETION {
    pub Type: RIO_NOTIFICATION_COMPLETION_TYPE,
    pub Anonymous: RIO_NOTIFICATION_COMPLETION_0,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub union RIO_NOTIFICATION_COMPLETION_0 {
    pub Event: RIO_NOTIFICATION_COMPLETION_0_0,
    pub Iocp: RIO_NOTIFICATION_COMPLETION_0_1,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct RIO_NOTIFICATION_COMPLETION_0_0 {
    pub EventHandle: HANDLE,
    pub NotifyReset: BOOL,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct RIO_NOTIFICATION_COMPLETION_0_1 {
    pub IocpHandle: HANDLE,
    pub CompletionKey: *mut c_void,
    pub Overlapped: *mut c_void,
}

pub type LPFN_RIORECEIVE = Option<
    unsafe extern "system" fn(
        socketqueue: RIO_RQ,
        pdata: *const RIO_BUF,
        databuffercount: u32,
        flags: u32,
        requestcontext: *const c_void,
    ) -> BOOL,
>;

pub type LPFN_RIORECEIVEEX = Option<
    unsafe extern "system" fn(
        socketqueue: RIO_RQ,
        pdata: *const RIO_BUF,
        databuffercount: u32,
        plocaladdress: *const RIO_BUF,
        premoteaddress: *const RIO_BUF,
        pcontrolcontext: *const RIO_BUF,
        pflags: *const RIO_BUF,
        flags: u32,
        requestcontext: *const c_void,
    ) -> i32,
>;

pub type LPFN_RIOSEND = Option<
    unsafe extern "system" fn(
        socketqueue: RIO_RQ,
        pdata: *const RIO_BUF,
        databuffercount: u32,
        flags: u32,
        requestcontext: *const c_void,
    ) -> BOOL,
>;

pub type LPFN_RIOSENDEX = Option<
    unsafe extern "system" fn(
        socketqueue: RIO_RQ,
        pdata: *const RIO_BUF,
        databuffercount: u32,
        plocaladdress: *const RIO_BUF,
        premoteaddress: *const RIO_BUF,
        pcontrolcontext: *const RIO_BUF,
        pflags: *const RIO_BUF,
        flags: u32,
        requestcontext: *const c_void,
    ) -> BOOL,
>;

pub type LPFN_RIOCLOSECOMPLETIONQUEUE = Option<unsafe extern "system" fn(cq: RIO_CQ)>;

pub type LPFN_RIOCREATECOMPLETIONQUEUE = Option<
    unsafe extern "system" fn(
        queuesize: u32,
        notificationcompletion: *const RIO_NOTIFICATION_COMPLETION,
    ) -> RIO_CQ,
>;

pub type LPFN_RIOCREATEREQUESTQUEUE = Option<
    unsafe extern "system" fn(
        socket: SOCKET,
        maxoutstandingreceive: u32,
        maxreceivedatabuffers: u32,
        maxoutstandingsend: u32,
        maxsenddatabuffers: u32,
        receivecq: RIO_CQ,
        sendcq: RIO_CQ,
        socketcontext: *const c_void,
    ) -> RIO_RQ,
>;

pub type LPFN_RIODEQUEUECOMPLETION =
    Option<unsafe extern "system" fn(cq: RIO_CQ, array: *mut RIORESULT, arraysize: u32) -> u32>;

pub type LPFN_RIODEREGISTERBUFFER = Option<unsafe extern "system" fn(bufferid: RIO_BUFFERID)>;

pub type LPFN_RIONOTIFY = Option<unsafe extern "system" fn(cq: RIO_CQ) -> i32>;

pub type LPFN_RIOREGISTERBUFFER =
    Option<unsafe extern "system" fn(databuffer: PCSTR, datalength: u32) -> RIO_BUFFERID>;

pub type LPFN_RIORESIZECOMPLETIONQUEUE =
    Option<unsafe extern "system" fn(cq: RIO_CQ, queuesize: u32) -> BOOL>;

pub type LPFN_RIORESIZEREQUESTQUEUE = Option<
    unsafe extern "system" fn(
        rq: RIO_RQ,
        maxoutstandingreceive: u32,
        maxoutstandingsend: u32,
    ) -> BOOL,
>;

/// The functions of registered I/O.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct RIO_EXTENSION_FUNCTION_TABLE {
    pub cbSize: u32,
    pub RIOReceive: LPFN_RIORECEIVE,
    pub RIOReceiveEx: LPFN_RIORECEIVEEX,
    pub RIOSend: LPFN_RIOSEND,
    pub RIOSendEx: LPFN_RIOSENDEX,
    pub RIOCloseCompletionQueue: LPFN_RIOCLOSECOMPLETIONQUEUE,
    pub RIOCreateCompletionQueue: LPFN_RIOCREATECOMPLETIONQUEUE,
    pub RIOCreateRequestQueue: LPFN_RIOCREATEREQUESTQUEUE,
    pub RIODequeueCompletion: LPFN_RIODEQUEUECOMPLETION,
    pub RIODeregisterBuffer: LPFN_RIODEREGISTERBUFFER,
    pub RIONotify: LPFN_RIONOTIFY,
    pub RIORegisterBuffer: LPFN_RIOREGISTERBUFFER,
    pub RIOResizeCompletionQueue: LPFN_RIORESIZECOMPLETIONQUEUE,
    pub RIOResizeRequestQueue: LPFN_RIORESIZEREQUESTQUEUE,
}

zeroed_default!(
    RIO_NOTIFICATION_COMPLETION,
    RIO_NOTIFICATION_COMPLETION_0,
    RIO_NOTIFICATION_COMPLETION_0_0,
    RIO_NOTIFICATION_COMPLETION_0_1
);
