/*
 * What every source file of a Windows program begins with. The compiler
 * driver, the CMake package and pkg-config include it by force, before the
 * program's own first header: once <stdio.h> or <stdlib.h> has brought the C
 * library's fd_set and u_long they cannot be taken back.
 */
#ifndef LINSOCK_PRELUDE_H
#define LINSOCK_PRELUDE_H

/* Assembly is preprocessed with the same command line. */
#ifndef __ASSEMBLER__
/* With clang a -Wall behind -Wno-unknown-pragmas brings the warning back. A program cannot help #pragma warning. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wunknown-pragmas"
#endif
#include "libc.h"
/* On Windows <stdio.h> and <string.h> have these themselves. */
#include "crt.h"
#endif

#endif /* LINSOCK_PRELUDE_H */
