-- resync(me, have_type, have_id, have_rev): catch_up for a worker of before migration 0006, which
-- knows neither remarks nor lists.
create or replace function resync(p_me int8, p_have_type text[], p_have_id int8[], p_have_rev int8[])
returns table (
    what text, contact_type text, contact_id int8, name text, username text, rev int8,
    read_seq int8, unread int8, ended bool, reset bool, gone bool,
    m_seq int8, m_rev int8, m_kind text, m_from_id int8, m_from_name text, m_msg text,
    m_timestamp text, m_client_id text, m_notice text)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    select c.what, c.contact_type, c.contact_id, c.name, c.username, c.rev, c.read_seq, c.unread, c.ended,
           c.reset, c.gone, c.m_seq, c.m_rev, c.m_kind, c.m_from_id, c.m_from_name, c.m_msg,
           c.m_timestamp, c.m_client_id, c.m_notice
      from catch_up(p_me, p_have_type, p_have_id, p_have_rev) c;
end
$$;
