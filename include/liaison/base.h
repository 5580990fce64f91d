/*
 * What every module leans on: views and buffers of bytes, identifiers, and the attributes we
 * use.
 *
 * Nothing here does I/O. Nothing here is thread-aware: an object belongs to the thread that
 * made it.
 */
#ifndef LIAISON_BASE_H
#define LIAISON_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Every function that can fail returns 0 or a negative LN_E_... (error.h) and must be looked
 * at.
 */
#define LN_CHECKED __attribute__((warn_unused_result))
/** A local that cleans itself up: AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(1024);
 */
#define AUTO(cleaner) __attribute__((cleanup(cleaner)))
#define LN_COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    LN_DIGEST_BYTES = 32,
    LN_KEY_ID_BYTES = 16,
    LN_ID_BYTES = 16,
    LN_PUBLIC_KEY_BYTES = 32,
    LN_SIGNATURE_BYTES = 64,
    LN_NAME_MAX = 32,     /* characters of a name; struct ln_name holds one more for the NUL */
    LN_ID_TEXT_SIZE = 27, /* 26 characters of an id in base 32, and the NUL */
    LN_DIGEST_TEXT_SIZE = 65, /* 64 hexadecimal digits, and the NUL */
    LN_FINGERPRINT_SIZE = 48, /* eight groups of five digits with spaces, and the NUL */
    LN_TIME_TEXT_SIZE = 25,   /* 2014-09-23T04:00:00.000Z, and the NUL */
};

/** A borrowed run of bytes. Never owns; {NULL, 0} is empty. */
struct ln_bytes {
    const uint8_t *data;
    size_t size;
};

struct ln_digest {
    uint8_t b[LN_DIGEST_BYTES];
};

/**
 * First 16 bytes of a public key's digest, with its algorithm and use (docs/protocol.md, Keys).
 */
struct ln_key_id {
    uint8_t b[LN_KEY_ID_BYTES];
};

struct ln_public_key {
    uint8_t b[LN_PUBLIC_KEY_BYTES];
};

/** A federation or a case. A case id begins with its time, so that ids sort by age. */
struct ln_id {
    uint8_t b[LN_ID_BYTES];
};

/**
 * The name of a member, office, officer or hub: 1 to 32 of A-Z a-z 0-9 and '-', NUL-terminated
 * and NUL-filled, so that two names are equal exactly if their bytes are. Officers' names are
 * pseudonyms.
 */
struct ln_name {
    char text[LN_NAME_MAX + 1];
};

static inline struct ln_bytes ln_view(const void *data, size_t size)
{
    return (struct ln_bytes){.data = data, .size = size};
}

/** The characters of a string literal, without its NUL. */
#define LN_LITERAL(text) ln_view(text, sizeof(text) - 1)

bool ln_bytes_equal(struct ln_bytes a, struct ln_bytes b);
bool ln_digest_equal(const struct ln_digest *a, const struct ln_digest *b);
bool ln_digest_is_zero(const struct ln_digest *digest);
bool ln_key_id_equal(const struct ln_key_id *a, const struct ln_key_id *b);
bool ln_id_equal(const struct ln_id *a, const struct ln_id *b);
bool ln_name_equal(const struct ln_name *a, const struct ln_name *b);

/** Takes `text` as a name. LN_E_NAME if it is empty, too long or has another character. */
LN_CHECKED int ln_name_from(const char *text, struct ln_name *out_name);
/** The same for `size` characters that need no NUL behind them. */
LN_CHECKED int ln_name_from_bytes(struct ln_bytes text, struct ln_name *out_name);

/* Buffers ---------------------------------------------------------------------------------- */

/**
 * Bytes that grow up to `size_max` and are wiped whenever they are moved, shortened or given
 * up. Initialise with LN_BUFFER(max). Anything that would pass the maximum is LN_E_TOO_LARGE
 * and leaves the buffer as it was.
 */
struct ln_buffer {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t size_max;
};

#define LN_BUFFER(max) ((struct ln_buffer){.size_max = (max)})

void ln_buffer_wipe(struct ln_buffer *buffer);
void ln_buffer_clear(struct ln_buffer *buffer); /* empty, memory kept */
LN_CHECKED int ln_buffer_add(struct ln_buffer *buffer, const void *data, size_t size);
LN_CHECKED int ln_buffer_add_bytes(struct ln_buffer *buffer, struct ln_bytes bytes);
LN_CHECKED int ln_buffer_add_text(struct ln_buffer *buffer, const char *text);
LN_CHECKED int ln_buffer_add_u32(struct ln_buffer *buffer, uint32_t value); /* big-endian */
LN_CHECKED int ln_buffer_add_u64(struct ln_buffer *buffer, uint64_t value); /* big-endian */
LN_CHECKED int ln_buffer_add_zeros(struct ln_buffer *buffer, size_t count);
/** Makes room for `size` more bytes, counts them in, and gives their place to be written. */
LN_CHECKED int ln_buffer_extend(struct ln_buffer *buffer, size_t size, uint8_t **out_place);
__attribute__((format(printf, 2, 3))) LN_CHECKED int ln_buffer_format(struct ln_buffer *buffer,
                                                                      const char *format, ...);

