-- friend_remove(me, friend): ends a friendship for both. Their conversation stays, to be read.
-- Problems: not-found: no friend of mine.
-- outbox: the events for both. Writes friendship.
create or replace function friend_remove(p_me int8, p_friend int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_mine   text;
    v_theirs text;
begin
    -- Asked before, so that nobody locks a stranger's account, and again under the lock.
    if exists (select from friendship f where f.user_id = p_me and f.friend_id = p_friend) then
        perform lock_accounts(p_me, p_friend);
        delete from friendship f where f.user_id = p_me and f.friend_id = p_friend
        returning f.remark into v_mine;
        delete from friendship f where f.user_id = p_friend and f.friend_id = p_me
        returning f.remark into v_theirs;
    end if;
    if v_mine is null then
        problem := 'not-found';
    else
        outbox := array[friend_event(p_me, p_friend, v_mine, true),
                        friend_event(p_friend, p_me, v_theirs, true)];
    end if;
    return next;
end
$$;
