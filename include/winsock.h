/*
 * Winsock 1.1 is contained in Winsock 2. Windows' two headers exclude each
 * other; here a program may include both, in any order.
 */
#ifndef LINSOCK_WINSOCK_H
#define LINSOCK_WINSOCK_H

#include "winsock2.h"

#endif /* LINSOCK_WINSOCK_H */
