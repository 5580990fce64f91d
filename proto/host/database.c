/*
 * LMDB as we use it: default flags, one writer, whole transactions that grow the map and run
 * again.
 *
 * What LMDB leaves to its user is done here once: it never syncs its directory; a full map
 * shows in put and in commit; a failed sync leaves the environment in doubt, so it is never
 * tried again; and a second process on the same files would break the readers' table, so the
 * directory has one owner.
 */
#include "database.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MAP_START ((size_t)64 << 20)
#define MAP_MAX ((size_t)64 << 30)
enum { PATH_SIZE = 1024 };
/** Below this a short write means a full disk. */
#define ROOM_MIN ((uint64_t)1 << 20)

struct database {
    MDB_env *env;
    MDB_dbi tables[DATABASE_TABLES_MAX];
    unsigned tables_count;
    size_t map_size, map_max;
    int owner_file;
    char directory[PATH_SIZE];
};

struct database_txn {
    struct database *database;
    MDB_txn *txn;
    bool is_full; /* a write met a full map: the whole transaction runs again in a larger one */
};

static int code_of(int result)
{
    switch (result) {
    case MDB_SUCCESS:
        return 0;
    case MDB_NOTFOUND:
        return LN_E_NOT_FOUND;
    case ENOSPC:
    case EDQUOT:
        return LN_E_DISK_FULL;
    default:
        return LN_E_STORE;
    }
}

/* Opening ---------------------------------------------------------------------------------- */

static int check_directory(const char *directory)
{
    if (mkdir(directory, 0700) != 0 && errno != EEXIST)
        return errno == ENOSPC ? LN_E_DISK_FULL : LN_E_SYSTEM;
    struct stat status;
    if (stat(directory, &status) != 0 || !S_ISDIR(status.st_mode))
        return LN_E_SYSTEM;
    return (status.st_mode & 077) == 0 ? 0 : LN_E_FILE_MODE;
}

static int sync_directory(const char *directory)
{
    const int file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return LN_E_SYSTEM;
    const int failed = fsync(file);
    close(file);
    return failed ? LN_E_STORE : 0;
}

static int own(const char *directory, int *out_file)
{
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/owner", directory) >= (int)sizeof path)
        return LN_E_SYSTEM;
    const int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        return errno == ENOSPC ? LN_E_DISK_FULL : LN_E_SYSTEM;
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        close(file);
        return LN_E_BUSY;
    }
    *out_file = file;
    return 0;
}

static int open_tables(struct database *database, const char *const *names)
{
    MDB_txn *txn;
    int result = mdb_txn_begin(database->env, NULL, 0, &txn);
    if (result != MDB_SUCCESS)
        return code_of(result);
    for (; names[database->tables_count] != NULL && result == MDB_SUCCESS;
         database->tables_count++) {
        assert(database->tables_count < DATABASE_TABLES_MAX);
        result = mdb_dbi_open(txn, names[database->tables_count], MDB_CREATE,
                              &database->tables[database->tables_count]);
    }
    if (result != MDB_SUCCESS) {
        mdb_txn_abort(txn);
        return code_of(result);
    }
    return code_of(mdb_txn_commit(txn));
}

static int open_environment(struct database *database, const struct database_options *options)
{
    int result = mdb_env_create(&database->env);
    if (result == MDB_SUCCESS)
        result = mdb_env_set_maxdbs(database->env, DATABASE_TABLES_MAX);
    if (result == MDB_SUCCESS)
        result = mdb_env_set_mapsize(database->env, MAP_START);
    if (result == MDB_SUCCESS)
        result = mdb_env_open(database->env, options->directory, 0, 0600);
    MDB_envinfo info;
    if (result == MDB_SUCCESS)
        result = mdb_env_info(database->env, &info);
    if (result != MDB_SUCCESS)
        return code_of(result);
    database->map_size = info.me_mapsize; /* larger than asked when the file has grown before */
    return 0;
}

int database_open(const struct database_options *options, struct database **out)
{
    int error = check_directory(options->directory);
    int owner_file = -1;
    if (error == 0)
        error = own(options->directory, &owner_file);
    if (error != 0)
        return error;
    struct database *database = ln_allocate(sizeof *database);
    *database =
        (struct database){.owner_file = owner_file,
                          .map_max = options->size_max == 0 ? MAP_MAX : options->size_max};
    snprintf(database->directory, sizeof database->directory, "%s", options->directory);
    error = open_environment(database, options);
    if (error == 0)
        error = open_tables(database, options->tables);
    if (error == 0)
        error = sync_directory(options->directory);
    if (error != 0)
        database_close(&database);
    else
        *out = database;
    return error;
}

