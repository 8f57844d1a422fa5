-- friend_list_create(me, name, name_key): a further list for my friends, behind the others. name_key is
-- the name as the worker folds it.
-- Problems: not-found: my account was deleted; list-name-taken (name): one of mine is called so;
-- too-many-lists: I have 100.
-- Counted under my account's lock. outbox: my event. Writes friend_list.
create or replace function friend_list_create(p_me int8, p_name text, p_name_key text)
returns table (problem text, field text, list_id int8, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_count int;
begin
    perform from account a where a.id = p_me and a.deleted_at is null for no key update;
    if not found then
        problem := 'not-found';
        return next;
        return;
    end if;
    v_count := (select count(*) from friend_list l where l.user_id = p_me);
    if exists (select from friend_list l where l.user_id = p_me and l.name_key = p_name_key) then
        problem := 'list-name-taken';
        field := 'name';
    elsif v_count >= 100 then
        problem := 'too-many-lists';
    else
        insert into friend_list as l (user_id, name, name_key, place)
        values (p_me, p_name, p_name_key, v_count + 1)
        returning l.id into list_id;
        outbox := array[friend_lists_event(p_me)];
    end if;
    return next;
end
$$;
