/*
 * Wrapping a role key to its holders: HPKE to each officer's box key.
 */
#include "rolefile.h"

#include "crypto.h"
#include "files.h"

#include <string.h>

enum { AAD_MAX = 128, ROLE_ARENA = 512 * 1024 };

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

int rolefile_write(const char *path, const struct ln_name *office, uint32_t compartment,
                   const struct rolefile_holder *holders, size_t holders_count,
                   struct ln_public_key *out_public)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLE_ARENA);
    AUTO(release_secret) uint8_t *secret = secret_take(LN_KEY_SECRET_BYTES);
    struct ln_role_wrap *wraps = ln_arena_array(&arena, holders_count + 1, sizeof *wraps);
    if (wraps == NULL)
        return LN_E_TOO_MANY;
    struct ln_role_file file = {
        LN_LITERAL(LN_ROLE_MAGIC), *office, compartment, {{0}}, wraps, holders_count};
    seal_keys_make(&file.public_key, secret);
    int error = 0;
    for (size_t i = 0; i < holders_count && error == 0; i++)
        error = wrap(&file, secret, &holders[i], &wraps[i]);
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(LN_ROLE_FILE_MAX);
    if (error == 0)
        error = ln_role_file_build(&file, &bytes);
    if (error == 0)
        error = files_write(path, ln_buffer_view(&bytes), 0600, FILES_KEEP);
    if (error == 0)
        *out_public = file.public_key;
    return error;
}

static const struct ln_role_wrap *find_wrap(const struct ln_role_file *file,
                                            const struct ln_name *officer)
{
    for (size_t i = 0; i < file->wraps_count; i++) {
        if (ln_name_equal(&file->wraps[i].officer, officer))
            return &file->wraps[i];
    }
    return NULL;
}

int rolefile_open(struct ln_bytes bytes, const struct ln_name *officer,
                  const uint8_t *box_secret, struct ln_public_key *out_public,
                  uint8_t *out_secret)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(ROLE_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer aad = LN_BUFFER(AAD_MAX);
    struct ln_role_file file;
    int error = ln_role_file_open(bytes, &arena, &file);
    if (error != 0)
        return error;
    if (!ln_bytes_equal(file.magic, LN_LITERAL(LN_ROLE_MAGIC)))
        return LN_E_WRONG_TYPE;
    const struct ln_role_wrap *found = find_wrap(&file, officer);
    if (found == NULL)
        return LN_E_ROLE_KEY;
    error = add_aad(&file.office, file.compartment, officer, &aad);
    if (error == 0)
        error =
            seal_open(box_secret, &found->encapsulated, ROLE_WRAP_INFO, ln_buffer_view(&aad),
                      ln_view(found->sealed_key.b, sizeof found->sealed_key.b), out_secret);
    if (error == 0)
        *out_public = file.public_key;
    return error;
}
