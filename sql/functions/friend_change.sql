-- friend_change(me, friend, remark, remark_key, list): what I call a friend of mine ('': nothing), that
-- folded, and the list that the friend is in (0: the default one); null leaves each as it is.
-- Problems: not-found: no friend of mine; not-found (list_id): no list of mine.
-- outbox: my own event, none where nothing changes; nobody else hears of it. Writes friendship.
create or replace function friend_change(p_me int8, p_friend int8, p_remark text, p_remark_key text, p_list int8)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_now friendship;
begin
    perform from account a where a.id = p_me for no key update;
    if not exists (select from friendship f where f.user_id = p_me and f.friend_id = p_friend) then
        problem := 'not-found';
    elsif p_list <> 0 and
        not exists (select from friend_list l where l.user_id = p_me and l.id = p_list)
    then
        problem := 'not-found';
        field := 'list_id';
    else
        update friendship f
           set remark = coalesce(p_remark, f.remark),
               remark_key = coalesce(p_remark_key, f.remark_key),
               list_id = case when p_list is null then f.list_id else nullif(p_list, 0) end
         where f.user_id = p_me and f.friend_id = p_friend
           and (f.remark <> p_remark or coalesce(f.list_id, 0) <> p_list)
        returning f.* into v_now;
        outbox := case when found
            then array[friend_event(p_me, p_friend, v_now.remark, v_now.list_id, false)] else '{}' end;
    end if;
    return next;
end
$$;
