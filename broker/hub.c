/*
 * liaison-hub: the hub broker of a federation. Starts, tests its own door, and serves until
 * told to stop.
 */
#include "crypto.h"
#include "daemon.h"
#include "files.h"
#include "front.h"
#include "hubkey.h"
#include "log.h"
#include "loop.h"
#include "metrics.h"
#include "process.h"
#include "zap.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SELF_TEST_MS = 5000,
    DELIVER_EVERY_MS = 1000,
    METRICS_EVERY_MS = 15000,
    EXPIRE_EVERY_MS = 3600 * 1000,
    BATCH_SIZE_MAX = 32 * 1024 * 1024,
    STATEMENT_MAX = 256 * 1024,
};

enum hub_table { TABLE_MAIL, TABLE_STATEMENT };
static const char *const hub_tables[] = {"mail", "statement", NULL};

struct settings {
    const char *listen, *store, *key, *passphrase_file, *fingerprint, *metrics_file;
    struct settings_list statements;
    uint64_t mailbox_count, mailbox_bytes, minute_rate;
};

static const struct settings_row settings_rows[] = {
    {"listen", SETTINGS_TEXT, offsetof(struct settings, listen), true, NULL, 0, 0,
     "endpoint to listen at: tcp://*:4100"},
    {"store", SETTINGS_TEXT, offsetof(struct settings, store), true, NULL, 0, 0,
     "directory of the mailboxes"},
    {"key", SETTINGS_TEXT, offsetof(struct settings, key), true, NULL, 0, 0,
     "the hub's key file"},
    {"passphrase_file", SETTINGS_TEXT, offsetof(struct settings, passphrase_file), false, NULL,
     0, 0,
     "file of mode 0600 with the key's passphrase; keep it off the disk that may be stolen"},
    {"fingerprint", SETTINGS_TEXT, offsetof(struct settings, fingerprint), true, NULL, 0, 0,
     "a member's root fingerprint, compared in person"},
    {"statements", SETTINGS_LIST, offsetof(struct settings, statements), true, NULL, 0, 0,
     "files of the first roster and of the manifests, the roster first"},
    {"metrics_file", SETTINGS_TEXT, offsetof(struct settings, metrics_file), false, NULL, 0, 0,
     "file for metrics in Prometheus' text form"},
    {"mailbox_count", SETTINGS_NUMBER, offsetof(struct settings, mailbox_count), false,
     "100000", 1, 10000000, "envelopes that one member may have waiting for another"},
    {"mailbox_bytes", SETTINGS_NUMBER, offsetof(struct settings, mailbox_bytes), false,
     "2147483648", 1048576, UINT64_C(1) << 40,
     "bytes that one member may have waiting for all"},
    {"minute_rate", SETTINGS_NUMBER, offsetof(struct settings, minute_rate), false, "600000", 1,
     UINT64_C(1) << 32, "envelopes a minute from one member to another"},
    {NULL, SETTINGS_TEXT, 0, false, NULL, 0, 0, NULL},
};

static const struct options_row option_rows[] = {DAEMON_OPTIONS};

struct hub {
    struct daemon_line line;
    struct settings settings;
    struct loop *loop;
    struct database *database;
    struct rosterkeeper *keeper;
    struct mailbox *mailbox;
    struct front *front;
    struct hubkey key;
    struct zap *zap;
    zsock_t *socket;
    int signals, failure;
    struct socket_message messages[FRONT_BATCH_MAX];
};

static void stop(struct hub *hub, int error)
{
    if (error != 0 && hub->failure == 0) {
        hub->failure = error;
        log_line(LOG_AS_ERROR, "stopping code=%s", ln_code_of(error)->name);
    }
    loop_stop(hub->loop);
}

/* Events ----------------------------------------------------------------------------------- */

static bool admits(void *context, const struct ln_public_key *key, struct ln_name *out_user)
{
    const struct hub *hub = context;
    const struct ln_member *member = ln_trust_admits(rosterkeeper_trust(hub->keeper), key);
    if (member == NULL)
        return false;
    *out_user = member->id;
    return true;
}

static int send_answer(void *context, const struct socket_route *route, struct ln_bytes payload)
{
    const struct hub *hub = context;
    return socket_send_to(hub->socket, route, payload);
}

static void on_messages(void *context)
{
    struct hub *hub = context;
    size_t count = 0, size = 0;
    while (count < FRONT_BATCH_MAX && size < BATCH_SIZE_MAX) {
        struct socket_message *message = &hub->messages[count];
        const int error = socket_take(hub->socket, true, message);
        if (error == LN_E_NOT_FOUND || error == LN_E_SYSTEM)
            break;
        size += message->payload.size;
        front_take(hub->front, message, error);
        count++;
    }
    const int error = front_finish(hub->front);
    for (size_t i = 0; i < count; i++)
        socket_message_wipe(&hub->messages[i]);
    if (error != 0)
        stop(hub, error); /* never a second try after a failed sync */
}

static void on_knock(void *context)
{
    const struct hub *hub = context;
    zap_handle(hub->zap);
}

static void on_deliver_time(void *context)
{
    struct hub *hub = context;
    const int error = front_deliver(hub->front);
    if (error != 0)
        stop(hub, error);
}

static void on_expire_time(void *context)
{
    struct hub *hub = context;
    uint64_t count;
    const int error = mailbox_expire(hub->mailbox, EXPIRE_EVERY_MS, &count);
    if (error != 0)
        stop(hub, error);
    else if (count > 0)
        log_line(LOG_AS_NOTICE, "expired envelopes=%llu", (unsigned long long)count);
}

