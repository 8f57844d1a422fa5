-- sessions(me, session): my sessions that have not expired, in the order of their ids; `current` is
-- the one that asks. Reads session. For workers that don't know pages of them (session_page).
create or replace function sessions(p_me int8, p_session int8)
returns table (id int8, device text, address text, created_at text, last_used_at text, current bool)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select s.id, s.user_agent, s.address, rfc3339(s.created_at), rfc3339(s.last_used_at), s.id = p_session
      from session s
     where s.user_id = p_me and s.expires_at > now()
     order by s.id
$$;
