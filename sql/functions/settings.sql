-- settings(me): own_settings for a worker of before presence was chosen.
create or replace function settings(p_me int8) returns table (find_me text, ask_me text)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select s.find_me, s.ask_me from own_settings(p_me) s
$$;
