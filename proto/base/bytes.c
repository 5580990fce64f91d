/*
 * Equality, names, and big-endian numbers.
 */
#include <liaison/error.h>

#include <string.h>

bool ln_bytes_equal(struct ln_bytes a, struct ln_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool ln_digest_equal(const struct ln_digest *a, const struct ln_digest *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool ln_digest_is_zero(const struct ln_digest *digest)
{
    static const struct ln_digest zero;
    return ln_digest_equal(digest, &zero);
}

bool ln_key_id_equal(const struct ln_key_id *a, const struct ln_key_id *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool ln_id_equal(const struct ln_id *a, const struct ln_id *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

bool ln_name_equal(const struct ln_name *a, const struct ln_name *b)
{
    return memcmp(a->text, b->text, sizeof a->text) == 0;
}

static bool is_name_character(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-';
}

int ln_name_from_bytes(struct ln_bytes text, struct ln_name *out_name)
{
    if (text.size == 0 || text.size > LN_NAME_MAX)
        return LN_E_NAME;
    struct ln_name name = {0};
    for (size_t i = 0; i < text.size; i++) {
        if (!is_name_character(text.data[i]))
            return LN_E_NAME;
        name.text[i] = (char)text.data[i];
    }
    *out_name = name;
    return 0;
}

int ln_name_from(const char *text, struct ln_name *out_name)
{
    return ln_name_from_bytes(ln_view(text, strlen(text)), out_name);
}

void ln_put_u32(uint8_t out[static 4], uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

void ln_put_u64(uint8_t out[static 8], uint64_t value)
{
    ln_put_u32(out, (uint32_t)(value >> 32));
    ln_put_u32(out + 4, (uint32_t)value);
}

uint32_t ln_get_u32(const uint8_t in[static 4])
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++)
        value = value << 8 | in[i];
    return value;
}

uint64_t ln_get_u64(const uint8_t in[static 8])
{
    return (uint64_t)ln_get_u32(in) << 32 | ln_get_u32(in + 4);
}
