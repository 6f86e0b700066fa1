/* Products of polynomials over GF(2) (PCLMULQDQ), an instruction that Swift has no word for and whose intrinsic is a
   macro, which is not imported. Only the levels that are compiled for it see these functions. */
#ifdef __PCLMUL__
#include <emmintrin.h>
#include <wmmintrin.h>

/* The product of the lower halves of two vectors. */
static inline __attribute__((always_inline)) __m128i carryless_product_low(__m128i a, __m128i b)
{
    return _mm_clmulepi64_si128(a, b, 0x00);
}

/* The product of the upper halves. */
static inline __attribute__((always_inline)) __m128i carryless_product_high(__m128i a, __m128i b)
{
    return _mm_clmulepi64_si128(a, b, 0x11);
}
#endif
