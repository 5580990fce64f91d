/*
 * Unlocking costs one Argon2id, whether the name is known or not: an unknown one is tried
 * against salt and cost of nobody.
 */
#include "officer.h"

#include "crypto.h"
#include "files.h"
#include "keyfile.h"
#include "rolefile.h"

#include <dirent.h>
#include <string.h>

enum { SECRET_SIGNING = 0, SECRET_BOX = 1, OFFICER_SECRETS = 2, OFFICER_ARENA = 64 * 1024 };

struct role_key {
    struct ln_key_id key_id;
    uint8_t *secret;
};

struct officer {
    struct ln_name name;
    uint8_t *secrets;
    uint8_t *signing_secret; /* libsodium's form */
    struct ln_signer signer;
    struct ln_unsealer unsealer;
    struct role_key role_keys[OFFICER_ROLE_KEYS_MAX];
    size_t role_keys_count;
};

static int sign_with_officer(void *context, struct ln_bytes message,
                             uint8_t out_signature[static LN_SIGNATURE_BYTES])
{
    const struct officer *officer = context;
    sign_make(officer->signing_secret, message, out_signature);
    return 0;
}

static int unseal_with_role(void *context, const struct ln_key_id *key_id,
                            const struct ln_public_key *encapsulated, struct ln_bytes info,
                            struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    const struct officer *officer = context;
    for (size_t i = 0; i < officer->role_keys_count; i++) {
        if (ln_key_id_equal(&officer->role_keys[i].key_id, key_id))
            return seal_open(officer->role_keys[i].secret, encapsulated, info, aad, ciphertext,
                             out);
    }
    return LN_E_ROLE_KEY;
}

/* Role keys -------------------------------------------------------------------------------- */

static int load_role_key(struct officer *officer, const char *path)
{
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_ROLE_FILE_MAX);
    struct ln_public_key key;
    int error = files_read_secret(path, &file);
    if (error != 0)
        return error;
    if (officer->role_keys_count == OFFICER_ROLE_KEYS_MAX)
        return LN_E_TOO_MANY;
    if (secret_is_short())
        return LN_E_LOCKED_MEMORY;
    struct role_key *role = &officer->role_keys[officer->role_keys_count];
    role->secret = secret_take(LN_KEY_SECRET_BYTES);
    error = rolefile_open(ln_buffer_view(&file), &officer->name,
                          officer->secrets + (size_t)SECRET_BOX * LN_KEY_SECRET_BYTES, &key,
                          role->secret);
    if (error == 0) {
        ln_key_id_of(LN_USE_ROLE, &key, &role->key_id);
        officer->role_keys_count++;
        return 0;
    }
    secret_release(role->secret);
    /* somebody else's; or wrapped to keys that this officer had before, or is about to have */
    return error == LN_E_ROLE_KEY || error == LN_E_UNSEALABLE ? 0 : error;
}

static void close_directory(DIR **directory)
{
    if (*directory != NULL)
        closedir(*directory);
}

static int load_role_keys(struct officer *officer, const char *directory_path)
{
    char path[FILES_PATH_SIZE];
    int error = files_path(path, "%s/roles", directory_path);
    if (error != 0)
        return error;
    AUTO(close_directory) DIR *directory = opendir(path);
    if (directory == NULL)
        return 0; /* an office without role keys */
    const struct dirent *entry;
    while (error == 0 && (entry = readdir(directory)) != NULL) {
        const size_t size = strlen(entry->d_name);
        if (size < 4 || strcmp(entry->d_name + size - 4, ".key") != 0)
            continue; /* what a killed write left behind */
        error = files_path(path, "%s/roles/%s", directory_path, entry->d_name);
        if (error == 0)
            error = load_role_key(officer, path);
    }
    return error;
}

/* Unlocking -------------------------------------------------------------------------------- */

/** What an unknown name costs. */
static void work_for_nobody(struct ln_bytes passphrase)
{
    static const uint8_t salt[CRYPTO_SALT_BYTES] = "nobody";
    uint8_t *key = secret_take(CRYPTO_SYMMETRIC_BYTES);
    const int error = derive_from_passphrase(passphrase, salt, &CRYPTO_COST_MODERATE, key);
    (void)error; /* the time is all that is wanted of it */
    secret_release(key);
}

static int open_key_file(struct officer *officer, const char *directory,
                         struct ln_bytes passphrase)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(OFFICER_ARENA);
    const struct keyfile_lock lock = {.passphrase = passphrase};
    struct ln_key_header header;
    char path[FILES_PATH_SIZE];
    int error = files_path(path, "%s/officers/%s.key", directory, officer->name.text);
    if (error == 0)
        error = keyfile_open(path, LN_KEY_OFFICER, &lock, &arena, &header, officer->secrets,
                             OFFICER_SECRETS);
    if (error == LN_E_NOT_FOUND)
        work_for_nobody(passphrase);
    if (error == LN_E_NOT_FOUND || error == LN_E_PASSPHRASE)
        return LN_E_LOGIN;
    if (error == 0 && !ln_name_equal(&header.name, &officer->name))
        return LN_E_LOGIN;
    return error;
}

int officer_unlock(const char *directory, const struct ln_name *name,
                   struct ln_bytes passphrase, struct officer **out)
{
    struct officer *officer = ln_allocate(sizeof *officer);
    memset(officer, 0, sizeof *officer);
    officer->name = *name;
    officer->secrets = secret_take((size_t)OFFICER_SECRETS * LN_KEY_SECRET_BYTES);
    officer->signing_secret = secret_take(CRYPTO_SIGN_SECRET_BYTES);
    officer->signer = (struct ln_signer){.sign = sign_with_officer, .context = officer};
    officer->unsealer = (struct ln_unsealer){unseal_with_role, officer};
    int error = open_key_file(officer, directory, passphrase);
    if (error == 0) {
        struct ln_public_key key;
        sign_keys_from_seed(officer->secrets + (size_t)SECRET_SIGNING * LN_KEY_SECRET_BYTES,
                            &key, officer->signing_secret);
        ln_key_id_of(LN_USE_OFFICER, &key, &officer->signer.key_id);
        error = load_role_keys(officer, directory);
    }
    if (error != 0)
        officer_lock(&officer);
    else
        *out = officer;
    return error;
}

void officer_lock(struct officer **officer_p)
{
    struct officer *officer = *officer_p;
    if (officer == NULL)
        return;
    for (size_t i = 0; i < officer->role_keys_count; i++)
        secret_release(officer->role_keys[i].secret);
    secret_release(officer->secrets);
    secret_release(officer->signing_secret);
    ln_release(officer, sizeof *officer);
    *officer_p = NULL;
}

const struct ln_name *officer_name(const struct officer *officer)
{
    return &officer->name;
}

const struct ln_signer *officer_signer(const struct officer *officer)
{
    return &officer->signer;
}

const struct ln_unsealer *officer_unsealer(const struct officer *officer)
{
    return &officer->unsealer;
}
