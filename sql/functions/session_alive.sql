-- session_alive(session): whether it has neither been ended nor expired. Reads session.
create or replace function session_alive(p_session int8) returns bool
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select exists (select from session s where s.id = p_session and s.expires_at > now())
$$;
