-- friend_request_ask(me, username, note, day_limit): asks somebody to be a friend. Somebody who has
-- asked me is accepted instead (accepted is true then, and request_id that of the other's).
-- Problems: not-found (also where I am blocked, or the other doesn't want to be found or asked), self,
-- blocked (by me), already-friends, already-asked (username); too-many-requests: day_limit requests
-- (null: any number) were made in the last 24 hours, and retry_after_s tells when the next may be.
-- It is counted under my account's lock, so of many at once no more than that pass.
-- outbox: the events for both. Reads account, block, friendship; writes friend_request and, when it
-- accepts, friendship, conversation, membership.
create or replace function friend_request_ask(p_me int8, p_username text, p_note text, p_day_limit int)
returns table (problem text, field text, request_id int8, accepted bool, retry_after_s int, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_other int8;
    v_from  int8;
    v_old   int8;
begin
    field := 'username';
    select a.id into v_other from account a where a.username = p_username;
    -- Asked before, so that nobody locks an account that isn't there for them, and again under the lock.
    problem := case when v_other = p_me then 'self' else friend_request_refused(p_me, v_other) end;
    if problem is null then
        perform lock_accounts(p_me, v_other);
        problem := friend_request_refused(p_me, v_other);
    end if;
    if problem is not null then
        return next;
        return;
    end if;

    select b.request_id, b.from_id into request_id, v_from from friend_request_between(p_me, v_other) b;
    if exists (select from friendship f where f.user_id = p_me and f.friend_id = v_other) then
        problem := 'already-friends';
    elsif v_from = p_me then
        problem := 'already-asked';
        request_id := null;
    elsif v_from = v_other then
        accepted := true;
        outbox := friend_request_accept(request_id, '', '', null);
    else
        retry_after_s := asks_left(array(
            select r.created_at from friend_request r
             where r.from_id = p_me and r.created_at > now() - interval '1 day'
             order by r.created_at desc limit p_day_limit), p_day_limit);
        if retry_after_s is not null then
            problem := 'too-many-requests';
        end if;
    end if;
    if problem is null and accepted is null then
        accepted := false;
        update friend_request r set state = 'expired', answered_at = now()
         where least(r.from_id, r.to_id) = least(p_me, v_other)
           and greatest(r.from_id, r.to_id) = greatest(p_me, v_other) and r.state = 'open'
        returning r.id into v_old;
        insert into friend_request as r (from_id, to_id, note)
        values (p_me, v_other, coalesce(p_note, ''))
        returning r.id into request_id;
        outbox := coalesce(friend_request_event(v_old), '{}') || friend_request_event(request_id);
    end if;
    if problem is null or problem = 'too-many-requests' then
        field := null;
    end if;
    return next;
end
$$;
