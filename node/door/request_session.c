/*
 * Logging in and out.
 */
#include "request.h"

int request_login(struct request *request)
{
    const struct ln_door_login *login = request->body->login;
    return sessions_login(request->sessions, &login->officer, login->passphrase,
                          &request->reply->token);
}

int request_logout(struct request *request)
{
    sessions_logout(request->sessions, &request->body->token);
    return 0;
}
