/*
 * The node's key file opens with its passphrase; epoch keys are files of their own, sealed
 * under a key of that file, so that each can be destroyed alone and none is ever in a backup of
 * the store.
 */
#include "ring.h"

#include "crypto.h"
#include "files.h"
#include "keyfile.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SECRET_SIGNING = 0,
    SECRET_TRANSPORT = 1,
    SECRET_STORE = 2,
    SECRET_RING = 3,
    NODE_SECRETS = 4,
    RING_ARENA = 64 * 1024,
};

struct epoch {
    uint64_t number, starts_ms, ends_ms;
    struct ln_public_key key;
    struct ln_key_id key_id;
    uint8_t *secret;
};

struct ring {
    char directory[FILES_PATH_SIZE];
    struct ln_clock clock;
    struct ln_name member;
    uint8_t *secrets;        /* NODE_SECRETS of LN_KEY_SECRET_BYTES */
    uint8_t *signing_secret; /* libsodium's form */
    struct ln_public_key signing_key, transport_key;
    struct ln_signer signer;
    struct ln_unsealer unsealer;
    struct epoch epochs[RING_EPOCHS_MAX]; /* by number, ascending */
    size_t epochs_count;
};

static uint8_t *node_secret(const struct ring *ring, unsigned index)
{
    return ring->secrets + (size_t)index * LN_KEY_SECRET_BYTES;
}

static int sign_with_ring(void *context, struct ln_bytes message,
                          uint8_t out_signature[static LN_SIGNATURE_BYTES])
{
    const struct ring *ring = context;
    sign_make(ring->signing_secret, message, out_signature);
    return 0;
}

static int unseal_with_epoch(void *context, const struct ln_key_id *key_id,
                             const struct ln_public_key *encapsulated, struct ln_bytes info,
                             struct ln_bytes aad, struct ln_bytes ciphertext, uint8_t *out)
{
    const struct ring *ring = context;
    for (size_t i = 0; i < ring->epochs_count; i++) {
        if (ln_key_id_equal(&ring->epochs[i].key_id, key_id))
            return seal_open(ring->epochs[i].secret, encapsulated, info, aad, ciphertext, out);
    }
    return LN_E_ROLE_KEY;
}

/* Epochs ----------------------------------------------------------------------------------- */

static int epoch_path(const struct ring *ring, uint64_t number,
                      char out[static FILES_PATH_SIZE])
{
    return files_path(out, "%s/epochs/%llu.key", ring->directory, (unsigned long long)number);
}

/** Keeps the order by number. */
static int insert_epoch(struct ring *ring, const struct epoch *epoch)
{
    if (ring->epochs_count == RING_EPOCHS_MAX)
        return LN_E_TOO_MANY;
    size_t at = ring->epochs_count;
    for (; at > 0 && ring->epochs[at - 1].number > epoch->number; at--)
        ring->epochs[at] = ring->epochs[at - 1];
    ring->epochs[at] = *epoch;
    ring->epochs_count++;
    return 0;
}

static int load_epoch(struct ring *ring, const char *path)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RING_ARENA);
    const struct keyfile_lock lock = {.key = node_secret(ring, SECRET_RING)};
    struct ln_key_header header;
    struct epoch epoch = {.secret = secret_take(LN_KEY_SECRET_BYTES)};
    int error = keyfile_open(path, LN_KEY_EPOCH, &lock, &arena, &header, epoch.secret, 1);
    if (error == 0 && header.public_keys_count != 1)
        error = LN_E_MALFORMED;
    if (error == 0) {
        epoch.number = header.number;
        epoch.starts_ms = header.starts_ms;
        epoch.ends_ms = header.ends_ms;
        epoch.key = header.public_keys[0];
        ln_key_id_of(LN_USE_EPOCH, &epoch.key, &epoch.key_id);
        error = insert_epoch(ring, &epoch);
    }
    if (error != 0)
        secret_release(epoch.secret);
    return error;
}

