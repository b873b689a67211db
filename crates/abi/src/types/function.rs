//! Function pointers: the extension functions, and what a caller gives to be called.

use core::ffi::c_void;

use super::address::SOCKADDR;
use super::base::{BOOL, HANDLE, SOCKET};
use super::message::{TRANSMIT_FILE_BUFFERS, TRANSMIT_PACKETS_ELEMENT, WSABUF, WSAMSG};
use super::option::QOS;
use super::overlapped::OVERLAPPED;
use super::select::WSAPOLLFD;

pub type LPFN_CONNECTEX = Option<
    unsafe extern "system" fn(
        s: SOCKET,
        name: *const SOCKADDR,
        namelen: i32,
        lpsendbuffer: *const c_void,
        dwsenddatalength: u32,
        lpdwbytessent: *mut u32,
        lpoverlapped: *mut OVERLAPPED,
    ) -> BOOL,
>;

pub type LPFN_DISCONNECTEX = Option<
    unsafe extern "system" fn(
        s: SOCKET,
        lpoverlapped: *mut OVERLAPPED,
        dwflags: u32,
        dwreserved: u32,
    ) -> BOOL,
>;

pub type LPFN_ACCEPTEX = Option<
    unsafe extern "system" fn(
        slistensocket: SOCKET,
        sacceptsocket: SOCKET,
        lpoutputbuffer: *mut c_void,
        dwreceivedatalength: u32,
        dwlocaladdresslength: u32,
        dwremoteaddresslength: u32,
        lpdwbytesreceived: *mut u32,
        lpoverlapped: *mut OVERLAPPED,
    ) -> BOOL,
>;

pub type LPFN_GETACCEPTEXSOCKADDRS = Option<
    unsafe extern "system" fn(
        lpoutputbuffer: *const c_void,
        dwreceivedatalength: u32,
        dwlocaladdresslength: u32,
        dwremoteaddresslength: u32,
        localsockaddr: *mut *mut SOCKADDR,
        localsockaddrlength: *mut i32,
        remotesockaddr: *mut *mut SOCKADDR,
        remotesockaddrlength: *mut i32,
    ),
>;

pub type LPFN_TRANSMITFILE = Option<
    unsafe extern "system" fn(
        hsocket: SOCKET,
        hfile: HANDLE,
        nnumberofbytestowrite: u32,
        nnumberofbytespersend: u32,
        lpoverlapped: *mut OVERLAPPED,
        lptransmitbuffers: *const TRANSMIT_FILE_BUFFERS,
        dwreserved: u32,
    ) -> BOOL,
>;

pub type LPFN_TRANSMITPACKETS = Option<
    unsafe extern "system" fn(
        hsocket: SOCKET,
        lppacketarray: *const TRANSMIT_PACKETS_ELEMENT,
        nelementcount: u32,
        nsendsize: u32,
        lpoverlapped: *mut OVERLAPPED,
        dwflags: u32,
    ) -> BOOL,
>;

pub type LPFN_WSARECVMSG = Option<
    unsafe extern "system" fn(
        s: SOCKET,
        lpmsg: *mut WSAMSG,
        lpdwnumberofbytesrecvd: *mut u32,
        lpoverlapped: *mut OVERLAPPED,
        lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32,
>;

pub type LPFN_WSASENDMSG = Option<
    unsafe extern "system" fn(
        s: SOCKET,
        lpmsg: *const WSAMSG,
        dwflags: u32,
        lpnumberofbytessent: *mut u32,
        lpoverlapped: *mut OVERLAPPED,
        lpcompletionroutine: LPWSAOVERLAPPED_COMPLETION_ROUTINE,
    ) -> i32,
>;

pub type LPFN_WSAPOLL =
    Option<unsafe extern "system" fn(fdarray: *mut WSAPOLLFD, nfds: u32, timeout: i32) -> i32>;

pub type LPWSAOVERLAPPED_COMPLETION_ROUTINE = Option<
    unsafe extern "system" fn(
        dwerror: u32,
        cbtransferred: u32,
        lpoverlapped: *mut OVERLAPPED,
        dwflags: u32,
    ),
>;

pub type LPOVERLAPPED_COMPLETION_ROUTINE = Option<
    unsafe extern "system" fn(
        dwerrorcode: u32,
        dwnumberofbytestransfered: u32,
        lpoverlapped: *mut OVERLAPPED,
    ),
>;

pub type LPTHREAD_START_ROUTINE =
    Option<unsafe extern "system" fn(lpthreadparameter: *mut c_void) -> u32>;

pub type PTIMERAPCROUTINE = Option<
    unsafe extern "system" fn(
        lpargtocompletionroutine: *const c_void,
        dwtimerlowvalue: u32,
        dwtimerhighvalue: u32,
    ),
>;

pub type WAITORTIMERCALLBACK =
    Option<unsafe extern "system" fn(lpparameter: *mut c_void, timerorwaitfired: bool)>;

pub type PAPCFUNC = Option<unsafe extern "system" fn(parameter: usize)>;

pub type LPCONDITIONPROC = Option<
    unsafe extern "system" fn(
        lpcallerid: *mut WSABUF,
        lpcallerdata: *mut WSABUF,
        lpsqos: *mut QOS,
        lpgqos: *mut QOS,
        lpcalleeid: *mut WSABUF,
        lpcalleedata: *mut WSABUF,
        g: *mut u32,
        dwcallbackdata: usize,
    ) -> i32,
>;
