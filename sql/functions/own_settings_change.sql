-- own_settings_change(me, find_me, ask_me, presence, last_seen): see own_settings; null leaves each as
-- it is. What holds then, and me_rev: of two changes the later one has the higher.
-- Who lets nobody see when they were last online leaves no trace of it either.
-- outbox: my own event, none where nothing changes. Writes account, seen.
create or replace function own_settings_change(
    p_me int8, p_find_me text, p_ask_me text, p_presence text, p_last_seen text)
returns table (problem text, field text, find_me text, ask_me text, presence text, last_seen text,
               me_rev int8, outbox int8[])
language plpgsql security definer set search_path = magpie, pg_temp
as $$
#variable_conflict use_column
declare
    v_outbox int8[] := '{}';
begin
    update account a
       set find_me = coalesce(p_find_me, a.find_me), ask_me = coalesce(p_ask_me, a.ask_me),
           presence = coalesce(p_presence, a.presence), last_seen = coalesce(p_last_seen, a.last_seen)
     where a.id = p_me and a.deleted_at is null
       and (a.find_me <> p_find_me or a.ask_me <> p_ask_me or a.presence <> p_presence or a.last_seen <> p_last_seen);
    if found then
        if p_last_seen = 'nobody' then
            delete from seen s where s.user_id = p_me;
        end if;
        v_outbox := array[user_event(p_me, 'settings', jsonb_build_object('settings', to_jsonb(s)))]
               from own_settings(p_me) s;
    end if;
    return query
    select null::text, null::text, a.find_me, a.ask_me, a.presence, a.last_seen, a.me_rev, v_outbox
      from account a where a.id = p_me and a.deleted_at is null;
end
$$;
