/*
 * Asked without a session: whoever may open the control door may see whether the node is well.
 */
#include "request.h"
#include "status.h"

int request_status(struct request *request)
{
    struct ln_door_status *status;
    const int error = status_collect(request->local, request->link, request->arena, &status);
    if (error == 0)
        request->reply->status = status;
    return error;
}
