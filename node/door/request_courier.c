/*
 * Courier files, out and in.
 */
#include "request.h"

#include <liaison/courier.h>

int request_courier_write(struct request *request)
{
    AUTO(ln_buffer_wipe) struct ln_buffer file = LN_BUFFER(LN_COURIER_MAX);
    const struct ln_name *to = &request->body->courier_write->to;
    size_t letters;
    if (ln_trust_member(request->local->trust, to) == NULL ||
        ln_name_equal(to, &request->local->member))
        return request_say(request, LN_E_NOT_A_MEMBER, "%s", to->text);
    const int error = link_courier_write(request->link, to, &file, &letters);
    if (error != 0)
        return error;
    const uint8_t *copy = ln_arena_copy(request->arena, ln_buffer_view(&file));
    if (copy == NULL)
        return LN_E_OUT_OF_MEMORY;
    request->reply->file = ln_view(copy, file.size);
    request->reply->count = letters;
    return 0;
}

int request_courier_read(struct request *request)
{
    struct link_courier_result result;
    const int error =
        link_courier_read(request->link, request->body->courier_read->file, &result);
    if (error != 0)
        return error;
    request->reply->count = result.taken;
    request->reply->refused = result.refused;
    if (result.last_refusal != 0)
        return request_say(request, 0, "last refusal: %s",
                           ln_code_of(result.last_refusal)->name);
    return 0;
}
