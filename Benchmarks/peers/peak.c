// The arithmetic peak of this machine: fused multiply-adds of floats, and bf16 dot products where the processor has
// them, in registers alone. Prints one line of JSON, in 10⁹ floating-point operations a second, best of several.
//
//   cc -O2 -pthread peak.c -o peak && ./peak [threads]
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16")))
#define AVX2 __attribute__((target("avx2,fma")))
#endif

enum { SUMS = 12, TURNS = 4000000, ROUNDS = 5 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Loops whose sums stay in registers: the empty statements keep the compiler from doing them at once.
#define LOOP(type, zero, factor, one, step, hold)                                                                             \
    type s[SUMS];                                                                                                     \
    factor x = one;                                                                                                   \
    for (int i = 0; i < SUMS; i++) s[i] = zero;                                                                       \
    for (int turn = 0; turn < TURNS; turn++) {                                                                        \
        _Pragma("GCC unroll 12") for (int i = 0; i < SUMS; i++) s[i] = step;                                          \
        __asm__ volatile("" : hold(x));                                                                               \
    }                                                                                                                 \
    for (int i = 0; i < SUMS; i++) __asm__ volatile("" : : "v"(s[i]))

#if defined(__x86_64__)
AVX512 static void *bf16_avx512(void *unused) {
    LOOP(__m512, _mm512_setzero_ps(), __m512bh, (__m512bh)_mm512_set1_epi32(0x3f803f80), _mm512_dpbf16_ps(s[i], x, x), "+v");
    return unused;
}
AVX512 static void *fp32_avx512(void *unused) {
    LOOP(__m512, _mm512_setzero_ps(), __m512, _mm512_set1_ps(1), _mm512_fmadd_ps(x, x, s[i]), "+v");
    return unused;
}
AVX2 static void *fp32_avx2(void *unused) {
    LOOP(__m256, _mm256_setzero_ps(), __m256, _mm256_set1_ps(1), _mm256_fmadd_ps(x, x, s[i]), "+x");
    return unused;
}
#endif

// Operations a second of `threads` loops side by side.
static double speed(void *(*loop)(void *), int lanes, int threads) {
    double best = 0;
    pthread_t others[1024];
    for (int round = 0; round < ROUNDS; round++) {
        double start = now();
        for (int i = 1; i < threads; i++)
            if (pthread_create(&others[i], NULL, loop, NULL)) exit(1);
        loop(NULL);
        for (int i = 1; i < threads; i++) pthread_join(others[i], NULL);
        double found = 2.0 * lanes * SUMS * TURNS * threads / (now() - start);
        if (found > best) best = found;
    }
    return best / 1e9;
}

int main(int count, char **arguments) {
    int threads = count > 1 ? atoi(arguments[1]) : 2;
    if (threads < 1 || threads > 1024) return 64;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        printf("{\"fp32\": %.1f", speed(fp32_avx512, 16, threads));
    else if (__builtin_cpu_supports("avx2"))
        printf("{\"fp32\": %.1f", speed(fp32_avx2, 8, threads));
    else
        printf("{\"fp32\": null");
    if (__builtin_cpu_supports("avx512bf16"))
        printf(", \"bf16\": %.1f}\n", speed(bf16_avx512, 32, threads));
    else
        printf(", \"bf16\": null}\n");
#else
    printf("{\"fp32\": null, \"bf16\": null}\n");
#endif
    return 0;
}
