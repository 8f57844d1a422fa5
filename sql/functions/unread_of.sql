-- unread_of(membership, read_seq): how many text messages of others after read_seq its user may see.
-- Earlier times in the conversation matter only to whoever hasn't read as far as the present one.
-- A helper. Reads message, past_membership.
drop function if exists unread_of(int8, int8, int8);
create or replace function unread_of(p_mine membership, p_read_seq int8)
returns table (unread int8)
language sql stable
as $$
    select count(*)
      from (select n.first_seq, n.last_seq from span_now(p_mine) n
            union all
            select b.first_seq, b.last_seq from spans_before(p_mine) b
             where p_read_seq < (select n.first_seq - 1 from span_now(p_mine) n)) s
     cross join lateral (
           select from message x
            where x.conversation_id = p_mine.conversation_id
              and x.seq > p_read_seq and x.seq >= s.first_seq and x.seq <= s.last_seq
              and x.kind = 'text' and x.from_id <> p_mine.user_id
           offset 0) x
$$;
