/*
 * The article that lets something pass, for people and for programs.
 */
#ifndef PERMITVIEW_H
#define PERMITVIEW_H

#include <liaison/door.h>

#include <jansson.h>

/** Nothing where `permit` is NULL: no article is needed. */
void permit_print(const struct ln_door_permit *permit, const char *indent);
json_t *permit_json(const struct ln_door_permit *permit);

#endif
