/* Keys as they are pressed. */
#ifndef _INC_CONIO
#define _INC_CONIO

#include "linsock/crt.h"

LINSOCK_BEGIN

int __cdecl _kbhit(void);
int __cdecl _getch(void);
int __cdecl _getche(void);
int __cdecl _ungetch(int c);
int __cdecl _putch(int c);

LINSOCK_END

#define kbhit   _kbhit
#define getch   _getch
#define getche  _getche
#define ungetch _ungetch
#define putch   _putch
#define _cprintf printf
#define cprintf  printf

LINSOCK_INLINE int _cputs(const char *text)
{
    return fputs(text, stdout) < 0 ? -1 : 0;
}

#endif /* _INC_CONIO */
