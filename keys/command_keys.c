/*
 * New keys: each is made, sealed, written and shown by its public half.
 */
#include "ceremony.h"

#include "crypto.h"
#include "files.h"
#include "keyfile.h"

#include <stdio.h>

/** What kind of secret stands at each place of a key file. */
enum secret_kind { SECRET_SIGNING, SECRET_BOX, SECRET_SYMMETRIC };

struct recipe {
    enum ln_key_kind kind;
    const enum secret_kind *secrets;
    size_t secrets_count;
    const char *const *names; /* of the public keys, as in the YAML sources */
};

static const enum secret_kind root_secrets[] = {SECRET_SIGNING};
static const enum secret_kind node_secrets[] = {SECRET_SIGNING, SECRET_BOX, SECRET_SYMMETRIC,
                                                SECRET_SYMMETRIC};
static const enum secret_kind officer_secrets[] = {SECRET_SIGNING, SECRET_BOX};
static const enum secret_kind hub_secrets[] = {SECRET_BOX};
static const char *const root_names[] = {"root"};
static const char *const node_names[] = {"signing", "transport"};
static const char *const officer_names[] = {"signing", "box"};
static const char *const hub_names[] = {"key"};

static const struct recipe root_recipe = {LN_KEY_ROOT, root_secrets, 1, root_names};
static const struct recipe node_recipe = {LN_KEY_NODE, node_secrets, 4, node_names};
static const struct recipe officer_recipe = {LN_KEY_OFFICER, officer_secrets, 2, officer_names};
static const struct recipe hub_recipe = {LN_KEY_HUB, hub_secrets, 1, hub_names};

static void release_secret(uint8_t **secret)
{
    secret_release(*secret);
}

/** True if the secret has a public half. */
static bool make_secret(enum secret_kind kind, uint8_t *secret,
                        struct ln_public_key *out_public)
{
    AUTO(release_secret) uint8_t *expanded = secret_take(CRYPTO_SIGN_SECRET_BYTES);
    crypto_random(secret, LN_KEY_SECRET_BYTES);
    if (kind == SECRET_SIGNING)
        sign_keys_from_seed(secret, out_public, expanded);
    else if (kind == SECRET_BOX)
        seal_keys_make(out_public, secret);
    return kind != SECRET_SYMMETRIC;
}

static void print_public(const struct recipe *recipe, const struct ln_public_key *keys,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[2 * LN_PUBLIC_KEY_BYTES + 1];
        ln_hex(ln_view(keys[i].b, sizeof keys[i].b), text);
        printf("%s: %s\n", recipe->names[i], text);
    }
}

static int make_file(const struct ceremony *ceremony, const struct recipe *recipe,
                     const char *path, struct ln_key_header *header)
{
    AUTO(release_secret)
    uint8_t *secrets = secret_take(LN_KEY_SECRETS_MAX * LN_KEY_SECRET_BYTES);
    AUTO(ln_buffer_wipe) struct ln_buffer passphrase = LN_BUFFER(FILES_PASSPHRASE_MAX);
    struct ln_public_key keys[LN_KEY_SECRETS_MAX];
    size_t keys_count = 0;
    for (size_t i = 0; i < recipe->secrets_count; i++)
        keys_count += make_secret(recipe->secrets[i], secrets + i * LN_KEY_SECRET_BYTES,
                                  &keys[keys_count]);
    header->kind = recipe->kind;
    header->public_keys = keys;
    header->public_keys_count = keys_count;
    int error = ceremony_passphrase(ceremony, true, &passphrase);
    const struct keyfile_lock lock = {.passphrase = ln_buffer_view(&passphrase)};
    if (error == 0)
        error = ceremony_about(
            path, keyfile_write(path, header, secrets, recipe->secrets_count, &lock));
    if (error == 0)
        print_public(recipe, keys, keys_count);
    return error;
}

