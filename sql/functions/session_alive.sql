-- session_alive(session): whether it has neither been ended nor expired. Reads session.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.)
create or replace function session_alive(p_session int8) returns bool
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
begin
    return exists (select from session s where s.id = p_session and s.expires_at > now());
end
$$;
