-- block_remove(me, user): I block the user no longer. A friendship that the block ended stays ended.
-- Problems: not-found: I don't block such a user.
-- outbox: my event; the other hears nothing. Writes block.
create or replace function block_remove(p_me int8, p_user int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    perform from account a where a.id = p_me for no key update;
    delete from block b where b.user_id = p_me and b.blocked_id = p_user;
    if found then
        outbox := array[block_event(p_me, p_user, false)];
    else
        problem := 'not-found';
    end if;
    return next;
end
$$;
