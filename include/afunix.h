/* Addresses of AF_UNIX sockets. */
#ifndef _AFUNIX_
#define _AFUNIX_

#include "ws2def.h"

#define UNIX_PATH_MAX 108

typedef struct sockaddr_un {
    ADDRESS_FAMILY sun_family;
    char sun_path[UNIX_PATH_MAX];
} SOCKADDR_UN, *PSOCKADDR_UN;

#endif /* _AFUNIX_ */
