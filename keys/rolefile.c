/*
 * Wrapping a role key to its holders: HPKE to each officer's box key.
 */
#include "rolefile.h"

#include "crypto.h"
#include "files.h"
#include "roleshare.h"

#include <string.h>

enum { AAD_MAX = 128 };

#define ROLE_WRAP_INFO LN_LITERAL("liaison/1 role key")

static void release_secret(uint8_t **secret)
{
    secret_release(*secret);
}

/** office 0x00 compartment(u32be) officer 0x00 */
static int add_aad(const struct ln_name *office, uint32_t compartment,
                   const struct ln_name *officer, struct ln_buffer *out)
{
    int error = ln_buffer_add(out, office->text, strlen(office->text) + 1);
    if (error == 0)
        error = ln_buffer_add_u32(out, compartment);
    return error == 0 ? ln_buffer_add(out, officer->text, strlen(officer->text) + 1) : error;
}

static int wrap(const struct ln_role_file *file, const uint8_t *secret,
                const struct rolefile_holder *holder, struct ln_role_wrap *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer aad = LN_BUFFER(AAD_MAX);
    const int error = add_aad(&file->office, file->compartment, &holder->officer, &aad);
    if (error != 0)
        return error;
    out->officer = holder->officer;
    return seal_to(&holder->box_key, ROLE_WRAP_INFO, ln_buffer_view(&aad),
                   ln_view(secret, LN_KEY_SECRET_BYTES), &out->encapsulated, out->sealed_key.b);
}

static int store(const char *path, const struct ln_role_file *file,
                 enum files_existing existing)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(LN_ROLE_FILE_MAX);
    const int error = ln_role_file_build(file, &bytes);
    return error == 0 ? files_write(path, ln_buffer_view(&bytes), 0600, existing) : error;
}

/* Making ----------------------------------------------------------------------------------- */

static int fill(const struct rolefile_plan *plan, const uint8_t *secret, struct ln_arena *arena,
                struct ln_role_file *file)
{
    struct ln_role_wrap *wraps = ln_arena_array(arena, plan->holders_count + 1, sizeof *wraps);
    struct ln_role_share *shares =
        ln_arena_array(arena, plan->recoverers_count + 1, sizeof *shares);
    if (wraps == NULL || shares == NULL || plan->recoverers_count > LN_ROLE_SHARES_MAX)
        return LN_E_TOO_MANY;
    int error = 0;
    for (size_t i = 0; i < plan->holders_count && error == 0; i++)
        error = wrap(file, secret, &plan->holders[i], &wraps[i]);
    file->wraps = wraps;
    file->wraps_count = plan->holders_count;
    if (error != 0 || (plan->shares_needed == 0 && plan->recoverers_count == 0))
        return error;
    file->shares_needed = (uint32_t)plan->shares_needed;
    file->shares = shares;
    file->shares_count = plan->recoverers_count;
    return roleshare_make(file, secret, plan->recoverers, shares);
}

int rolefile_write(const char *path, const struct rolefile_plan *plan,
                   struct ln_public_key *out_public)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLEFILE_ARENA);
    AUTO(release_secret) uint8_t *secret = secret_take(LN_KEY_SECRET_BYTES);
    struct ln_role_file file = {.magic = LN_LITERAL(LN_ROLE_MAGIC),
                                .office = plan->office,
                                .compartment = plan->compartment};
    seal_keys_make(&file.public_key, secret);
    int error = fill(plan, secret, &arena, &file);
    if (error == 0)
        error = store(path, &file, FILES_KEEP);
    if (error == 0)
        *out_public = file.public_key;
    return error;
}

/* Opening ---------------------------------------------------------------------------------- */

static int open_shape(struct ln_bytes bytes, struct ln_arena *arena, struct ln_role_file *out)
{
    const int error = ln_role_file_open(bytes, arena, out);
    if (error != 0)
        return error;
    return ln_bytes_equal(out->magic, LN_LITERAL(LN_ROLE_MAGIC)) ? 0 : LN_E_WRONG_TYPE;
}