static void on_metrics_time(void *context)
{
    struct hub *hub = context;
    if (hub->settings.metrics_file != NULL &&
        metrics_write(hub->settings.metrics_file, front_counters(hub->front), hub->mailbox,
                      zap_refused_count(hub->zap)) != 0)
        log_line(LOG_AS_WARNING, "metrics could not be written");
}

static int take_statements(struct hub *hub);

static void on_signal(void *context)
{
    struct hub *hub = context;
    const int number = process_signal_next(hub->signals);
    if (number == SIGHUP && take_statements(hub) != 0)
        log_line(LOG_AS_WARNING, "not all statements were taken");
    else if (number == SIGTERM || number == SIGINT)
        stop(hub, 0);
}

/* Starting --------------------------------------------------------------------------------- */

static int take_statement(struct hub *hub, const char *path)
{
    AUTO(ln_buffer_wipe) struct ln_buffer statement = LN_BUFFER(STATEMENT_MAX);
    int error = files_read(path, &statement);
    if (error == 0)
        error = hub->front == NULL ? rosterkeeper_take(hub->keeper, ln_buffer_view(&statement))
                                   : front_publish(hub->front, ln_buffer_view(&statement));
    if (error < 0)
        fprintf(stderr, "liaison-hub: %s: %s\n", path, ln_code_of(error)->text);
    return error < 0 ? error : 0;
}

static int take_statements(struct hub *hub)
{
    int error = 0;
    for (size_t i = 0; i < hub->settings.statements.count && error == 0; i++)
        error = take_statement(hub, hub->settings.statements.texts[i]);
    return error;
}

static int open_store(struct hub *hub)
{
    const struct database_options options = {.directory = hub->settings.store,
                                             .tables = hub_tables};
    const struct mailbox_limits limits = {
        hub->settings.mailbox_count, hub->settings.mailbox_bytes, hub->settings.minute_rate};
    int error = database_open(&options, &hub->database);
    if (error == 0)
        error = rosterkeeper_open(hub->database, TABLE_STATEMENT, hub->settings.fingerprint,
                                  &hub->keeper);
    if (error == 0)
        error = take_statements(hub);
    if (error == 0)
        error =
            mailbox_open(hub->database, TABLE_MAIL, &limits, &LN_CLOCK_SYSTEM, &hub->mailbox);
    return error;
}

static int open_key(struct hub *hub)
{
    AUTO(ln_buffer_wipe) struct ln_buffer passphrase = LN_BUFFER(FILES_PASSPHRASE_MAX);
    const struct files_passphrase source = {
        .descriptor = hub->line.passphrase_fd,
        .file = hub->settings.passphrase_file,
        .prompt = "the hub's passphrase",
    };
    const int error = files_passphrase(&source, &passphrase);
    return error == 0 ? hubkey_open(hub->settings.key, ln_buffer_view(&passphrase), &hub->key)
                      : error;
}

/**
 * The door is made before the socket, and tried with a stranger's key before anybody is served.
 */
static int open_door(struct hub *hub)
{
    const struct socket_curve keys = {&hub->key.public_key, hub->key.secret};
    int error = zap_new(admits, hub, &hub->zap);
    if (error == 0)
        error = socket_server(hub->settings.listen, &keys, &hub->socket);
    if (error == 0)
        error =
            zap_self_test(hub->zap, hub->settings.listen, &hub->key.public_key, SELF_TEST_MS);
    if (error != 0)
        return error;
    const struct front_options options = {hub->mailbox, hub->keeper, LN_CLOCK_SYSTEM,
                                          send_answer, hub};
    hub->front = front_new(&options);
    return 0;
}

static void serve(struct hub *hub)
{
    hub->loop = loop_new();
    loop_watch_file(hub->loop, hub->signals, false, on_signal, hub);
    loop_watch_socket(hub->loop, zap_socket(hub->zap), on_knock, hub);
    loop_watch_socket(hub->loop, hub->socket, on_messages, hub);
    loop_timer_start(hub->loop, DELIVER_EVERY_MS, 0, on_deliver_time, hub);
    loop_timer_start(hub->loop, METRICS_EVERY_MS, 0, on_metrics_time, hub);
    loop_timer_start(hub->loop, EXPIRE_EVERY_MS, 0, on_expire_time, hub);
    log_line(LOG_AS_NOTICE, "ready hub=%s mails=%llu", hub->key.name.text,
             (unsigned long long)mailbox_count(hub->mailbox));
    loop_run(hub->loop);
}

static void close_hub(struct hub *hub)
{
    loop_destroy(&hub->loop);
    front_destroy(&hub->front);
    socket_destroy(&hub->socket);
    zap_destroy(&hub->zap);
    mailbox_close(&hub->mailbox);
    rosterkeeper_close(&hub->keeper);
    database_close(&hub->database);
    hubkey_wipe(&hub->key);
}

static int run(void *context, int signals)
{
    struct hub *hub = context;
    hub->signals = signals;
    socket_start();
    int error = crypto_start();
    if (error == 0)
        error = open_key(hub);
    if (error == 0)
        error = process_confine();
    if (error == 0)
        error = open_store(hub);
    if (error == 0)
        error = open_door(hub);
    if (error == 0)
        serve(hub);
    close_hub(hub);
    return error != 0 ? error : hub->failure;
}

int main(int argc, char **argv)
{
    static struct hub hub;
    const struct daemon_program program = {
        .name = "liaison-hub",
        .purpose = "the hub broker of a Liaison federation",
        .ending =
            "SIGHUP reads the statements again. Exit codes: 0 stopped, 1 refused to start "
            "or failed, 2 usage, 3 the self-test let a stranger in.",
        .options = option_rows,
        .settings = settings_rows,
        .line = &hub.line,
        .out_settings = &hub.settings,
        .run = run,
        .context = &hub,
    };
    return daemon_main(argc, argv, &program);
}
