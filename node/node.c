/*
 * liaison-node: the node daemon of one country. Opens its keys and its store, tells the hubs
 * its epoch, and serves counterparts and officers until told to stop.
 */
#include "acceptance.h"
#include "agreementkeeper.h"
#include "agreements.h"
#include "audit.h"
#include "crypto.h"
#include "daemon.h"
#include "door.h"
#include "files.h"
#include "keeper.h"
#include "log.h"
#include "metrics.h"
#include "note.h"
#include "process.h"
#include "ring.h"
#include "status.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    EPOCH_EVERY_MS = 3600 * 1000,
    METRICS_EVERY_MS = 60 * 1000,
    METRICS_ARENA = 1024 * 1024,
    STATEMENT_MAX = 256 * 1024,
};

struct settings {
    const char *keys, *store, *control, *passphrase_file, *fingerprint, *hook, *metrics_file;
    struct settings_list statements;
    uint64_t idle_minutes;
};

static const struct settings_row settings_rows[] = {
    {"keys", SETTINGS_TEXT, offsetof(struct settings, keys), true, NULL, 0, 0,
     "directory with node.key, officers/ and roles/"},
    {"store", SETTINGS_TEXT, offsetof(struct settings, store), true, NULL, 0, 0,
     "directory of the store"},
    {"control", SETTINGS_TEXT, offsetof(struct settings, control), true, NULL, 0, 0,
     "directory of the control door, mode 0700"},
    {"passphrase_file", SETTINGS_TEXT, offsetof(struct settings, passphrase_file), false, NULL,
     0, 0,
     "file of mode 0600 with the node's passphrase; keep it off the disk that may be stolen"},
    {"fingerprint", SETTINGS_TEXT, offsetof(struct settings, fingerprint), true, NULL, 0, 0,
     "a member's root fingerprint, compared in person"},
    {"statements", SETTINGS_LIST, offsetof(struct settings, statements), true, NULL, 0, 0,
     "files of the first roster and of the manifests, the roster first"},
    {"hook", SETTINGS_TEXT, offsetof(struct settings, hook), false, NULL, 0, 0,
     "program that is run with EMERGENCY or URGENT when such a letter has come; told nothing "
     "else"},
    {"metrics_file", SETTINGS_TEXT, offsetof(struct settings, metrics_file), false, NULL, 0, 0,
     "file for metrics in Prometheus' text form, written every minute"},
    {"idle_minutes", SETTINGS_NUMBER, offsetof(struct settings, idle_minutes), false, "15", 1,
     1440, "after which an officer's session is locked"},
    {NULL, SETTINGS_TEXT, 0, false, NULL, 0, 0, NULL},
};

struct command_line {
    struct daemon_line common;
    const char *backup;
    bool was_restored;
};

static const struct options_row option_rows[] = {
    {"backup", OPTIONS_TEXT, offsetof(struct command_line, backup), "DIR",
     "copy the store of a node that is not running, and stop"},
    {"restored", OPTIONS_FLAG, offsetof(struct command_line, was_restored), NULL,
     "the store came from a backup: ask the counterparts before sending"},
    DAEMON_OPTIONS};

struct node {
    struct command_line line;
    struct settings settings;
    struct local local;
    struct ring *ring;
    struct loop *loop;
    struct link *link;
    struct sessions *sessions;
    struct door *door;
    int signals;
};

/* Statements ------------------------------------------------------------------------------- */

static int take_statement(struct node *node, const char *path)
{
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    int error = files_read(path, &statement);
    if (error == 0 && ln_trust_roster(node->local.trust) == NULL)
        error =
            keeper_anchor(&node->local, ln_buffer_view(&statement), node->settings.fingerprint);
    else if (error == 0)
        error = node->link == NULL ? keeper_take_file(&node->local, ln_buffer_view(&statement))
                                   : link_take(node->link, ln_buffer_view(&statement));
    if (error < 0)
        fprintf(stderr, "liaison-node: %s: %s\n", path, ln_code_of(error)->text);
    return error < 0 ? error : 0;
}

static int take_statements(struct node *node)
{
    int error = 0;
    for (size_t i = 0; i < node->settings.statements.count && error == 0; i++)
        error = take_statement(node, node->settings.statements.texts[i]);
    return error;
}

static bool is_member(const struct node *node)
{
    return ln_trust_member(node->local.trust, &node->local.member) != NULL;
}

/** A country that left goes on reading what it has. */
static bool has_been_member(const struct node *node)
{
    return is_member(node) || ln_trust_manifest(node->local.trust, &node->local.member) != NULL;
}

