/*
 * Manifests: a country's node, hubs, offices, officers and role keys, made from a source and
 * the version before.
 */
#include "carryover.h"
#include "ceremony.h"
#include "manifestsource.h"

#include "files.h"

#include <stdio.h>

/** The version before, and its digest for the new one. */
static int read_previous(const char *path, struct ln_arena *arena,
                         struct ln_manifest *out_previous, struct ln_digest *out_digest)
{
    struct ln_signed previous;
    int error = ceremony_read_signed(path, arena, &previous);
    if (error != 0)
        return error;
    if (previous.type != LN_TYPE_MANIFEST)
        return ceremony_about(path, LN_E_WRONG_TYPE);
    ln_signed_digest(&previous, out_digest);
    return ceremony_about(path, ln_manifest_open(previous.body, arena, out_previous));
}

/** What would be refused once it is signed is refused here: the roots meet only once. */
static int write_manifest(const char *path, const struct ln_manifest *manifest)
{
    AUTO(ln_buffer_wipe) struct ln_buffer body = LN_BUFFER(LN_BODY_MAX);
    int error = ln_manifest_check(manifest);
    if (error == 0)
        error = ln_manifest_build(manifest, &body);
    const struct ln_signed unsigned_manifest = {.type = LN_TYPE_MANIFEST,
                                                .body = ln_buffer_view(&body)};
    return error == 0 ? ceremony_write_signed(path, &unsigned_manifest, true) : error;
}

int command_manifest_make(const struct ceremony *ceremony)
{
    AUTO(ln_arena_wipe) struct ln_arena arena = LN_ARENA(CEREMONY_ARENA);
    AUTO(ln_buffer_wipe) struct ln_buffer text = LN_BUFFER(FORM_SIZE_MAX);
    struct form_error form_error = {0};
    struct ln_manifest manifest = {.version = 0}, previous;
    struct manifestsource source = {.arena = &arena,
                                    .error = &form_error,
                                    .manifest = &manifest,
                                    .now_ms = ln_now_ms(&LN_CLOCK_SYSTEM)};
    const struct form_node *root;
    int error = ceremony_read_source(ceremony->source, &text, &arena, &root);
    if (error == 0 && ceremony->previous != NULL) {
        error = read_previous(ceremony->previous, &arena, &previous, &manifest.previous);
        source.previous = &previous;
    }
    if (error == 0)
        error = manifestsource_read(&source, root);
    if (error == LN_E_DRAFT && form_error.line > 0)
        return ceremony_say(ceremony->source, &form_error);
    if (error == 0)
        error = write_manifest(ceremony->out, &manifest);
    if (error == 0 && source.previous != NULL)
        carryover_tell(&previous, &manifest, stdout);
    return error;
}
