/* Random bytes by the older functions; nothing else of cryptography is here. */
#ifndef __WINCRYPT_H__
#define __WINCRYPT_H__

#include "minwindef.h"
#include "winnt.h"
#include "winerror.h"

typedef ULONG_PTR HCRYPTPROV;

/* name                 value    types of providers, each of which gives random bytes */
#define PROV_RSA_FULL      1
#define PROV_RSA_SIG       2
#define PROV_DSS           3
#define PROV_FORTEZZA      4
#define PROV_MS_EXCHANGE   5
#define PROV_SSL           6
#define PROV_RSA_SCHANNEL  12
#define PROV_DSS_DH        13
#define PROV_DH_SCHANNEL   18
#define PROV_RNG           21
#define PROV_INTEL_SEC     22
#define PROV_RSA_AES       24

#define MS_DEF_PROV_A         "Microsoft Base Cryptographic Provider v1.0"
#define MS_DEF_PROV_W         L"Microsoft Base Cryptographic Provider v1.0"
#define MS_DEF_PROV           LINSOCK_AW(MS_DEF_PROV_)
#define MS_ENHANCED_PROV_A    "Microsoft Enhanced Cryptographic Provider v1.0"
#define MS_ENHANCED_PROV_W    L"Microsoft Enhanced Cryptographic Provider v1.0"
#define MS_ENHANCED_PROV      LINSOCK_AW(MS_ENHANCED_PROV_)
#define MS_STRONG_PROV_A      "Microsoft Strong Cryptographic Provider"
#define MS_STRONG_PROV_W      L"Microsoft Strong Cryptographic Provider"
#define MS_STRONG_PROV        LINSOCK_AW(MS_STRONG_PROV_)
#define MS_ENH_RSA_AES_PROV_A "Microsoft Enhanced RSA and AES Cryptographic Provider"
#define MS_ENH_RSA_AES_PROV_W L"Microsoft Enhanced RSA and AES Cryptographic Provider"
#define MS_ENH_RSA_AES_PROV   LINSOCK_AW(MS_ENH_RSA_AES_PROV_)

#define CRYPT_VERIFYCONTEXT              0xF0000000
#define CRYPT_NEWKEYSET                  0x00000008
#define CRYPT_DELETEKEYSET               0x00000010
#define CRYPT_MACHINE_KEYSET             0x00000020
#define CRYPT_SILENT                     0x00000040
#define CRYPT_DEFAULT_CONTAINER_OPTIONAL 0x00000080

LINSOCK_BEGIN

BOOL WINAPI CryptAcquireContextA(HCRYPTPROV *phProv, LPCSTR szContainer, LPCSTR szProvider, DWORD dwProvType,
                                 DWORD dwFlags);
BOOL WINAPI CryptAcquireContextW(HCRYPTPROV *phProv, LPCWSTR szContainer, LPCWSTR szProvider, DWORD dwProvType,
                                 DWORD dwFlags) LINSOCK_WIDE(CryptAcquireContextW);
#define CryptAcquireContext LINSOCK_AW(CryptAcquireContext)
BOOL WINAPI CryptGenRandom(HCRYPTPROV hProv, DWORD dwLen, BYTE *pbBuffer);
BOOL WINAPI CryptReleaseContext(HCRYPTPROV hProv, DWORD dwFlags);

LINSOCK_END

#endif /* __WINCRYPT_H__ */
