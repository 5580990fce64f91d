/*
 * What a share belongs to (office, compartment, public key, how many are needed, its number and
 * officer) is the seal's associated data and stands in the digest that tells a wrong share: a
 * share of one role can never pass for one of another.
 */
#include "roleshare.h"

#include "crypto.h"

#include <string.h>

enum { BELONGS_MAX = 256 };

_Static_assert((int)LN_KEY_SECRET_BYTES == (int)CRYPTO_SHARE_BYTES, "a share is as a secret");

#define SHARE_PURPOSE "liaison/1 role share"

static void release_secret(uint8_t **secret)
{
    secret_release(*secret);
}

/** office 0x00 u32be(compartment) public_key u32be(needed) u32be(number) officer 0x00 */
static int add_belongs(const struct ln_role_file *file, const struct ln_role_share *share,
                       struct ln_buffer *out)
{
    int error = ln_buffer_add(out, file->office.text, strlen(file->office.text) + 1);
    if (error == 0)
        error = ln_buffer_add_u32(out, file->compartment);
    if (error == 0)
        error = ln_buffer_add(out, file->public_key.b, sizeof file->public_key.b);
    if (error == 0)
        error = ln_buffer_add_u32(out, file->shares_needed);
    if (error == 0)
        error = ln_buffer_add_u32(out, share->number);
    return error == 0 ? ln_buffer_add(out, share->officer.text, strlen(share->officer.text) + 1)
                      : error;
}

static void digest_share(struct ln_bytes belongs, const uint8_t *share, struct ln_digest *out)
{
    const struct ln_bytes parts[] = {belongs, ln_view(share, LN_KEY_SECRET_BYTES)};
    digest_parts(SHARE_PURPOSE, parts, LN_COUNT(parts), out);
}

static int seal_share(const struct ln_role_file *file, const struct rolefile_holder *recoverer,
                      size_t index, const uint8_t *share, struct ln_role_share *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer belongs = LN_BUFFER(BELONGS_MAX);
    out->officer = recoverer->officer;
    out->number = (uint32_t)index + 1;
    const int error = add_belongs(file, out, &belongs);
    if (error != 0)
        return error;
    digest_share(ln_buffer_view(&belongs), share, &out->check);
    return seal_to(&recoverer->box_key, LN_LITERAL(SHARE_PURPOSE), ln_buffer_view(&belongs),
                   ln_view(share, LN_KEY_SECRET_BYTES), &out->encapsulated,
                   out->sealed_share.b);
}

int roleshare_make(const struct ln_role_file *file, const uint8_t *secret,
                   const struct rolefile_holder *recoverers, struct ln_role_share *out_shares)
{
    const size_t count = file->shares_count;
    if (file->shares_needed < LN_ROLE_SHARES_NEEDED_MIN || file->shares_needed > count ||
        count > LN_ROLE_SHARES_MAX)
        return LN_E_TOO_FEW_SHARES;
    AUTO(release_secret) uint8_t *shares = secret_take(count * CRYPTO_SHARE_BYTES);
    share_split(secret, file->shares_needed, count, shares);
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++)
        error = seal_share(file, &recoverers[i], i, shares + i * CRYPTO_SHARE_BYTES,
                           &out_shares[i]);
    return error;
}

/* Joining ---------------------------------------------------------------------------------- */

void roleshare_init(struct roleshare_set *set)
{
    *set = (struct roleshare_set){
        .shares = secret_take((size_t)LN_ROLE_SHARES_MAX * LN_KEY_SECRET_BYTES)};
}

void roleshare_wipe(struct roleshare_set *set)
{
    secret_release(set->shares);
    *set = (struct roleshare_set){.shares = NULL};
}

static const struct ln_role_share *find_share(const struct ln_role_file *file,
                                              const struct ln_name *officer)
{
    for (size_t i = 0; i < file->shares_count; i++) {
        if (ln_name_equal(&file->shares[i].officer, officer))
            return &file->shares[i];
    }
    return NULL;
}

static int open_share(const struct ln_role_file *file, const struct ln_role_share *share,
                      const uint8_t *box_secret, uint8_t *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer belongs = LN_BUFFER(BELONGS_MAX);
    struct ln_digest check;
    int error = add_belongs(file, share, &belongs);
    if (error == 0)
        error = seal_open(box_secret, &share->encapsulated, LN_LITERAL(SHARE_PURPOSE),
                          ln_buffer_view(&belongs),
                          ln_view(share->sealed_share.b, sizeof share->sealed_share.b), out);
    if (error != 0)
        return error;
    digest_share(ln_buffer_view(&belongs), out, &check);
    return ln_digest_equal(&check, &share->check) ? 0 : LN_E_SHARE;
}

int roleshare_open(const struct ln_role_file *file, const struct ln_name *officer,
                   const uint8_t *box_secret, struct roleshare_set *set)
{
    const struct ln_role_share *share = find_share(file, officer);
    if (share == NULL)
        return LN_E_ROLE_KEY;
    if (memchr(set->numbers, (int)share->number, set->count) != NULL)
        return 0;
    if (set->count == LN_ROLE_SHARES_MAX)
        return LN_E_TOO_MANY;
    const int error =
        open_share(file, share, box_secret, set->shares + set->count * LN_KEY_SECRET_BYTES);
    if (error == 0)
        set->numbers[set->count++] = (uint8_t)share->number;
    return error;
}

int roleshare_join(const struct ln_role_file *file, const struct roleshare_set *set,
                   uint8_t *out_secret)
{
    struct ln_public_key key;
    if (file->shares_needed < LN_ROLE_SHARES_NEEDED_MIN || set->count < file->shares_needed)
        return LN_E_TOO_FEW_SHARES;
    share_join(set->numbers, set->shares, set->count, out_secret);
    seal_keys_from_secret(out_secret, &key);
    if (memcmp(&key, &file->public_key, sizeof key) == 0)
        return 0;
    crypto_wipe(out_secret, LN_KEY_SECRET_BYTES);
    return LN_E_SHARE;
}
