//! GUID, and the ten by which WSAIoctl hands out extension functions.

/// A globally unique identifier.
#[repr(C)]
#[derive(Clone, Copy, Default, Eq, PartialEq, Hash)]
pub struct GUID {
    pub data1: u32,
    pub data2: u16,
    pub data3: u16,
    pub data4: [u8; 8],
}

impl GUID {
    /// The identifier whose hexadecimal digits, without the dashes, are `uuid`.
    pub const fn from_u128(uuid: u128) -> GUID {
        GUID {
            data1: (uuid >> 96) as u32,
            data2: (uuid >> 80) as u16,
            data3: (uuid >> 64) as u16,
            data4: (uuid as u64).to_be_bytes(),
        }
    }

    /// The reverse of [`GUID::from_u128`].
    pub const fn to_u128(self) -> u128 {
        (self.data1 as u128) << 96
            | (self.data2 as u128) << 80
            | (self.data3 as u128) << 64
            | u64::from_be_bytes(self.data4) as u128
    }
}

impl core::fmt::Debug for GUID {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let low = u64::from_be_bytes(self.data4);
        let (a, b, c) = (self.data1, self.data2, self.data3);
        write!(f, "{a:08X}-{b:04X}-{c:04X}-{:04X}-{:012X}", low >> 48, low & 0xFFFF_FFFF_FFFF)
    }
}

// Contract, section 26.
pub const WSAID_CONNECTEX: GUID = GUID::from_u128(0x25A207B9_DDF3_4660_8EE9_76E58C74063E);
pub const WSAID_ACCEPTEX: GUID = GUID::from_u128(0xB5367DF1_CBAC_11CF_95CA_00805F48A192);
pub const WSAID_GETACCEPTEXSOCKADDRS: GUID =
    GUID::from_u128(0xB5367DF2_CBAC_11CF_95CA_00805F48A192);
pub const WSAID_TRANSMITFILE: GUID = GUID::from_u128(0xB5367DF0_CBAC_11CF_95CA_00805F48A192);
pub const WSAID_DISCONNECTEX: GUID = GUID::from_u128(0x7FDA2E11_8630_436F_A031_F536A6EEC157);
pub const WSAID_TRANSMITPACKETS: GUID = GUID::from_u128(0xD9689DA0_1F90_11D3_9971_00C04F68C876);
pub const WSAID_WSARECVMSG: GUID = GUID::from_u128(0xF689D7C8_6F1F_436B_8A53_E54FE351C322);
pub const WSAID_WSASENDMSG: GUID = GUID::from_u128(0xA441E712_754F_43CA_84A7_0DEE44CF606D);
pub const WSAID_WSAPOLL: GUID = GUID::from_u128(0x18C76F85_DC66_4964_972E_23C27238312B);
pub const WSAID_MULTIPLE_RIO: GUID = GUID::from_u128(0x8509E081_96DD_4005_B165_9E2EE8C79E3F);

#[cfg(test)]
mod tests {
    use super::*;
    use windows_sys::Win32::Networking::WinSock as oracle;

    #[test]
    fn i_014_guids_equal_the_oracle() {
        macro_rules! same {
            ($($name:ident)*) => { [$((stringify!($name), $name, oracle::$name)),*] };
        }
        let all = same! {
            WSAID_CONNECTEX WSAID_ACCEPTEX WSAID_GETACCEPTEXSOCKADDRS WSAID_TRANSMITFILE
            WSAID_DISCONNECTEX WSAID_TRANSMITPACKETS WSAID_WSARECVMSG WSAID_WSASENDMSG
            WSAID_WSAPOLL WSAID_MULTIPLE_RIO
        };
        for (name, ours, theirs) in all {
            assert_eq!(
                (ours.data1, ours.data2, ours.data3, ours.data4),
                (theirs.data1, theirs.data2, theirs.data3, theirs.data4),
                "{name}"
            );
            assert_eq!(GUID::from_u128(ours.to_u128()), ours, "{name}");
        }
    }

    #[test]
    fn a_guid_prints_as_it_is_written() {
        assert_eq!(format!("{WSAID_CONNECTEX:?}"), "25A207B9-DDF3-4660-8EE9-76E58C74063E");
    }
}