void database_close(struct database **database_p)
{
    struct database *database = *database_p;
    if (database == NULL)
        return;
    if (database->env != NULL)
        mdb_env_close(database->env);
    close(database->owner_file);
    ln_release(database, sizeof *database);
    *database_p = NULL;
}

/* Transactions ----------------------------------------------------------------------------- */

int database_read(struct database *database, struct database_txn **out)
{
    MDB_txn *txn;
    const int result = mdb_txn_begin(database->env, NULL, MDB_RDONLY, &txn);
    if (result != MDB_SUCCESS)
        return code_of(result);
    struct database_txn *reader = ln_allocate(sizeof *reader);
    *reader = (struct database_txn){.database = database, .txn = txn};
    *out = reader;
    return 0;
}

void database_abort(struct database_txn **txn_p)
{
    struct database_txn *txn = *txn_p;
    if (txn == NULL)
        return;
    mdb_txn_abort(txn->txn);
    ln_release(txn, sizeof *txn);
    *txn_p = NULL;
}

/** One try. `*out_is_full` says that the map was too small. */
static int run_once(struct database *database,
                    int (*work)(struct database_txn *txn, void *context), void *context,
                    bool *out_is_full)
{
    struct database_txn txn = {.database = database};
    int result = mdb_txn_begin(database->env, NULL, 0, &txn.txn);
    if (result != MDB_SUCCESS)
        return code_of(result);
    const int error = work(&txn, context);
    *out_is_full = txn.is_full;
    if (error != 0 || txn.is_full) {
        mdb_txn_abort(txn.txn);
        return error;
    }
    result = mdb_txn_commit(txn.txn);
    *out_is_full = result == MDB_MAP_FULL;
    /* LMDB says EIO of a short write. Its pages are copies: what did not reach the disk
     * belonged to the transaction that is gone, so another one may be tried once there is room.
     */
    if (result == EIO && !database_has_room(database, ROOM_MIN))
        return LN_E_DISK_FULL;
    return code_of(result);
}

static int grow(struct database *database)
{
    if (database->map_size >= database->map_max)
        return LN_E_DISK_FULL;
    size_t size = 2 * database->map_size;
    if (size > database->map_max)
        size = database->map_max;
    const int result = mdb_env_set_mapsize(database->env, size);
    if (result == MDB_SUCCESS)
        database->map_size = size;
    return code_of(result);
}

int database_run(struct database *database,
                 int (*work)(struct database_txn *txn, void *context), void *context)
{
    for (;;) {
        bool is_full = false;
        int error = run_once(database, work, context, &is_full);
        if (!is_full)
            return error;
        error = grow(database);
        if (error != 0)
            return error;
    }
}

/* Records ---------------------------------------------------------------------------------- */

static MDB_val value_of(struct ln_bytes bytes)
{
    return (MDB_val){.mv_size = bytes.size, .mv_data = (void *)(uintptr_t)bytes.data};
}

static struct ln_bytes bytes_of(const MDB_val *value)
{
    return ln_view(value->mv_data, value->mv_size);
}

int database_get(struct database_txn *txn, unsigned table, struct ln_bytes key,
                 struct ln_bytes *out_value)
{
    MDB_val key_value = value_of(key), value;
    const int result = mdb_get(txn->txn, txn->database->tables[table], &key_value, &value);
    if (result == MDB_SUCCESS)
        *out_value = bytes_of(&value);
    return code_of(result);
}

static int note_full(struct database_txn *txn, int result)
{
    txn->is_full = txn->is_full || result == MDB_MAP_FULL;
    return code_of(result);
}

int database_put(struct database_txn *txn, unsigned table, struct ln_bytes key,
                 struct ln_bytes value)
{
    assert(key.size > 0 && key.size <= DATABASE_KEY_MAX);
    const MDB_dbi dbi = txn->database->tables[table];
    MDB_val key_value = value_of(key), data = value_of(value);
    int result = mdb_put(txn->txn, dbi, &key_value, &data, MDB_APPEND);
    if (result == MDB_KEYEXIST) /* it is not the highest key: an ordinary put */
        result = mdb_put(txn->txn, dbi, &key_value, &data, 0);
    return note_full(txn, result);
}

int database_delete(struct database_txn *txn, unsigned table, struct ln_bytes key)
{
    MDB_val key_value = value_of(key);
    const int result = mdb_del(txn->txn, txn->database->tables[table], &key_value, NULL);
    return result == MDB_NOTFOUND ? 0 : note_full(txn, result);
}

