/* fd_set as a count and an array, and its macros. Included by winsock2.h. */
#ifndef LINSOCK_FD_SET_H
#define LINSOCK_FD_SET_H

#ifndef FD_SETSIZE
#define FD_SETSIZE 64
#endif

typedef struct fd_set {
    u_int fd_count;
    SOCKET fd_array[FD_SETSIZE];
} fd_set, FD_SET, *PFD_SET, *LPFD_SET;

struct timeval {
    LONG tv_sec;
    LONG tv_usec;
};
typedef struct timeval TIMEVAL, *PTIMEVAL, *LPTIMEVAL;

/* A set is full in silence, as on Windows; a socket is in it once. */
LINSOCK_INLINE void linsock_fd_add(SOCKET s, fd_set *set)
{
    u_int i;
    for (i = 0; i < set->fd_count && set->fd_array[i] != s; i++) {
    }
    if (i == set->fd_count && i < FD_SETSIZE) {
        set->fd_array[i] = s;
        set->fd_count++;
    }
}

LINSOCK_INLINE void linsock_fd_remove(SOCKET s, fd_set *set)
{
    u_int i;
    for (i = 0; i < set->fd_count && set->fd_array[i] != s; i++) {
    }
    if (i < set->fd_count) {
        for (; i + 1 < set->fd_count; i++) {
            set->fd_array[i] = set->fd_array[i + 1];
        }
        set->fd_count--;
    }
}

LINSOCK_INLINE int __WSAFDIsSet(SOCKET s, fd_set *set)
{
    u_int i;
    for (i = 0; i < set->fd_count; i++) {
        if (set->fd_array[i] == s) {
            return 1;
        }
    }
    return 0;
}

#define FD_SET(s, set)   linsock_fd_add((SOCKET)(s), (set))
#define FD_CLR(s, set)   linsock_fd_remove((SOCKET)(s), (set))
#define FD_ISSET(s, set) __WSAFDIsSet((SOCKET)(s), (fd_set *)(set))
#define FD_ZERO(set)     ((void)((set)->fd_count = 0))

#undef timerisset
#undef timerclear
#define timerisset(t)    ((t)->tv_sec || (t)->tv_usec)
#define timerclear(t)    ((void)((t)->tv_sec = (t)->tv_usec = 0))

#endif /* LINSOCK_FD_SET_H */
