/*
 * The one locked arena for all keys of the process.
 *
 * sodium_malloc takes at least four pages a piece and ignores a failed mlock; a node with fifty
 * officers would spend its whole allowance on guard pages. So one locked, guarded region is cut
 * into slots, and start fails if it cannot be locked.
 */
#include "crypto.h"

#include <assert.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>

enum { SLOT_BYTES = 32, SLOTS = 8192, SLOTS_KEPT = 256 };

static struct {
    uint8_t *region; /* SLOTS * SLOT_BYTES, locked */
    uint16_t
        run[SLOTS]; /* slots taken together, at the first of them; 0: free or within a run */
    uint8_t is_taken[SLOTS];
    size_t taken_count;
    pthread_mutex_t lock;
} arena = {.lock = PTHREAD_MUTEX_INITIALIZER};

int crypto_start(void)
{
    if (sodium_init() < 0)
        return LN_E_SYSTEM;
    if (arena.region != NULL)
        return 0;
    uint8_t *region = sodium_malloc((size_t)SLOTS * SLOT_BYTES);
    if (region == NULL || sodium_mlock(region, (size_t)SLOTS * SLOT_BYTES) != 0)
        return LN_E_LOCKED_MEMORY;
    arena.region = region;
    return 0;
}

static size_t free_run(size_t slots)
{
    size_t length = 0;
    for (size_t i = 0; i < SLOTS; i++) {
        length = arena.is_taken[i] ? 0 : length + 1;
        if (length == slots)
            return i + 1 - slots;
    }
    return SLOTS;
}

void *secret_take(size_t size)
{
    const size_t slots = (size + SLOT_BYTES - 1) / SLOT_BYTES;
    assert(arena.region != NULL && slots > 0);
    pthread_mutex_lock(&arena.lock);
    const size_t first = free_run(slots);
    assert(first < SLOTS);
    memset(arena.is_taken + first, 1, slots);
    arena.run[first] = (uint16_t)slots;
    arena.taken_count += slots;
    pthread_mutex_unlock(&arena.lock);
    return arena.region + first * SLOT_BYTES;
}

bool secret_is_short(void)
{
    pthread_mutex_lock(&arena.lock);
    const bool is_short = arena.taken_count > SLOTS - SLOTS_KEPT;
    pthread_mutex_unlock(&arena.lock);
    return is_short;
}

void secret_release(void *secret)
{
    if (secret == NULL)
        return;
    const size_t first = (size_t)((uint8_t *)secret - arena.region) / SLOT_BYTES;
    pthread_mutex_lock(&arena.lock);
    const size_t slots = arena.run[first];
    assert(slots > 0);
    sodium_memzero(secret, slots * SLOT_BYTES);
    memset(arena.is_taken + first, 0, slots);
    arena.run[first] = 0;
    arena.taken_count -= slots;
    pthread_mutex_unlock(&arena.lock);
}

void crypto_random(void *out, size_t size)
{
    randombytes_buf(out, size);
}

void crypto_wipe(void *memory, size_t size)
{
    sodium_memzero(memory, size);
}

bool crypto_equal(const void *a, const void *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}
