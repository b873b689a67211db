//! The extension functions that WSAIoctl hands out by GUID (C-003, I-012).

use super::accept::{AcceptEx, GetAcceptExSockaddrs};
use super::connection::{ConnectEx, DisconnectEx};
use super::message::{WSARecvMsg, WSASendMsg};
use super::transmit::{TransmitFile, TransmitPackets};
use linsock_abi::{
    GUID, WSAID_ACCEPTEX, WSAID_CONNECTEX, WSAID_DISCONNECTEX, WSAID_GETACCEPTEXSOCKADDRS,
    WSAID_TRANSMITFILE, WSAID_TRANSMITPACKETS, WSAID_WSARECVMSG, WSAID_WSASENDMSG,
};
use std::ffi::c_void;

/// The function of a GUID, compared by value.
pub(crate) fn find(guid: &GUID) -> Option<*const c_void> {
    let table: [(GUID, *const c_void); 8] = [
        (WSAID_ACCEPTEX, AcceptEx as *const c_void),
        (WSAID_GETACCEPTEXSOCKADDRS, GetAcceptExSockaddrs as *const c_void),
        (WSAID_CONNECTEX, ConnectEx as *const c_void),
        (WSAID_DISCONNECTEX, DisconnectEx as *const c_void),
        (WSAID_TRANSMITFILE, TransmitFile as *const c_void),
        (WSAID_TRANSMITPACKETS, TransmitPackets as *const c_void),
        (WSAID_WSARECVMSG, WSARecvMsg as *const c_void),
        (WSAID_WSASENDMSG, WSASendMsg as *const c_void),
    ];
    let parts = |guid: &GUID| (guid.data1, guid.data2, guid.data3, guid.data4);
    table.iter().find(|(known, _)| parts(known) == parts(guid)).map(|&(_, function)| function)
}
