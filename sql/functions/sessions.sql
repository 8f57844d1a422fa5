-- sessions(me, session): all of session_page, for workers that don't know pages of them.
create or replace function sessions(p_me int8, p_session int8)
returns table (id int8, device text, address text, created_at text, last_used_at text, current bool)
language sql stable security definer set search_path = magpie, pg_temp
as $$
    select * from session_page(p_me, p_session, 0, null)
$$;
