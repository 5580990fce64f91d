/*
 * Text as people read it and as it may enter a signed body.
 */
#include <liaison/error.h>

#include <stdio.h>
#include <string.h>

/* UTF-8 ------------------------------------------------------------------------------------ */

/**
 * Lead bytes: how many bytes follow, and the range of the first of them (Unicode 15, table
 * 3-7).
 */
static const struct {
    uint8_t first, last, following, second_min, second_max;
} leads[] = {
    {0xc2, 0xdf, 1, 0x80, 0xbf}, {0xe0, 0xe0, 2, 0xa0, 0xbf}, {0xe1, 0xec, 2, 0x80, 0xbf},
    {0xed, 0xed, 2, 0x80, 0x9f}, {0xee, 0xef, 2, 0x80, 0xbf}, {0xf0, 0xf0, 3, 0x90, 0xbf},
    {0xf1, 0xf3, 3, 0x80, 0xbf}, {0xf4, 0xf4, 3, 0x80, 0x8f},
};

/** Characters that no text may have: what a person reads must be what was signed. */
static const struct {
    uint32_t first, last;
} forbidden[] = {
    {0x00, 0x08},     {0x0b, 0x1f},     {0x7f, 0x9f},     {0x200e, 0x200f}, {0x2028, 0x2029},
    {0x202a, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
};

static bool is_forbidden(uint32_t character)
{
    for (size_t i = 0; i < LN_COUNT(forbidden); i++) {
        if (character >= forbidden[i].first && character <= forbidden[i].last)
            return true;
    }
    return false;
}

/** Bytes of the character at the front, 0 if there is none. */
static size_t read_character(struct ln_bytes text, uint32_t *out_character)
{
    const uint8_t lead = text.data[0];
    if (lead < 0x80) {
        *out_character = lead;
        return 1;
    }
    for (size_t i = 0; i < LN_COUNT(leads); i++) {
        if (lead < leads[i].first || lead > leads[i].last)
            continue;
        const size_t following = leads[i].following;
        if (text.size <= following || text.data[1] < leads[i].second_min ||
            text.data[1] > leads[i].second_max)
            return 0;
        uint32_t character = lead & (0x3fu >> following);
        for (size_t k = 1; k <= following; k++) {
            if ((text.data[k] & 0xc0) != 0x80)
                return 0;
            character = character << 6 | (text.data[k] & 0x3f);
        }
        *out_character = character;
        return 1 + following;
    }
    return 0;
}

int ln_text_check(struct ln_bytes text)
{
    while (text.size > 0) {
        uint32_t character;
        const size_t size = read_character(text, &character);
        if (size == 0 || is_forbidden(character))
            return LN_E_TEXT;
        text = ln_view(text.data + size, text.size - size);
    }
    return 0;
}

/* Digits ----------------------------------------------------------------------------------- */

void ln_hex(struct ln_bytes bytes, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.size; i++) {
        *out++ = digits[bytes.data[i] >> 4];
        *out++ = digits[bytes.data[i] & 15];
    }
    *out = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int ln_hex_read(const char *text, uint8_t *out, size_t size)
{
    if (strlen(text) != 2 * size)
        return LN_E_MALFORMED;
    for (size_t i = 0; i < 2 * size; i++) {
        if (hex_value(text[i]) < 0)
            return LN_E_MALFORMED;
    }
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(hex_value(text[2 * i]) << 4 | hex_value(text[2 * i + 1]));
    return 0;
}

void ln_digest_text(const struct ln_digest *digest, char out[static LN_DIGEST_TEXT_SIZE])
{
    ln_hex(ln_view(digest->b, sizeof digest->b), out);
}

/** Crockford's base 32: no I, L, O, U, so that a number read aloud comes back as it was. */
static const char base32[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void ln_id_text(const struct ln_id *id, char out[static LN_ID_TEXT_SIZE])
{
    /* 26 characters hold 130 bits: the first carries the top three. */
    for (unsigned i = 0; i < LN_ID_TEXT_SIZE - 1; i++) {
        unsigned value = 0;
        for (unsigned k = 0; k < 5; k++) {
            const unsigned bit = 5 * i + k;
            const unsigned is_set =
                bit < 2 ? 0 : (id->b[(bit - 2) / 8] >> (7 - (bit - 2) % 8)) & 1u;
            value = value << 1 | is_set;
        }
        out[i] = base32[value];
    }
    out[LN_ID_TEXT_SIZE - 1] = '\0';
}

int ln_id_read(const char *text, struct ln_id *out_id)
{
    struct ln_id id = {0};
    if (strlen(text) != LN_ID_TEXT_SIZE - 1)
        return LN_E_MALFORMED;
    for (unsigned i = 0; i < LN_ID_TEXT_SIZE - 1; i++) {
        const char upper =
            (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]);
        const char *found = strchr(base32, upper);
        if (found == NULL || *found == '\0')
            return LN_E_MALFORMED;
        const unsigned value = (unsigned)(found - base32);
        for (unsigned k = 0; k < 5; k++) {
            const unsigned bit = 5 * i + k, is_set = (value >> (4 - k)) & 1u;
            if (bit < 2 && is_set)
                return LN_E_MALFORMED;
            if (bit >= 2 && is_set)
                id.b[(bit - 2) / 8] |= (uint8_t)(1u << (7 - (bit - 2) % 8));
        }
    }
    *out_id = id;
    return 0;
}

/* Fingerprints ----------------------------------------------------------------------------- */

enum { GROUPS = 8, GROUP_DIGITS = 5 };

void ln_fingerprint_text(const struct ln_digest *digest, char out[static LN_FINGERPRINT_SIZE])
{
    for (unsigned i = 0; i < GROUPS; i++) {
        const unsigned value = (unsigned)digest->b[2 * i] << 8 | digest->b[2 * i + 1];
        snprintf(out + (size_t)i * (GROUP_DIGITS + 1), GROUP_DIGITS + 1, "%05u", value);
        out[(size_t)i * (GROUP_DIGITS + 1) + GROUP_DIGITS] = i + 1 < GROUPS ? ' ' : '\0';
    }
}

int ln_fingerprint_matches(const char *text, const struct ln_digest *digest)
{
    char expected[LN_FINGERPRINT_SIZE];
    ln_fingerprint_text(digest, expected);
    const char *want = expected;
    for (; *text != '\0'; text++) {
        if (*text == ' ' || *text == '-')
            continue;
        while (*want == ' ')
            want++;
        if (*text != *want)
            return LN_E_FINGERPRINT;
        want++;
    }
    return *want == '\0' ? 0 : LN_E_FINGERPRINT;
}
