/*
 * The one text form for people: settings, ceremony sources, drafts. YAML through libyaml, which
 * takes JSON as it is, restricted to what a person means: one document of maps, lists and plain
 * texts. Anchors, aliases, tags, duplicate keys, more than eight levels and more than 256 KiB
 * are errors that name the line.
 *
 * Everything lives in the caller's arena.
 */
#ifndef FORM_H
#define FORM_H

#include <liaison/base.h>
#include <liaison/error.h>

enum { FORM_SIZE_MAX = 256 * 1024, FORM_DEPTH_MAX = 8, FORM_ERROR_SIZE = 640 };

enum form_kind { FORM_TEXT, FORM_LIST, FORM_MAP };

struct form_node {
    enum form_kind kind;
    const char *key;                /* in a map; NULL otherwise */
    const char *text;               /* NUL-terminated, checked by ln_text_check */
    unsigned line;                  /* from 1 */
    struct form_node *first, *next; /* children in their order; next of the same parent */
};

/** What is wrong, in words for the person who typed it; empty if nothing is. */
struct form_error {
    unsigned line;
    char text[FORM_ERROR_SIZE];
};

/** LN_E_DRAFT with `error` filled, LN_E_OUT_OF_MEMORY, LN_E_TOO_LARGE. */
LN_CHECKED int form_read(struct ln_bytes text, struct ln_arena *arena,
                         const struct form_node **out_root, struct form_error *error);

/** Fills the error, and returns LN_E_DRAFT. */
__attribute__((format(printf, 3, 4))) int form_fail(struct form_error *error, unsigned line,
                                                    const char *format, ...);

/** The entry of a map; NULL if it has none. */
const struct form_node *form_get(const struct form_node *map, const char *key);
size_t form_count(const struct form_node *list);
/** LN_E_DRAFT unless `node` is a map whose keys all stand in `keys` (NULL-ended). */
LN_CHECKED int form_check_keys(const struct form_node *node, const char *const *keys,
                               struct form_error *error);
/** The text of a map's entry; *out is NULL where it is missing and not needed. */
LN_CHECKED int form_get_text(const struct form_node *map, const char *key, bool is_needed,
                             const char **out, struct form_error *error);
LN_CHECKED int form_get_number(const struct form_node *map, const char *key, uint64_t least,
                               uint64_t most, const uint64_t *fallback, uint64_t *out,
                               struct form_error *error);
LN_CHECKED int form_get_name(const struct form_node *map, const char *key, struct ln_name *out,
                             struct form_error *error);
/** A list; *out is NULL where it is missing and not needed. */
LN_CHECKED int form_get_list(const struct form_node *map, const char *key, bool is_needed,
                             const struct form_node **out, struct form_error *error);

#endif
