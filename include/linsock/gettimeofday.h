/*
 * gettimeofday into Winsock's narrow timeval: the C library's would write
 * beyond its end. Included where both sys/time.h and winsock2.h are.
 */
#ifndef LINSOCK_GETTIMEOFDAY_H
#define LINSOCK_GETTIMEOFDAY_H

LINSOCK_INLINE int linsock_gettimeofday(struct timeval *narrow, void *zone)
{
#pragma push_macro("timeval")
#undef timeval
    struct timeval wide;
#pragma pop_macro("timeval")
    int result = gettimeofday(&wide, (struct timezone *)zone);
    if (result == 0 && narrow) {
        narrow->tv_sec = (LONG)wide.tv_sec;
        narrow->tv_usec = (LONG)wide.tv_usec;
    }
    return result;
}
#define gettimeofday(tv, zone) linsock_gettimeofday((tv), (zone))

#endif /* LINSOCK_GETTIMEOFDAY_H */
