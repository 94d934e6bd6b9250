// The shared pool.
#include "ckernels.h"
#include "parallel.h"

int ck_thread_count(void) { return omp_get_max_threads(); }