/** What was kept comes first; the files of the settings may be newer, or the first of all. */
static int load_trust(struct node *node)
{
    node->local.trust = ln_trust_new();
    node->local.agreements = agreements_new();
    int error = keeper_load(&node->local, node->settings.fingerprint);
    if (error == 0)
        error = agreementkeeper_load(&node->local);
    if (error != 0 && error != LN_E_NOT_FOUND)
        return error;
    const int taken = take_statements(node);
    if (taken != 0)
        return taken;
    node->local.federation = ln_trust_roster(node->local.trust)->federation;
    ln_trust_demand_acceptance(node->local.trust, &node->local.member);
    return has_been_member(node) ? acceptance_load(&node->local) : LN_E_NOT_A_MEMBER;
}

/* Epochs ----------------------------------------------------------------------------------- */

static int announce_epoch(struct node *node)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(1024);
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(4096);
    struct ln_epoch epoch = {.federation = node->local.federation,
                             .member = node->local.member};
    const struct ln_epoch *known = ln_trust_epoch(node->local.trust, &node->local.member);
    if (!is_member(node))
        return 0; /* nobody seals to us any more */
    int error = ring_epoch_current(node->ring, known, &epoch);
    node->local.oldest_openable_epoch = epoch.oldest_openable;
    if (error != 0 || (known != NULL && known->number == epoch.number))
        return error;
    error = ln_epoch_build(&epoch, &body);
    if (error == 0)
        error = ln_sign(LN_TYPE_EPOCH, &node->local.federation, ln_buffer_view(&body),
                        ring_signer(node->ring), &statement);
    if (error == 0)
        error = keeper_take(&node->local, ln_buffer_view(&statement));
    if (error == 0 && node->link != NULL)
        link_publish(node->link, ln_buffer_view(&statement));
    return error > 0 ? 0 : error;
}

/** The newest time that a counterpart's node has signed; 0: none was heard. */
static uint64_t counterparts_time(const struct node *node)
{
    const struct ln_roster *roster = ln_trust_roster(node->local.trust);
    AUTO(store_end) struct store_txn *txn = NULL;
    uint64_t newest_ms = 0;
    if (store_read(node->local.store, &txn) != 0)
        return 0;
    for (size_t i = 0; i < roster->members_count; i++) {
        struct ln_channel_record channel;
        if (store_channel_get(txn, &roster->members[i].id, &channel) == 0 &&
            channel.note_ms > newest_ms)
            newest_ms = channel.note_ms;
    }
    return newest_ms;
}

/** One clock that jumps destroys nothing: a counterpart's signed time must say the same. */
static int forget_epochs(struct node *node)
{
    const uint64_t ours_ms = ln_now_ms(&node->local.clock), theirs_ms = counterparts_time(node);
    const uint64_t agreed_ms = ours_ms < theirs_ms ? ours_ms : theirs_ms;
    return agreed_ms < RING_EPOCH_KEPT_MS
               ? 0
               : ring_epoch_forget(node->ring, agreed_ms - RING_EPOCH_KEPT_MS);
}

static void on_epoch_time(void *context)
{
    struct node *node = context;
    int error = forget_epochs(node);
    if (error == 0)
        error = announce_epoch(node);
    if (error != 0)
        log_line(LOG_AS_ERROR, "no new epoch code=%s", ln_code_of(error)->name);
}

/* Metrics ---------------------------------------------------------------------------------- */

static void on_metrics_time(void *context)
{
    const struct node *node = context;
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(METRICS_ARENA);
    struct ln_door_status *status;
    if (node->settings.metrics_file == NULL)
        return;
    int error = status_collect(&node->local, node->link, &arena, &status);
    if (error == 0)
        error = metrics_write(node->settings.metrics_file, status);
    if (error != 0)
        log_line(LOG_AS_WARNING, "metrics could not be written code=%s",
                 ln_code_of(error)->name);
}

/* The audit log ---------------------------------------------------------------------------- */

static int append_entry(struct store_txn *txn, void *context)
{
    return audit_append(txn, context);
}

/** What whoever operates the node does. A full disk keeps no node from receiving. */
static int write_entry(const struct node *node, uint32_t action)
{
    struct ln_audit_entry entry = {.when_ms = ln_now_ms(&node->local.clock), .action = action};
    const int error = store_run(node->local.store, append_entry, &entry);
    if (error == LN_E_DISK_FULL)
        log_line(LOG_AS_ERROR, "the disk is full: the audit log misses an entry");
    return error == LN_E_DISK_FULL ? 0 : error;
}

/* Starting --------------------------------------------------------------------------------- */

