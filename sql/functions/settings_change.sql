-- settings_change(me, find_me, ask_me): own_settings_change for a worker of before presence was chosen.
create or replace function settings_change(p_me int8, p_find_me text, p_ask_me text)
returns table (problem text, field text, find_me text, ask_me text, outbox int8[])
language sql security definer set search_path = magpie, pg_temp
as $$
    select s.problem, s.field, s.find_me, s.ask_me, s.outbox
      from own_settings_change(p_me, p_find_me, p_ask_me, null, null) s
$$;