/* Walks ------------------------------------------------------------------------------------ */

static bool begins_with(struct ln_bytes key, struct ln_bytes prefix)
{
    return key.size >= prefix.size &&
           (prefix.size == 0 || memcmp(key.data, prefix.data, prefix.size) == 0);
}

static int walk_cursor(MDB_cursor *cursor, struct ln_bytes prefix, struct ln_bytes from,
                       database_each *each, void *context)
{
    const struct ln_bytes start = from.size > 0 ? from : prefix;
    MDB_val key = value_of(start), value;
    int result =
        mdb_cursor_get(cursor, &key, &value, start.size > 0 ? MDB_SET_RANGE : MDB_FIRST);
    while (result == MDB_SUCCESS && begins_with(bytes_of(&key), prefix)) {
        const int answer = each(bytes_of(&key), bytes_of(&value), context);
        if (answer != 0)
            return answer == DATABASE_STOP ? 0 : answer;
        result = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    }
    return result == MDB_NOTFOUND ? 0 : code_of(result);
}

static int open_cursor(struct database_txn *txn, unsigned table, MDB_cursor **out)
{
    return code_of(mdb_cursor_open(txn->txn, txn->database->tables[table], out));
}

int database_walk(struct database_txn *txn, unsigned table, struct ln_bytes prefix,
                  struct ln_bytes from, database_each *each, void *context)
{
    MDB_cursor *cursor;
    int error = open_cursor(txn, table, &cursor);
    if (error != 0)
        return error;
    error = walk_cursor(cursor, prefix, from, each, context);
    mdb_cursor_close(cursor);
    return error;
}

/** The smallest key above everything that begins with the prefix; none for a prefix of 0xff. */
static bool next_prefix(struct ln_bytes prefix, uint8_t out[static DATABASE_KEY_MAX],
                        size_t *out_size)
{
    size_t size = prefix.size;
    if (size > 0)
        memcpy(out, prefix.data, size);
    while (size > 0 && out[size - 1] == 0xff)
        size--;
    if (size == 0)
        return false;
    out[size - 1]++;
    *out_size = size;
    return true;
}

static int seek_last(MDB_cursor *cursor, struct ln_bytes prefix, MDB_val *key, MDB_val *value)
{
    uint8_t above[DATABASE_KEY_MAX];
    size_t above_size;
    if (!next_prefix(prefix, above, &above_size))
        return mdb_cursor_get(cursor, key, value, MDB_LAST);
    *key = value_of(ln_view(above, above_size));
    const int result = mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
    if (result == MDB_NOTFOUND)
        return mdb_cursor_get(cursor, key, value, MDB_LAST);
    return result == MDB_SUCCESS ? mdb_cursor_get(cursor, key, value, MDB_PREV) : result;
}

int database_last(struct database_txn *txn, unsigned table, struct ln_bytes prefix,
                  struct ln_bytes *out_key, struct ln_bytes *out_value)
{
    MDB_cursor *cursor;
    const int error = open_cursor(txn, table, &cursor);
    if (error != 0)
        return error;
    MDB_val key, value;
    int result = seek_last(cursor, prefix, &key, &value);
    if (result == MDB_SUCCESS && !begins_with(bytes_of(&key), prefix))
        result = MDB_NOTFOUND;
    if (result == MDB_SUCCESS) {
        *out_key = bytes_of(&key);
        *out_value = bytes_of(&value);
    }
    mdb_cursor_close(cursor);
    return code_of(result);
}

int database_count(struct database_txn *txn, unsigned table, uint64_t *out_count)
{
    MDB_stat status;
    const int result = mdb_stat(txn->txn, txn->database->tables[table], &status);
    if (result == MDB_SUCCESS)
        *out_count = status.ms_entries;
    return code_of(result);
}

bool database_has_room(const struct database *database, uint64_t size)
{
    struct statvfs status;
    return statvfs(database->directory, &status) == 0 &&
           (uint64_t)status.f_bavail * status.f_frsize >= size;
}

/* Backup ----------------------------------------------------------------------------------- */

int database_copy(struct database *database, const char *directory)
{
    char path[PATH_SIZE];
    const int error = check_directory(directory);
    if (error != 0)
        return error;
    if (snprintf(path, sizeof path, "%s/data.mdb", directory) >= (int)sizeof path)
        return LN_E_SYSTEM;
    if (access(path, F_OK) == 0)
        return LN_E_EXISTS;
    const int result = mdb_env_copy2(database->env, directory, MDB_CP_COMPACT);
    return result == MDB_SUCCESS ? sync_directory(directory) : code_of(result);
}
