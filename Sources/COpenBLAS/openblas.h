/* Declarations only: the library is opened on first use (Sources/Kernels/BLAS.swift),
   so that a tool that does no linear algebra does not pay for loading it. */
#include <cblas.h>

/* Types of the functions looked up; those of cblas.h are taken from their prototypes. */
typedef __typeof__(&cblas_sgemm) sgemm_function;
typedef __typeof__(&cblas_dgemm) dgemm_function;
typedef __typeof__(&openblas_set_num_threads) openblas_set_num_threads_function;
typedef __typeof__(&openblas_get_num_threads) openblas_get_num_threads_function;

/* LAPACK's symmetric eigenproblem, divide and conquer (the -dev package has no lapack.h). */
typedef void (*dsyevd_function)(
    const char *jobz, const char *uplo, const int *n, double *a, const int *lda, double *w,
    double *work, const int *lwork, int *iwork, const int *liwork, int *info);

/* LAPACK's QR decomposition by Householder's reflections, and the factor Q from them. */
typedef void (*dgeqrf_function)(
    const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
    const int *lwork, int *info);
typedef void (*dorgqr_function)(
    const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
    double *work, const int *lwork, int *info);