static bool is_key_name(const char *name)
{
    const size_t size = strlen(name);
    return size > 4 && strcmp(name + size - 4, ".key") == 0;
}

static void close_directory(DIR **directory)
{
    if (*directory != NULL)
        closedir(*directory);
}

static int load_epochs(struct ring *ring)
{
    char path[FILES_PATH_SIZE];
    int error = files_path(path, "%s/epochs", ring->directory);
    if (error == 0)
        error = files_make_directory(path);
    if (error != 0)
        return error;
    AUTO(close_directory) DIR *directory = opendir(path);
    if (directory == NULL)
        return LN_E_SYSTEM;
    const struct dirent *entry;
    while (error == 0 && (entry = readdir(directory)) != NULL) {
        if (!is_key_name(entry->d_name))
            continue;
        error = files_path(path, "%s/epochs/%s", ring->directory, entry->d_name);
        if (error == 0)
            error = load_epoch(ring, path);
    }
    return error;
}

static int make_epoch(struct ring *ring, uint64_t number, uint64_t starts_ms)
{
    char path[FILES_PATH_SIZE];
    struct ln_public_key key;
    uint8_t *secret = secret_take(LN_KEY_SECRET_BYTES);
    seal_keys_make(&key, secret);
    const struct ln_key_header header = {
        .kind = LN_KEY_EPOCH,
        .member = ring->member,
        .public_keys = &key,
        .public_keys_count = 1,
        .number = number,
        .starts_ms = starts_ms,
        .ends_ms = starts_ms + RING_EPOCH_MS,
    };
    const struct keyfile_lock lock = {.key = node_secret(ring, SECRET_RING)};
    int error = epoch_path(ring, number, path);
    if (error == 0)
        error = keyfile_write(path, &header, secret, 1, &lock);
    secret_release(secret);
    return error == 0 ? load_epoch(ring, path) : error; /* what is announced can be read back */
}

static const struct epoch *newest_epoch(const struct ring *ring)
{
    return ring->epochs_count == 0 ? NULL : &ring->epochs[ring->epochs_count - 1];
}

/** Is the key of what was announced here, or a newer one? */
static bool is_held(const struct epoch *newest, const struct ln_epoch *announced)
{
    return announced == NULL || newest->number > announced->number ||
           (newest->number == announced->number &&
            memcmp(&newest->key, &announced->key, sizeof newest->key) == 0);
}

static bool is_current(const struct epoch *newest, uint64_t now_ms)
{
    return newest->starts_ms <= now_ms + RING_EPOCH_MS &&
           newest->ends_ms >= now_ms + RING_EPOCH_AHEAD_MS;
}

/** One above all that were ever used. */
static uint64_t next_number(const struct epoch *newest, const struct ln_epoch *announced)
{
    const uint64_t held = newest == NULL ? 0 : newest->number;
    const uint64_t known = announced == NULL ? 0 : announced->number;
    return (held > known ? held : known) + 1;
}

int ring_epoch_current(struct ring *ring, const struct ln_epoch *announced,
                       struct ln_epoch *out)
{
    const uint64_t now_ms = ln_now_ms(&ring->clock);
    const struct epoch *newest = newest_epoch(ring);
    const bool is_good =
        newest != NULL && is_held(newest, announced) && is_current(newest, now_ms);
    if (!is_good && ring->epochs_count < RING_EPOCHS_MAX) {
        const int error = make_epoch(ring, next_number(newest, announced), now_ms);
        if (error != 0)
            return error;
        newest = newest_epoch(ring);
    }
    out->number = newest->number;
    out->key = newest->key;
    out->starts_ms = newest->starts_ms;
    out->ends_ms = newest->ends_ms;
    out->oldest_openable = ring->epochs[0].number;
    return 0;
}

