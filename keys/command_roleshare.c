/*
 * Who has role keys: one who holds them gives them to another officer, one who leaves loses
 * them, and officers who have shares bring back what nobody holds any more.
 */
#include "roleholder.h"
#include "roleshare.h"

#include "crypto.h"
#include "files.h"
#include "keyfile.h"

#include <stdio.h>
#include <string.h>

enum { SECRET_BOX = 1, OFFICER_SECRETS = 2 };

static void release_secret(uint8_t **secret)
{
    secret_release(*secret);
}

/* Opening officers' keys ------------------------------------------------------------------- */

/** An officer's name and box secret from the key file. */
static int open_officer(const char *path, const struct files_passphrase *source,
                        struct ln_name *out_name, uint8_t *out_secrets)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer passphrase = LN_BUFFER(FILES_PASSPHRASE_MAX);
    struct ln_key_header header;
    int error = files_passphrase(source, &passphrase);
    const struct keyfile_lock lock = {.passphrase = ln_buffer_view(&passphrase)};
    if (error == 0)
        error = keyfile_open(path, LN_KEY_OFFICER, &lock, &arena, &header, out_secrets,
                             OFFICER_SECRETS);
    if (error == 0)
        *out_name = header.name;
    return ceremony_about(path, error);
}

static uint8_t *box_of(uint8_t *officer_secrets)
{
    return officer_secrets + (size_t)SECRET_BOX * LN_KEY_SECRET_BYTES;
}

/* Share, drop ------------------------------------------------------------------------------ */

/** Wraps a role key whose secret is open to everybody that the command names. */
static int wrap_to_all(const struct ceremony *ceremony, const struct ln_manifest *manifest,
                       const char *path, const uint8_t *secret)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    struct ln_role_file file;
    struct rolefile_holder holder;
    int error = rolefile_read(path, &arena, &file);
    if (error != 0)
        return error;
    const struct roleholder_question question = {manifest, file.compartment, ROLEHOLDER_HOLDS};
    for (size_t i = 0; i < ceremony->holders.count && error == 0; i++) {
        error = roleholder_read(&question, ceremony->holders.texts[i], &holder);
        if (error == 0)
            error = rolefile_wrap(path, secret, &holder);
        if (error == 0)
            printf("%s: wrapped to %s\n", path, holder.officer.text);
    }
    return error;
}

/** A file that the giving officer does not hold is passed over: `roles/` has all offices' keys.
 */
static int share(const struct ceremony *ceremony, const struct ln_manifest *manifest,
                 const char *path, const struct ln_name *officer, const uint8_t *box_secret)
{
    AUTO(ln_buffer_wipe) struct ln_buffer bytes = LN_BUFFER(LN_ROLE_FILE_MAX);
    AUTO(release_secret) uint8_t *secret = secret_take(LN_KEY_SECRET_BYTES);
    struct ln_public_key key;
    int error = files_read_secret(path, &bytes);
    if (error == 0)
        error = rolefile_open(ln_buffer_view(&bytes), officer, box_secret, &key, secret);
    if (error == LN_E_ROLE_KEY) {
        printf("%s: not held by %s\n", path, officer->text);
        return 0;
    }
    if (error == 0)
        error = wrap_to_all(ceremony, manifest, path, secret);
    return ceremony_about(path, error);
}

static int need_holders(const struct ceremony *ceremony)
{
    return ceremony_need(ceremony->holders.count == 0 ? NULL : "", "holder");
}

int command_role_share(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(release_secret)
    uint8_t *secrets = secret_take((size_t)OFFICER_SECRETS * LN_KEY_SECRET_BYTES);
    const struct files_passphrase source = {.descriptor = ceremony->passphrase_fd,
                                            .file = ceremony->passphrase_file,
                                            .prompt = "passphrase"};
    const struct ln_manifest *manifest;
    struct ln_name officer;
    int error = roleholder_need_files(ceremony);
    if (error == 0)
        error = need_holders(ceremony);
    if (error == 0)
        error = ceremony_need(ceremony->key, "key");
    if (error == 0)
        error = roleholder_manifest(ceremony, &arena, &manifest);
    if (error == 0)
        error = open_officer(ceremony->key, &source, &officer, secrets);
    for (size_t i = 0; i < ceremony->words_count && error == 0; i++)
        error = share(ceremony, manifest, ceremony->words[i], &officer, box_of(secrets));
    return error;
}

