-- outbox_split(ids): makes of each of these rows that is a batch's one row for each of its messages. Returns the
-- ids of the new ones, in the order of the batches and of the messages in them. A helper; the caller has locked the
-- rows, or just written them. Writes outbox.
-- (Never by a scan, as outbox_done.)
create or replace function outbox_split(p_ids int8[]) returns int8[]
language plpgsql
set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
    v_ids int8[];
begin
    with batch as (
        delete from outbox o where o.id = any (p_ids) and o.type = 'messages'
        returning o.id, o.conversation_ids, o.seqs, o.tries
    ), split as (
        insert into outbox (type, conversation_id, seq, tries)
        select 'message', m.conversation_id, m.seq, b.tries
          from batch b, unnest(b.conversation_ids, b.seqs) with ordinality as m (conversation_id, seq, n)
         order by b.id, m.n
        returning id
    )
    select coalesce(array_agg(s.id order by s.id), '{}') into v_ids from split s;
    return v_ids;
end
$$;
