/*
 * What the originator of a section allows, in one line.
 */
#ifndef HANDLINGVIEW_H
#define HANDLINGVIEW_H

#include <liaison/door.h>

#include <jansson.h>

/** " [H1, graded B2, ...]"; nothing for NULL. */
void handling_print(const struct ln_door_handling *handling);
json_t *handling_json(const struct ln_door_handling *handling);

/** What an event is about, what it asks for, and where it comes from; nothing where it has
 * none.
 */
void about_print(const struct ln_door_event *event);
json_t *about_json(const struct ln_door_event *event);

#endif
