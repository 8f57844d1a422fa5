-- mentioned_of(membership, read_seq): how many of those that unread_of counts mention its user.
-- A helper. Reads message, by message_mentions; past_membership.
create or replace function mentioned_of(p_mine membership, p_read_seq int8)
returns table (mentioned int8)
language sql stable
as $$
    select count(*)
      from (select n.first_seq, n.last_seq from span_now(p_mine) n
            union all
            select b.first_seq, b.last_seq from spans_before(p_mine) b
             where p_read_seq < (select n.first_seq - 1 from span_now(p_mine) n)) s
     cross join lateral (
           select from message m
            where m.conversation_id = p_mine.conversation_id
              and m.seq > p_read_seq and m.seq >= s.first_seq and m.seq <= s.last_seq
              and m.mentions is not null and m.mentions && array[p_mine.user_id, 0]
              and m.kind = 'text' and m.from_id <> p_mine.user_id
           offset 0) m
$$;
