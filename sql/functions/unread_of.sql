-- unread_of(membership, read_seq): how many text messages of others after read_seq its user may see, and how many
-- of those mention the user. Earlier times in the conversation matter only to whoever hasn't read as far as the
-- present one. A helper. Reads message, past_membership.
drop function if exists unread_of(int8, int8, int8);
drop function if exists mentioned_of(membership, int8);
select admit_column('unread_of(membership, int8)', 'mentioned');
create or replace function unread_of(p_mine membership, p_read_seq int8)
returns table (unread int8, mentioned int8)
language sql stable
as $$
    select count(*), count(*) filter (where x.mentions && array[p_mine.user_id, 0])
      from (select n.first_seq, n.last_seq from span_now(p_mine) n
            union all
            select b.first_seq, b.last_seq from spans_before(p_mine) b
             where p_read_seq < (select n.first_seq - 1 from span_now(p_mine) n)) s
     cross join lateral (
           select x.mentions from message x
            where x.conversation_id = p_mine.conversation_id
              and x.seq > p_read_seq and x.seq >= s.first_seq and x.seq <= s.last_seq
              and x.kind = 'text' and x.from_id <> p_mine.user_id
           offset 0) x
$$;
