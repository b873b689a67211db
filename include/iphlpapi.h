/* The machine's network adapters, their addresses, and which one leads where. Tables of connections and routes are not here. */
#ifndef __IPHLPAPI_H__
#define __IPHLPAPI_H__

#include "winsock2.h"
#include "ws2ipdef.h"

#ifndef LINSOCK_REFUSED

#include "iptypes.h"
#include "netioapi.h"

#define MAX_ADAPTER_NAME 128

LINSOCK_BEGIN

ULONG WINAPI GetAdaptersAddresses(ULONG Family, ULONG Flags, PVOID Reserved, PIP_ADAPTER_ADDRESSES AdapterAddresses,
                                  PULONG SizePointer) LINSOCK_WIDE(GetAdaptersAddresses);
ULONG WINAPI GetAdaptersInfo(PIP_ADAPTER_INFO AdapterInfo, PULONG SizePointer);
DWORD WINAPI GetNetworkParams(PFIXED_INFO pFixedInfo, PULONG pOutBufLen);

DWORD WINAPI GetNumberOfInterfaces(PDWORD pdwNumIf);
/* The address is in network order. */
DWORD WINAPI GetBestInterface(DWORD dwDestAddr, PDWORD pdwBestIfIndex);
DWORD WINAPI GetBestInterfaceEx(struct sockaddr *pDestAddr, PDWORD pdwBestIfIndex);
DWORD WINAPI GetFriendlyIfIndex(DWORD IfIndex);

LINSOCK_END

#endif /* LINSOCK_REFUSED */
#endif /* __IPHLPAPI_H__ */
