/*
 * Outside sockets on this very libzmq: who is let in, what is taken, whose it is said to be.
 * Nothing waits for a time: what must come is polled for, with a deadline that only fails.
 */
#include "loop.h"
#include "zap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { POLL_MS = 10, DEADLINE_POLLS = 1000, QUIET_POLLS = 30 };

struct keys {
    struct ln_public_key public_key;
    uint8_t secret[SOCKET_SECRET_BYTES];
};

static char directory[64], endpoint[96];
static struct keys hub_keys, member_keys, stranger_keys;
static struct zap *zap;
static zsock_t *server;

static struct keys new_keys(void)
{
    struct keys keys;
    char public_text[41], secret_text[41];
    assert_int_equal(zmq_curve_keypair(public_text, secret_text), 0);
    assert_non_null(zmq_z85_decode(keys.public_key.b, public_text));
    assert_non_null(zmq_z85_decode(keys.secret, secret_text));
    return keys;
}

static bool admits_member(void *context, const struct ln_public_key *key,
                          struct ln_name *out_user)
{
    (void)context;
    if (memcmp(key, &member_keys.public_key, sizeof *key) != 0)
        return false;
    return ln_name_from("KH", out_user) == 0;
}

static bool admits_all(void *context, const struct ln_public_key *key, struct ln_name *out_user)
{
    (void)context;
    (void)key;
    return ln_name_from("XX", out_user) == 0;
}

static struct socket_curve curve_of(const struct keys *keys)
{
    return (struct socket_curve){&keys->public_key, keys->secret};
}

static void serve(zap_admits *admits)
{
    const struct socket_curve curve = curve_of(&hub_keys);
    assert_int_equal(zap_new(admits, NULL, &zap), 0);
    assert_int_equal(socket_server(endpoint, &curve, &server), 0);
}

static zsock_t *client(const struct keys *keys)
{
    const struct socket_curve curve = curve_of(keys);
    zsock_t *socket;
    assert_int_equal(socket_client(endpoint, &curve, &hub_keys.public_key, &socket), 0);
    return socket;
}

