// Walks ICU's dictionaries where they lie: tries in ICU's serialized form, of bytes or of UTF-16 units.
//
// A node is a branch (binary search over its keys), a linear match of several keys, or a value, final
// or in passing. What stands behind depends on the width of a unit, hence the two readers.
#pragma once

#include <stdint.h>

/// What a step finds.
typedef enum { TRIE_NONE, TRIE_ON, TRIE_VALUE, TRIE_LAST } trie_result;

/// A place in a trie: the next unit, and how many units of a linear match are left less one.
typedef struct {
    const void *at;
    int32_t rest;  // -1 outside a linear match
} trie_place;

// -- Tries of bytes ------------------------------------------------------------------------------

static inline const uint8_t *byte_jump(const uint8_t *at, int takes) {
    uint32_t delta = *at++;
    int more = delta < 0xC0 ? 0 : delta < 0xF0 ? 1 : delta < 0xFE ? 2 : delta == 0xFE ? 3 : 4;
    uint32_t high = more == 1 ? delta - 0xC0 : more == 2 ? delta - 0xF0 : more == 0 ? delta : 0;
    for (int k = 0; k < more; k++) high = high << 8 | *at++;
    return takes ? at + high : at;
}

/// Reads the value whose lead byte, halved, is `lead`, and moves behind it.
static inline uint32_t byte_value(const uint8_t **at, uint32_t lead) {
    int more = lead < 0x51 ? 0 : lead < 0x6C ? 1 : lead < 0x7E ? 2 : lead == 0x7E ? 3 : 4;
    uint32_t value = more == 0 ? lead - 0x10 : more == 1 ? lead - 0x51 : more == 2 ? lead - 0x6C : 0;
    for (int k = 0; k < more; k++) value = value << 8 | *(*at)++;
    return value;
}

static inline trie_result byte_result(const uint8_t *at) {
    return *at < 0x20 ? TRIE_ON : *at & 1 ? TRIE_LAST : TRIE_VALUE;
}

static inline trie_result byte_step(trie_place *place, uint8_t unit) {
    const uint8_t *at = place->at;
    if (place->rest < 0) {
        uint32_t node = *at++;
        while (node >= 0x20) {
            if (node & 1) return TRIE_NONE;
            (void)byte_value(&at, node >> 1);
            node = *at++;
        }
        if (node < 0x10) {
            uint32_t length = node == 0 ? *at++ : node;
            length++;
            while (length > 5) {
                int is_left = unit < *at++;
                at = byte_jump(at, is_left);
                length = is_left ? length >> 1 : length - (length >> 1);
            }
            for (; length > 1; length--) {
                int is_key = unit == *at++;
                uint32_t lead = *at;
                if (is_key && (lead & 1)) {
                    place->at = at;
                    return TRIE_LAST;
                }
                at++;
                uint32_t delta = byte_value(&at, lead >> 1);
                if (!is_key) continue;
                place->at = at + delta;
                return byte_result(place->at);
            }
            if (unit != *at++) return TRIE_NONE;
            place->at = at;
            return byte_result(at);
        }
        place->rest = (int32_t)node - 0x10;
    }
    if (unit != *at++) return TRIE_NONE;
    place->at = at;
    return --place->rest < 0 ? byte_result(at) : TRIE_ON;
}

// -- Tries of UTF-16 units -----------------------------------------------------------------------

static inline const uint16_t *unit_jump(const uint16_t *at, int takes) {
    uint32_t delta = *at++;
    if (delta >= 0xFC00) {
        uint32_t low = *at++;
        delta = delta == 0xFFFF ? low << 16 | *at++ : (delta - 0xFC00) << 16 | low;
    }
    return takes ? at + delta : at;
}

/// Reads the value of a key, or what is final, and moves behind it.
static inline uint32_t unit_value(const uint16_t **at, uint32_t lead) {
    if (lead < 0x4000) return lead;
    uint32_t low = *(*at)++;
    return lead < 0x7FFF ? (lead - 0x4000) << 16 | low : low << 16 | *(*at)++;
}

/// Reads a value in passing, whose lead unit holds the type of the node behind it as well.
static inline uint32_t unit_passing_value(const uint16_t **at, uint32_t lead) {
    if (lead < 0x4040) return (lead >> 6) - 1;
    uint32_t low = *(*at)++;
    return lead < 0x7FC0 ? ((lead & 0x7FC0) - 0x4040) << 10 | low : low << 16 | *(*at)++;
}

static inline trie_result unit_result(const uint16_t *at) {
    return *at < 0x40 ? TRIE_ON : *at & 0x8000 ? TRIE_LAST : TRIE_VALUE;
}

/// The value at a place where a step found one.
static inline uint32_t unit_value_at(const trie_place *place) {
    const uint16_t *at = place->at;
    uint32_t lead = *at++;
    return lead & 0x8000 ? unit_value(&at, lead & 0x7FFF) : unit_passing_value(&at, lead);
}

static inline trie_result unit_step(trie_place *place, uint16_t unit) {
    const uint16_t *at = place->at;
    if (place->rest < 0) {
        uint32_t node = *at++;
        if (node & 0x8000) return TRIE_NONE;
        if (node >= 0x40) {
            (void)unit_passing_value(&at, node);
            node &= 0x3F;
        }
        if (node < 0x30) {
            uint32_t length = node == 0 ? *at++ : node;
            length++;
            while (length > 5) {
                int is_left = unit < *at++;
                at = unit_jump(at, is_left);
                length = is_left ? length >> 1 : length - (length >> 1);
            }
            for (; length > 1; length--) {
                int is_key = unit == *at++;
                uint32_t lead = *at;
                if (is_key && (lead & 0x8000)) {
                    place->at = at;
                    return TRIE_LAST;
                }
                at++;
                uint32_t delta = unit_value(&at, lead & 0x7FFF);
                if (!is_key) continue;
                place->at = at + delta;
                return unit_result(place->at);
            }
            if (unit != *at++) return TRIE_NONE;
            place->at = at;
            return unit_result(at);
        }
        place->rest = (int32_t)node - 0x30;
    }
    if (unit != *at++) return TRIE_NONE;
    place->at = at;
    return --place->rest < 0 ? unit_result(at) : TRIE_ON;
}
