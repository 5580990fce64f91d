/*
 * Memory that is given out in pieces and given back at once, wiped: what a stranger's message
 * costs is bounded by the arena's budget, and nothing of it stays behind.
 */
#include <liaison/base.h>

#include <sodium.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 4096, ALIGNMENT = alignof(max_align_t) };

struct ln_arena_block {
    struct ln_arena_block *next;
    size_t capacity, used;
    alignas(max_align_t) uint8_t bytes[];
};

void *ln_allocate(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);
    if (memory == NULL) {
        fputs("out of memory\n", stderr);
        abort(); /* nothing is promised from memory: the supervisor starts us again */
    }
    return memory;
}

void ln_release(void *memory, size_t size)
{
    if (memory == NULL)
        return;
    sodium_memzero(memory, size);
    free(memory);
}

void ln_arena_wipe(struct ln_arena *arena)
{
    while (arena->blocks != NULL) {
        struct ln_arena_block *block = arena->blocks;
        arena->blocks = block->next;
        ln_release(block, sizeof *block + block->used);
    }
    arena->used = 0;
}

static struct ln_arena_block *add_block(struct ln_arena *arena, size_t size)
{
    size_t capacity = arena->blocks == NULL ? BLOCK_MIN : 2 * arena->blocks->capacity;
    if (capacity < size)
        capacity = size;
    struct ln_arena_block *block = malloc(sizeof *block + capacity);
    if (block == NULL)
        return NULL;
    *block = (struct ln_arena_block){.next = arena->blocks, .capacity = capacity};
    arena->blocks = block;
    return block;
}

void *ln_arena_take(struct ln_arena *arena, size_t size)
{
    const size_t rounded = (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (rounded < size || rounded > arena->budget - arena->used)
        return NULL;
    struct ln_arena_block *block = arena->blocks;
    if (block == NULL || rounded > block->capacity - block->used)
        block = add_block(arena, rounded);
    if (block == NULL)
        return NULL;
    void *memory = block->bytes + block->used;
    block->used += rounded;
    arena->used += rounded;
    return memset(memory, 0, rounded);
}

void *ln_arena_array(struct ln_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    return __builtin_mul_overflow(count, size, &bytes) ? NULL : ln_arena_take(arena, bytes);
}

uint8_t *ln_arena_copy(struct ln_arena *arena, struct ln_bytes bytes)
{
    uint8_t *copy = bytes.size == SIZE_MAX ? NULL : ln_arena_take(arena, bytes.size + 1);
    if (copy != NULL && bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return copy;
}
