-- friend_list_change(me, list, name, name_key, place): renames a list of mine, and puts it at a place
-- among them (1: first; beyond the last means last); null leaves each as it is.
-- Problems: not-found: no list of mine; list-name-taken (name): another of mine is called so.
-- outbox: my event, none where nothing changes. Writes friend_list.
create or replace function friend_list_change(
    p_me int8, p_list int8, p_name text, p_name_key text, p_place int)
returns table (problem text, field text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
declare
    v_changed bool;
begin
    perform from account a where a.id = p_me for no key update;
    if not exists (select from friend_list l where l.user_id = p_me and l.id = p_list) then
        problem := 'not-found';
    elsif exists (select from friend_list l
                   where l.user_id = p_me and l.name_key = p_name_key and l.id <> p_list)
    then
        problem := 'list-name-taken';
        field := 'name';
    else
        update friend_list l set name = p_name, name_key = p_name_key
         where l.user_id = p_me and l.id = p_list and l.name <> p_name;
        v_changed := found;
        if p_place is not null then
            v_changed := friend_list_number(p_me, p_list, p_place) or v_changed;
        end if;
        outbox := case when v_changed then array[friend_lists_event(p_me)] else '{}' end;
    end if;
    return next;
end
$$;
