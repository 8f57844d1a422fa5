-- friend_list_remove(me, list): a list of mine goes; its friends are in the default one then.
-- Problems: not-found: no list of mine.
-- outbox: my event (a friend whose list isn't in it is in the default one). Writes friend_list, friendship.
create or replace function friend_list_remove(p_me int8, p_list int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    perform from account a where a.id = p_me for no key update;
    update friendship f set list_id = null where f.user_id = p_me and f.list_id = p_list;
    delete from friend_list l where l.user_id = p_me and l.id = p_list;
    if found then
        perform friend_list_number(p_me, null, null);
        outbox := array[friend_lists_event(p_me)];
    else
        problem := 'not-found';
    end if;
    return next;
end
$$;
