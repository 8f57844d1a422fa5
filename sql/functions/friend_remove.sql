-- friend_remove(me, friend): ends a friendship for both. Their conversation stays, to be read.
-- Problems: not-found: no friend of mine; busy: see lock_pair.
-- outbox: the events for both. Writes friendship.
create or replace function friend_remove(p_me int8, p_friend int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    -- Asked before, so that nobody locks a stranger's account, and again under the lock.
    if exists (select from friendship f where f.user_id = p_me and f.friend_id = p_friend) then
        if lock_pair(p_me, p_friend) then
            outbox := friendship_end(p_me, p_friend);
        else
            problem := 'busy';
        end if;
    end if;
    if outbox is null and problem is null then
        problem := 'not-found';
    end if;
    return next;
end
$$;
