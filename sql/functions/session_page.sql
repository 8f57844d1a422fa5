-- session_page(me, session, after, limit): my sessions that have not expired and whose ids are above
-- `after`, by id, `limit` of them at most; `current` is the one that asks. Reads session.
create or replace function session_page(p_me int8, p_session int8, p_after int8, p_limit int)
returns table (id int8, device text, address text, created_at text, last_used_at text, current bool)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select s.id, s.user_agent, s.address, rfc3339(s.created_at), rfc3339(s.last_used_at), s.id = p_session
      from session s
     where s.user_id = p_me and s.expires_at > now() and s.id > p_after
     order by s.id limit p_limit
$$;
