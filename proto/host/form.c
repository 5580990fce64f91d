/*
 * Builds the tree from libyaml's events with a stack of its own, so that depth is a number, not
 * a crash.
 */
#include "form.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct level {
    struct form_node *node;
    struct form_node **end; /* where the next child goes */
    const char *key;        /* a map's key that waits for its value */
    unsigned key_line;
};

struct reader {
    yaml_parser_t parser;
    struct ln_arena *arena;
    struct form_error *error;
    struct level levels[FORM_DEPTH_MAX];
    size_t depth;
    struct form_node *root;
    unsigned documents;
};

int form_fail(struct form_error *error, unsigned line, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->line = line;
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    return LN_E_DRAFT;
}

static unsigned line_of(const yaml_event_t *event)
{
    return (unsigned)event->start_mark.line + 1;
}

static int check_key(const struct reader *reader, const struct level *level, const char *key,
                     unsigned line)
{
    if (form_get(level->node, key) != NULL)
        return form_fail(reader->error, line, "\"%.40s\" stands twice", key);
    return 0;
}

/** Hangs a node under the level on top, or makes it the root. */
static int place_node(struct reader *reader, struct form_node *node)
{
    if (reader->depth == 0) {
        reader->root = node;
        return 0;
    }
    struct level *level = &reader->levels[reader->depth - 1];
    if (level->node->kind == FORM_MAP) {
        if (level->key == NULL)
            return form_fail(reader->error, node->line,
                             "a name is expected here, not a list or a map");
        node->key = level->key;
        level->key = NULL;
    }
    *level->end = node;
    level->end = &node->next;
    return 0;
}

static struct form_node *new_node(struct reader *reader, enum form_kind kind, unsigned line)
{
    struct form_node *node = ln_arena_take(reader->arena, sizeof *node);
    if (node != NULL)
        *node = (struct form_node){.kind = kind, .line = line};
    return node;
}

static int take_text(struct reader *reader, const yaml_event_t *event)
{
    const unsigned line = line_of(event);
    const struct ln_bytes bytes = ln_view(event->data.scalar.value, event->data.scalar.length);
    if (event->data.scalar.anchor != NULL || event->data.scalar.tag != NULL)
        return form_fail(reader->error, line, "anchors and tags are not taken");
    if (ln_text_check(bytes) != 0)
        return form_fail(reader->error, line, "the text has characters that are not allowed");
    const char *text = (const char *)ln_arena_copy(reader->arena, bytes);
    if (text == NULL)
        return LN_E_OUT_OF_MEMORY;
    struct level *level = reader->depth == 0 ? NULL : &reader->levels[reader->depth - 1];
    if (level != NULL && level->node->kind == FORM_MAP && level->key == NULL) {
        level->key = text;
        level->key_line = line;
        return check_key(reader, level, text, line);
    }
    struct form_node *node = new_node(reader, FORM_TEXT, line);
    if (node == NULL)
        return LN_E_OUT_OF_MEMORY;
    node->text = text;
    return place_node(reader, node);
}

static int push(struct reader *reader, enum form_kind kind, const yaml_event_t *event,
                bool is_marked)
{
    const unsigned line = line_of(event);
    if (is_marked)
        return form_fail(reader->error, line, "anchors and tags are not taken");
    if (reader->depth == FORM_DEPTH_MAX)
        return form_fail(reader->error, line, "it is nested more than %d levels deep",
                         FORM_DEPTH_MAX);
    struct form_node *node = new_node(reader, kind, line);
    if (node == NULL)
        return LN_E_OUT_OF_MEMORY;
    const int error = place_node(reader, node);
    if (error == 0)
        reader->levels[reader->depth++] = (struct level){.node = node, .end = &node->first};
    return error;
}

static int take_event(struct reader *reader, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return reader->documents++ == 0
                   ? 0
                   : form_fail(reader->error, line_of(event), "only one document is taken");
    case YAML_ALIAS_EVENT:
        return form_fail(reader->error, line_of(event), "aliases are not taken");
    case YAML_SCALAR_EVENT:
        return take_text(reader, event);
    case YAML_SEQUENCE_START_EVENT:
        return push(reader, FORM_LIST, event,
                    event->data.sequence_start.anchor != NULL ||
                        event->data.sequence_start.tag != NULL);
    case YAML_MAPPING_START_EVENT:
        return push(reader, FORM_MAP, event,
                    event->data.mapping_start.anchor != NULL ||
                        event->data.mapping_start.tag != NULL);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        reader->depth--;
        return 0;
    default:
        return 0;
    }
}

