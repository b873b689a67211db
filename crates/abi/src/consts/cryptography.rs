//! Cryptographic service providers, as far as one is needed for random bytes.

use crate::types::HRESULT;

pub type CRYPT_KEY_FLAGS = u32;

pub const PROV_RSA_FULL: u32 = 1;
pub const PROV_RSA_SIG: u32 = 2;
pub const PROV_DSS: u32 = 3;
pub const PROV_FORTEZZA: u32 = 4;
pub const PROV_MS_EXCHANGE: u32 = 5;
pub const PROV_SSL: u32 = 6;
pub const PROV_RSA_SCHANNEL: u32 = 12;
pub const PROV_DSS_DH: u32 = 13;
pub const PROV_DH_SCHANNEL: u32 = 18;
pub const PROV_RNG: u32 = 21;
pub const PROV_INTEL_SEC: u32 = 22;
pub const PROV_RSA_AES: u32 = 24;

pub const CRYPT_NEWKEYSET: u32 = 0x8;
pub const CRYPT_DELETEKEYSET: u32 = 0x10;
pub const CRYPT_MACHINE_KEYSET: CRYPT_KEY_FLAGS = 0x20;
pub const CRYPT_SILENT: u32 = 0x40;
pub const CRYPT_DEFAULT_CONTAINER_OPTIONAL: u32 = 0x80;
pub const CRYPT_VERIFYCONTEXT: u32 = 0xF000_0000;

pub const NTE_BAD_UID: HRESULT = 0x8009_0001_u32 as _;
pub const NTE_NO_MEMORY: HRESULT = 0x8009_000E_u32 as _;
pub const NTE_EXISTS: HRESULT = 0x8009_000F_u32 as _;
pub const NTE_PERM: HRESULT = 0x8009_0010_u32 as _;
pub const NTE_NOT_FOUND: HRESULT = 0x8009_0011_u32 as _;
pub const NTE_BAD_FLAGS: HRESULT = 0x8009_0009_u32 as _;
pub const NTE_BAD_PROVIDER: HRESULT = 0x8009_0013_u32 as _;
pub const NTE_BAD_PROV_TYPE: HRESULT = 0x8009_0014_u32 as _;
pub const NTE_BAD_KEYSET: HRESULT = 0x8009_0016_u32 as _;
pub const NTE_PROV_TYPE_NOT_DEF: HRESULT = 0x8009_0017_u32 as _;
pub const NTE_KEYSET_NOT_DEF: HRESULT = 0x8009_0019_u32 as _;
pub const NTE_KEYSET_ENTRY_BAD: HRESULT = 0x8009_001A_u32 as _;
pub const NTE_BAD_KEYSET_PARAM: HRESULT = 0x8009_001F_u32 as _;
pub const NTE_FAIL: HRESULT = 0x8009_0020_u32 as _;
pub const NTE_SYS_ERR: HRESULT = 0x8009_0021_u32 as _;
pub const NTE_SILENT_CONTEXT: HRESULT = 0x8009_0022_u32 as _;
