-- outbox_lease(seen, lease_s, max): takes those of `seen` that are still there and that nobody
-- else has, of max messages or a batch more, and returns what to push. The caller holds them from now on; one that has
-- no name has them for lease_s seconds, at each further try for longer, up to four times that. What
-- was tried ten times is given up and deleted; `revs` finds it then. Writes outbox. See outbox_free,
-- outbox_failed, outbox_split, outbox_rows. (Never by a scan, as outbox_done.)
drop function if exists outbox_lease(int8[], int, int);     -- of before 0013: one column less
create or replace function outbox_lease(p_seen int8[], p_lease_s int, p_max int)
returns table (
    outbox_id int8, type text, readers int8[], event text, session_id int8,
    contact_type text, group_id int8, user_a int8, user_b int8,
    seq int8, rev int8, kind text, from_id int8, from_name text, msg text, "timestamp" text,
    client_id text, notice text, mentions text)
language plpgsql security definer set search_path = magpie, pg_temp
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
#variable_conflict use_column
declare
    v_alive text[] := workers_alive();
    v_ids   int8[];
begin
    v_ids := array(
        select l.id
          from (select f.*, sum(f.messages) over (order by f.id) - f.messages as before
                  from (select o.id, coalesce(cardinality(o.seqs), 1) as messages from outbox o
                         where o.id = any (p_seen) and outbox_free(o.holder, o.leased_until, v_alive)
                         order by o.id limit p_max
                           for update skip locked) f) l
         where l.before < p_max order by l.id);
    v_ids := v_ids || outbox_split(v_ids);      -- which leaves none of the batches
    delete from outbox o where o.id = any (v_ids) and o.tries >= 10;
    update outbox o
       set tries = o.tries + 1, holder = default,
           leased_until = now() + make_interval(secs => least(p_lease_s * least(o.tries + 1, 4), 60))
     where o.id = any (v_ids);
    return query select * from outbox_rows(v_ids);
end
$$;
