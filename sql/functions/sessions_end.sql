-- sessions_end(me, session, one): ends my session `one`; where that is null, all but `session`.
-- Problems: not-found: `one` is unknown, or not mine.
-- outbox: what tells every worker; ended: the token hashes (see sessions_drop). Writes session,
-- outbox.
create or replace function sessions_end(p_me int8, p_session int8, p_one int8)
returns table (problem text, field text, outbox int8[], ended text)
language plpgsql security definer set search_path = magpie, pg_temp
as $$
begin
    select d.outbox, d.ended into outbox, ended
      from sessions_drop(p_me, p_one, case when p_one is null then p_session end) d;
    if p_one is not null and ended = '' then
        problem := 'not-found';
        outbox := null;
        ended := null;
    end if;
    return next;
end
$$;
