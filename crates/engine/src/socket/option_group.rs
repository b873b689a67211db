//! The values of the multicast options, in the kernel's layout.

use super::option_table::Special;
use linsock_abi::WsaError;
use linsock_backend::address;

/// Bytes of ip_mreq, ip_mreq_source and ipv6_mreq.
const MEMBERSHIP_BYTES: usize = 8;
const SOURCE_BYTES: usize = 12;
const MEMBERSHIP6_BYTES: usize = 20;
/// Bytes of GROUP_REQ and GROUP_SOURCE_REQ, and where their addresses begin.
const GROUP_BYTES: usize = 136;
const GROUP_SOURCE_BYTES: usize = 264;
const GROUP_AT: usize = 8;
const SOURCE_AT: usize = 136;

/// The value of a multicast option as the kernel takes it (K-071, K-072, K-074, K-081, K-086).
///
/// # Errors
/// WSAEFAULT: too short.
pub(super) fn kernel_value(special: Special, value: &[u8]) -> Result<Vec<u8>, WsaError> {
    let first = |len: usize| value.get(..len).ok_or(WsaError::WSAEFAULT);
    match special {
        Special::MulticastInterface => {
            let interface = first(4)?;
            Ok(with_interface(&[0; 4], interface))
        }
        Special::Membership => {
            let both = first(MEMBERSHIP_BYTES)?;
            Ok(with_interface(&both[..4], &both[4..]))
        }
        Special::SourceMembership => {
            let three = first(SOURCE_BYTES)?;
            // Group, source, interface here; group, interface, source there.
            Ok([&three[..4], &three[8..], &three[4..8]].concat())
        }
        Special::Group => {
            let mut bytes = first(GROUP_BYTES)?.to_vec();
            translate_family(&mut bytes, GROUP_AT);
            Ok(bytes)
        }
        Special::GroupSource => {
            let mut bytes = first(GROUP_SOURCE_BYTES)?.to_vec();
            translate_family(&mut bytes, GROUP_AT);
            translate_family(&mut bytes, SOURCE_AT);
            Ok(bytes)
        }
        _ => first(MEMBERSHIP6_BYTES).map(<[u8]>::to_vec),
    }
}

/// ip_mreqn: a group, and an interface by its address, or by its index where the address is
/// 0.x.x.x (K-071).
fn with_interface(group: &[u8], interface: &[u8]) -> Vec<u8> {
    let mut index = [0; 4];
    index.copy_from_slice(interface);
    let number = i32::from_be_bytes(index);
    if index[0] == 0 && number != 0 {
        [group, &[0; 4], &number.to_ne_bytes()].concat()
    } else {
        [group, interface, &[0; 4]].concat()
    }
}

fn translate_family(bytes: &mut [u8], at: usize) {
    if let Some(family) = bytes.get_mut(at..at + 2) {
        let kernel = address::kernel_family(u16::from_ne_bytes([family[0], family[1]]));
        family.copy_from_slice(&kernel.to_ne_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k_071_an_interface_by_address_and_by_index() {
        let by_address = kernel_value(Special::Membership, &[239, 1, 2, 3, 127, 0, 0, 1]);
        assert_eq!(by_address, Ok(vec![239, 1, 2, 3, 127, 0, 0, 1, 0, 0, 0, 0]));
        let by_index = kernel_value(Special::Membership, &[239, 1, 2, 3, 0, 0, 0, 7]);
        let expected = [&[239, 1, 2, 3, 0, 0, 0, 0][..], &7i32.to_ne_bytes()].concat();
        assert_eq!(by_index, Ok(expected));
        assert_eq!(kernel_value(Special::Membership, &[239; 7]), Err(WsaError::WSAEFAULT));
    }

    #[test]
    fn k_074_source_and_interface_change_places() {
        let value: Vec<u8> = (1..=12).collect();
        let expected = vec![1, 2, 3, 4, 9, 10, 11, 12, 5, 6, 7, 8];
        assert_eq!(kernel_value(Special::SourceMembership, &value), Ok(expected));
    }

    #[test]
    fn k_086_the_family_inside_is_translated() {
        let mut value = vec![0; GROUP_SOURCE_BYTES];
        value[GROUP_AT] = 23;
        value[SOURCE_AT] = 23;
        let kernel = kernel_value(Special::GroupSource, &value).unwrap_or_default();
        assert_eq!((kernel[GROUP_AT], kernel[SOURCE_AT]), (10, 10));
    }
}