static int open_ring(struct node *node)
{
    AUTO(ln_buffer_wipe) struct ln_buffer passphrase = LN_BUFFER(FILES_PASSPHRASE_MAX);
    const struct files_passphrase source = {
        .descriptor = node->line.common.passphrase_fd,
        .file = node->settings.passphrase_file,
        .prompt = "the node's passphrase",
    };
    int error = files_passphrase(&source, &passphrase);
    if (error == 0)
        error = ring_open(node->settings.keys, ln_buffer_view(&passphrase), &LN_CLOCK_SYSTEM,
                          &node->ring);
    if (error != 0)
        return error;
    node->local.member = *ring_member(node->ring);
    node->local.signer = ring_signer(node->ring);
    node->local.unsealer = ring_unsealer(node->ring);
    node->local.clock = LN_CLOCK_SYSTEM;
    return 0;
}

static int ask_restored(struct store_txn *txn, void *context)
{
    const struct node *node = context;
    return note_ask_all(txn, &node->local);
}

static int open_store(struct node *node)
{
    int error =
        store_open(node->settings.store, ring_store_key(node->ring), &node->local.store);
    if (error == 0 && node->line.backup != NULL)
        error = write_entry(node, LN_AUDIT_BACKED_UP);
    if (error == 0 && node->line.backup != NULL)
        return store_copy(node->local.store, node->line.backup);
    if (error == 0)
        error = load_trust(node);
    if (error == 0 && node->line.was_restored)
        error = store_run(node->local.store, ask_restored, node);
    return error == 0 ? write_entry(node, LN_AUDIT_STARTED) : error;
}

static void on_signal(void *context)
{
    struct node *node = context;
    const int number = process_signal_next(node->signals);
    if (number == SIGHUP &&
        (write_entry(node, LN_AUDIT_STATEMENTS) != 0 || take_statements(node) != 0))
        log_line(LOG_AS_WARNING, "not all statements were taken");
    if (number == SIGHUP)
        on_metrics_time(node);
    else if (number == SIGTERM || number == SIGINT)
        loop_stop(node->loop);
}

static int serve(struct node *node)
{
    const struct link_options link_options = {
        .loop = node->loop,
        .local = &node->local,
        .transport_public = *ring_transport_public(node->ring),
        .transport_secret = ring_transport_secret(node->ring),
        .hook = node->settings.hook,
        .on_own_epoch = on_epoch_time,
        .context = node,
    };
    int error = announce_epoch(node);
    if (error ==
        LN_E_DISK_FULL) { /* in force, and told to the hubs; stored when there is room */
        log_line(LOG_AS_ERROR, "the disk is full");
        error = 0;
    }
    if (error == 0)
        error = link_new(&link_options, &node->link);
    node->sessions = sessions_new(node->settings.keys, &LN_CLOCK_SYSTEM,
                                  node->settings.idle_minutes * LN_MINUTE_MS);
    const struct door_options door_options = {node->loop, &node->local, node->link,
                                              node->sessions, node->settings.control};
    if (error == 0)
        error = door_open(&door_options, &node->door);
    if (error != 0)
        return error;
    loop_watch_file(node->loop, node->signals, false, on_signal, node);
    loop_timer_start(node->loop, EPOCH_EVERY_MS, 0, on_epoch_time, node);
    loop_timer_start(node->loop, METRICS_EVERY_MS, 0, on_metrics_time, node);
    on_metrics_time(node);
    log_line(LOG_AS_NOTICE, "ready member=%s", node->local.member.text);
    loop_run(node->loop);
    return link_failure(node->link);
}

static void close_node(struct node *node)
{
    door_close(&node->door);
    sessions_destroy(&node->sessions);
    link_destroy(&node->link);
    loop_destroy(&node->loop);
    ln_trust_destroy(&node->local.trust);
    agreements_destroy(&node->local.agreements);
    store_close(&node->local.store);
    ring_close(&node->ring);
}

static int run(void *context, int signals)
{
    struct node *node = context;
    node->signals = signals;
    socket_start();
    int error = crypto_start();
    if (error == 0)
        error = open_ring(node);
    if (error == 0)
        error = process_confine();
    if (error == 0)
        error = open_store(node);
    if (error == 0 && node->line.backup == NULL) {
        node->loop = loop_new();
        error = serve(node);
    }
    close_node(node);
    return error;
}

int main(int argc, char **argv)
{
    static struct node node;
    const struct daemon_program program = {
        .name = "liaison-node",
        .purpose = "the node daemon of one country",
        .ending =
            "SIGHUP reads the statements again. Exit codes: 0 stopped, 1 refused to start "
            "or failed, 2 usage.",
        .options = option_rows,
        .settings = settings_rows,
        .line = &node.line.common,
        .out_settings = &node.settings,
        .run = run,
        .context = &node,
    };
    return daemon_main(argc, argv, &program);
}
