/*
 * zloop with one kind of handler for everything. Each watch is a small record of its own; a
 * watch that is removed while its handler runs is freed when the handler is back.
 */
#include "loop.h"

#include <assert.h>

struct watch {
    struct watch *next;
    loop_handler *handler;
    void *context;
    zsock_t *socket;
    zmq_pollitem_t item; /* files */
    int timer;
    size_t times; /* timers: how often still; 0: for ever */
    bool is_gone;
};

struct loop {
    zloop_t *zloop;
    struct watch *watches;
    bool is_stopping;
};

struct loop *loop_new(void)
{
    struct loop *loop = ln_allocate(sizeof *loop);
    *loop = (struct loop){.zloop = zloop_new()};
    assert(loop->zloop != NULL);
    return loop;
}

void loop_destroy(struct loop **loop_p)
{
    struct loop *loop = *loop_p;
    if (loop == NULL)
        return;
    zloop_destroy(&loop->zloop);
    while (loop->watches != NULL) {
        struct watch *watch = loop->watches;
        loop->watches = watch->next;
        ln_release(watch, sizeof *watch);
    }
    ln_release(loop, sizeof *loop);
    *loop_p = NULL;
}

void loop_run(struct loop *loop)
{
    while (!loop->is_stopping)
        zloop_start(loop->zloop);
}

void loop_stop(struct loop *loop)
{
    loop->is_stopping = true;
}

static struct watch *add_watch(struct loop *loop, loop_handler *handler, void *context)
{
    struct watch *watch = ln_allocate(sizeof *watch);
    *watch = (struct watch){.next = loop->watches, .handler = handler, .context = context};
    loop->watches = watch;
    return watch;
}

static void sweep(struct loop *loop)
{
    for (struct watch **at = &loop->watches; *at != NULL;) {
        struct watch *watch = *at;
        if (watch->is_gone) {
            *at = watch->next;
            ln_release(watch, sizeof *watch);
        } else {
            at = &watch->next;
        }
    }
}

/** zloop ends when a handler returns -1. */
static int run_handler(struct loop *loop, struct watch *watch)
{
    if (!watch->is_gone)
        watch->handler(watch->context);
    sweep(loop);
    return loop->is_stopping ? -1 : 0;
}

/* zloop gives one argument back: the loop; the watch is found by what became ready. */

static struct watch *find(const struct loop *loop, const zsock_t *socket, int file, int timer)
{
    for (struct watch *watch = loop->watches; watch != NULL; watch = watch->next) {
        if (watch->is_gone)
            continue;
        if ((socket != NULL && watch->socket == socket) ||
            (file > 0 && watch->item.fd == file) || (timer > 0 && watch->timer == timer))
            return watch;
    }
    return NULL;
}

static int on_socket(zloop_t *zloop, zsock_t *socket, void *context)
{
    (void)zloop;
    struct loop *loop = context;
    struct watch *watch = find(loop, socket, 0, 0);
    return watch == NULL ? 0 : run_handler(loop, watch);
}

static int on_file(zloop_t *zloop, zmq_pollitem_t *item, void *context)
{
    (void)zloop;
    struct loop *loop = context;
    struct watch *watch = find(loop, NULL, item->fd, 0);
    return watch == NULL ? 0 : run_handler(loop, watch);
}

static int on_timer(zloop_t *zloop, int timer, void *context)
{
    (void)zloop;
    struct loop *loop = context;
    struct watch *watch = find(loop, NULL, 0, timer);
    if (watch == NULL)
        return 0;
    if (watch->times ==
        1) { /* zloop has forgotten it before the handler runs; so do we after it */
        loop_handler *handler = watch->handler;
        void *handler_context = watch->context;
        watch->is_gone = true;
        sweep(loop);
        handler(handler_context);
        return loop->is_stopping ? -1 : 0;
    }
    watch->times -= watch->times > 0;
    return run_handler(loop, watch);
}

void loop_watch_socket(struct loop *loop, zsock_t *socket, loop_handler *on_readable,
                       void *context)
{
    add_watch(loop, on_readable, context)->socket = socket;
    const int failed = zloop_reader(loop->zloop, socket, on_socket, loop);
    assert(!failed);
    zloop_reader_set_tolerant(loop->zloop, socket);
}

void loop_unwatch_socket(struct loop *loop, zsock_t *socket)
{
    zloop_reader_end(loop->zloop, socket);
    struct watch *watch = find(loop, socket, 0, 0);
    if (watch != NULL)
        watch->is_gone = true;
}

void loop_watch_file(struct loop *loop, int file, bool is_writable, loop_handler *on_ready,
                     void *context)
{
    assert(file > 0);
    struct watch *watch = add_watch(loop, on_ready, context);
    watch->item = (zmq_pollitem_t){
        .fd = file, .events = (short)(ZMQ_POLLIN | (is_writable ? ZMQ_POLLOUT : 0))};
    const int failed = zloop_poller(loop->zloop, &watch->item, on_file, loop);
    assert(!failed);
    zloop_poller_set_tolerant(loop->zloop, &watch->item);
}

void loop_unwatch_file(struct loop *loop, int file)
{
    struct watch *watch = find(loop, NULL, file, 0);
    if (watch == NULL)
        return;
    zloop_poller_end(loop->zloop, &watch->item);
    watch->is_gone = true;
}

int loop_timer_start(struct loop *loop, size_t delay_ms, size_t times, loop_handler *on_time,
                     void *context)
{
    struct watch *watch = add_watch(loop, on_time, context);
    watch->timer = zloop_timer(loop->zloop, delay_ms, times, on_timer, loop);
    assert(watch->timer > 0);
    watch->times = times;
    return watch->timer;
}

void loop_timer_stop(struct loop *loop, int timer)
{
    zloop_timer_end(loop->zloop, timer);
    struct watch *watch = find(loop, NULL, 0, timer);
    if (watch != NULL)
        watch->is_gone = true;
}
