-- outbox_events(ids): what to push, for the worker that has just committed it. Rows that
-- another has pushed meanwhile are missing. See outbox_rows.
-- (plpgsql, so that the plan is kept: a function in SQL is planned at each call.
-- Never by a scan, as outbox_done.)
drop function if exists outbox_events(int8[]);     -- of before 0013: one column less
create or replace function outbox_events(p_ids int8[])
returns table (
    outbox_id int8, type text, readers int8[], event text, session_id int8,
    contact_type text, group_id int8, user_a int8, user_b int8,
    seq int8, rev int8, kind text, from_id int8, from_name text, msg text, "timestamp" text,
    client_id text, notice text, mentions text)
language plpgsql stable security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
#variable_conflict use_column
begin
    return query
    select * from outbox_rows(p_ids);
end
$$;