int command_root_new(const struct ceremony *ceremony)
{
    struct ln_key_header header = {.kind = LN_KEY_ROOT};
    int error = ceremony_need_name(ceremony->member, "member", &header.member);
    if (error == 0)
        error = ceremony_need_name(ceremony->name, "name", &header.name);
    if (error == 0)
        error = ceremony_need(ceremony->out, "out");
    return error == 0 ? make_file(ceremony, &root_recipe, ceremony->out, &header) : error;
}

int command_node_new(const struct ceremony *ceremony)
{
    struct ln_key_header header = {.kind = LN_KEY_NODE};
    char path[FILES_PATH_SIZE];
    int error = ceremony_need_name(ceremony->member, "member", &header.member);
    if (error == 0)
        error = ceremony_need(ceremony->out, "out");
    if (error == 0)
        error = files_make_directory(ceremony->out);
    if (error == 0)
        error = files_path(path, "%s/node.key", ceremony->out);
    return error == 0 ? make_file(ceremony, &node_recipe, path, &header) : error;
}

int command_officer_new(const struct ceremony *ceremony)
{
    struct ln_key_header header = {.kind = LN_KEY_OFFICER};
    char path[FILES_PATH_SIZE];
    int error = ceremony_need_name(ceremony->member, "member", &header.member);
    if (error == 0)
        error = ceremony_need_name(ceremony->name, "name", &header.name);
    if (error == 0)
        error = ceremony_need(ceremony->out, "out");
    if (error == 0)
        error = files_make_directory(ceremony->out);
    if (error == 0)
        error = files_path(path, "%s/officers", ceremony->out);
    if (error == 0)
        error = files_make_directory(path);
    if (error == 0)
        error = files_path(path, "%s/officers/%s.key", ceremony->out, header.name.text);
    return error == 0 ? make_file(ceremony, &officer_recipe, path, &header) : error;
}

int command_hub_new(const struct ceremony *ceremony)
{
    struct ln_key_header header = {.kind = LN_KEY_HUB};
    int error = ceremony_need_name(ceremony->name, "name", &header.name);
    if (error == 0)
        error = ceremony_need(ceremony->out, "out");
    return error == 0 ? make_file(ceremony, &hub_recipe, ceremony->out, &header) : error;
}

/* Rotation --------------------------------------------------------------------------------- */

/**
 * A node's keys with a new signing and a new transport key: the store and the epochs stay
 * readable, as the keys that seal them stay.
 */
static int rotate_node(const struct ceremony *ceremony, struct ln_bytes passphrase)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(release_secret)
    uint8_t *secrets = secret_take(LN_KEY_SECRETS_MAX * LN_KEY_SECRET_BYTES);
    const struct keyfile_lock lock = {.passphrase = passphrase};
    struct ln_public_key keys[LN_KEY_SECRETS_MAX];
    struct ln_key_header header;
    int error = ceremony_about(ceremony->key,
                               keyfile_open(ceremony->key, LN_KEY_NODE, &lock, &arena, &header,
                                            secrets, node_recipe.secrets_count));
    if (error != 0)
        return error;
    size_t keys_count = 0;
    for (size_t i = 0; i < node_recipe.secrets_count; i++) {
        if (node_secrets[i] != SECRET_SYMMETRIC)
            keys_count += make_secret(node_secrets[i], secrets + i * LN_KEY_SECRET_BYTES,
                                      &keys[keys_count]);
    }
    header.public_keys = keys;
    header.public_keys_count = keys_count;
    error = ceremony_about(ceremony->out, keyfile_write(ceremony->out, &header, secrets,
                                                        node_recipe.secrets_count, &lock));
    if (error == 0)
        print_public(&node_recipe, keys, keys_count);
    return error;
}

int command_node_rotate(const struct ceremony *ceremony)
{
    AUTO(ln_buffer_wipe) struct ln_buffer passphrase = LN_BUFFER(FILES_PASSPHRASE_MAX);
    int error = ceremony_need(ceremony->key, "key");
    if (error == 0)
        error = ceremony_need(ceremony->out, "out");
    if (error == 0)
        error = ceremony_passphrase(ceremony, false, &passphrase);
    return error == 0 ? rotate_node(ceremony, ln_buffer_view(&passphrase)) : error;
}
