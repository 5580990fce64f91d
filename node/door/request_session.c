/*
 * Logging in and out.
 */
#include "request.h"

int request_login(struct request *request)
{
    const struct ln_door_login *login = request->body->login;
    const int error = sessions_login(request->sessions, &login->officer, login->passphrase,
                                     &request->reply->token);
    if (error == 0 || error == LN_E_LOGIN) /* others try no passphrase, and must fill no disk */
        auditing_person(request, &login->officer);
    return error;
}

int request_logout(struct request *request)
{
    const struct session *session = sessions_find(request->sessions, &request->body->token);
    if (session != NULL)
        auditing_person(request, officer_name(session->officer));
    sessions_logout(request->sessions, &request->body->token);
    return 0;
}
