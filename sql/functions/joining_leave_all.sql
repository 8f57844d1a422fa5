-- joining_leave_all(user): ends all that is open between the user and groups: invitations to and by the user, requests
-- to join, links; and bans, since nobody is left to be kept out. Returns the outbox rows' ids. A helper
-- of account_delete, which has locked those concerned. Writes group_invitation, group_join_request,
-- group_link, group_ban.
create or replace function joining_leave_all(p_user int8) returns int8[]
language plpgsql
as $$
declare
    v_outbox int8[] := '{}';
    v_id     int8;
begin
    for v_id in
        update group_invitation i
           set state = case i.user_id when p_user then 'rejected' else 'withdrawn' end, answered_at = now()
         where i.state = 'open' and (i.user_id = p_user or i.from_id = p_user)
        returning i.id
    loop
        v_outbox := v_outbox || group_invitation_event(v_id);
    end loop;
    for v_id in
        update group_join_request r set state = 'withdrawn', answered_at = now()
         where r.state = 'open' and r.user_id = p_user
        returning r.id
    loop
        v_outbox := v_outbox || join_request_event(v_id);
    end loop;
    delete from group_link l where l.by_id = p_user;
    delete from group_ban b where b.user_id = p_user;
    return v_outbox;
end
$$;
