/* Kinds of network interfaces, by the numbers that IANA gives them; those that programs ask for. */
#ifndef _IPIFCONS_
#define _IPIFCONS_

typedef unsigned int IFTYPE;

/* name                          value */
#define IF_TYPE_OTHER                1
#define IF_TYPE_ETHERNET_CSMACD      6
#define IF_TYPE_ISO88025_TOKENRING   9
#define IF_TYPE_FDDI                 15
#define IF_TYPE_PPP                  23
#define IF_TYPE_SOFTWARE_LOOPBACK    24
#define IF_TYPE_SLIP                 28
#define IF_TYPE_ATM                  37
#define IF_TYPE_MODEM                48
#define IF_TYPE_PROP_VIRTUAL         53
#define IF_TYPE_FASTETHER            62
#define IF_TYPE_ISDN                 63
#define IF_TYPE_IEEE80211            71
#define IF_TYPE_ADSL                 94
#define IF_TYPE_VDSL                 97
#define IF_TYPE_PPPMULTILINKBUNDLE   108
#define IF_TYPE_GIGABITETHERNET      117
#define IF_TYPE_TUNNEL               131
#define IF_TYPE_IEEE1394             144
#define IF_TYPE_IEEE80216_WMAN       237
#define IF_TYPE_WWANPP               243
#define IF_TYPE_WWANPP2              244

#define MIB_IF_TYPE_OTHER            1
#define MIB_IF_TYPE_ETHERNET         6
#define MIB_IF_TYPE_TOKENRING        9
#define MIB_IF_TYPE_FDDI             15
#define MIB_IF_TYPE_PPP              23
#define MIB_IF_TYPE_LOOPBACK         24
#define MIB_IF_TYPE_SLIP             28

#define MIB_IF_ADMIN_STATUS_UP       1
#define MIB_IF_ADMIN_STATUS_DOWN     2
#define MIB_IF_ADMIN_STATUS_TESTING  3

typedef enum _INTERNAL_IF_OPER_STATUS {
    IF_OPER_STATUS_NON_OPERATIONAL,
    IF_OPER_STATUS_UNREACHABLE,
    IF_OPER_STATUS_DISCONNECTED,
    IF_OPER_STATUS_CONNECTING,
    IF_OPER_STATUS_CONNECTED,
    IF_OPER_STATUS_OPERATIONAL
} INTERNAL_IF_OPER_STATUS;

#endif /* _IPIFCONS_ */
