/* With whom a file is shared: with everybody, whatever is asked for. */
#ifndef _INC_SHARE
#define _INC_SHARE

#define _SH_DENYRW 0x10
#define _SH_DENYWR 0x20
#define _SH_DENYRD 0x30
#define _SH_DENYNO 0x40
#define _SH_SECURE 0x80

#endif /* _INC_SHARE */
