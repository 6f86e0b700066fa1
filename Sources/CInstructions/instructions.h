/* Instructions that Swift has no word for and whose intrinsics are macros, which are not imported, or need their
   processor's features named. Only the levels that are compiled for them see these functions. */
#ifdef __PCLMUL__
#include <emmintrin.h>
#include <wmmintrin.h>

/* The product of the lower halves of two vectors, polynomials over GF(2) (PCLMULQDQ). */
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

#ifdef __AVX512VNNI__
#include <immintrin.h>

/* In each of 16 lanes: sum plus the products of four unsigned bytes and four signed ones (VPDPBUSD). */
static inline __attribute__((always_inline)) __m512i add_byte_products(__m512i sum, __m512i bytes, __m512i signed_bytes)
{
    return _mm512_dpbusd_epi32(sum, bytes, signed_bytes);
}
#endif