static int destroy_epoch(struct ring *ring, size_t index)
{
    char path[FILES_PATH_SIZE];
    const int error = epoch_path(ring, ring->epochs[index].number, path);
    if (error != 0)
        return error;
    if (unlink(path) != 0)
        return LN_E_SYSTEM;
    secret_release(ring->epochs[index].secret);
    ring->epochs_count--;
    memmove(&ring->epochs[index], &ring->epochs[index + 1],
            (ring->epochs_count - index) * sizeof ring->epochs[0]);
    return 0;
}

int ring_epoch_forget(struct ring *ring, uint64_t ended_ms)
{
    int error = 0;
    for (size_t i = ring->epochs_count; i > 1 && error == 0; i--) {
        if (ring->epochs[i - 2].ends_ms < ended_ms)
            error = destroy_epoch(ring, i - 2);
    }
    return error;
}

/* Opening ---------------------------------------------------------------------------------- */

static int open_node_key(struct ring *ring, struct ln_bytes passphrase)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(RING_ARENA);
    const struct keyfile_lock lock = {.passphrase = passphrase};
    struct ln_key_header header;
    char path[FILES_PATH_SIZE];
    int error = files_path(path, "%s/node.key", ring->directory);
    if (error == 0)
        error = keyfile_open(path, LN_KEY_NODE, &lock, &arena, &header, ring->secrets,
                             NODE_SECRETS);
    if (error == 0 && header.public_keys_count != 2)
        error = LN_E_MALFORMED;
    if (error != 0)
        return error;
    ring->member = header.member;
    sign_keys_from_seed(node_secret(ring, SECRET_SIGNING), &ring->signing_key,
                        ring->signing_secret);
    ring->transport_key = header.public_keys[1];
    ln_key_id_of(LN_USE_NODE, &ring->signing_key, &ring->signer.key_id);
    return 0;
}

int ring_open(const char *directory, struct ln_bytes passphrase, const struct ln_clock *clock,
              struct ring **out)
{
    struct ring *ring = ln_allocate(sizeof *ring);
    memset(ring, 0, sizeof *ring);
    ring->clock = *clock;
    ring->secrets = secret_take((size_t)NODE_SECRETS * LN_KEY_SECRET_BYTES);
    ring->signing_secret = secret_take(CRYPTO_SIGN_SECRET_BYTES);
    ring->signer = (struct ln_signer){.sign = sign_with_ring, .context = ring};
    ring->unsealer = (struct ln_unsealer){unseal_with_epoch, ring};
    int error = files_path(ring->directory, "%s", directory);
    if (error == 0)
        error = open_node_key(ring, passphrase);
    if (error == 0)
        error = load_epochs(ring);
    if (error != 0)
        ring_close(&ring);
    else
        *out = ring;
    return error;
}

void ring_close(struct ring **ring_p)
{
    struct ring *ring = *ring_p;
    if (ring == NULL)
        return;
    for (size_t i = 0; i < ring->epochs_count; i++)
        secret_release(ring->epochs[i].secret);
    secret_release(ring->secrets);
    secret_release(ring->signing_secret);
    ln_release(ring, sizeof *ring);
    *ring_p = NULL;
}

const struct ln_name *ring_member(const struct ring *ring)
{
    return &ring->member;
}

const struct ln_signer *ring_signer(const struct ring *ring)
{
    return &ring->signer;
}

const struct ln_public_key *ring_signing_key(const struct ring *ring)
{
    return &ring->signing_key;
}

const struct ln_unsealer *ring_unsealer(const struct ring *ring)
{
    return &ring->unsealer;
}

const struct ln_public_key *ring_transport_public(const struct ring *ring)
{
    return &ring->transport_key;
}

const uint8_t *ring_transport_secret(const struct ring *ring)
{
    return node_secret(ring, SECRET_TRANSPORT);
}

const uint8_t *ring_store_key(const struct ring *ring)
{
    return node_secret(ring, SECRET_STORE);
}
