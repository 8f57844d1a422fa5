-- newest_of(membership): the newest entry that its user may see; no row where there is none. Earlier times
-- in the conversation are looked at only where there is nothing in the present one, which is mostly never.
-- A helper, inlined. Reads message, past_membership.
drop function if exists newest_of(int8, int8);
create or replace function newest_of(p_mine membership)
returns setof message
language sql stable
as $$
    (select x.*
       from span_now(p_mine) s
       join message x on x.conversation_id = p_mine.conversation_id and x.seq >= s.first_seq and x.seq <= s.last_seq
      order by x.seq desc limit 1)
    union all
    (select x.*
       from spans_before(p_mine) s
       join message x on x.conversation_id = p_mine.conversation_id and x.seq >= s.first_seq and x.seq <= s.last_seq
      where not exists (select from span_now(p_mine) n
                          join message y on y.conversation_id = p_mine.conversation_id
                                        and y.seq >= n.first_seq and y.seq <= n.last_seq)
      order by x.seq desc limit 1)
    limit 1
$$;