int rolefile_read(const char *path, struct ln_arena *arena, struct ln_role_file *out)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(LN_ROLE_FILE_MAX);
    const int error = files_read_secret(path, &bytes);
    if (error != 0)
        return error;
    const uint8_t *copy = ln_arena_copy(arena, ln_buffer_view(&bytes));
    return copy == NULL ? LN_E_OUT_OF_MEMORY
                        : open_shape(ln_view(copy, bytes.size), arena, out);
}

/** The officer's place among the wraps; their number: there is none. */
static size_t find_wrap(const struct ln_role_file *file, const struct ln_name *officer)
{
    size_t i = 0;
    while (i < file->wraps_count && !ln_name_equal(&file->wraps[i].officer, officer))
        i++;
    return i;
}

int rolefile_open(struct ln_bytes bytes, const struct ln_name *officer,
                  const uint8_t *box_secret, struct ln_public_key *out_public,
                  uint8_t *out_secret)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLEFILE_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer aad = LN_BUFFER(AAD_MAX);
    struct ln_role_file file;
    int error = open_shape(bytes, &arena, &file);
    if (error != 0)
        return error;
    const size_t at = find_wrap(&file, officer);
    if (at == file.wraps_count)
        return LN_E_ROLE_KEY;
    const struct ln_role_wrap *found = &file.wraps[at];
    error = add_aad(&file.office, file.compartment, officer, &aad);
    if (error == 0)
        error =
            seal_open(box_secret, &found->encapsulated, ROLE_WRAP_INFO, ln_buffer_view(&aad),
                      ln_view(found->sealed_key.b, sizeof found->sealed_key.b), out_secret);
    if (error == 0)
        *out_public = file.public_key;
    return error;
}

/* Changing --------------------------------------------------------------------------------- */

int rolefile_wrap(const char *path, const uint8_t *secret, const struct rolefile_holder *holder)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLEFILE_ARENA);
    struct ln_role_file file;
    int error = rolefile_read(path, &arena, &file);
    if (error != 0)
        return error;
    const size_t at = find_wrap(&file, &holder->officer);
    struct ln_role_wrap *wraps = ln_arena_array(&arena, file.wraps_count + 1, sizeof *wraps);
    if (wraps == NULL)
        return LN_E_TOO_MANY;
    if (file.wraps_count > 0)
        memcpy(wraps, file.wraps, file.wraps_count * sizeof *wraps);
    error = wrap(&file, secret, holder, &wraps[at]);
    file.wraps = wraps;
    file.wraps_count += at == file.wraps_count;
    return error == 0 ? store(path, &file, FILES_REPLACE) : error;
}

int rolefile_drop(const char *path, const struct ln_name *officer)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLEFILE_ARENA);
    struct ln_role_file file;
    const int error = rolefile_read(path, &arena, &file);
    if (error != 0)
        return error;
    struct ln_role_wrap *wraps = (struct ln_role_wrap *)(uintptr_t)file.wraps;
    struct ln_role_share *shares = (struct ln_role_share *)(uintptr_t)file.shares;
    size_t wraps_count = 0, shares_count = 0;
    for (size_t i = 0; i < file.wraps_count; i++) {
        if (!ln_name_equal(&wraps[i].officer, officer))
            wraps[wraps_count++] = wraps[i];
    }
    for (size_t i = 0; i < file.shares_count; i++) {
        if (!ln_name_equal(&shares[i].officer, officer))
            shares[shares_count++] = shares[i];
    }
    if (wraps_count == file.wraps_count && shares_count == file.shares_count)
        return LN_E_ROLE_KEY;
    file.wraps_count = wraps_count;
    file.shares_count = shares_count;
    return store(path, &file, FILES_REPLACE);
}
