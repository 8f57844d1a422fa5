-- changed_of(membership, after_rev, max): the entries that its user may see and that changed after the
-- number after_rev. Where there are more than max, the first of them by `rev` and some others; in no order.
-- A helper of history and catch_up, inlined. Reads message: by its key where rev is seq, by message_changed
-- where it is not; past_membership where something there can matter.
drop function if exists changed_of(int8, int8, int8, int);
create or replace function changed_of(p_mine membership, p_after_rev int8, p_max int)
returns setof message
language sql stable
as $$
    (select m.* from span_now(p_mine) s
       join message m on m.conversation_id = p_mine.conversation_id and m.seq > p_after_rev
        and m.seq >= s.first_seq and m.seq <= s.last_seq and m.rev = m.seq
      order by m.seq limit p_max)
    union all
    select x.*                                   -- (the condition outside: nothing is sorted where it doesn't hold)
      from (select m.* from spans_before(p_mine) s
              join message m on m.conversation_id = p_mine.conversation_id and m.seq > p_after_rev
               and m.seq >= s.first_seq and m.seq <= s.last_seq and m.rev = m.seq
             order by m.seq limit p_max) x
     where p_after_rev < (select n.first_seq - 1 from span_now(p_mine) n)
    union all
    (select m.* from message m
      where m.conversation_id = p_mine.conversation_id and m.rev > p_after_rev and m.rev > m.seq
        and exists (select from spans_of(p_mine.user_id, p_mine.conversation_id) s
                     where m.seq >= s.first_seq and m.seq <= s.last_seq)
      order by m.rev limit p_max)
$$;
