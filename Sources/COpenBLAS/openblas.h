/* Declarations only: the library is opened on first use (Sources/Kernels/BLAS.swift),
   so that a tool that does no linear algebra does not pay for loading it. */
#include <cblas.h>
