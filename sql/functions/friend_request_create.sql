-- friend_request_create(me, username, note): asks somebody to be a friend. Somebody who has
-- asked me is accepted instead (accepted is true then, and request_id that of the other's).
-- Problems: not-found, self, already-friends, already-asked (username).
-- outbox: the events for both. Reads account, friendship; writes friend_request and, when it
-- accepts, friendship, conversation, membership.
create or replace function friend_request_create(p_me int8, p_username text, p_note text)
returns table (problem text, field text, request_id int8, accepted bool, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_other int8;
    v_from  int8;
begin
    select a.id into v_other from account a where a.username = p_username;
    if not found then
        problem := 'not-found';
    elsif v_other = p_me then
        problem := 'self';
    else
        perform lock_accounts(p_me, v_other);
        select r.id, r.from_id into request_id, v_from from friend_request r
         where least(r.from_id, r.to_id) = least(p_me, v_other)
           and greatest(r.from_id, r.to_id) = greatest(p_me, v_other) and r.state = 'open';
        -- Either may have deleted the account since.
        if (select count(*) from account a where a.id in (p_me, v_other) and a.deleted_at is null) < 2 then
            problem := 'not-found';
            request_id := null;
        elsif exists (select from friendship f where f.user_id = p_me and f.friend_id = v_other) then
            problem := 'already-friends';
        elsif v_from = p_me then
            problem := 'already-asked';
            request_id := null;
        elsif v_from = v_other then
            accepted := true;
            outbox := friend_request_accept(request_id);
        else
            accepted := false;
            insert into friend_request as r (from_id, to_id, note)
            values (p_me, v_other, coalesce(p_note, ''))
            returning r.id into request_id;
            outbox := friend_request_event(request_id);
        end if;
    end if;
    if problem is not null then
        field := 'username';
    end if;
    return next;
end
$$;
