-- settings_change(me, find_me, ask_me): see settings; null leaves each as it is. What holds then.
-- outbox: my own event, none where nothing changes. Writes account.
create or replace function settings_change(p_me int8, p_find_me text, p_ask_me text)
returns table (problem text, field text, find_me text, ask_me text, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
#variable_conflict use_column
declare
    v_changed bool;
begin
    update account a set find_me = coalesce(p_find_me, a.find_me), ask_me = coalesce(p_ask_me, a.ask_me)
     where a.id = p_me and a.deleted_at is null and (a.find_me <> p_find_me or a.ask_me <> p_ask_me);
    v_changed := found;
    return query
    select null::text, null::text, a.find_me, a.ask_me,
           case when v_changed then array[user_event(p_me, 'settings', jsonb_build_object('settings',
               jsonb_build_object('find_me', a.find_me, 'ask_me', a.ask_me)))] else '{}' end
      from account a where a.id = p_me and a.deleted_at is null;
end
$$;
