// Dense products of a few rows whose operands lie in the first caches.
#pragma once
#include <stdint.h>

// c[rows, columns] (+)= Σ_i a[r, i]·b[i, column], i in order; columns a multiple of 16, rows of b and c whole vectors
// long. Element (r, i) of a lies at r·a_row + i·a_inner. An element's bits depend on its row of a and column of b alone.
void ck_small_product(float *c, int64_t c_row, const float *a, int64_t a_row, int64_t a_inner, const float *b,
                      int64_t b_row, int64_t rows, int64_t inner, int64_t columns, int accumulate);
