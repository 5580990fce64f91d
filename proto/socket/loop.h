/*
 * The event loop of a daemon: one thread, sockets, files and timers; thin over czmq's zloop.
 *
 * A handler may add and remove watches, its own included. All signals are blocked in main, so
 * the loop meets no EINTR.
 */
#ifndef LOOP_H
#define LOOP_H

#include "socket.h"

struct loop;

typedef void loop_handler(void *context);

struct loop *loop_new(void);
void loop_destroy(struct loop **loop_p);
/** Runs until loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

void loop_watch_socket(struct loop *loop, zsock_t *socket, loop_handler *on_readable,
                       void *context);
void loop_unwatch_socket(struct loop *loop, zsock_t *socket);
/** `is_writable` watches for room to write, as well as for reading. One watch a file. */
void loop_watch_file(struct loop *loop, int file, bool is_writable, loop_handler *on_ready,
                     void *context);
void loop_unwatch_file(struct loop *loop, int file);
/** Returns a number for loop_timer_stop. `times` 0: for ever. */
int loop_timer_start(struct loop *loop, size_t delay_ms, size_t times, loop_handler *on_time,
                     void *context);
void loop_timer_stop(struct loop *loop, int timer);

#endif