int command_role_drop(const struct ceremony *ceremony)
{
    struct ln_name officer;
    int error = roleholder_need_files(ceremony);
    if (error == 0)
        error = ceremony_need_name(ceremony->name, "name", &officer);
    for (size_t i = 0; i < ceremony->words_count && error == 0; i++) {
        const char *path = ceremony->words[i];
        error = rolefile_drop(path, &officer);
        if (error != 0 && error != LN_E_ROLE_KEY)
            return ceremony_about(path, error);
        printf("%s: %s %s\n", path, error == 0 ? "taken from" : "not held by", officer.text);
        error = 0;
    }
    return error;
}

/* Recover ---------------------------------------------------------------------------------- */

/** Recovery officers whose keys are open; in secret memory. */
struct recoverers {
    struct ln_name names[LN_ROLE_SHARES_MAX];
    uint8_t *secrets[LN_ROLE_SHARES_MAX];
    size_t count;
};

static void recoverers_wipe(struct recoverers *recoverers)
{
    for (size_t i = 0; i < recoverers->count; i++)
        secret_release(recoverers->secrets[i]);
    recoverers->count = 0;
}

/** KEY_FILE, whose passphrase is asked; or KEY_FILE=PASSPHRASE_FILE. */
static int open_recoverer(const char *text, struct recoverers *recoverers)
{
    char path[FILES_PATH_SIZE], prompt[FILES_PATH_SIZE + 32];
    const char *equals = strrchr(text, '=');
    const int size = (int)(equals == NULL ? strlen(text) : (size_t)(equals - text));
    int error = files_path(path, "%.*s", size, text);
    if (error != 0)
        return error;
    snprintf(prompt, sizeof prompt, "passphrase of %s", path);
    const struct files_passphrase source = {.file = equals == NULL ? NULL : equals + 1,
                                            .prompt = prompt};
    uint8_t *secrets = secret_take((size_t)OFFICER_SECRETS * LN_KEY_SECRET_BYTES);
    recoverers->secrets[recoverers->count] = secrets;
    return open_officer(path, &source, &recoverers->names[recoverers->count++], secrets);
}

/** Wrong shares are named, and the others are still enough if they are enough. */
static int collect_shares(const struct ln_role_file *file, const struct recoverers *recoverers,
                          struct roleshare_set *set)
{
    int last_error = 0;
    for (size_t i = 0; i < recoverers->count; i++) {
        const int error =
            roleshare_open(file, &recoverers->names[i], box_of(recoverers->secrets[i]), set);
        if (error == 0)
            continue;
        fprintf(stderr, "the share of %s: %s (%s)\n", recoverers->names[i].text,
                ln_code_of(error)->text, ln_code_of(error)->name);
        last_error = error;
    }
    return set->count >= file->shares_needed || last_error == LN_E_ROLE_KEY ? 0 : last_error;
}

static int recover(const struct ceremony *ceremony, const struct ln_manifest *manifest,
                   const char *path, const struct recoverers *recoverers)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(release_secret) uint8_t *secret = secret_take(LN_KEY_SECRET_BYTES);
    AUTO(roleshare_wipe) struct roleshare_set set;
    struct ln_role_file file;
    roleshare_init(&set);
    int error = rolefile_read(path, &arena, &file);
    if (error == 0)
        error = collect_shares(&file, recoverers, &set);
    if (error == 0)
        error = roleshare_join(&file, &set, secret);
    if (error == 0)
        error = wrap_to_all(ceremony, manifest, path, secret);
    return ceremony_about(path, error);
}

int command_role_recover(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(recoverers_wipe) struct recoverers recoverers = {.count = 0};
    const struct ln_manifest *manifest;
    int error = roleholder_need_files(ceremony);
    if (error == 0)
        error = need_holders(ceremony);
    if (error == 0 && ceremony->shares.count > LN_ROLE_SHARES_MAX)
        error = LN_E_TOO_MANY;
    if (error == 0)
        error = roleholder_manifest(ceremony, &arena, &manifest);
    for (size_t i = 0; i < ceremony->shares.count && error == 0; i++)
        error = open_recoverer(ceremony->shares.texts[i], &recoverers);
    for (size_t i = 0; i < ceremony->words_count && error == 0; i++)
        error = recover(ceremony, manifest, ceremony->words[i], &recoverers);
    return error;
}