static int start(void **state)
{
    (void)state;
    snprintf(directory, sizeof directory, "/tmp/liaison-sock-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return 1;
    snprintf(endpoint, sizeof endpoint, "ipc://%s/hub", directory);
    hub_keys = new_keys();
    member_keys = new_keys();
    stranger_keys = new_keys();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    char command[96];
    socket_destroy(&server);
    zap_destroy(&zap);
    snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

/** One turn of the server's loop. */
static void turn(void)
{
    zmq_pollitem_t items[] = {
        {.socket = zsock_resolve(zap_socket(zap)), .events = ZMQ_POLLIN},
        {.socket = zsock_resolve(server), .events = ZMQ_POLLIN},
    };
    zmq_poll(items, 2, POLL_MS);
    zap_handle(zap);
}

/** The next message at the server, or what the socket says of it. */
static int receive(struct socket_message *out)
{
    for (unsigned i = 0; i < DEADLINE_POLLS; i++) {
        turn();
        const int error = socket_take(server, true, out);
        if (error != LN_E_NOT_FOUND)
            return error;
    }
    fail_msg("nothing came");
    return LN_E_NOT_FOUND;
}

static void send_when_connected(zsock_t *socket, struct ln_bytes payload)
{
    for (unsigned i = 0; i < DEADLINE_POLLS; i++) {
        if (socket_send(socket, payload) == 0)
            return;
        turn();
    }
    fail_msg("not connected");
}

/* Who is let in ---------------------------------------------------------------------------- */

static void member_is_let_in_and_named_by_its_key(void **state)
{
    (void)state;
    struct socket_message message;
    serve(admits_member);
    zsock_t *socket = client(&member_keys);
    send_when_connected(socket, LN_LITERAL("hello"));
    assert_int_equal(receive(&message), 0);
    assert_true(ln_bytes_equal(message.payload, LN_LITERAL("hello")));
    assert_string_equal(message.user.text, "KH");
    assert_memory_equal(&message.key, &member_keys.public_key, sizeof message.key);
    assert_int_equal(socket_send_to(server, &message.route, LN_LITERAL("welcome")), 0);
    socket_message_wipe(&message);
    int error = LN_E_NOT_FOUND;
    for (unsigned i = 0; i < DEADLINE_POLLS && error == LN_E_NOT_FOUND; i++) {
        turn();
        error = socket_take(socket, false, &message);
    }
    assert_int_equal(error, 0);
    assert_true(ln_bytes_equal(message.payload, LN_LITERAL("welcome")));
    socket_message_wipe(&message);
    socket_destroy(&socket);
}

static void stranger_is_refused_and_counted(void **state)
{
    (void)state;
    struct socket_message message;
    serve(admits_member);
    zsock_t *socket = client(&stranger_keys);
    for (unsigned i = 0; i < DEADLINE_POLLS && zap_refused_count(zap) == 0; i++)
        turn();
    assert_true(zap_refused_count(zap) > 0);
    for (unsigned i = 0; i < QUIET_POLLS; i++) {
        const int error = socket_send(socket, LN_LITERAL("let me in"));
        (void)error; /* it has no connection to send on */
        turn();
        assert_int_equal(socket_take(server, true, &message), LN_E_NOT_FOUND);
    }
    socket_destroy(&socket);
}

static void self_test_passes_where_strangers_are_refused(void **state)
{
    (void)state;
    serve(admits_member);
    assert_int_equal(zap_self_test(zap, endpoint, &hub_keys.public_key, 5000), 0);
}

static void self_test_fails_where_a_stranger_is_let_in(void **state)
{
    (void)state;
    serve(admits_all);
    assert_int_equal(zap_self_test(zap, endpoint, &hub_keys.public_key, 5000), LN_E_SELF_TEST);
}

static void self_test_fails_where_nobody_listens(void **state)
{
    (void)state;
    char nowhere[128];
    serve(admits_member);
    snprintf(nowhere, sizeof nowhere, "ipc://%s/nowhere", directory);
    assert_int_equal(zap_self_test(zap, nowhere, &hub_keys.public_key, 100), LN_E_SELF_TEST);
}

/** The pitfall that this project's sockets close: without a handler CURVE lets everybody in. */
static void nobody_is_let_in_where_no_handler_answers(void **state)
{
    (void)state;
    struct socket_message message;
    serve(admits_member);
    zap_destroy(&zap);
    zsock_t *socket = client(&member_keys);
    for (unsigned i = 0; i < QUIET_POLLS; i++) {
        const int error = socket_send(socket, LN_LITERAL("let me in"));
        assert_int_equal(error, LN_E_UNAVAILABLE);
        zmq_pollitem_t items[] = {{.socket = zsock_resolve(server), .events = ZMQ_POLLIN}};
        zmq_poll(items, 1, POLL_MS);
        assert_int_equal(socket_take(server, true, &message), LN_E_NOT_FOUND);
    }
    socket_destroy(&socket);
}

static void second_door_in_one_process_is_refused(void **state)
{
    (void)state;
    struct zap *second = NULL;
    serve(admits_member);
    assert_int_equal(zap_new(admits_member, NULL, &second), LN_E_SYSTEM);
    assert_null(second);
}

static void endpoints_of_other_transports_are_refused(void **state)
{
    (void)state;
    static const char *const refused[] = {
        "udp://127.0.0.1:1",  "pgm://127.0.0.1:1",    "epgm://127.0.0.1:1",
        "norm://127.0.0.1:1", "vmci://1:1",           "tipc://{1,1,1}",
        "ws://127.0.0.1:1",   "gssapi://127.0.0.1:1", "@tcp://127.0.0.1:1",
        ">tcp://127.0.0.1:1", "127.0.0.1:1",          ""};
    const struct socket_curve curve = curve_of(&hub_keys);
    zsock_t *socket = NULL;
    for (size_t i = 0; i < LN_COUNT(refused); i++) {
        assert_int_equal(socket_server(refused[i], &curve, &socket), LN_E_USAGE);
        assert_int_equal(socket_client(refused[i], &curve, &hub_keys.public_key, &socket),
                         LN_E_USAGE);
        assert_null(socket);
    }
}

/* What is taken ---------------------------------------------------------------------------- */

static void message_of_many_frames_is_thrown_away_and_named(void **state)
{
    (void)state;
    struct socket_message message;
    serve(admits_member);
    zsock_t *socket = client(&member_keys);
    void *handle = zsock_resolve(socket);
    send_when_connected(socket, LN_LITERAL("first"));
    assert_int_equal(receive(&message), 0);
    socket_message_wipe(&message);
    for (unsigned i = 0; i < 9; i++)
        assert_true(zmq_send(handle, "part", 4, ZMQ_SNDMORE) == 4);
    assert_true(zmq_send(handle, "last", 4, 0) == 4);
    assert_int_equal(socket_send(socket, LN_LITERAL("after")), 0);
    assert_int_equal(receive(&message), LN_E_MANY_PARTS);
    assert_string_equal(message.user.text, "KH");
    assert_null(message.payload.data);
    assert_int_equal(receive(&message), 0);
    assert_true(ln_bytes_equal(message.payload, LN_LITERAL("after")));
    socket_message_wipe(&message);
    socket_destroy(&socket);
}

static void frame_of_the_greatest_size_is_taken(void **state)
{
    (void)state;
    static uint8_t payload[SOCKET_FRAME_MAX];
    struct socket_message message;
    serve(admits_member);
    zsock_t *socket = client(&member_keys);
    memset(payload, 7, sizeof payload);
    send_when_connected(socket, ln_view(payload, sizeof payload - 64)); /* CURVE adds some */
    assert_int_equal(receive(&message), 0);
    assert_int_equal(message.payload.size, sizeof payload - 64);
    socket_message_wipe(&message);
    socket_destroy(&socket);
}

static void larger_frame_ends_its_connection_and_no_other(void **state)
{
    (void)state;
    static uint8_t payload[2 * SOCKET_FRAME_MAX];
    struct socket_message message;
    serve(admits_member);
    zsock_t *big = client(&member_keys), *other = client(&member_keys);
    send_when_connected(big, ln_view(payload, sizeof payload));
    send_when_connected(other, LN_LITERAL("still here"));
    assert_int_equal(receive(&message), 0);
    assert_true(ln_bytes_equal(message.payload, LN_LITERAL("still here")));
    socket_message_wipe(&message);
    for (unsigned i = 0; i < QUIET_POLLS; i++) {
        turn();
        assert_int_equal(socket_take(server, true, &message), LN_E_NOT_FOUND);
    }
    socket_destroy(&big);
    socket_destroy(&other);
}

static void answer_to_a_connection_that_is_gone_is_an_error(void **state)
{
    (void)state;
    struct socket_message message;
    serve(admits_member);
    zsock_t *socket = client(&member_keys);
    send_when_connected(socket, LN_LITERAL("hello"));
    assert_int_equal(receive(&message), 0);
    const struct socket_route route = message.route;
    socket_message_wipe(&message);
    socket_destroy(&socket);
    int error = 0;
    for (unsigned i = 0; i < DEADLINE_POLLS && error == 0; i++) {
        turn();
        error = socket_send_to(server, &route, LN_LITERAL("anybody?"));
    }
    assert_int_equal(error, LN_E_UNAVAILABLE);
}

/* The loop --------------------------------------------------------------------------------- */

struct ticking {
    struct loop *loop;
    unsigned ticks, once;
    int file[2], timer;
};

static void on_tick(void *context)
{
    struct ticking *ticking = context;
    if (++ticking->ticks == 3)
        assert_int_equal(write(ticking->file[1], "x", 1), 1);
}

static void on_once(void *context)
{
    ((struct ticking *)context)->once++;
}

static void on_file(void *context)
{
    struct ticking *ticking = context;
    char c;
    assert_int_equal(read(ticking->file[0], &c, 1), 1);
    loop_unwatch_file(ticking->loop, ticking->file[0]); /* its own, while it runs */
    loop_timer_stop(ticking->loop, ticking->timer);
    loop_stop(ticking->loop);
}

static void loop_runs_timers_and_files_until_it_is_stopped(void **state)
{
    (void)state;
    struct ticking ticking = {.loop = loop_new()};
    assert_int_equal(pipe(ticking.file), 0);
    ticking.timer = loop_timer_start(ticking.loop, 1, 0, on_tick, &ticking);
    loop_timer_start(ticking.loop, 0, 1, on_once, &ticking);
    loop_watch_file(ticking.loop, ticking.file[0], false, on_file, &ticking);
    loop_run(ticking.loop);
    assert_true(ticking.ticks >= 3);
    assert_int_equal(ticking.once, 1);
    loop_destroy(&ticking.loop);
    close(ticking.file[0]);
    close(ticking.file[1]);
}

#define RULE(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RULE(member_is_let_in_and_named_by_its_key),
        RULE(stranger_is_refused_and_counted),
        RULE(self_test_passes_where_strangers_are_refused),
        RULE(self_test_fails_where_a_stranger_is_let_in),
        RULE(self_test_fails_where_nobody_listens),
        RULE(nobody_is_let_in_where_no_handler_answers),
        RULE(second_door_in_one_process_is_refused),
        RULE(endpoints_of_other_transports_are_refused),
        RULE(message_of_many_frames_is_thrown_away_and_named),
        RULE(frame_of_the_greatest_size_is_taken),
        RULE(larger_frame_ends_its_connection_and_no_other),
        RULE(answer_to_a_connection_that_is_gone_is_an_error),
        RULE(loop_runs_timers_and_files_until_it_is_stopped),
    };
    socket_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
