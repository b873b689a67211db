/* The names of network interfaces: index, locally unique identifier, name and alias. */
#ifndef _NETIOAPI_H_
#define _NETIOAPI_H_

#include "winsock2.h"
#include "ws2ipdef.h"

#ifndef LINSOCK_REFUSED

#include "ifdef.h"
#include "nldef.h"

typedef DWORD NETIO_STATUS;

#define IF_NAMESIZE NDIS_IF_MAX_STRING_SIZE

LINSOCK_BEGIN

NETIO_STATUS WINAPI ConvertInterfaceIndexToLuid(NET_IFINDEX InterfaceIndex, PNET_LUID InterfaceLuid);
NETIO_STATUS WINAPI ConvertInterfaceLuidToIndex(const NET_LUID *InterfaceLuid, PNET_IFINDEX InterfaceIndex);
NETIO_STATUS WINAPI ConvertInterfaceNameToLuidA(const CHAR *InterfaceName, NET_LUID *InterfaceLuid);
NETIO_STATUS WINAPI ConvertInterfaceNameToLuidW(const WCHAR *InterfaceName, NET_LUID *InterfaceLuid)
    LINSOCK_WIDE(ConvertInterfaceNameToLuidW);
NETIO_STATUS WINAPI ConvertInterfaceLuidToNameA(const NET_LUID *InterfaceLuid, PSTR InterfaceName, SIZE_T Length);
NETIO_STATUS WINAPI ConvertInterfaceLuidToNameW(const NET_LUID *InterfaceLuid, PWSTR InterfaceName, SIZE_T Length)
    LINSOCK_WIDE(ConvertInterfaceLuidToNameW);
NETIO_STATUS WINAPI ConvertInterfaceAliasToLuid(const WCHAR *InterfaceAlias, PNET_LUID InterfaceLuid)
    LINSOCK_WIDE(ConvertInterfaceAliasToLuid);
NETIO_STATUS WINAPI ConvertInterfaceLuidToAlias(const NET_LUID *InterfaceLuid, PWSTR InterfaceAlias, SIZE_T Length)
    LINSOCK_WIDE(ConvertInterfaceLuidToAlias);

NET_IFINDEX WINAPI if_nametoindex(PCSTR InterfaceName) LINSOCK_WS2(if_nametoindex);
PCHAR WINAPI if_indextoname(NET_IFINDEX InterfaceIndex, PCHAR InterfaceName) LINSOCK_WS2(if_indextoname);

LINSOCK_END

#endif /* LINSOCK_REFUSED */
#endif /* _NETIOAPI_H_ */
