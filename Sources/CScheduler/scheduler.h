/* Calls of the GNU C library that Swift's Glibc module leaves out. */
#include <sched.h>

/* The number of the processor that the calling thread runs on, or -1. */
int sched_getcpu(void);

/* The processors that a thread may run on, 0 being the calling thread; -1 on failure. */
int sched_getaffinity(int thread, unsigned long size, cpu_set_t *processors);
int sched_setaffinity(int thread, unsigned long size, const cpu_set_t *processors);