static int read_events(struct reader *reader)
{
    for (;;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&reader->parser, &event))
            return form_fail(
                reader->error, (unsigned)reader->parser.problem_mark.line + 1, "%s",
                reader->parser.problem != NULL ? reader->parser.problem : "it is not YAML");
        const bool is_last = event.type == YAML_STREAM_END_EVENT;
        const int error = take_event(reader, &event);
        yaml_event_delete(&event);
        if (error != 0 || is_last)
            return error;
    }
}

int form_read(struct ln_bytes text, struct ln_arena *arena, const struct form_node **out_root,
              struct form_error *error)
{
    *error = (struct form_error){0};
    if (text.size > FORM_SIZE_MAX)
        return LN_E_TOO_LARGE;
    if (text.size == 0)
        return form_fail(error, 1, "it is empty"); /* libyaml asserts that there is an input */
    struct reader reader = {.arena = arena, .error = error};
    if (!yaml_parser_initialize(&reader.parser))
        return LN_E_OUT_OF_MEMORY;
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, text.data, text.size);
    int result = read_events(&reader);
    yaml_parser_delete(&reader.parser);
    if (result == 0 && reader.root == NULL)
        result = form_fail(error, 1, "it is empty");
    if (result == 0)
        *out_root = reader.root;
    return result;
}

/* Looking things up ------------------------------------------------------------------------ */

const struct form_node *form_get(const struct form_node *map, const char *key)
{
    for (const struct form_node *node = map->first; node != NULL; node = node->next) {
        if (node->key != NULL && strcmp(node->key, key) == 0)
            return node;
    }
    return NULL;
}

size_t form_count(const struct form_node *list)
{
    size_t count = 0;
    for (const struct form_node *node = list == NULL ? NULL : list->first; node != NULL;
         node = node->next)
        count++;
    return count;
}

static bool stands_in(const char *key, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        if (strcmp(*keys, key) == 0)
            return true;
    }
    return false;
}

int form_check_keys(const struct form_node *node, const char *const *keys,
                    struct form_error *error)
{
    if (node->kind != FORM_MAP)
        return form_fail(error, node->line, "names with values are expected here");
    for (const struct form_node *entry = node->first; entry != NULL; entry = entry->next) {
        if (!stands_in(entry->key, keys))
            return form_fail(error, entry->line, "\"%.40s\" is not known here", entry->key);
    }
    return 0;
}

int form_get_text(const struct form_node *map, const char *key, bool is_needed,
                  const char **out, struct form_error *error)
{
    const struct form_node *node = form_get(map, key);
    if (node == NULL && is_needed)
        return form_fail(error, map->line, "\"%s\" is missing", key);
    if (node != NULL && node->kind != FORM_TEXT)
        return form_fail(error, node->line, "\"%s\" must be a text", key);
    *out = node == NULL ? NULL : node->text;
    return 0;
}

int form_get_number(const struct form_node *map, const char *key, uint64_t least, uint64_t most,
                    const uint64_t *fallback, uint64_t *out, struct form_error *error)
{
    const char *text;
    const int result = form_get_text(map, key, fallback == NULL, &text, error);
    if (result != 0)
        return result;
    if (text == NULL) {
        *out = *fallback;
        return 0;
    }
    char *end;
    errno = 0;
    const unsigned long long value = strtoull(text, &end, 10);
    if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || value < least ||
        value > most)
        return form_fail(error, form_get(map, key)->line,
                         "\"%s\" must be a number from %llu to %llu", key,
                         (unsigned long long)least, (unsigned long long)most);
    *out = value;
    return 0;
}

int form_get_name(const struct form_node *map, const char *key, struct ln_name *out,
                  struct form_error *error)
{
    const char *text;
    const int result = form_get_text(map, key, true, &text, error);
    if (result != 0)
        return result;
    if (ln_name_from(text, out) != 0)
        return form_fail(error, form_get(map, key)->line,
                         "\"%s\" must be 1 to 32 letters, digits or hyphens", key);
    return 0;
}

int form_get_list(const struct form_node *map, const char *key, bool is_needed,
                  const struct form_node **out, struct form_error *error)
{
    const struct form_node *node = form_get(map, key);
    if (node == NULL && is_needed)
        return form_fail(error, map->line, "\"%s\" is missing", key);
    if (node != NULL && node->kind != FORM_LIST)
        return form_fail(error, node->line, "\"%s\" must be a list", key);
    *out = node;
    return 0;
}
