/*
 * A case on the screen.
 */
#include "handling.h"
#include "showing.h"

int request_show(struct request *request)
{
    const struct showing_wish wish = {request->body->show->case_prefix, HANDLING_READ, NULL, 0};
    const struct ln_door_case *view;
    const int error = showing_case(request, &wish, &view);
    if (error == 0)
        request->reply->view = view;
    return error;
}