static inline struct ln_bytes ln_buffer_view(const struct ln_buffer *buffer)
{
    return ln_view(buffer->data, buffer->size);
}

void ln_put_u32(uint8_t out[static 4], uint32_t value); /* big-endian */
void ln_put_u64(uint8_t out[static 8], uint64_t value); /* big-endian */
uint32_t ln_get_u32(const uint8_t in[static 4]);
uint64_t ln_get_u64(const uint8_t in[static 8]);

/* Arenas ----------------------------------------------------------------------------------- */

/**
 * Memory for one decoded thing and all it points to: given out piece by piece, given back at
 * once and wiped. `budget` bounds the bytes given out, so a hostile message can cost no more
 * than that. Initialise with LN_ARENA(bytes).
 */
struct ln_arena {
    struct ln_arena_block *blocks;
    size_t used;
    size_t budget;
};

#define LN_ARENA(bytes) ((struct ln_arena){.budget = (bytes)})

void ln_arena_wipe(struct ln_arena *arena);
/** Zeroed and aligned for anything; NULL when the budget is spent or memory is out. */
void *ln_arena_take(struct ln_arena *arena, size_t size);
/** An array; NULL also when count * size overflows. */
void *ln_arena_array(struct ln_arena *arena, size_t count, size_t size);
/** A copy with a NUL behind it; NULL as above. */
uint8_t *ln_arena_copy(struct ln_arena *arena, struct ln_bytes bytes);

/** malloc that never gives NULL: out of memory of our own making ends the process. */
void *ln_allocate(size_t size);
/** Frees and wipes; safe on NULL. */
void ln_release(void *memory, size_t size);

/* Text ------------------------------------------------------------------------------------- */

/**
 * Human text as it may enter a signed body: UTF-8 without overlong forms or surrogates, no NUL,
 * no control character but tab and newline, no bidirectional override or isolate (U+202A-202E,
 * U+2066-2069): what a person reads must be what was signed. LN_E_TEXT otherwise.
 */
LN_CHECKED int ln_text_check(struct ln_bytes text);

void ln_hex(struct ln_bytes bytes, char *out); /* writes 2 * size + 1 characters */
LN_CHECKED int ln_hex_read(const char *text, uint8_t *out,
                           size_t size); /* exactly 2 * size digits */
void ln_id_text(const struct ln_id *id, char out[static LN_ID_TEXT_SIZE]);
LN_CHECKED int ln_id_read(const char *text, struct ln_id *out_id);
void ln_digest_text(const struct ln_digest *digest, char out[static LN_DIGEST_TEXT_SIZE]);
/**
 * A fingerprint as people compare it aloud: eight groups of five decimal digits, each group two
 * bytes of the first sixteen of the digest (docs/protocol.md, Fingerprints).
 */
void ln_fingerprint_text(const struct ln_digest *digest, char out[static LN_FINGERPRINT_SIZE]);
/**
 * Takes 40 digits with any spaces or hyphens between them; compares as text does.
 * LN_E_FINGERPRINT.
 */
LN_CHECKED int ln_fingerprint_matches(const char *text, const struct ln_digest *digest);

/* Time ------------------------------------------------------------------------------------- */

/** Milliseconds since 1970 UTC. Injected, so that tests can run a week in a second. */
struct ln_clock {
    uint64_t (*now_ms)(void *context);
    void *context;
};

extern const struct ln_clock LN_CLOCK_SYSTEM;

static inline uint64_t ln_now_ms(const struct ln_clock *clock)
{
    return clock->now_ms(clock->context);
}

/** ISO 8601 in UTC with milliseconds. */
void ln_time_text(uint64_t time_ms, char out[static LN_TIME_TEXT_SIZE]);
/** A day as 2027-03-31: its first millisecond in UTC. */
bool ln_day_read(const char *text, uint64_t *out_ms);

#define LN_SECOND_MS UINT64_C(1000)
#define LN_MINUTE_MS (60 * LN_SECOND_MS)
#define LN_HOUR_MS (60 * LN_MINUTE_MS)
#define LN_DAY_MS (24 * LN_HOUR_MS)

#endif
