-- joining_close(group, user, invitations, requests): ends the open invitation and the open request to join
-- that there are between a group and the user (null: with anybody), in these states, and tells those
-- concerned. Returns the outbox rows' ids. A helper; all of joining_people are locked. Writes
-- group_invitation, group_join_request.
create or replace function joining_close(p_group int8, p_user int8, p_invitations text, p_requests text)
returns int8[]
language plpgsql
as $$
declare
    v_outbox int8[] := '{}';
    v_id     int8;
begin
    for v_id in
        update group_invitation i set state = p_invitations, answered_at = now()
         where i.group_id = p_group and (p_user is null or i.user_id = p_user) and i.state = 'open'
        returning i.id
    loop
        v_outbox := v_outbox || group_invitation_event(v_id);
    end loop;
    for v_id in
        update group_join_request r set state = p_requests, answered_at = now()
         where r.group_id = p_group and (p_user is null or r.user_id = p_user) and r.state = 'open'
        returning r.id
    loop
        v_outbox := v_outbox || join_request_event(v_id);
    end loop;
    return v_outbox;
end
$$;
