/* The debug heap of Microsoft's C runtime: as in a release build there, it is not there. */
#ifndef _INC_CRTDBG
#define _INC_CRTDBG

#define _CRTDBG_ALLOC_MEM_DF      0x01
#define _CRTDBG_LEAK_CHECK_DF     0x20
#define _CRTDBG_REPORT_FLAG       (-1)
#define _CRT_WARN                 0
#define _CRT_ERROR                1
#define _CRT_ASSERT               2
#define _CRTDBG_MODE_FILE         0x1
#define _CRTDBG_MODE_DEBUG        0x2
#define _ASSERT(expression)       ((void)0)
#define _ASSERTE(expression)      ((void)0)
#define _CrtSetDbgFlag(flag)      ((int)0)
#define _CrtDumpMemoryLeaks()     ((int)0)
#define _CrtCheckMemory()         ((int)1)
#define _CrtSetReportMode(t, m)   ((int)0)
#define _CrtSetReportFile(t, f)   ((void *)0)
#define _CrtSetBreakAlloc(number) ((long)0)
#define _RPT0(kind, text)         ((void)0)
#define _RPT1(kind, text, a)      ((void)0)

#endif /* _INC_CRTDBG */
