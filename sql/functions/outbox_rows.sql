-- outbox_rows(ids): those rows of the outbox as a worker pushes them, in their order. A user's
-- event is in `event`, complete, and so is that of a recall; for a message, `readers` are those whose membership covers its
-- number, and user_a and user_b the two people of a one-to-one conversation (each is the
-- contact_id of the other). A helper of outbox_events and outbox_lease. Reads outbox, message,
-- conversation, membership, past_membership, account.
drop function if exists outbox_rows(int8[]);     -- of before 0013: one column less
create or replace function outbox_rows(p_ids int8[])
returns table (
    outbox_id int8, type text, readers int8[], event text, session_id int8,
    contact_type text, group_id int8, user_a int8, user_b int8,
    seq int8, rev int8, kind text, from_id int8, from_name text, msg text, "timestamp" text,
    client_id text, notice text, mentions text)
language sql stable
as $$
    select o.id, o.type,
           case when o.type = 'message' then array(
               select m.user_id from membership m
                where m.conversation_id = o.conversation_id and m.joined_rev <= o.seq
                  and (m.left_rev is null or o.seq <= m.left_rev)
               union all
               select p.user_id from past_membership p
                where p.conversation_id = o.conversation_id and o.seq between p.joined_rev and p.left_rev
               order by 1)
           when o.type = 'recall' then recall_readers(o.conversation_id, o.seq)
           else array[o.user_id] end,
           case o.type when 'recall' then recall_event(o.conversation_id, o.seq) else o.event::text end,
           o.session_id, c.kind, c.group_id, c.low_id, c.high_id,
           e.seq, e.rev, e.kind, e.from_id, a.name, e.msg, rfc3339(e.created_at), e.client_id::text,
           notice_shown(e.notice), mentions_shown(e.kind, e.mentions)
      from outbox o
      left join conversation c on c.id = o.conversation_id
      left join message e on e.conversation_id = o.conversation_id and e.seq = o.seq
      left join account a on a.id = e.from_id
     where o.id = any (p_ids)
     order by o.id
$$;
